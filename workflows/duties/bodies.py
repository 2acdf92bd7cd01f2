"""Which organisations of the district a template means by its bodies."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts.types import Role
from workflows.campaigns.planning import Bodies, BodyTarget
from workflows.campaigns.scope import Scope, reached
from workflows.campaigns.types import Body
from workflows.organizations import queries
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationFunction, OrganizationKind
from workflows.register.models import Enterprise


def bodies_of(session: Session, *, scope: Scope, office_id: int) -> Bodies:
    """The organisations behind each body, within a scope.

    A scope without restriction reaches every department; a restricted one those that supervise somebody in it. A
    list reaches the towns of its enterprises.
    Where the district has no body of a function, the lead office stands in. The enforcement staff of the towns
    (`enforcement`) answer through their towns.
    """
    towns = [BodyTarget(one.id, Role.TOWN_OFFICER, town_id=one.id) for one in _towns(session, scope)]
    departments = [_department(one) for one in _departments(session, scope)]
    return {
        Body.DISTRICT_OFFICE: [BodyTarget(office_id, Role.LEAD_OFFICER)],
        Body.DEPARTMENT: departments,
        Body.DEPARTMENT_HEAD: departments,
        Body.TOWN: towns,
        Body.ENFORCEMENT: towns,
        Body.STATE_FIRM: _state_firms(session, scope),
        Body.EMERGENCY: _function(session, OrganizationFunction.EMERGENCY, office_id),
        Body.DEVELOPMENT_REFORM: _function(session, OrganizationFunction.DEVELOPMENT_REFORM, office_id),
    }


def _towns(session: Session, scope: Scope) -> list[Organization]:
    towns = queries.of_kind(session, OrganizationKind.TOWN)
    if scope.listed is not None:
        concerned = set(session.scalars(reached(scope).with_only_columns(Enterprise.town_id).distinct()))
        return [one for one in towns if one.id in concerned]
    return [one for one in towns if not scope.town_ids or one.id in scope.town_ids]


def _departments(session: Session, scope: Scope) -> list[Organization]:
    departments = queries.of_kind(session, OrganizationKind.DEPARTMENT)
    if not scope.is_restricted:
        return departments
    concerned = set(session.scalars(reached(scope).with_only_columns(Enterprise.department_id).distinct()))
    return [one for one in departments if one.id in concerned]


def _state_firms(session: Session, scope: Scope) -> list[BodyTarget]:
    owned = reached(scope).with_only_columns(Enterprise.id).where(Enterprise.state_owned.is_(True))
    firms = session.scalars(owned.order_by(Enterprise.id))
    return [BodyTarget(firm, Role.SAFETY_OFFICER, enterprise_id=firm) for firm in firms]


def _department(one: Organization) -> BodyTarget:
    return BodyTarget(one.id, Role.DEPARTMENT_OFFICER, department_id=one.id)


def _function(session: Session, function: OrganizationFunction, office_id: int) -> list[BodyTarget]:
    query = select(Organization).where(Organization.function == function).order_by(Organization.id)
    found = [_department(one) for one in session.scalars(query)]
    return found or [BodyTarget(office_id, Role.LEAD_OFFICER, stands_in=True)]
