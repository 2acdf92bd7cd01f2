"""People with channels in the district of tests/factories.py, and a post office that keeps what is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from tests.factories import World
from tests.people import add_account
from workflows.accounts.models import Account
from workflows.accounts.types import Held, Role
from workflows.notifications.delivery import Ready, deliver
from workflows.notifications.exceptions import SendFailed
from workflows.notifications.models import Channel, Preference
from workflows.notifications.types import ChannelKind, Mode, State

HOME = "https://bihuan.example"


@dataclass
class PostOffice:
    """Takes what it is given, unless an address is named in `refuses`."""

    kind: ChannelKind = ChannelKind.EMAIL
    sent: list[Ready] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    refuses: dict[str, SendFailed | Exception] = field(default_factory=dict)

    def send(self, ready: Ready) -> None:
        self.tried.append(ready.address)
        if failure := self.refuses.get(ready.address) or self.refuses.get("*"):
            raise failure
        self.sent.append(ready)

    def close(self) -> None:
        """Nothing is open."""

    @property
    def titles(self) -> list[str]:
        return [one.letter.title for one in self.sent]


@dataclass
class Mail:
    """A world with a post office."""

    world: World
    post: PostOffice = field(default_factory=PostOffice)
    number: int = 0

    def reader(
        self,
        organization_id: int,
        *roles: Role,
        mode: Mode = Mode.AT_ONCE,
        kind: ChannelKind = ChannelKind.EMAIL,
        confirmed: bool = True,
        also: tuple[Held, ...] = (),
        **preference: int,
    ) -> tuple[Account, Channel]:
        """Somebody with a channel; the address is zhou1@example.com, zhou2@…"""
        self.number += 1
        session = self.world.session
        account = add_account(session, f"zhou{self.number}", organization_id, *roles, also=also)
        address = f"zhou{self.number}@example.com"
        channel = Channel(account=account, kind=kind, address=address, mode=mode, code_tries=0)
        channel.confirmed_at = self.world.now if confirmed else None
        session.add_all([channel, Preference(account_id=account.id, **preference)])
        session.flush()
        return account, channel

    def deliver(self, at: datetime | None = None, *, machine_at: datetime | None = None) -> Counter[State]:
        now = at or self.world.now
        return deliver(self.world.sessions, self.post, home=HOME, now=now, machine_now=machine_at or now)


@pytest.fixture
def mail(world: World) -> Mail:
    return Mail(world)


@pytest.fixture
def post_office() -> Callable[..., PostOffice]:
    return PostOffice
