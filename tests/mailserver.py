"""A real SMTP server on a free port, in a thread, that keeps what arrives and misbehaves on request."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "Mail-secret-77"


@dataclass
class MailServer:
    """What arrived, and how the server answers: to a recipient, to a message, or (`hangs`) never."""

    port: int = 0
    arrived: list[Envelope] = field(default_factory=list)
    recipients: dict[str, str] = field(default_factory=dict)
    answer: str = "250 OK"
    hangs: bool = False
    logins: list[bool] = field(default_factory=list)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipients.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.arrived.append(envelope)
        if self.hangs:
            await asyncio.sleep(5)
        return self.answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        self.logins.append(right)
        return AuthResult(success=right, handled=right)

    @property
    def messages(self) -> list[EmailMessage]:
        found = [message_from_bytes(bytes(one.content or b""), policy=default) for one in self.arrived]
        return [one for one in found if isinstance(one, EmailMessage)]

    @property
    def to(self) -> list[str]:
        return [address for one in self.arrived for address in one.rcpt_tos]


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: bool = False, **behaviour: Any
) -> Iterator[MailServer]:
    """Serve until the block ends."""
    server = MailServer(port=free_port(), **behaviour)
    options: dict[str, Any] = (
        {"authenticator": server.authenticate, "auth_require_tls": starttls} if tls else {}
    )
    if tls and starttls:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = Controller(
        server, hostname="127.0.0.1", port=server.port, ssl_context=None if starttls else tls, **options
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def text_in(message: EmailMessage) -> str:
    """The plain text of a message that arrived."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
