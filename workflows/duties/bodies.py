"""Which organisations of the district a template means by its bodies."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts.types import Role
from workflows.campaigns.planning import Bodies, BodyTarget, Member
from workflows.campaigns.service import Scope
from workflows.campaigns.types import Body
from workflows.organizations import queries
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationFunction, OrganizationKind


def bodies_of(session: Session, *, scope: Scope, members: Sequence[Member], office_id: int) -> Bodies:
    """The organisations behind each body, within a scope.

    A scope without restriction reaches every department; a restricted one those that supervise somebody in it.
    Where the district has no body of a function, the lead office stands in. The enforcement staff of the towns
    (`enforcement`) answer through their towns.
    """
    office = BodyTarget(office_id, Role.LEAD_OFFICER)
    towns = [
        BodyTarget(one.id, Role.TOWN_OFFICER, town_id=one.id)
        for one in queries.of_kind(session, OrganizationKind.TOWN)
        if not scope.town_ids or one.id in scope.town_ids
    ]
    restricted = bool(scope.town_ids or scope.industries)
    reached = {member.department_id for member in members}
    departments = [
        _department(one)
        for one in queries.of_kind(session, OrganizationKind.DEPARTMENT)
        if not restricted or one.id in reached
    ]
    firms = [
        BodyTarget(m.enterprise_id, Role.SAFETY_OFFICER, enterprise_id=m.enterprise_id)
        for m in members
        if m.facts.state_owned
    ]
    return {
        Body.DISTRICT_OFFICE: [office],
        Body.DEPARTMENT: departments,
        Body.DEPARTMENT_HEAD: departments,
        Body.TOWN: towns,
        Body.ENFORCEMENT: towns,
        Body.STATE_FIRM: firms,
        Body.EMERGENCY: _function(session, OrganizationFunction.EMERGENCY, office_id),
        Body.DEVELOPMENT_REFORM: _function(session, OrganizationFunction.DEVELOPMENT_REFORM, office_id),
    }


def _department(one: Organization) -> BodyTarget:
    return BodyTarget(one.id, Role.DEPARTMENT_OFFICER, department_id=one.id)


def _function(session: Session, function: OrganizationFunction, office_id: int) -> list[BodyTarget]:
    query = select(Organization).where(Organization.function == function).order_by(Organization.id)
    found = [_department(one) for one in session.scalars(query)]
    return found or [BodyTarget(office_id, Role.LEAD_OFFICER, stands_in=True)]
