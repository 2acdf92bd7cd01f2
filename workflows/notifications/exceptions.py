"""What can go wrong with a message, and what the domain refuses about channels."""

from __future__ import annotations

from workflows.exceptions import DomainError


class SendFailed(Exception):
    """A message did not go out. `code` is stable, `detail` is safe to show: no address, no password, no text."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code, self.detail = code, detail[:200]


class Unreachable(SendFailed):
    """The server does not do its part: nothing else need be tried there for a while."""


class Deferred(SendFailed):
    """This message was refused for now."""


class Refused(SendFailed):
    """This message will never be taken."""


class Uncertain(SendFailed):
    """The message was handed over and no answer came: it may have arrived."""


class ChannelRefused(DomainError):
    """`problem` says what is wrong with an address, a code, or the moment."""

    code = "channel-refused"
