"""How many open tasks there are in each group, campaign, phase, town and industry: the numbers beside the filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from engine.models import UserTask
from workflows.campaigns.models import Campaign
from workflows.inbox import Person
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.worklist import (
    REVIEW_NODES,
    Filter,
    Urgency,
    Who,
    group_of_urgency,
    narrowed,
    phase_of,
    scopes,
    with_subjects,
)

KEYS = ("urgency", "campaign_id", "phase", "town_id", "industry")


@dataclass(frozen=True, slots=True)
class Facets:
    """The numbers of each choice, every filter but its own applied; `who` counts the other lists; names by id."""

    total: int
    urgency: Mapping[Urgency, int]
    campaign_id: Mapping[int, int]
    phase: Mapping[int, int]
    town_id: Mapping[int, int]
    industry: Mapping[str, int]
    who: Mapping[Who, int]
    campaigns: Mapping[int, str]
    towns: Mapping[int, str]


def facets(session: Session, person: Person, *, wanted: Filter, now: datetime) -> Facets:
    """One statement for all numbers of the list, one for each of the other lists."""
    cube = _cube(session, person, wanted, now)
    chosen = {key: getattr(wanted, key) for key in KEYS}
    counted: dict[str, Counter[Any]] = {key: Counter() for key in KEYS}
    total = 0
    for key_values, number in cube:
        values = dict(zip(KEYS, key_values, strict=True))
        misses = [key for key in KEYS if chosen[key] is not None and values[key] != chosen[key]]
        total += number if not misses else 0
        for key in KEYS:
            if values[key] is not None and not set(misses) - {key}:
                counted[key][values[key]] += number
    counted["urgency"] = Counter({Urgency(value): number for value, number in counted["urgency"].items()})
    others = [one for one in Who if one != Who.CAN_DO]
    who: dict[Who, int] = {
        one: count(session, person, reviews=wanted.reviews, who=one, now=now) for one in others
    }
    return Facets(
        total=total, **counted, who=who,
        campaigns=_names(session, Campaign.id, Campaign.title, counted["campaign_id"]),
        towns=_names(session, Organization.id, Organization.name, counted["town_id"]),
    )  # fmt: skip


def count(
    session: Session, person: Person, *, reviews: bool, now: datetime, who: Who = Who.CAN_DO,
    most: int | None = None,
) -> int:  # fmt: skip
    """How many tasks a list holds; from `most` on nobody counts."""
    parts = scopes(person, who, now=now)
    if not parts:
        return 0
    node = UserTask.node.in_(REVIEW_NODES) if reviews else UserTask.node.not_in(REVIEW_NODES)
    found = select(UserTask.id).where(or_(*parts), node).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def by_urgency(session: Session, person: Person, *, reviews: bool, now: datetime) -> Mapping[Urgency, int]:
    """How many tasks a list holds in each group of urgency."""
    found: Counter[Urgency] = Counter()
    for (urgency, *_), number in _cube(session, person, Filter(reviews=reviews), now):
        found[Urgency(urgency)] += number
    return found


def _cube(
    session: Session, person: Person, wanted: Filter, now: datetime
) -> list[tuple[tuple[Any, ...], int]]:
    parts = scopes(person, wanted.who, now=now)
    if not parts:
        return []
    groups = [(group_of_urgency(one, reviews=wanted.reviews, now=now), one.value) for one in Urgency]
    if wanted.reviews:  # never returned work: the group would ask for tables without need
        groups = [pair for pair in groups if pair[1] != Urgency.RETURNED]
    urgency = case(*groups, else_=Urgency.LATER.value).label("urgency")
    columns = (urgency, UserTask.group_id, phase_of(), Enterprise.town_id, Enterprise.industry)
    everything = replace(wanted, campaign_id=None, phase=None, town_id=None, industry=None)
    query = with_subjects(select(*columns, func.count())).where(or_(*parts), *narrowed(everything))
    query = query.group_by("urgency", *columns[1:])  # by name: PostgreSQL would see other parameters
    return [(tuple(row[:-1]), row[-1]) for row in session.execute(query)]


def _names(session: Session, key: Any, name: Any, wanted: Counter[int]) -> dict[int, str]:
    query = select(key, name).where(key.in_(list(wanted))).order_by(key)
    return {row[0]: row[1] for row in session.execute(query)}
