"""The messages that have to leave: written with what they tell of, claimed one by one, settled, tried again.

A message is claimed in a transaction of its own before it is handed over, and settled in another one after.
A crash between the two leaves it claimed; `recover` then calls it uncertain instead of sending it twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.orm import Session

from engine.among import among_given
from workflows.accounts.models import Account, RoleAssignment
from workflows.accounts.queries import account_id_of, held_of
from workflows.accounts.types import Held
from workflows.notifications import rules
from workflows.notifications.exceptions import Deferred, SendFailed, Uncertain, Unreachable
from workflows.notifications.models import Channel, Outgoing
from workflows.notifications.types import ChannelKind, Mode, State, Topic

_AT_ONCE = (Channel.mode == Mode.AT_ONCE, Channel.confirmed_at.is_not(None))
_HELD: Final = (
    select(RoleAssignment.organization_id, RoleAssignment.role, Channel.id)
    .join(Channel, Channel.account_id == RoleAssignment.account_id)
    .join(Account, Account.id == RoleAssignment.account_id)
    .where(among_given(RoleAssignment.organization_id, "organizations"), Account.active, *_AT_ONCE)
    .order_by(Channel.id)
)
_OWN: Final = (
    select(Channel.account_id, Channel.id)
    .join(Account, Account.id == Channel.account_id)
    .where(among_given(Channel.account_id, "accounts"), Account.active, *_AT_ONCE)
    .order_by(Channel.id)
)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that was just written: its id, whom it tells, what it is about."""

    notification_id: int
    group: str
    subject: str


def repeat(
    session: Session, told: Sequence[Told], channels: Mapping[str, Sequence[int]], *, kind: str, at: datetime
) -> None:
    """A message per notice and channel (`channels` by group); somebody in two groups gets one, not two."""
    seen: set[tuple[int, str]] = set()
    rows = []
    for one in told:
        for channel_id in channels[one.group]:
            if (channel_id, one.subject) not in seen:
                seen.add((channel_id, one.subject))
                rows.append(_row(channel_id, one.notification_id, urgent=kind in rules.URGENT, at=at))
    if rows:
        session.execute(insert(Outgoing), rows)


def wanted_at_once(session: Session, groups: Iterable[str]) -> dict[str, list[int]]:
    """The channels of everybody in these groups who wants notices at once, by group; most groups have none."""
    every = set(groups)
    alone = {account_id: group for group in every if (account_id := account_id_of(group)) is not None}
    found = _channels_held(session, {held for group in every if (held := held_of(group)) is not None})
    if alone:
        for account_id, channel_id in session.execute(_OWN, {"accounts": list(alone)}):
            found.setdefault(alone[account_id], []).append(channel_id)
    return found


def _channels_held(session: Session, every: Set[Held]) -> dict[str, list[int]]:
    if not every:
        return {}
    organizations = {held.organization_id for held in every}
    found: dict[str, list[int]] = {}
    for organization_id, role, channel_id in session.execute(_HELD, {"organizations": list(organizations)}):
        if (held := Held(organization_id, role)) in every:
            found.setdefault(held.group, []).append(channel_id)
    return found


def _row(channel_id: int, notification_id: int, *, urgent: bool, at: datetime) -> dict[str, Any]:
    return {
        "channel_id": channel_id, "topic": Topic.NOTICE, "key": f"notice:{notification_id}",
        "notification_id": notification_id, "data": {}, "urgent": urgent, "state": State.WAITING,
        "attempts": 0, "created_at": at, "next_at": at,
    }  # fmt: skip


def put(
    session: Session,
    channel: Channel,
    topic: Topic,
    *,
    key: str,
    data: Mapping[str, Any],
    urgent: bool,
    at: datetime,
) -> Outgoing:
    """One message of another kind; `key` is unique within the channel."""
    message = Outgoing(
        channel_id=channel.id, topic=topic, key=f"{topic}:{key}", data=dict(data), urgent=urgent,
        state=State.WAITING, created_at=at, next_at=at,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message


def claim(session: Session, kind: ChannelKind, *, now: datetime, machine_now: datetime) -> Outgoing | None:
    """Take the next message of this kind that is due; another process that looks at the same time takes another one."""
    query = select(Outgoing.id).where(_due(now), _is(kind)).order_by(Outgoing.next_at, Outgoing.id).limit(1)
    number = session.scalar(query.with_for_update(skip_locked=True))
    if number is None:
        return None
    message = session.get_one(Outgoing, number)
    message.state, message.claimed_at = State.SENDING, machine_now
    message.attempts += 1
    session.flush()
    return message


def settle(session: Session, message_id: int, failure: SendFailed | None, *, now: datetime) -> State:
    """Write down what became of a claimed message; returns its new state.

    When the server is unreachable or does not answer, everything else that waits for it is put off as well,
    so that a dead server costs one attempt and not thousands.
    """
    message = session.get_one(Outgoing, message_id)
    message.error_code = failure.code if failure else None
    message.error_detail = failure.detail if failure else None
    again = rules.retry_after(message.attempts)
    if isinstance(failure, Unreachable | Deferred) and again is not None:
        message.state, message.next_at = State.WAITING, now + again
    else:
        _finish(message, _final(failure), now)
    session.flush()
    if isinstance(failure, Unreachable | Uncertain):
        _put_off(session, message, until=now + (again or rules.LONGEST_RETRY))
    return message.state


def drop(session: Session, message_id: int, *, now: datetime) -> None:
    """Nobody wants it any more: the channel was changed or switched off, the account is shut."""
    _finish(session.get_one(Outgoing, message_id), State.DROPPED, now)


def _final(failure: SendFailed | None) -> State:
    if failure is None:
        return State.SENT
    return State.UNCERTAIN if isinstance(failure, Uncertain) else State.FAILED


def _finish(message: Outgoing, state: State, now: datetime) -> None:
    message.state, message.done_at = state, now
    if state in (State.SENT, State.DROPPED) and message.topic is Topic.CODE:
        message.data = {}  # a code is not kept longer than it is needed


def _put_off(session: Session, message: Outgoing, *, until: datetime) -> None:
    waiting = Outgoing.state == State.WAITING, Outgoing.next_at < until
    session.execute(update(Outgoing).where(*waiting, _same_server(message)).values(next_at=until))


def _same_server(message: Outgoing) -> ColumnElement[bool]:
    """All mail goes through one server; every chat robot is a server of its own."""
    if message.channel.kind is ChannelKind.EMAIL:
        return _is(ChannelKind.EMAIL)
    return Outgoing.channel_id == message.channel_id


def recover(session: Session, *, now: datetime, machine_now: datetime) -> int:
    """Messages that a dead process had claimed: sent or not, nobody knows. Returns how many."""
    lost = Outgoing.state == State.SENDING, Outgoing.claimed_at < machine_now - rules.LEASE
    values = {"state": State.UNCERTAIN, "done_at": now, "error_code": "process-died"}
    found = session.scalars(update(Outgoing).where(*lost).values(**values).returning(Outgoing.id))
    return len(found.all())


def prune(session: Session, *, now: datetime) -> None:
    """Forget what was sent or dropped long ago."""
    done = Outgoing.state.in_([State.SENT, State.DROPPED])
    session.execute(delete(Outgoing).where(done, Outgoing.next_at < now - rules.KEPT))


def send_again(session: Session, ids: Sequence[int] | None, *, now: datetime) -> int:
    """An administrator's button: failed and uncertain messages (all when `ids` is None) start afresh."""
    stuck = Outgoing.state.in_([State.FAILED, State.UNCERTAIN])
    chosen = [stuck] if ids is None else [stuck, Outgoing.id.in_(ids)]
    values = {"state": State.WAITING, "attempts": 0, "next_at": now, "done_at": None}
    return len(session.scalars(update(Outgoing).where(*chosen).values(**values).returning(Outgoing.id)).all())


def _is(kind: ChannelKind) -> ColumnElement[bool]:
    return Outgoing.channel_id.in_(select(Channel.id).where(Channel.kind == kind))


def _due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(Outgoing.state == State.WAITING, Outgoing.next_at <= now)
    return and_(waiting, Outgoing.urgent) if rules.is_quiet(now) else waiting
