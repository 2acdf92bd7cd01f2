"""What a change of an enterprise's file does to running campaigns: opens, withdraws, moves, or asks the town.

Nothing is withdrawn silently: an obligation that no longer applies is closed as not applicable, with the reason,
only while nothing was submitted for it; otherwise, and always for what the enterprise opened itself when something
happened, the town decides. Each step is an `Adjustment`.

A campaign that is suspended, cancelled or archived is left alone: nothing of it is opened, withdrawn or asked about;
what is open of it moves with the enterprise all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.among import among
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.calendar.service import load
from workflows.campaigns import filetasks, moving
from workflows.campaigns.applicability import Applicability, evaluate
from workflows.campaigns.dispatch import (
    Reached,
    Wanted,
    insert_obligations,
    taking_turns,
    variables_of,
)
from workflows.campaigns.filetasks import Running
from workflows.campaigns.models import Adjustment, Campaign
from workflows.campaigns.planning import Member, Occurrence
from workflows.campaigns.types import TemplateItem
from workflows.hazards.models import Hazard
from workflows.notifications.service import notify, notify_each
from workflows.obligations.models import Extension, Obligation
from workflows.obligations.rules import Outcome, RoundKind
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus
from workflows.rounds import fifth_workday
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.models import Submission
from workflows.times import day_of

AT_ONCE = 200
OVER = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)
Facts = Mapping[int, Sequence[str]]  # enterprise -> names of the facts that changed, for the reason


@dataclass(slots=True)
class Adjusted:
    """How many obligations were opened (again), withdrawn, moved to another office, put before the town."""

    opened: int = 0
    reopened: int = 0
    withdrawn: int = 0
    moved: int = 0
    asked: int = 0

    def add(self, other: Adjusted) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class _Work:
    """One call: who changes what, when, and what came of it."""

    session: Session
    now: datetime
    actor: str
    source: str
    changed: Facts
    found: Adjusted = field(default_factory=Adjusted)

    def note(self, obligation: Obligation, action: str, reason: Mapping[str, Any]) -> None:
        self.session.add(
            Adjustment(
                enterprise_id=obligation.enterprise_id, obligation_id=obligation.id, action=action,
                reason=dict(reason), source=self.source, actor=self.actor, at=self.now,
            )
        )  # fmt: skip


def has_begun(session: Session) -> bool:
    """Whether anything can hang on an enterprise's file: not before the first campaign and the first hazard."""
    return any(session.scalar(select(table.id).limit(1)) is not None for table in (Campaign, Hazard))


def adjust(
    session: Session,
    enterprise_ids: Sequence[int],
    *,
    now: datetime,
    actor: str,
    source: str,
    changed: Facts | None = None,
) -> Adjusted:
    """Bring the obligations of these enterprises into line with their files; `source` says why (`import:3`, `edit`)."""
    work = _Work(session, now, actor, source, changed or {})
    campaigns = filetasks.running(session)
    for one in campaigns:
        taking_turns(session, one.campaign.id)
    for start in range(0, len(enterprise_ids), AT_ONCE):
        some = enterprise_ids[start : start + AT_ONCE]
        firms = session.scalars(
            select(Enterprise).where(among(Enterprise.id, some)).order_by(Enterprise.id)
        ).all()
        for obligation, reason in moving.rehome(session, firms, now=now, actor=actor):
            work.note(obligation, "moved", reason)
            work.found.moved += 1
        for one in campaigns:
            _adjust_campaign(work, one, firms)
        session.flush()
        filetasks.ask(session, firms, campaigns, now=now)
    return work.found


def _adjust_campaign(work: _Work, one: Running, firms: Sequence[Enterprise]) -> None:
    session, campaign = work.session, one.campaign
    reached = Reached.of(session, campaign)
    existing = _existing(session, campaign, firms)
    by_id = {firm.id: firm for firm in firms}
    wanted: list[Wanted] = []
    for firm in firms:
        member = Member(firm.id, firm.town_id, firm.department_id, firm.facts)
        for item in one.items:
            opened = [each for each in one.occurrences[item.code] if reached.has_opened(each, firm.id)]
            verdict = _verdict(one, firm, item) if opened else Applicability.UNKNOWN
            for each in opened:
                held = existing.get((firm.id, item.code, each.period))
                if verdict is Applicability.APPLIES and held is not None:
                    _apply_again(work, campaign, (_late(session, each, work.now), member), *held)
                elif verdict is Applicability.APPLIES and not _is_over(each, work.now):
                    wanted.append((_late(session, each, work.now), member))
                elif verdict is Applicability.NOT_APPLICABLE and held is not None:
                    _no_longer(work, one, firm, *held)
    if wanted:
        _open(work, campaign, wanted)
    for (firm_id, code, _), held in existing.items():
        firm = by_id[firm_id]
        if code in one.on_event and _verdict(one, firm, one.on_event[code]) is Applicability.NOT_APPLICABLE:
            _no_longer(work, one, firm, *held)


def _is_over(one: Occurrence, now: datetime) -> bool:
    """Whether a period is past: who did not have it while it lasted is not given it afterwards, as at a late launch."""
    return one.opens_on is not None and one.due_on is not None and one.due_on < day_of(now)


def _verdict(one: Running, firm: Enterprise, item: TemplateItem) -> Applicability:
    return evaluate(item.applies, firm.facts).result if one.reaches(firm) else Applicability.NOT_APPLICABLE


def _existing(
    session: Session, campaign: Campaign, firms: Sequence[Enterprise]
) -> dict[tuple[int, str, str], tuple[Obligation, InstanceStatus]]:
    query = (
        select(Obligation, ProcessInstance.status)
        .join(ProcessInstance, ProcessInstance.id == Obligation.instance_id)
        .where(
            Obligation.campaign_id == campaign.id, Obligation.enterprise_id.in_([firm.id for firm in firms])
        )
    )
    return {
        (held.enterprise_id, held.item_code, held.period): (held, status)
        for held, status in session.execute(query)
    }


def _late(session: Session, one: Occurrence, now: datetime) -> Occurrence:
    """Whoever gets an item late has at least five working days for it, like whoever gets one back."""
    if one.due_on is None:
        return one
    return replace(one, due_on=max(one.due_on, day_of(fifth_workday(now, load(session).add))))


def _open(work: _Work, campaign: Campaign, wanted: Sequence[Wanted]) -> None:
    ids = insert_obligations(work.session, campaign, wanted, now=work.now)
    for number, (_, member) in zip(ids, wanted, strict=True):
        work.session.add(
            Adjustment(
                enterprise_id=member.enterprise_id, obligation_id=number, action="opened",
                reason={"facts": list(work.changed.get(member.enterprise_id, ()))}, source=work.source,
                actor=work.actor, at=work.now,
            )
        )  # fmt: skip
    work.found.opened += len(wanted)
    counts = Counter(member.enterprise_id for _, member in wanted)
    notices = [
        (f"{firm}:safety_officer", f"campaign:{campaign.id}", {"campaign": campaign.title, "count": count})
        for firm, count in counts.items()
    ]
    notify_each(work.session, notices, kind="file.opened", at=work.now)


def _apply_again(
    work: _Work, campaign: Campaign, wanted: Wanted, held: Obligation, status: InstanceStatus
) -> None:
    """Begin again what was withdrawn; a question to the town about what goes on applying is settled."""
    if status is InstanceStatus.CANCELLED and held.outcome == Outcome.NOT_APPLICABLE:
        reopen(work.session, campaign, wanted, held, now=work.now, actor=work.actor)
        work.note(held, "reopened", {"facts": list(work.changed.get(held.enterprise_id, ()))})
        work.found.reopened += 1
    for question in _questions(work.session, held.id):
        question.decision, question.decided_at, question.decided_by = "applies", work.now, work.actor


def reopen(
    session: Session, campaign: Campaign, wanted: Wanted, held: Obligation, *, now: datetime, actor: str
) -> None:
    """A new round of an obligation that had been withdrawn, with a process of its own."""
    one, member = wanted
    held.round += 1
    held.round_kind = RoundKind.REOPENED.value
    held.due_at, held.outcome, held.closed_at, held.submitted_at = one.due_at, None, None, None
    held.town_id, held.department_id = member.town_id, member.department_id
    variables = {
        **variables_of(campaign, one, member, held.id),
        "round": held.round,
        "round_kind": held.round_kind,
    }
    instance = runtime.start(
        session, key="obligation", business_key=str(Subject(SubjectKind.OBLIGATION, held.id)), group_id=campaign.id,
        variables=variables, now=now, actor=actor,
    )  # fmt: skip
    held.instance_id = instance.id
    session.flush()


def _no_longer(work: _Work, one: Running, firm: Enterprise, held: Obligation, status: InstanceStatus) -> None:
    if status in OVER:
        return
    reason = _reason(one, firm, work.changed)
    if held.item_code in one.on_event or _has_submitted(work.session, held):
        if not _questions(work.session, held.id):
            work.note(held, "asked", reason)
            work.found.asked += 1
            _tell(work, held, f"{held.town_id}:town_officer", "file.asked")
        return
    withdraw(work.session, held, reason=str(reason), now=work.now, actor=work.actor)
    work.note(held, "withdrawn", reason)
    work.found.withdrawn += 1
    _tell(work, held, f"{held.enterprise_id}:safety_officer", "file.withdrawn")


def _reason(one: Running, firm: Enterprise, changed: Facts) -> dict[str, Any]:
    if firm.status is not EnterpriseStatus.OPERATING:
        return {"status": firm.status.value}
    if fault := one.scope.fault(firm):
        return {"scope": fault}
    return {"facts": list(changed.get(firm.id, ()))}


def _has_submitted(session: Session, held: Obligation) -> bool:
    """Whether somebody sent in anything for it: a form, a defect, a request for more time."""
    subject = (Extension.subject_kind == SubjectKind.OBLIGATION, Extension.subject_id == held.id)
    queries = (
        select(Submission.id).where(Submission.instance_id == held.instance_id),
        select(Hazard.id).where(Hazard.obligation_id == held.id),
        select(Extension.id).where(*subject),
    )
    return any(session.scalar(query.limit(1)) is not None for query in queries)


def _questions(session: Session, obligation_id: int) -> list[Adjustment]:
    query = select(Adjustment).where(
        Adjustment.obligation_id == obligation_id,
        Adjustment.action == "asked",
        Adjustment.decided_at.is_(None),
    )
    return list(session.scalars(query))


def withdraw(session: Session, held: Obligation, *, reason: str, now: datetime, actor: str) -> None:
    """Close an obligation as not applicable."""
    assert held.instance_id is not None
    runtime.cancel(session, held.instance_id, reason=reason, now=now, actor=actor)
    held.outcome, held.closed_at = Outcome.NOT_APPLICABLE.value, now
    session.flush()


def _tell(work: _Work, held: Obligation, group: str, kind: str) -> None:
    notify(
        work.session, group, kind=kind, subject=str(Subject(SubjectKind.OBLIGATION, held.id)),
        data={"title": held.title}, at=work.now,
    )  # fmt: skip
