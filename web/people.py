"""From the visitor of a page to the person of the domain."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from web.auth import Visitor
from workflows.accounts.types import Role
from workflows.assignments.queries import absent_for
from workflows.inbox import Person
from workflows.sight import Sight, sight_of
from workflows.times import day_of


def person_of(visitor: Visitor, session: Session, now: datetime) -> Person:
    """Who completes tasks, and for whom they stand in today."""
    absent = absent_for(session, visitor.account_id, on=day_of(now))
    return Person(visitor.actor, frozenset(visitor.groups), visitor.organization_id, absent)


def sight(visitor: Visitor) -> Sight:
    """What this visitor may see."""
    return sight_of(visitor.held, visitor.actor)


def is_enterprise(visitor: Visitor) -> bool:
    """Whether somebody works for an enterprise only."""
    return bool(visitor.held) and all(
        held.role in (Role.SAFETY_OFFICER, Role.PRINCIPAL) for held in visitor.held
    )
