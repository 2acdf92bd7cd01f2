"""The filter of a list of tasks in an address: read leniently, written the same for every link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from web.inputs import number_of, plain
from workflows.register.types import Industry
from workflows.worklist import Filter, Order, Place, Urgency, Who

E = TypeVar("E", bound=StrEnum)
NAMES = ("group", "campaign", "phase", "town", "industry", "who", "order")


def read(query: Mapping[str, str], *, reviews: bool) -> Filter:
    """The filter that an address names; what makes no sense restricts nothing."""
    return Filter(
        reviews=reviews, urgency=_member(Urgency, query.get("group")), campaign_id=number_of(query.get("campaign", "")),
        phase=number_of(query.get("phase")), town_id=number_of(query.get("town")),
        industry=_member(Industry, query.get("industry")), who=_member(Who, query.get("who")) or Who.CAN_DO,
        order=_member(Order, query.get("order")) or Order.URGENT, after=_place(query.get("after", "")),
    )  # fmt: skip


def pairs(wanted: Filter) -> dict[str, str]:
    """What differs from a list without any filter, its place apart."""
    values = {
        "group": wanted.urgency, "campaign": wanted.campaign_id, "phase": wanted.phase, "town": wanted.town_id,
        "industry": wanted.industry, "who": wanted.who if wanted.who is not Who.CAN_DO else None,
        "order": wanted.order if wanted.order is not Order.URGENT else None,
    }  # fmt: skip
    return {name: str(value) for name, value in values.items() if value is not None}


def write(wanted: Filter, **more: object) -> str:
    """The same as the query of an address; `more` replaces (None takes out) single names."""
    query = {**pairs(wanted), **{name: str(value) for name, value in more.items() if value is not None}}
    return urlencode(
        {name: value for name, value in query.items() if name not in more or more[name] is not None}
    )


def mark(place: Place) -> str:
    """Where a page ended, as `after` of an address."""
    due = f"{place.due_at.timestamp():.6f}" if place.due_at else "-"
    return "~".join((str(place.task_id), place.urgency, due, place.enterprise))


def _place(text: str) -> Place | None:
    parts = text.split("~", 3)
    urgency = _member(Urgency, parts[1]) if len(parts) == 4 else None
    number = number_of(parts[0])
    if urgency is None or number is None:
        return None
    try:
        due = None if parts[2] == "-" else datetime.fromtimestamp(float(parts[2]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Place(number, urgency, due, plain(parts[3]))


def _member(kind: type[E], text: str | None) -> E | None:
    return kind(text) if text in [member.value for member in kind] else None
