"""What the form of a triage cannot know by itself: which hazard, which enterprise, which department."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.exceptions import NotFound
from workflows.forms import FieldProblem
from workflows.hazards.models import Hazard
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus


def problems(session: Session, form: Mapping[str, Any], *, enterprise_id: int) -> Iterator[FieldProblem]:
    """A hazard of another enterprise or one that is closed; an enterprise that is not registered, or the same; a
    department that there is not."""
    if form["decision"] == "accept" and form.get("department"):
        yield from _department(session, form["department"])
    if form["decision"] == "duplicate":
        yield from _hazard(session.get(Hazard, form["duplicate_of"]), enterprise_id)
    if form["decision"] == "other_enterprise":
        yield from _enterprise(session, form["enterprise"], enterprise_id)


def _hazard(hazard: Hazard | None, enterprise_id: int) -> Iterator[FieldProblem]:
    if hazard is None or hazard.enterprise_id != enterprise_id:
        yield FieldProblem("duplicate_of", "other-enterprise")
    elif hazard.closed_at is not None:
        yield FieldProblem("duplicate_of", "not-open")


def _enterprise(session: Session, named: str, enterprise_id: int) -> Iterator[FieldProblem]:
    try:
        found = enterprise_named(session, named)
    except NotFound:
        yield FieldProblem("enterprise", "no-enterprise")
        return
    if found.id == enterprise_id:
        yield FieldProblem("enterprise", "same-enterprise")


def _department(session: Session, named: str) -> Iterator[FieldProblem]:
    try:
        department_named(session, named)
    except NotFound:
        yield FieldProblem("department", "enum")


def with_departments(session: Session, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The form of a triage with the departments to choose from."""
    asked = schema["properties"]["department"] | {"enum": [one.name for one in _departments(session)]}
    return {**schema, "properties": {**schema["properties"], "department": asked}}


def department_named(session: Session, named: str) -> Organization:
    """Raises NotFound."""
    found = next((one for one in _departments(session) if one.name == named), None)
    if found is None:
        raise NotFound(what="department", name=named)
    return found


def _departments(session: Session) -> Sequence[Organization]:
    return organizations.of_kind(session, OrganizationKind.DEPARTMENT)


def enterprise_named(session: Session, named: str) -> Enterprise:
    """The one of this full name or this code that is not gone. Raises NotFound, also when two have the name."""
    wanted = named.strip()
    query = select(Enterprise).where(
        or_(Enterprise.name == wanted, Enterprise.uscc == wanted.upper()),
        Enterprise.status != EnterpriseStatus.DEREGISTERED,
    )
    found = session.scalars(query.limit(2)).all()
    if len(found) != 1:
        raise NotFound(what="enterprise", name=wanted)
    return found[0]
