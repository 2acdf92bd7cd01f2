"""From the visitor of a page to the person of the domain."""

from __future__ import annotations

from web.auth import Visitor
from workflows.accounts.types import Role
from workflows.inbox import Person
from workflows.sight import Sight, sight_of


def person_of(visitor: Visitor) -> Person:
    """Who completes tasks."""
    return Person(visitor.actor, frozenset(visitor.groups), visitor.organization_id)


def sight(visitor: Visitor) -> Sight:
    """What this visitor may see."""
    return sight_of(visitor.held)


def is_enterprise(visitor: Visitor) -> bool:
    """Whether somebody works for an enterprise only."""
    return bool(visitor.held) and all(
        held.role in (Role.SAFETY_OFFICER, Role.PRINCIPAL) for held in visitor.held
    )
