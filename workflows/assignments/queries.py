"""Who could do a task instead: colleagues, delegates, stand-ins on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import UserTask
from engine.types import DelegationState
from workflows.accounts.models import Account
from workflows.accounts.queries import PREFIX, held_of, holders
from workflows.accounts.types import Held
from workflows.assignments.models import StandIn
from workflows.inbox import Person, acts_for
from workflows.times import day_of


@dataclass(frozen=True, slots=True)
class Team:
    """What a person can do with an open task beside doing it, and with whom."""

    successors: list[Account]
    delegates: list[Account]
    is_free: bool  # nobody has it
    is_mine: bool
    is_theirs: bool  # a colleague has it, and nobody stands in for them here
    prepares: bool  # asked to prepare it for its owner
    waits_for: bool  # delegated by this person, not back yet
    absent: str | None  # whom the person stands in for
    is_put_off: bool

    @property
    def may_pass_on(self) -> bool:
        """Whether the task can be handed over or delegated."""
        return (self.is_free or self.is_mine) and not self.prepares

    @property
    def may_do(self) -> bool:
        """Whether the person can complete it."""
        return self.is_free or (self.is_mine and not self.prepares) or self.absent is not None

    @property
    def account_ids(self) -> set[int]:
        return {one.id for one in (*self.successors, *self.delegates)}


def team(session: Session, task: UserTask, person: Person, *, now: datetime) -> Team:
    """Who else there is for a task, and whose it is now."""
    absent = acts_for(task, person)
    pending = task.delegation_state is DelegationState.PENDING
    is_mine = task.assignee == person.actor
    return Team(
        successors=successors(session, task, without=person.actor),
        delegates=delegates(session, task, without=person.actor),
        is_free=task.assignee is None,
        is_mine=is_mine,
        is_theirs=task.assignee is not None and not is_mine and absent is None,
        prepares=is_mine and pending,
        waits_for=pending and task.owner == person.actor,
        absent=absent if not pending else None,
        is_put_off=task.follow_up_at is not None and task.follow_up_at > now,
    )


def absent_for(session: Session, account_id: int, *, on: date) -> frozenset[tuple[str, str]]:
    """The people that an account stands in for on a day: actor and candidate group."""
    query = select(StandIn).where(
        StandIn.stand_in_id == account_id,
        StandIn.from_on <= on,
        StandIn.to_on >= on,
        StandIn.ended_at.is_(None),
    )
    return frozenset((f"{PREFIX}{one.absent_id}", one.group) for one in session.scalars(query))


def person_of(session: Session, account: Account, *, now: datetime) -> Person:
    """An account as who does tasks, with those it stands in for today."""
    absent = absent_for(session, account.id, on=day_of(now))
    return Person(account.actor, frozenset(account.groups), account.organization_id, absent)


def stand_ins_of(session: Session, account_id: int, *, on: date) -> list[StandIn]:
    """Who stands in for an account on a day or later, the next first."""
    query = select(StandIn).where(
        StandIn.absent_id == account_id, StandIn.to_on >= on, StandIn.ended_at.is_(None)
    )
    return list(session.scalars(query.order_by(StandIn.from_on, StandIn.id)))


def colleagues(session: Session, held: Held, *, without: str) -> list[Account]:
    """The others who hold the same role in the same organisation."""
    return [one for one in holders(session, held) if one.actor != without]


def successors(session: Session, task: UserTask, *, without: str) -> list[Account]:
    """Who may take a task over: the others of its candidate group."""
    held = held_of(task.candidate_group)
    return colleagues(session, held, without=without) if held is not None else []


def delegates(session: Session, task: UserTask, *, without: str) -> list[Account]:
    """Who may prepare a task: everybody active of the organisation it belongs to."""
    held = held_of(task.candidate_group)
    if held is None:
        return []
    query = select(Account).where(Account.organization_id == held.organization_id, Account.active)
    return [one for one in session.scalars(query.order_by(Account.id)) if one.actor != without]


def away(session: Session, account_ids: Iterable[int], *, on: date) -> dict[int, int]:
    """Of these accounts those that are absent on a day, each with who stands in."""
    query = select(StandIn).where(
        StandIn.absent_id.in_(list(account_ids)),
        StandIn.from_on <= on,
        StandIn.to_on >= on,
        StandIn.ended_at.is_(None),
    )
    return {one.absent_id: one.stand_in_id for one in session.scalars(query)}
