"""Dispatch: one obligation per item, enterprise and period, one unit task per duty and body; each with a process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import AGAIN, Again, JobContext
from engine.types import NewInstance
from workflows.accounts.queries import account_id_of
from workflows.campaigns import filetasks
from workflows.campaigns.crowds import expected
from workflows.campaigns.models import Campaign, PeriodDispatch, PhaseDispatch
from workflows.campaigns.planning import Member, Occurrence, concerned
from workflows.campaigns.scope import Scope, members
from workflows.campaigns.service import coming, template_of
from workflows.campaigns.types import Duty, TemplateItem
from workflows.duties.dispatch import create_unit_tasks
from workflows.notifications.service import notify_all, notify_each
from workflows.obligations.models import Obligation
from workflows.register.types import RiskLevel
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, iso, start_of_day

Wanted = tuple[Occurrence, Member]


AT_ONCE = 100  # enterprises in one transaction: some two thousand obligations, a second or two


def dispatch_phase(session: Session, job: JobContext) -> dict[str, Any] | Again:
    """Create what opens with a phase, once, for a hundred enterprises at a time: however large the district, no
    transaction holds up the others for long. A further call goes on where the last one stopped.
    """
    campaign = taking_turns(session, Subject.parse(job.business_key).id)
    phase = int(job.properties["phase"])
    opening = _opening(campaign, phase)
    done = _progress(session, campaign, opening, phase=phase, now=job.now)
    if done.is_complete:
        return {}
    if not _go_on(session, campaign, opening, done, phase=phase, now=job.now):
        return AGAIN
    _report(session, campaign, done, now=job.now)
    return {f"dispatched_{phase}": done.obligations}


def open_periods(session: Session, job: JobContext) -> dict[str, Any] | Again:
    """Create what opens on a day of its own, up to today; name the next such day, None after the last.

    A run that midnight interrupts ends as it began: what opens on the new day has a run of its own.
    """
    campaign = taking_turns(session, Subject.parse(job.business_key).id)
    unfinished = _unfinished_period(session, campaign.id)
    today = unfinished.opened_on if unfinished else day_of(job.now)
    until = job.variables.get("periods_until")
    dated = [one for one in coming(campaign) if one.opens_on is not None]
    opening = [one for one in dated if _opens(one, after=until and date.fromisoformat(until), today=today)]
    if opening:
        done = unfinished or _period_progress(session, campaign, opening, today, now=job.now)
        phase = min(one.phase for one in opening)
        if not done.is_complete and not _go_on(session, campaign, opening, done, phase=phase, now=job.now):
            return AGAIN
    later = [one.opens_on for one in dated if one.opens_on is not None and one.opens_on > today]
    return {
        "periods_until": today.isoformat(),
        "next_period_at": iso(start_of_day(min(later))) if later else None,
    }


def taking_turns(session: Session, campaign_id: int) -> Campaign:
    """The campaign, locked until the end of the transaction: a dispatch and an adjustment must each see what the
    other has opened. Rows that refer to the campaign can be inserted meanwhile (`FOR NO KEY UPDATE`).
    """
    query = select(Campaign).where(Campaign.id == campaign_id).with_for_update(key_share=True)
    return session.scalars(query, execution_options={"populate_existing": True}).one()


def _unfinished_period(session: Session, campaign_id: int) -> PeriodDispatch | None:
    known = PeriodDispatch.campaign_id == campaign_id, ~PeriodDispatch.is_complete
    return session.scalar(select(PeriodDispatch).where(*known))


def _go_on(
    session: Session, campaign: Campaign, opening: Sequence[Occurrence], done: PhaseDispatch | PeriodDispatch, *,
    phase: int, now: datetime,
) -> bool:  # fmt: skip
    """The next hundred enterprises; the bodies of duties with the last. True when nobody is left."""
    some = members(session, Scope.from_json(campaign.scope), after=done.last_enterprise_id, limit=AT_ONCE)
    done.obligations += _create(session, campaign, opening, some, phase=phase, now=now)
    filetasks.refresh(session, [one.enterprise_id for one in some], now=now)
    done.is_complete = len(some) < AT_ONCE
    if done.is_complete:
        duties = [one for one in opening if isinstance(one.row, Duty)]
        create_unit_tasks(session, campaign, duties, now=now)
    else:
        done.last_enterprise_id = some[-1].enterprise_id
    session.flush()
    return done.is_complete


def _progress(
    session: Session, campaign: Campaign, opening: Sequence[Occurrence], *, phase: int, now: datetime
) -> PhaseDispatch:
    known = PhaseDispatch.campaign_id == campaign.id, PhaseDispatch.phase == phase
    done = session.scalar(select(PhaseDispatch).where(*known))
    if done is None:
        wanted = _expected(session, campaign, opening)
        done = PhaseDispatch(campaign_id=campaign.id, phase=phase, dispatched_at=now, expected=wanted)
        session.add(done)
        session.flush()
    return done


def _period_progress(
    session: Session, campaign: Campaign, opening: Sequence[Occurrence], opened_on: date, *, now: datetime
) -> PeriodDispatch:
    known = PeriodDispatch.campaign_id == campaign.id, PeriodDispatch.opened_on == opened_on
    done = session.scalar(select(PeriodDispatch).where(*known))
    if done is None:
        wanted = _expected(session, campaign, opening)
        done = PeriodDispatch(
            campaign_id=campaign.id, opened_on=opened_on, dispatched_at=now, expected=wanted
        )
        session.add(done)
        session.flush()
    return done


def _expected(session: Session, campaign: Campaign, opening: Sequence[Occurrence]) -> int:
    return expected(session, Scope.from_json(campaign.scope), template_of(campaign), opening)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the dispatches of a campaign have come."""

    phases: Mapping[int, PhaseDispatch]
    periods: Sequence[PeriodDispatch]

    @classmethod
    def of(cls, session: Session, campaign: Campaign) -> Reached:
        phases = session.scalars(select(PhaseDispatch).where(PhaseDispatch.campaign_id == campaign.id))
        periods = session.scalars(select(PeriodDispatch).where(PeriodDispatch.campaign_id == campaign.id))
        return cls({done.phase: done for done in phases}, periods.all())

    def has_opened(self, one: Occurrence, enterprise_id: int) -> bool:
        """Whether the dispatch of an occurrence has come past this enterprise; before that it will find the facts as
        they are. What opens on a day of its own is dispatched by the first run on that day or later.
        """
        if one.opens_on is None:
            done = self.phases.get(one.phase)
            return done is not None and _is_past(done, enterprise_id)
        return any(one.opens_on <= done.opened_on and _is_past(done, enterprise_id) for done in self.periods)


def _is_past(done: PhaseDispatch | PeriodDispatch, enterprise_id: int) -> bool:
    return done.is_complete or enterprise_id <= done.last_enterprise_id


def _opening(campaign: Campaign, phase: int) -> list[Occurrence]:
    return [one for one in coming(campaign) if one.opens_on is None and one.phase == phase]


def _opens(one: Occurrence, *, after: date | None, today: date) -> bool:
    assert one.opens_on is not None
    return one.opens_on <= today and (after is None or one.opens_on > after)


def _create(
    session: Session, campaign: Campaign, opening: Sequence[Occurrence], scope: Sequence[Member], *, phase: int,
    now: datetime,
) -> int:  # fmt: skip
    """Insert obligations and start their processes; one notice per enterprise. Returns how many there are."""
    verdicts: dict[str, list[Member]] = {}
    wanted: list[Wanted] = []
    for one in opening:
        if isinstance(one.row, TemplateItem):
            if one.row.code not in verdicts:
                verdicts[one.row.code] = list(concerned(one.row, scope))
            wanted += [(one, member) for member in verdicts[one.row.code]]
    if wanted:
        insert_obligations(session, campaign, wanted, now=now)
        _announce(session, campaign, wanted, phase=phase, now=now)
    return len(wanted)


def insert_obligations(
    session: Session, campaign: Campaign, wanted: Sequence[Wanted], *, now: datetime
) -> list[int]:
    """The rows with their process instances, in the order of `wanted`; ids of the obligations."""
    rows = [_row(campaign, one, member) for one, member in wanted]
    # The unique key comes back beside the id: asking for the order would cost a statement per row on SQLite.
    key = Obligation.item_code, Obligation.period, Obligation.enterprise_id
    inserted = insert(Obligation).returning(Obligation.id, *key)
    found = session.execute(inserted, rows, execution_options={"render_nulls": True})
    by_key = {(code, period, enterprise_id): number for number, code, period, enterprise_id in found}
    ids = [by_key[one.row.code, one.period, member.enterprise_id] for one, member in wanted]
    starts = [
        NewInstance(str(Subject(SubjectKind.OBLIGATION, number)), variables_of(campaign, one, member, number))
        for number, (one, member) in zip(ids, wanted, strict=True)
    ]
    instances = runtime.start_many(session, key="obligation", instances=starts, group_id=campaign.id, now=now)
    links = [{"id": number, "instance_id": instance} for number, instance in zip(ids, instances, strict=True)]
    session.execute(update(Obligation), links)
    return ids


def insert_obligation(
    session: Session, campaign: Campaign, member: Member, *, row: dict[str, Any], ladder: str, now: datetime
) -> Obligation:
    """One obligation that no date dispatched, with the process instance; `row` is what it says of itself."""
    obligation = Obligation(
        campaign_id=campaign.id, enterprise_id=member.enterprise_id, town_id=member.town_id,
        department_id=member.department_id, original_due_at=row["due_at"], **row,
    )  # fmt: skip
    session.add(obligation)
    session.flush()
    due = obligation.due_at
    facts = _facts(campaign, member, obligation.id)
    facts |= {
        "title": obligation.title, "item_code": obligation.item_code, "due_at": iso(due) if due else None,
        "ladder": ladder,
    }  # fmt: skip
    instance = runtime.start(
        session, key="obligation", business_key=str(Subject(SubjectKind.OBLIGATION, obligation.id)),
        group_id=campaign.id, variables=facts, now=now,
    )  # fmt: skip
    obligation.instance_id = instance.id
    session.flush()
    return obligation


def _row(campaign: Campaign, one: Occurrence, member: Member) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "item_code": one.row.code,
        "period": one.period,
        "title": one.title,
        "phase": one.phase,
        "enterprise_id": member.enterprise_id,
        "town_id": member.town_id,
        "department_id": member.department_id,
        "due_at": one.due_at,
        "original_due_at": one.due_at,
        "round": 1,
        "round_kind": "first",
    }


def variables_of(campaign: Campaign, one: Occurrence, member: Member, obligation_id: int) -> dict[str, Any]:
    """What the process of an obligation starts with."""
    return _facts(campaign, member, obligation_id) | {
        "title": one.title,
        "item_code": one.row.code,
        "due_at": iso(one.due_at) if one.due_at else None,
        "ladder": "obligation",
    }


def _facts(campaign: Campaign, member: Member, obligation_id: int) -> dict[str, Any]:
    return {
        "obligation_id": obligation_id,
        "enterprise_id": member.enterprise_id,
        "town_id": member.town_id,
        "department_id": member.department_id,
        "office_id": campaign.office_id,
        "round": 1,
        "round_kind": "first",
        "open_hazards": 0,
        "step": 0,
        "risk_major": member.facts.risk_level is RiskLevel.MAJOR,
    }


def _report(session: Session, campaign: Campaign, done: PhaseDispatch, *, now: datetime) -> None:
    """Who launched it and who approved it may have left the page: the result comes to them."""
    people = {actor for actor in (campaign.launched_by, campaign.approved_by) if account_id_of(actor or "")}
    name = template_of(campaign).phases[done.phase - 1].name
    data = {"campaign": campaign.title, "phase": name, "count": done.obligations}
    subject = str(Subject(SubjectKind.CAMPAIGN, campaign.id))
    notify_all(
        session, sorted(filter(None, people)), kind="campaign.phase_dispatched", subject=subject, data=data, at=now
    )  # fmt: skip


def _announce(
    session: Session, campaign: Campaign, wanted: Sequence[Wanted], *, phase: int, now: datetime
) -> None:
    counts = Counter(member.enterprise_id for _, member in wanted)
    data = {"campaign": campaign.title, "phase": template_of(campaign).phases[phase - 1].name}
    notices = [
        (f"{enterprise}:safety_officer", f"campaign:{campaign.id}", {**data, "count": count})
        for enterprise, count in counts.items()
    ]
    notify_each(session, notices, kind="campaign.dispatched", at=now)
