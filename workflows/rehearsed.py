"""What a rehearsal prints: the phases, every obligation, hazard and duty by its state, each step of the ladder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import HistoryEntry, Incident, ProcessInstance
from workflows.accounts.queries import organization_names
from workflows.campaigns.models import Campaign, FailingList
from workflows.duties import queries as duties
from workflows.duties.models import UnitTask
from workflows.escalation.models import Escalation
from workflows.escalation.rules import Outcome
from workflows.hazards import queries as hazards
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardStep
from workflows.obligations import queries as obligations
from workflows.obligations.models import Obligation
from workflows.times import day_of, iso

_STEP = ("on", "subject", "step", "action", "offset", "outcome")


@dataclass(slots=True)
class Rehearsal:
    """What a rehearsal prints; instants as ISO text in UTC, durations in seconds."""

    template: str
    enterprises: int
    seed: int
    until: str
    phases: list[dict[str, Any]] = field(default_factory=list)
    obligations: dict[str, int] = field(default_factory=dict)
    obligations_open_by_item: dict[str, int] = field(default_factory=dict)
    hazards: dict[str, int] = field(default_factory=dict)
    hazards_reported: int = 0
    hazards_open: list[dict[str, Any]] = field(default_factory=list)
    unit_tasks: dict[str, int] = field(default_factory=dict)
    duties: list[dict[str, Any]] = field(default_factory=list)
    ladder: list[dict[str, Any]] = field(default_factory=list)
    failing_lists: list[dict[str, Any]] = field(default_factory=list)
    tasks_completed: int = 0
    incidents: int = 0
    seconds: float = 0.0


def report(session: Session, campaign_id: int, result: Rehearsal) -> None:
    """Fill in what has come of a campaign."""
    campaign = session.get_one(Campaign, campaign_id)
    result.phases = _phases(session, campaign)
    listed = list(session.scalars(select(Obligation).where(Obligation.campaign_id == campaign_id)))
    states = obligations.states(session, listed)
    result.obligations = dict(Counter(str(state) for state in states.values()))
    result.obligations_open_by_item = dict(
        sorted(Counter(o.item_code for o in listed if o.closed_at is None).items())
    )
    _report_hazards(session, campaign_id, result)
    _report_duties(session, campaign_id, result)
    result.ladder = _ladder(session, campaign_id)
    lists = select(FailingList).where(FailingList.campaign_id == campaign_id).order_by(FailingList.id)
    result.failing_lists = [
        {
            "on": found.cutoff_on.isoformat(),
            "department_id": found.department_id,
            "supplement": found.is_supplement,
        }
        for found in session.scalars(lists)
    ]
    result.incidents = session.scalar(select(func.count()).select_from(Incident)) or 0


def _report_hazards(session: Session, campaign_id: int, result: Rehearsal) -> None:
    """Every hazard by its step, and a line for each that is open: its step, who holds it, the days it is late."""
    found = list(session.scalars(select(Hazard).where(Hazard.campaign_id == campaign_id).order_by(Hazard.id)))
    steps = hazards.steps_of(session, found)
    result.hazards = dict(Counter(str(step) for step in steps.values()))
    result.hazards_reported = len(found)
    still_open = [one for one in found if one.closed_at is None]
    tasks = hazards.held(session, still_open)
    groups = [task.group for waiting in tasks.values() for task in waiting]
    names = organization_names(session, {int(group.partition(":")[0]) for group in groups})
    today = date.fromisoformat(result.until)
    result.hazards_open = [
        _open_hazard(one, steps[one.id], tasks.get(one.id, []), names, today) for one in still_open
    ]


def _open_hazard(
    one: Hazard, step: HazardStep, tasks: Sequence[hazards.Held], names: Mapping[int, str], today: date
) -> dict[str, Any]:
    dates = [due_at for due_at in (one.due_at, *(task.due_at for task in tasks)) if due_at is not None]
    days = [(today - day_of(due_at)).days for due_at in dates]
    return {
        "hazard": one.id, "enterprise": one.enterprise_id, "step": str(step),
        "at": [task.node for task in tasks],
        "held_by": [names.get(int(task.group.partition(":")[0]), "") for task in tasks],
        "days_late": max([0, *days]),
    }  # fmt: skip


def _report_duties(session: Session, campaign_id: int, result: Rehearsal) -> None:
    """The tasks of bodies by state, and a line for each duty and period with its days and how many bodies have it."""
    query = select(UnitTask, ProcessInstance.started_at).where(UnitTask.campaign_id == campaign_id)
    found = session.execute(query.join(ProcessInstance, ProcessInstance.id == UnitTask.instance_id)).all()
    states = duties.states(session, [task for task, _ in found])
    result.unit_tasks = dict(Counter(str(state) for state in states.values()))
    lines: dict[tuple[str, ...], Counter[str]] = {}
    for task, opened_at in found:
        due_on = day_of(task.original_due_at).isoformat() if task.original_due_at else ""
        key = (task.duty_code, task.period, str(task.phase), day_of(opened_at).isoformat(), due_on)
        lines.setdefault(key, Counter())[str(states[task.id])] += 1
    result.duties = [_duty(key, counts) for key, counts in sorted(lines.items())]


def _duty(key: tuple[str, ...], counts: Counter[str]) -> dict[str, Any]:
    code, period, phase, opened_on, due_on = key
    return {
        "duty": code, "period": period, "phase": int(phase), "opened_on": opened_on, "due_on": due_on or None,
        "bodies": counts.total(), "states": dict(counts),
    }  # fmt: skip


def _phases(session: Session, campaign: Campaign) -> list[dict[str, Any]]:
    """When each phase began: what the process instance's history says."""
    names = [phase["name"] for phase in campaign.template["phases"]]
    query = select(HistoryEntry.at, HistoryEntry.node).where(
        HistoryEntry.instance_id == campaign.instance_id, HistoryEntry.kind == "timer_fired"
    )
    fired = {node: at for at, node in session.execute(query)}
    began = {1: campaign.launched_at} | {n + 1: fired.get(f"phase_{n}_end") for n in range(1, len(names))}
    ended = {n: fired.get(f"phase_{n}_end") for n in range(1, len(names) + 1)}
    return [
        {"phase": n, "name": name, "began_at": _text(began[n]), "ended_at": _text(ended[n])}
        for n, name in enumerate(names, start=1)
    ]


def _ladder(session: Session, campaign_id: int) -> list[dict[str, Any]]:
    """Each ladder step with how often and on which Shanghai day it acted, or was meant to when superseded."""
    query = select(Escalation).where(Escalation.campaign_id == campaign_id)
    counts = Counter(
        (_day(e).isoformat(), e.subject_kind, e.step, e.action, e.offset, e.outcome)
        for e in session.scalars(query)
    )
    return _steps(counts)


def _steps(counts: Counter[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [dict(zip(_STEP, key, strict=True)) | {"count": count} for key, count in sorted(counts.items())]


def _day(step: Escalation) -> date:
    return day_of(step.acted_at if step.outcome == Outcome.SENT else step.planned_at)


def merge(parts: Sequence[Rehearsal]) -> Rehearsal:
    """One report of a campaign that was rehearsed in parts: each part has the same phases, and the rest adds up."""
    whole = parts[0]
    for other in parts[1:]:
        for name in ("obligations", "obligations_open_by_item", "hazards", "unit_tasks"):
            setattr(whole, name, _sum(getattr(whole, name), getattr(other, name)))
        whole.hazards_reported += other.hazards_reported
        whole.tasks_completed += other.tasks_completed
        whole.incidents += other.incidents
    whole.hazards_open = [line for one in parts for line in one.hazards_open]
    whole.duties = [line for one in parts for line in one.duties]
    whole.ladder = _steps(sum((_counted(one.ladder) for one in parts), Counter()))
    lists = [line for one in parts for line in one.failing_lists]
    whole.failing_lists = [line for n, line in enumerate(lists) if line not in lists[:n]]
    return whole


def _counted(ladder: Sequence[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    return Counter({tuple(line[name] for name in _STEP): line["count"] for line in ladder})


def _sum(some: dict[str, int], others: dict[str, int]) -> dict[str, int]:
    return dict(sorted((Counter(some) + Counter(others)).items()))


def _text(at: datetime | None) -> str | None:
    return iso(at.astimezone(UTC)) if at else None
