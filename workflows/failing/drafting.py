"""Draft the lists of failing enterprises (seed 002, 附件2): one per department and cut-off; a draft has no effect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.handlers import JobContext
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.campaigns.service import template_of
from workflows.failing.queries import moment_after
from workflows.failing.rules import OBJECTION_WORKDAYS
from workflows.failing.telling import tell_enterprises
from workflows.notifications.service import notify
from workflows.obligations.models import Obligation
from workflows.obligations.queries import not_accepted
from workflows.subjects import Subject, SubjectKind
from workflows.times import iso


@dataclass(frozen=True, slots=True)
class Failed:
    """What is not yet accepted of an obligation that was due."""

    obligation_id: int
    department_id: int
    enterprise_id: int
    town_id: int
    item_code: str
    due_at: datetime | None


Failing = dict[int, dict[int, list[Failed]]]  # department -> enterprise -> what is not yet accepted
COLUMNS = (
    Obligation.id, Obligation.department_id, Obligation.enterprise_id, Obligation.town_id,
    Obligation.item_code, Obligation.due_at,
)  # fmt: skip


def draft(session: Session, job: JobContext) -> None:
    """The list of the cut-off day: everybody with an item not yet accepted."""
    campaign = session.get_one(Campaign, Subject.parse(job.business_key).id)
    rule = template_of(campaign).failing_list
    if rule is not None:
        failing = _failing(session, campaign.id)
        _write(session, campaign, failing, cutoff_on=rule.cutoff_on, is_supplement=False, now=job.now)


def supplement(session: Session, job: JobContext) -> None:
    """What the cut-off list does not name, once self-checks are over. A template without a list has neither."""
    campaign = session.get_one(Campaign, Subject.parse(job.business_key).id)
    rule = template_of(campaign).failing_list
    if rule is not None:
        failing = _without(_failing(session, campaign.id), _named(session, campaign.id))
        _write(session, campaign, failing, cutoff_on=rule.supplement_on, is_supplement=True, now=job.now)


def _write(
    session: Session,
    campaign: Campaign,
    failing: Failing,
    *,
    cutoff_on: date,
    is_supplement: bool,
    now: datetime,
) -> None:
    """The cut-off is the template's day, even when the sweep comes late: two lists never share one."""
    until = moment_after(session, now, workdays=OBJECTION_WORKDAYS)  # None: nobody signs before it is known
    for department_id, firms in sorted(failing.items()):
        listed = FailingList(
            campaign_id=campaign.id,
            department_id=department_id,
            cutoff_on=cutoff_on,
            is_supplement=is_supplement,
            drafted_at=now,
            objections_until=until,
        )
        session.add(listed)
        session.flush()
        session.execute(insert(FailingListEntry), [_row(listed, *one) for one in sorted(firms.items())])
        told = {"campaign": campaign.title, "count": len(firms)}
        group, key = f"{department_id}:department_officer", str(Subject(SubjectKind.FAILING_LIST, listed.id))
        notify(session, group, kind="failing_list.drafted", subject=key, data=told, at=now)
        tell_enterprises(session, listed, firms, campaign=campaign, kind="failing_list.listed", at=now)


def _row(listed: FailingList, enterprise_id: int, failed: list[Failed]) -> Mapping[str, Any]:
    items = [
        {
            "obligation": one.obligation_id,
            "code": one.item_code,
            "due_at": iso(one.due_at) if one.due_at else None,
        }
        for one in sorted(failed, key=_urgency)
    ]
    return {
        "list_id": listed.id,
        "enterprise_id": enterprise_id,
        "town_id": failed[0].town_id,
        "department_id": listed.department_id,
        "item_codes": " ".join(sorted({one.item_code for one in failed})),
        "items": items,
    }


def _urgency(one: Failed) -> tuple[bool, datetime, int]:
    return (one.due_at is None, one.due_at or datetime.max.replace(tzinfo=UTC), one.obligation_id)


def _failing(session: Session, campaign_id: int) -> Failing:
    """Items not accepted that are due in the drive's second phase or before."""
    query = select(*COLUMNS).where(
        Obligation.campaign_id == campaign_id,
        Obligation.phase <= 2,
        Obligation.due_at.is_not(None),
        not_accepted(session),
    )
    failing: Failing = defaultdict(lambda: defaultdict(list))
    for row in session.execute(query):
        one = Failed(*row)
        failing[one.department_id][one.enterprise_id].append(one)
    return failing


def _named(session: Session, campaign_id: int) -> set[tuple[int, int, str]]:
    """(department, enterprise, item) on the lists there are."""
    query = (
        select(FailingList.department_id, FailingListEntry.enterprise_id, FailingListEntry.item_codes)
        .join(FailingList, FailingList.id == FailingListEntry.list_id)
        .where(FailingList.campaign_id == campaign_id)
    )
    return {(d, firm, code) for d, firm, codes in session.execute(query) for code in codes.split()}


def _without(failing: Failing, named: set[tuple[int, int, str]]) -> Failing:
    left: Failing = defaultdict(dict)
    for department_id, firms in failing.items():
        for firm, failed in firms.items():
            if new := [one for one in failed if (department_id, firm, one.item_code) not in named]:
                left[department_id][firm] = new
    return left
