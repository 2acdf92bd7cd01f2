"""The overdue board: who is late, how long, what has been done about it; urge them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.inputs import Choice, Count, Text, number_of
from web.latewords import key_name, key_words
from web.people import person_of, sight
from web.templating import is_partial, render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.calendar.service import load
from workflows.campaigns.queries import newest_first
from workflows.escalation.queries import for_groups
from workflows.exceptions import NotFound
from workflows.lateness import board, handing, rules, urging
from workflows.lateness.board import Late
from workflows.lateness.rules import DIMENSIONS, Dimension, Kind
from workflows.lateness.turns import Moment, View
from workflows.register.types import Industry
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, end_of_day

router = APIRouter()
NUMBERS = {
    "campaign": "campaign_id", "town": "town_id", "department": "department_id", "body": "body_id", "bucket": "bucket",
}  # fmt: skip
TEXTS = ("item", "industry", "step", "reviewer")
PLACES = {one: NUMBERS.get(one.value, one.value) for one in Dimension}  # where a view holds its row


def _or_none(text: object) -> object:
    return None if text == "" else text


Bucket = Annotated[int, Field(ge=0, lt=len(rules.BUCKETS))] | None
Day = Annotated[date | None, BeforeValidator(_or_none)]
Words = Text | None


@router.get("/overdue")
def page(
    request: Request, visitor: Annotated[Visitor, require(Permission.SEE_OVERDUE)], session: Db, now: Now,
    kind: Kind = Kind.OBLIGATION, by: Dimension | None = None, on: Day = None, campaign: Choice = None,
    town: Choice = None, department: Choice = None, body: Choice = None, bucket: Bucket = None, item: Words = None,
    industry: Industry | None = None, step: Words = None, reviewer: Words = None, offset: Count = 0,
    urged: Count | None = None, handed: Count | None = None, left: Count = 0,
) -> Response:  # fmt: skip
    """Who is late, and what follows?"""
    view = View(
        kind, _dimension(kind, by), campaign, town, department, body, item, industry, step, reviewer, bucket, offset
    )  # fmt: skip
    moment = _moment(session, visitor, now, on)
    found = board.listed(session, view=view, moment=moment)
    context: dict[str, Any] = {
        "view": view, "moment": moment, "late": found[: board.PAGE], "more": len(found) > board.PAGE,
        "urged": urged, "handed": handed, "left": left, "buckets": rules.BUCKETS,
        "on": None if moment.is_now else day_of(moment.at), "query": urlencode(_query(view, moment)),
        "names": _names(session, found), "may_urge": moment.is_now and visitor.may(Permission.REMIND),
    } | _passable(session, visitor, moment, found)  # fmt: skip
    if is_partial(request):
        context |= {"chosen": _chosen(session, view), "number": _number(session, view, moment, {})}
        return render(request, "overdue/_list.html", **context)
    context |= _whole(session, view, moment, visitor)
    context |= {"chosen": _chosen(session, view), "number": _number(session, view, moment, context["matrix"])}
    return render(request, "overdue/index.html", **context)


@router.post("/overdue/urge")
def urge(
    request: Request, visitor: Annotated[Visitor, require(Permission.REMIND)], session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Urge the ticked ones, or all of the listed part; what was done meanwhile is left alone."""
    view = _view(fields)
    moment = _moment(session, visitor, now, None)
    wanted = view if fields.get("all") else View(kind=view.kind, chosen=_ticked(fields))
    reached = urging.urge(session, view=wanted, moment=moment, actor=visitor.actor)
    return RedirectResponse(f"/overdue?{urlencode({**_query(view, moment), 'urged': reached})}", 303)


@router.post("/overdue/hand-over")
def hand_over(
    request: Request, visitor: Annotated[Visitor, require(Permission.WORK)], session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Give the ticked ones to a colleague; what somebody did or took meanwhile is left alone."""
    view = _view(fields)
    handed = handing.hand_over_each(
        session, [Subject(kind, number) for kind, number in _ticked(fields)], to=number_of(fields.get("to", "")),
        person=person_of(visitor, session, now), now=now,
    )  # fmt: skip
    query = _query(view, _moment(session, visitor, now, None))
    return RedirectResponse(
        f"/overdue?{urlencode({**query, 'handed': handed.over, 'left': handed.left})}", 303
    )


def _passable(session: Session, visitor: Visitor, moment: Moment, found: Sequence[Late]) -> dict[str, Any]:
    """Which lines the visitor can hand over, and to whom: their own tasks, as of now."""
    if not moment.is_now or not visitor.may(Permission.WORK):
        return {"own": {}, "colleagues": []}
    person = person_of(visitor, session, moment.at)
    own = handing.own_tasks(session, [one.subject for one in found], person)
    return {"own": own, "colleagues": handing.colleagues_for(session, own, person)}


def _whole(session: Session, view: View, moment: Moment, visitor: Visitor) -> dict[str, Any]:
    """What the page shows beside the list: numbers by one dimension, and what reached the visitor."""
    unfiltered = View(kind=view.kind, by=view.by, campaign_id=view.campaign_id)
    matrix = board.matrix(session, view=unfiltered, moment=moment)
    words = key_words(session, view.by, matrix)
    worst_first = sorted(matrix.items(), key=lambda one: (-sum(one[1]), words[one[0]]))
    return {
        "matrix": matrix, "rows": [(key, words[key], row) for key, row in worst_first],
        "dimensions": DIMENSIONS[view.kind],
        "of_kind": board.counts(session, view=view, moment=moment, known=_sum(matrix)),
        "campaigns": newest_first(session),
        "escalated": for_groups(session, visitor.groups, limit=6) if moment.is_now else [],
        "limit": rules.REVIEW_WORKDAYS,
    }  # fmt: skip


def _number(session: Session, view: View, moment: Moment, matrix: Mapping[board.Key, list[int]]) -> int:
    """How many lines there are: that of a row, a column or a cell of the matrix, unless something else is asked for."""
    name = PLACES[view.by]
    key = getattr(view, name)
    whole = View(view.kind, view.by, view.campaign_id, bucket=view.bucket, offset=view.offset)
    if not matrix or view != replace(whole, **{name: key}):
        return board.count(session, view=view, moment=moment)
    rows = matrix.values() if key is None else [matrix.get(key, [0] * len(rules.BUCKETS))]
    return sum(sum(row) if view.bucket is None else row[view.bucket] for row in rows)


def _sum(matrix: Mapping[board.Key, list[int]]) -> int:
    return sum(sum(row) for row in matrix.values())


def _moment(session: Session, visitor: Visitor, now: datetime, on: date | None) -> Moment:
    at = now if on is None else end_of_day(on)
    return Moment.of(session, at, now=now, sight=sight(visitor), calendar=load(session))


def _dimension(kind: Kind, by: Dimension | None) -> Dimension:
    """The one that was asked for if the kind has it, else its first."""
    return by if by in DIMENSIONS[kind] else DIMENSIONS[kind][0]


def _names(session: Session, found: list[Late]) -> Mapping[str, str]:
    actors = {one.urged.by for one in found if one.urged} | {
        one.promise.promised_by for one in found if one.promise
    }
    return names_of(session, actors)


def _chosen(session: Session, view: View) -> str:
    """The row that is listed, in words; empty for all of them."""
    values = {one: getattr(view, name) for one, name in PLACES.items()}
    return "、".join(key_name(session, one, value) for one, value in values.items() if value is not None)


def _view(fields: FormData) -> View:
    """The part of the board that a form names. Raises NotFound for one that is none: it must not mean the whole."""
    try:
        kind = Kind(str(fields.get("kind") or Kind.OBLIGATION))
        by = _dimension(kind, Dimension(str(fields["by"])) if fields.get("by") else None)
        industry = Industry(str(fields["industry"])) if fields.get("industry") else None
    except ValueError as unknown:
        raise NotFound(what="overdue", value=str(unknown)) from unknown
    numbers = {name: number_of(fields[name]) for name in NUMBERS if fields.get(name)}
    if None in numbers.values() or numbers.get("bucket", 0) not in range(len(rules.BUCKETS)):
        raise NotFound(what="overdue", **numbers)
    texts = {name: str(fields[name]) for name in ("item", "step", "reviewer") if fields.get(name)}
    return View(
        kind, by, numbers.get("campaign"), numbers.get("town"), numbers.get("department"), numbers.get("body"),
        texts.get("item"), industry, texts.get("step"), texts.get("reviewer"), numbers.get("bucket"),
    )  # fmt: skip


def _ticked(fields: FormData) -> tuple[tuple[SubjectKind, int], ...]:
    found = []
    for value in fields.getlist("late"):
        kind, _, digits = str(value).partition(":")
        number = number_of(digits)
        if kind in (SubjectKind.OBLIGATION, SubjectKind.UNIT_TASK, SubjectKind.HAZARD) and number:
            found.append(Subject(SubjectKind(kind), number))
    return tuple((one.kind, one.id) for one in found)


def _query(view: View, moment: Moment) -> dict[str, Any]:
    """The view as it stands in an address; what goes without saying is left out."""
    named: dict[str, Any] = {}
    if view.kind is not Kind.OBLIGATION:
        named["kind"] = view.kind.value
    if view.by is not DIMENSIONS[view.kind][0]:
        named["by"] = view.by.value
    if not moment.is_now:
        named["on"] = day_of(moment.at).isoformat()
    pairs = {**{name: getattr(view, column) for name, column in NUMBERS.items()}}
    pairs |= {name: getattr(view, name) for name in TEXTS}
    return named | {name: value for name, value in pairs.items() if value is not None}
