"""What somebody chose on the launch page, read from its address or from its form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.orm import Session
from starlette.datastructures import ImmutableMultiDict

from web.inputs import number_of, plain
from workflows.campaigns import library, lists, templates
from workflows.campaigns.scope import Listed, Scope
from workflows.campaigns.shifting import starting_in, year_of
from workflows.campaigns.types import CampaignTemplate
from workflows.campaigns.workload import CAPACITY, MOST
from workflows.exceptions import NotFound
from workflows.forms import FieldProblem
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register import uploads
from workflows.register.types import Industry

PARAMETER = "p."  # before the code of a number that the launcher supplies
Sent = ImmutableMultiDict[str, Any]
Typed = Mapping[str, str]  # code of such a number -> what was typed


@dataclass(frozen=True, slots=True)
class Choice:
    """A template with its year and numbers, a scope, what a reviewer can do in a week; `problems` of what was typed."""

    offer: library.Offer
    template: CampaignTemplate
    year: int | None
    scope: Scope
    reading: lists.Reading | None
    typed: Typed
    capacity: str
    per_reviewer: int
    problems: tuple[FieldProblem, ...]


def read(session: Session, sent: Sent, *, folder: Path, today: date) -> Choice:
    """Raises NotFound for a template, town, industry or list there is not: leaving it out would widen the scope."""
    key = str(sent.get("template") or "")
    offer = library.find(session, key) if key else _first(library.offers(session), today)
    typed, year = _typed(sent), year_of(str(sent.get("year", "")))
    moved = starting_in(offer.template, year) if year else offer.template
    reading, listed = _listed(session, str(sent.get("list", "")), folder)
    capacity = plain(str(sent.get("capacity", ""))).strip()
    number = number_of(capacity) if capacity else CAPACITY
    problems = [*_wrong(typed), *_wrong_capacity(number)]
    return Choice(
        offer=offer, template=templates.with_parameters(moved, _values(typed)), year=year,
        scope=_scope(session, sent, listed), reading=reading, typed=typed, capacity=capacity,
        per_reviewer=CAPACITY if _wrong_capacity(number) else number or CAPACITY, problems=tuple(problems),
    )  # fmt: skip


def address(choice: Choice, *, listed: str | None) -> str:
    """The launch page with this choice and the list of this key."""
    return f"/campaigns/new?{_query(choice, listed)}"


def query(choice: Choice) -> str:
    """What the address of the launch page says of this choice."""
    return _query(choice, choice.scope.listed.key if choice.scope.listed else None)


def _query(choice: Choice, listed: str | None) -> str:
    scope = choice.scope
    chosen = [("template", choice.offer.key), ("year", choice.year or ""), ("capacity", choice.capacity)]
    chosen += [("town", town) for town in scope.town_ids]
    chosen += [("industry", industry) for industry in scope.industries]
    chosen += [(PARAMETER + code, text) for code, text in choice.typed.items()]
    chosen += [("list", listed or "")]
    return urlencode([(name, value) for name, value in chosen if value != ""])


def _first(offers: list[library.Offer], today: date) -> library.Offer:
    """The first template that is not over, else the first."""
    return next((one for one in offers if one.template.ends_on >= today), offers[0])


def _listed(session: Session, key: str, folder: Path) -> tuple[lists.Reading | None, Listed | None]:
    if not key:
        return None, None
    reading = lists.read(session, uploads.kept(folder, key))
    return reading, Listed(reading.ids, key, reading.unknown)


def _scope(session: Session, sent: Sent, listed: Listed | None) -> Scope:
    towns = {number_of(value) for value in sent.getlist("town")}
    industries = {str(value) for value in sent.getlist("industry")}
    known = {one.id for one in organizations.of_kind(session, OrganizationKind.TOWN)}
    ids = [one for one in towns if one in known]
    if len(ids) < len(towns) or not industries <= {str(one) for one in Industry}:
        raise NotFound(what="scope")
    return Scope(tuple(sorted(ids)), tuple(sorted(industries)), listed)


def _typed(sent: Mapping[str, Any]) -> Typed:
    """What was typed for the numbers that the launcher supplies."""
    names = [name for name in sent if name.startswith(PARAMETER)]
    return {name.removeprefix(PARAMETER): plain(str(sent[name])).strip() for name in names}


def _values(typed: Typed) -> dict[str, int | None]:
    """The numbers; None leaves the items that need one open."""
    return {code: number_of(text) for code, text in typed.items()}


def _wrong(typed: Typed) -> list[FieldProblem]:
    """What was typed and is no number."""
    wrong = [code for code, text in typed.items() if text and number_of(text) is None]
    return [FieldProblem(PARAMETER + code, "type") for code in wrong]


def _wrong_capacity(number: int | None) -> list[FieldProblem]:
    if number is None:
        return [FieldProblem("capacity", "type")]
    if number < 1:
        return [FieldProblem("capacity", "minimum", {"limit": 1})]
    return [FieldProblem("capacity", "maximum", {"limit": MOST})] if number > MOST else []
