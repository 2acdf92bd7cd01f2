"""The enterprises of a scope, counted by what a template reads of them: one statement, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, partial, reduce
from operator import or_ as union
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, Text, case, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from workflows.accounts.queries import homes_of
from workflows.accounts.types import Role
from workflows.campaigns.applicability import STAFF, Applicability, Reads, evaluate, reads
from workflows.campaigns.planning import Occurrence
from workflows.campaigns.previewing import Alike
from workflows.campaigns.scope import Scope, reached
from workflows.campaigns.types import CampaignTemplate, TemplateItem
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseFacts, Flag
from workflows.safetystaff.types import StaffState


def alike(session: Session, scope: Scope, template: CampaignTemplate) -> list[Alike]:
    """The enterprises in operation that a scope reaches, those together that the template cannot tell apart.

    Headcounts are given as the largest one that the template asks for and the enterprise has, or 0.
    """
    read = reduce(union, (reads(item.applies) for item in template.items), Reads())
    flags = sorted(read.flags)
    traits = cache(partial(_traits, flags))
    found: dict[tuple[Any, ...], list[int]] = {}
    for *facts, text, number, no_officer, no_principal, no_account in session.execute(_counted(scope, read)):
        numbers = found.setdefault((*facts, traits(text)), [0, 0, 0, 0])
        for place, more in enumerate((number, no_officer, no_principal, no_account)):
            numbers[place] += more
    return [_alike(facts, flags, numbers) for facts, numbers in found.items()]


def expected(
    session: Session, scope: Scope, template: CampaignTemplate, opening: Sequence[Occurrence]
) -> int:
    """How many obligations these occurrences come to."""
    times = Counter(one.row.code for one in opening if isinstance(one.row, TemplateItem))
    items = [item for item in template.items if times[item.code]]
    return sum(
        one.number * times[item.code]
        for one in alike(session, scope, template)
        for item in items
        if evaluate(item.applies, one.facts).result is Applicability.APPLIES
    )


def _counted(scope: Scope, read: Reads) -> Select[Any]:
    """Grouped over a subquery: PostgreSQL takes two expressions with parameters for different ones.

    Flags are grouped as they are stored: taking a dozen out of every row costs more than all the rest.
    """
    officers, principals = (homes_of(role).subquery() for role in (Role.SAFETY_OFFICER, Role.PRINCIPAL))
    facts = (
        Enterprise.town_id, Enterprise.department_id, Enterprise.industry, _band(read).label("employees"),
        Enterprise.above_scale, Enterprise.state_owned, Enterprise.risk_level,
        *_staff(read), cast(Enterprise.flags, Text).label("flags"),
    )  # fmt: skip
    lacks_officer, lacks_principal = officers.c[0].is_(None), principals.c[0].is_(None)
    missing = (
        case((lacks_officer, 1), else_=0).label("no_officer"),
        case((lacks_principal, 1), else_=0).label("no_principal"),
        case((or_(lacks_officer, lacks_principal), 1), else_=0).label("no_account"),
    )
    firms = reached(scope).with_only_columns(*facts, *missing, maintain_column_froms=True)
    firms = firms.outerjoin(officers, officers.c[0] == Enterprise.id)
    inner = firms.outerjoin(principals, principals.c[0] == Enterprise.id).subquery()
    told = list(inner.c)[: len(facts)]
    numbers = (func.count(), *(func.sum(inner.c[one.name]) for one in missing))
    return select(*told, *numbers).group_by(*told)


def _band(read: Reads) -> ColumnElement[int | None]:
    steps = [(Enterprise.employees >= limit, limit) for limit in sorted(read.headcounts, reverse=True)]
    return case((Enterprise.employees.is_(None), None), *steps, else_=0)


def _staff(read: Reads) -> tuple[ColumnElement[Any], ...]:
    """The state of the safety staff with what is unknown of it; one group for all unless a condition reads it."""
    if STAFF in read.facts:
        return Enterprise.staff_state.label("staff_state"), Enterprise.staff_open.label("staff_open")
    return literal_column("'unknown'").label("staff_state"), literal_column("''").label("staff_open")


def _traits(flags: Sequence[Flag], text: str) -> tuple[bool | None, ...]:
    stored = orjson.loads(text)
    return tuple([stored.get(flag) for flag in flags])


def _alike(facts: tuple[Any, ...], flags: Sequence[Flag], numbers: Sequence[int]) -> Alike:
    town, department, industry, employees, above_scale, state_owned, risk_level, state, unknown, traits = (
        facts
    )
    known = EnterpriseFacts(
        industry=industry, employees=employees, above_scale=above_scale, state_owned=state_owned,
        risk_level=risk_level, staff_state=StaffState(state), staff_open=tuple(filter(None, unknown.split(","))),
        flags=dict(zip(flags, traits, strict=True)),
    )  # fmt: skip
    return Alike(town, department, known, *numbers)
