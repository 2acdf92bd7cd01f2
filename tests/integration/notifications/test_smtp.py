"""The mail server at the other end is real: what arrives on the wire, and what happens when it does not."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.mailserver import PASSWORD, free_port, mail_server
from workflows.notifications.exceptions import Deferred, Refused, SendFailed, Uncertain, Unreachable
from workflows.notifications.smtp import SmtpServer
from workflows.settings import Security, Settings

MESSAGE = b"Subject: x\r\n\r\n.a line that begins with a dot\r\n"


def settings(port: int, **more: Any) -> Settings:
    given = {
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": Security.NONE, "smtp_timeout": 1,
        "smtp_from": "闭环 <bihuan@example.gov.cn>", **more,
    }  # fmt: skip
    return Settings(_env_file=None, **given)


def send(port: int, *, to: str = "zhou@example.com", **more: Any) -> None:
    server = SmtpServer(settings(port, **more))
    try:
        server.send(MESSAGE, to=to)
    finally:
        server.close()


def failure(port: int, **more: Any) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        send(port, **more)
    return caught.value


def test_what_arrives_is_what_was_sent_from_the_sender_of_the_settings() -> None:
    with mail_server() as server:
        send(server.port)
    [envelope] = server.arrived
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bihuan@example.gov.cn", ["zhou@example.com"])
    assert envelope.content == MESSAGE


def test_several_messages_go_over_one_connection() -> None:
    with mail_server(recipients={"b@example.com": "550 no such mailbox"}) as server:
        post = SmtpServer(settings(server.port))
        post.send(MESSAGE, to="a@example.com")
        connection = post.connection
        with pytest.raises(Refused):
            post.send(MESSAGE, to="b@example.com")
        post.send(MESSAGE, to="c@example.com")
        assert post.connection is connection
        post.close()
    assert server.to == ["a@example.com", "c@example.com"]


def test_a_connection_that_went_stale_is_replaced() -> None:
    with mail_server() as server:
        post = SmtpServer(settings(server.port))
        post.send(MESSAGE, to="a@example.com")
        assert post.connection is not None
        assert post.connection.sock is not None
        post.connection.sock.shutdown(socket.SHUT_RDWR)
        post.send(MESSAGE, to="b@example.com")
        post.close()
    assert server.to == ["a@example.com", "b@example.com"]


@pytest.mark.parametrize(
    ("answer", "kind"), [("550 no such mailbox", Refused), ("450 mailbox busy", Deferred)]
)
def test_a_refused_recipient_is_for_good_or_for_now(answer: str, kind: type[SendFailed]) -> None:
    with mail_server(recipients={"zhou@example.com": answer}) as server:
        found = failure(server.port)
    assert (type(found), found.code, found.detail) == (kind, "smtp-recipient", answer[:3])
    assert server.arrived == []


@pytest.mark.parametrize(("answer", "kind"), [("554 spam", Refused), ("452 disk full", Deferred)])
def test_a_refused_message_is_for_good_or_for_now(answer: str, kind: type[SendFailed]) -> None:
    with mail_server(answer=answer) as server:
        found = failure(server.port)
    assert (type(found), found.code) == (kind, "smtp-data")


def test_a_server_that_is_down_is_unreachable() -> None:
    found = failure(free_port())
    assert (type(found), found.code) == (Unreachable, "smtp-connect")


@contextmanager
def silence() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken: list[socket.socket] = []
        thread = threading.Thread(target=lambda: taken.append(listener.accept()[0]), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(5)
        for one in taken:
            one.close()


def test_a_server_that_hangs_costs_no_more_than_the_timeout_and_nothing_was_sent() -> None:
    with silence() as port:
        found = failure(port, smtp_timeout=0.3)
    assert (type(found), found.code) == (Unreachable, "smtp-connect")


def test_a_server_that_hangs_with_the_message_in_hand_leaves_it_uncertain() -> None:
    with mail_server(hangs=True) as server:
        found = failure(server.port, smtp_timeout=0.3)
    assert (type(found), found.code) == (Uncertain, "smtp-unanswered")
    assert len(server.arrived) == 1


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_mail_is_encrypted_and_signed_in(security: Security, tls: ssl.SSLContext, ca_file: Path) -> None:
    with mail_server(tls=tls, starttls=security is Security.STARTTLS) as server:
        send(
            server.port, smtp_security=security, smtp_ca_file=ca_file, smtp_user="bihuan",
            smtp_password=PASSWORD,
        )  # fmt: skip
    assert (server.to, server.logins) == (["zhou@example.com"], [True])


def test_a_wrong_password_is_unreachable_and_told_nowhere(tls: ssl.SSLContext, ca_file: Path) -> None:
    with mail_server(tls=tls, starttls=True) as server:
        found = failure(
            server.port, smtp_security=Security.STARTTLS, smtp_ca_file=ca_file, smtp_user="bihuan",
            smtp_password="Wrong-secret-9",
        )  # fmt: skip
    assert (type(found), found.code, found.__cause__) == (Unreachable, "smtp-login", None)
    assert "secret" not in f"{found} {found.detail}"


def test_a_server_that_nobody_vouches_for_gets_no_password(tls: ssl.SSLContext) -> None:
    with mail_server(tls=tls, starttls=True) as server:
        found = failure(
            server.port, smtp_security=Security.STARTTLS, smtp_user="bihuan", smtp_password=PASSWORD
        )
    assert (type(found), found.code, server.logins) == (Unreachable, "smtp-tls", [])


def test_a_server_without_encryption_gets_no_password_when_encryption_is_set() -> None:
    with mail_server() as server:
        found = failure(server.port, smtp_security=Security.STARTTLS, smtp_user="b", smtp_password=PASSWORD)
    assert (type(found), found.code, server.logins) == (Unreachable, "smtp-tls", [])


def test_the_settings_never_show_the_password() -> None:
    assert PASSWORD not in repr(settings(25, smtp_password=PASSWORD))


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(ValueError, match="needs a sender"):
        Settings(_env_file=None, smtp_host="mail.example.com", smtp_password=PASSWORD)
