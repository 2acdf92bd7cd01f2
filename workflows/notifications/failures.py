"""What did not go out, for the administrator: numbers by kind, the messages that are stuck, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.notifications import rules
from workflows.notifications.models import Channel, Outgoing
from workflows.notifications.types import ChannelKind, State, Topic

PAGE = 50
SHOWN = (State.FAILED, State.UNCERTAIN, State.WAITING)


@dataclass(slots=True)
class Figures:
    """Of one kind of channel: people who use it, messages by state, the oldest that waits, sent in a day."""

    people: int = 0
    states: dict[State, int] = field(default_factory=dict)
    waiting_since: datetime | None = None
    sent_in_a_day: int = 0


@dataclass(frozen=True, slots=True)
class Stuck:
    """One message that failed, is uncertain, or waits for its next attempt; the address is masked."""

    id: int
    who: str
    kind: ChannelKind
    topic: Topic
    address: str
    state: State
    attempts: int
    created_at: datetime
    next_at: datetime
    error_code: str | None
    error_detail: str | None


def figures(session: Session, *, now: datetime) -> dict[ChannelKind, Figures]:
    """The numbers at the top of the page."""
    found = {kind: Figures() for kind in ChannelKind}
    used = select(Channel.kind, func.count()).where(Channel.confirmed_at.is_not(None)).group_by(Channel.kind)
    for kind, number in session.execute(used):
        found[kind].people = number
    query = select(Channel.kind, Outgoing.state, func.count(), func.min(Outgoing.created_at))
    query = query.select_from(Outgoing).join(Channel, Channel.id == Outgoing.channel_id)
    query = query.group_by(Channel.kind, Outgoing.state)
    for kind, state, number, oldest in session.execute(query):
        found[kind].states[state] = number
        if state is State.WAITING:
            found[kind].waiting_since = oldest
    recent = Outgoing.state == State.SENT, Outgoing.done_at > now - timedelta(days=1)
    sent = (
        select(Channel.kind, func.count())
        .select_from(Outgoing)
        .join(Channel, Channel.id == Outgoing.channel_id)
    )
    for kind, number in session.execute(sent.where(*recent).group_by(Channel.kind)):
        found[kind].sent_in_a_day = number
    return found


def stuck(session: Session, *, offset: int = 0) -> list[Stuck]:
    """One page, one more than `PAGE` when there are further ones: what needs a person first, then the newest."""
    trouble = Outgoing.state.in_(SHOWN), Outgoing.error_code.is_not(None)
    order = (Outgoing.state == State.WAITING, Outgoing.id.desc())
    query = select(Outgoing).where(*trouble).order_by(*order).offset(offset).limit(PAGE + 1)
    return [_stuck(one) for one in session.scalars(query)]


def count_stuck(session: Session) -> int:
    """How many messages wait for the administrator."""
    lost = Outgoing.state.in_([State.FAILED, State.UNCERTAIN])
    return session.scalar(select(func.count()).select_from(Outgoing).where(lost)) or 0


def _stuck(message: Outgoing) -> Stuck:
    channel = message.channel
    return Stuck(
        id=message.id, who=channel.account.display_name, kind=channel.kind, topic=message.topic,
        address=rules.masked(channel.kind, channel.address), state=message.state, attempts=message.attempts,
        created_at=message.created_at, next_at=message.next_at, error_code=message.error_code,
        error_detail=message.error_detail,
    )  # fmt: skip
