"""Send what waits, one message at a time, never inside the transaction of anybody's work.

Called by the scheduler's own jobs, one for mail and one for chat, so that neither waits for the other.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from sqlalchemy.orm import Session, sessionmaker

from workflows.notifications import chat, outbox
from workflows.notifications.channels import is_current
from workflows.notifications.exceptions import Refused, SendFailed, Unreachable
from workflows.notifications.letters import letter_of
from workflows.notifications.mail import email_of, text_of
from workflows.notifications.models import Outgoing
from workflows.notifications.smtp import SmtpServer
from workflows.notifications.types import ChannelKind, Letter, State
from workflows.settings import Settings
from workflows.times import day_of

ROUND = 100  # messages in one call; the next tick goes on
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed message with all it needs: no database is held while it goes out."""

    id: int
    address: str
    letter: Letter
    at: datetime


class Post(Protocol):
    """What carries the messages of one kind. `send` raises SendFailed."""

    kind: ChannelKind

    def send(self, ready: Ready) -> None: ...

    def close(self) -> None: ...


class MailPost:
    """E-mail through the server of the settings."""

    kind = ChannelKind.EMAIL

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.server = SmtpServer(settings)

    def send(self, ready: Ready) -> None:
        if not self.settings.smtp_host:
            raise Unreachable("smtp-not-set")
        host = urlsplit(self.settings.address).hostname or "localhost"
        message_id = f"<bihuan-{ready.id}-{int(ready.at.timestamp())}@{host}>"
        message = email_of(
            ready.letter, sender=self.settings.smtp_from, to=ready.address, message_id=message_id, at=ready.at
        )
        self.server.send(message, to=ready.address)

    def close(self) -> None:
        self.server.close()


class ChatPost:
    """Chat robots."""

    kind = ChannelKind.CHAT

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def send(self, ready: Ready) -> None:
        chat.send(
            ready.address,
            title=ready.letter.title,
            text=text_of(ready.letter),
            allow_private=self.settings.allow_private_webhooks,
        )

    def close(self) -> None:
        """Each message has a connection of its own."""


def deliver(
    sessions: sessionmaker[Session], post: Post, *, home: str, now: datetime, machine_now: datetime
) -> Counter[State]:
    """Send what is due, at most `ROUND` messages; returns how many ended in each state.

    `now` is business time (what is due, quiet hours), `machine_now` the machine's (how old a claim is).
    """
    done: Counter[State] = Counter()
    with sessions.begin() as session:
        lost = outbox.recover(session, now=now, machine_now=machine_now)
    if lost:
        log.warning("messages of a process that died", uncertain=lost)
    try:
        while done.total() < ROUND:
            with sessions.begin() as session:
                claimed = outbox.claim(session, post.kind, now=now, machine_now=machine_now)
            if claimed is None:
                break
            done[_send(sessions, post, claimed.id, home=home, now=now, machine_now=machine_now)] += 1
    finally:
        post.close()
    return done


def _send(
    sessions: sessionmaker[Session],
    post: Post,
    number: int,
    *,
    home: str,
    now: datetime,
    machine_now: datetime,
) -> State:
    failure: SendFailed | None = None
    try:
        with sessions.begin() as session:
            ready = _ready(session, number, home=home, now=now, machine_now=machine_now)
            if ready is None:
                outbox.drop(session, number, now=now)
                return State.DROPPED
        post.send(ready)
    except SendFailed as error:
        failure = error
    except Exception as error:
        log.exception("a message could not be written", message=number)
        failure = Refused("broken", type(error).__name__)
    with sessions.begin() as session:
        state = outbox.settle(session, number, failure, now=now)
    if failure is not None:
        log.warning("a message did not go out", message=number, state=str(state), code=failure.code)
    return state


def _ready(session: Session, number: int, *, home: str, now: datetime, machine_now: datetime) -> Ready | None:
    message = session.get_one(Outgoing, number)
    if not is_current(message, machine_now=machine_now):
        return None
    letter = letter_of(session, message, home=home, today=day_of(now))
    return Ready(message.id, message.channel.address, letter, message.created_at)
