"""The enterprises of a scope, counted by what a template reads of them: one statement, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session

from workflows.accounts.queries import homes_of
from workflows.accounts.types import Role
from workflows.campaigns.applicability import Applicability, Reads, evaluate, reads
from workflows.campaigns.planning import Alike, Occurrence
from workflows.campaigns.scope import Scope, reached
from workflows.campaigns.types import CampaignTemplate, TemplateItem
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseFacts, Flag


def alike(session: Session, scope: Scope, template: CampaignTemplate) -> list[Alike]:
    """The enterprises in operation that a scope reaches, those together that the template cannot tell apart.

    Headcounts are given as the largest one that the template asks for and the enterprise has, or 0.
    """
    read = reduce(or_, (reads(item.applies) for item in template.items), Reads())
    flags = sorted(read.flags)
    return [_alike(row, flags) for row in session.execute(_counted(scope, read, flags))]


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


def _counted(scope: Scope, read: Reads, flags: Sequence[Flag]) -> Select[Any]:
    """Grouped over a subquery: PostgreSQL takes two expressions with parameters for different ones."""
    officers, principals = (homes_of(role).subquery() for role in (Role.SAFETY_OFFICER, Role.PRINCIPAL))
    facts = (
        Enterprise.town_id, Enterprise.department_id, Enterprise.industry, _band(read).label("employees"),
        Enterprise.above_scale, Enterprise.state_owned, Enterprise.risk_level,
        *(Enterprise.flags[flag.value].as_boolean().label(flag.value) for flag in flags),
    )  # fmt: skip
    lacks_officer, lacks_principal = officers.c[0].is_(None), principals.c[0].is_(None)
    missing = (
        case((lacks_officer, 1), else_=0).label("no_officer"),
        case((lacks_principal, 1), else_=0).label("no_principal"),
        case((and_(~lacks_officer, ~lacks_principal), 0), else_=1).label("no_account"),
    )
    firms = reached(scope).with_only_columns(*facts, *missing, maintain_column_froms=True)
    firms = firms.outerjoin(officers, officers.c[0] == Enterprise.id)
    inner = firms.outerjoin(principals, principals.c[0] == Enterprise.id).subquery()
    told = list(inner.c)
    split = len(told) - len(missing)
    numbers = (func.count(), *(func.sum(one) for one in told[split:]))
    return select(*told[:split], *numbers).group_by(*told[:split])


def _band(read: Reads) -> ColumnElement[int | None]:
    steps = [(Enterprise.employees >= limit, limit) for limit in sorted(read.headcounts, reverse=True)]
    return case((Enterprise.employees.is_(None), None), *steps, else_=0)


def _alike(row: Row[Any], flags: Sequence[Flag]) -> Alike:
    told = row._mapping
    facts = EnterpriseFacts(
        industry=told["industry"], employees=told["employees"], above_scale=told["above_scale"],
        state_owned=told["state_owned"], risk_level=told["risk_level"],
        flags={flag: told[flag.value] for flag in flags},
    )  # fmt: skip
    return Alike(told["town_id"], told["department_id"], facts, *row[-4:])
