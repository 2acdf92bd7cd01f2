"""Count large campaigns anew when something has happened, town by town; pages read what was counted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from operator import add
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from engine.models import HistoryEntry
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load
from workflows.campaigns import whereabouts
from workflows.campaigns.figures import ALL, Part, Row, Slice
from workflows.campaigns.models import Campaign, CampaignFigures, PeriodDispatch, PhaseDispatch
from workflows.campaigns.tallies import Dimension, count, numbers_of
from workflows.campaigns.views import View
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.register.models import RegisterChange
from workflows.sight import Sight
from workflows.times import day_of

LARGE = 20_000  # dispatched obligations; below, a page counts faster than anybody would wait
EVERYTHING = Sight(everything=True)
Key = tuple[Any, ...]
Sums = dict[Slice, dict[Part, dict[Key, list[int]]]]


def recount_due(
    sessions: sessionmaker[Session], readers: sessionmaker[Session], *, now: datetime, large: int = LARGE
) -> int:
    """Each large campaign whose figures may have changed; returns how many.

    `readers` count without keeping anybody from writing, `sessions` write what was counted.
    """
    with readers.begin() as session:
        found = [(one.id, _seen(session, one, now)) for one in _large(session, large)]
        whole = CampaignFigures.town_id == ALL, CampaignFigures.department_id == ALL
        kept = dict(
            session.execute(select(CampaignFigures.campaign_id, CampaignFigures.seen).where(*whole)).all()
        )
    changed = [(campaign_id, seen) for campaign_id, seen in found if kept.get(campaign_id) != seen]
    for campaign_id, seen in changed:
        with readers.begin() as session:
            bodies = count_all(session, campaign_id, now=now)
        facts = {"campaign_id": campaign_id, "counted_at": now, "seen": seen}
        rows = [
            {**facts, "town_id": town, "department_id": department, "body": body}
            for (town, department), body in bodies.items()
        ]
        with sessions.begin() as session:
            session.get_one(Campaign, campaign_id, with_for_update={"key_share": True})
            session.execute(delete(CampaignFigures).where(CampaignFigures.campaign_id == campaign_id))
            session.execute(insert(CampaignFigures), rows)
    return len(changed)


def _large(session: Session, large: int) -> list[Campaign]:
    sizes: Counter[int] = Counter()
    for model in (PhaseDispatch, PeriodDispatch):
        of_it = select(model.campaign_id, func.sum(model.obligations)).group_by(model.campaign_id)
        for campaign_id, number in session.execute(of_it):
            sizes[campaign_id] += number
    ids = [campaign_id for campaign_id, number in sizes.items() if number >= large]
    return list(session.scalars(select(Campaign).where(Campaign.id.in_(ids)).order_by(Campaign.id)))


def _seen(session: Session, campaign: Campaign, now: datetime) -> str:
    """What changes the figures: a step of any process, a changed file, a date that passes, another day."""
    last = [session.scalar(select(func.max(model.id))) or 0 for model in (HistoryEntry, RegisterChange)]
    mine = Obligation.campaign_id == campaign.id, Obligation.due_at < now, Obligation.closed_at.is_(None)
    due = session.scalar(select(func.max(Obligation.due_at)).where(*mine))
    return f"{last[0]}/{last[1]}/{due}/{day_of(now)}"


def count_all(session: Session, campaign_id: int, *, now: datetime) -> dict[Slice, dict[str, list[Row]]]:
    """The bodies of a campaign's figures by slice. Each town is counted by itself, which needs no large sort."""
    sums: Sums = {(ALL, ALL): defaultdict(dict)}
    for town_id in _towns(session, campaign_id):
        view = View(campaign_id, EVERYTHING, town_id)
        for department_id, part, key, numbers in _counted(session, view, now):
            for home in _slices(town_id, department_id):
                _add(sums, home, part, key, numbers)
    for home, number in _enterprises(session, campaign_id).items():
        _add(sums, home, Part.ENTERPRISES, (), [number])
    return {home: {part.value: _rows(found) for part, found in parts.items()} for home, parts in sums.items()}


def _slices(town_id: int, department_id: int) -> tuple[Slice, ...]:
    """Those that something of a town and department counts in."""
    return ((ALL, ALL), (town_id, ALL), (ALL, department_id), (town_id, department_id))


def _add(sums: Sums, home: Slice, part: Part, key: Key, numbers: list[int]) -> None:
    known = sums.setdefault(home, defaultdict(dict))[part]
    known[key] = list(map(add, known[key], numbers)) if key in known else numbers


def _rows(found: Mapping[Key, list[int]]) -> list[Row]:
    return [[*key, *numbers] for key, numbers in found.items()]


def _towns(session: Session, campaign_id: int) -> list[int]:
    return sorted(
        {
            town_id
            for model in (Obligation, Hazard)
            for town_id in session.scalars(
                select(model.town_id).where(model.campaign_id == campaign_id).distinct()
            )
        }
    )


def _counted(session: Session, view: View, now: datetime) -> Iterator[tuple[int, Part, Key, list[int]]]:
    """Department, part, what a row of it begins with, and its numbers, of one town."""
    for values, tally in count(session, view, *Dimension, now=now).items():
        for by, value in zip(Dimension, values, strict=True):
            yield values[1], Part.TALLIES, (by.value, value), list(numbers_of(tally))
    hazards = select(Hazard.department_id, func.count(), func.count(Hazard.closed_at)).where(*view.of(Hazard))
    for home, whole, over in session.execute(hazards.group_by(Hazard.department_id)):
        yield home, Part.HAZARDS, (), [whole, whole - over]
    for process in whereabouts.KEPT:
        column = whereabouts.MODELS[process].department_id
        for (home, node), numbers in whereabouts.count_tokens(
            session, view, process, column, now=now
        ).items():
            yield home, Part.TOKENS, (process, node), numbers
        for (home, *where), number in _waits(session, view, process, column, now).items():
            yield home, Part.WAITS, (process, *where), [number]


def _waits(session: Session, view: View, process: str, column: Any, now: datetime) -> Mapping[Key, int]:
    """Nothing while a year has no calendar: then no page shows how long anything waits."""
    calendar, today = load(session), day_of(now)
    try:
        return whereabouts.count_waits(session, view, process, column, calendar=calendar, today=today)
    except CalendarMissing:
        return {}


def _enterprises(session: Session, campaign_id: int) -> Counter[Slice]:
    """How many enterprises have obligations in each slice; one that moved counts once in the whole."""
    home = Obligation.town_id, Obligation.department_id
    query = select(Obligation.enterprise_id, *home).where(Obligation.campaign_id == campaign_id).distinct()
    slices: dict[int, set[Slice]] = defaultdict(set)
    for enterprise_id, town_id, department_id in session.execute(query):
        slices[enterprise_id].update(_slices(town_id, department_id))
    return Counter(one for found in slices.values() for one in found)
