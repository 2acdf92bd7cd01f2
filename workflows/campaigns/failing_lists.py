"""Draft the lists of failing enterprises (seed 002, 附件2): one per department and cut-off; a draft has no effect."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.handlers import JobContext
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.campaigns.service import template_of
from workflows.notifications.service import notify
from workflows.obligations.models import Obligation
from workflows.obligations.queries import not_accepted
from workflows.subjects import Subject

Failing = dict[int, dict[int, set[str]]]  # department -> enterprise -> codes of items


def draft(session: Session, job: JobContext) -> None:
    """The list of the cut-off day: everybody with an item not yet accepted."""
    campaign = session.get_one(Campaign, Subject.parse(job.business_key).id)
    rule = template_of(campaign).failing_list
    if rule is not None:
        failing = _failing(session, campaign.id)
        _write(session, job, campaign, failing, cutoff_on=rule.cutoff_on, is_supplement=False)


def supplement(session: Session, job: JobContext) -> None:
    """What the cut-off list does not name, once self-checks are over. A template without a list has neither."""
    campaign = session.get_one(Campaign, Subject.parse(job.business_key).id)
    rule = template_of(campaign).failing_list
    if rule is not None:
        failing = _without(_failing(session, campaign.id), _named(session, campaign.id))
        _write(session, job, campaign, failing, cutoff_on=rule.supplement_on, is_supplement=True)


def _write(
    session: Session,
    job: JobContext,
    campaign: Campaign,
    failing: Failing,
    *,
    cutoff_on: date,
    is_supplement: bool,
) -> None:
    """The cut-off is the template's day, even when the sweep comes late: two lists never share one."""
    for department_id, firms in sorted(failing.items()):
        listed = FailingList(
            campaign_id=campaign.id,
            department_id=department_id,
            cutoff_on=cutoff_on,
            is_supplement=is_supplement,
            drafted_at=job.now,
        )
        session.add(listed)
        session.flush()
        rows = [
            {"list_id": listed.id, "enterprise_id": firm, "item_codes": " ".join(sorted(codes))}
            for firm, codes in sorted(firms.items())
        ]
        session.execute(insert(FailingListEntry), rows)
        notify(
            session,
            f"{department_id}:department_officer",
            kind="failing_list.drafted",
            subject=job.business_key,
            data={"campaign": campaign.title, "count": len(rows)},
            at=job.now,
        )


def _failing(session: Session, campaign_id: int) -> Failing:
    """Items not accepted that are due in the drive's second phase or before."""
    query = select(Obligation.department_id, Obligation.enterprise_id, Obligation.item_code).where(
        Obligation.campaign_id == campaign_id,
        Obligation.phase <= 2,
        Obligation.due_at.is_not(None),
        not_accepted(session),
    )
    failing: Failing = defaultdict(lambda: defaultdict(set))
    for department_id, enterprise_id, code in session.execute(query):
        failing[department_id][enterprise_id].add(code)
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
        for firm, codes in firms.items():
            if new := {code for code in codes if (department_id, firm, code) not in named}:
                left[department_id][firm] = new
    return left
