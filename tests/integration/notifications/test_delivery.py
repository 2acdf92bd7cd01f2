"""From a notice to what arrives on the wire: the scheduler's job, a real mail server, a real webhook."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.integration.notifications.conftest import HOME, Mail
from tests.integration.notifications.test_chat import hook
from tests.mailserver import free_port, mail_server, text_in
from workflows.accounts.types import Role
from workflows.notifications import service
from workflows.notifications.delivery import ChatPost, MailPost, Post, deliver
from workflows.notifications.models import Outgoing
from workflows.notifications.types import ChannelKind, State
from workflows.settings import Security, Settings

TITLE = "危化品储存\r\nBcc: all@example.com"


def settings(port: int, **more: Any) -> Settings:
    given = {
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": Security.NONE, "smtp_timeout": 1,
        "smtp_from": "闭环 <bihuan@example.gov.cn>", "base_url": HOME, **more,
    }  # fmt: skip
    return Settings(_env_file=None, **given)


def told(mail: Mail, kind: ChannelKind = ChannelKind.EMAIL) -> Mail:
    """Somebody's notice waits for a channel of this kind."""
    firm = mail.world.firm()
    mail.reader(firm.id, Role.SAFETY_OFFICER, kind=kind)
    data = {"title": TITLE, "reason": "照片看不清"}
    group = f"{firm.id}:safety_officer"
    service.notify(
        mail.world.session, group, kind="round.return", subject="obligation:12", data=data, at=mail.world.now
    )
    return mail


def run(mail: Mail, post: Post, *, after: timedelta = timedelta()) -> dict[State, int]:
    now = mail.world.now + after
    return dict(deliver(mail.world.sessions, post, home=HOME, now=now, machine_now=now))


def test_a_notice_arrives_as_a_mail_with_its_words_its_reason_and_its_link(mail: Mail) -> None:
    told(mail)
    with mail_server() as server:
        assert run(mail, MailPost(settings(server.port))) == {State.SENT: 1}
    [message] = server.messages
    assert server.to == ["zhou1@example.com"]
    assert message["Bcc"] is None
    assert message["Subject"].startswith("【闭环】“危化品储存 Bcc: all@example.com”被退回。原因：照片看不清")
    assert f"{HOME}/obligations/12" in text_in(message)


def test_what_a_dead_server_held_up_arrives_once_when_it_is_back(mail: Mail) -> None:
    told(mail)
    port = free_port()
    assert run(mail, MailPost(settings(port))) == {State.WAITING: 1}
    with mail_server() as server:
        post = MailPost(settings(server.port))
        assert run(mail, post) == {}  # not before its next attempt
        assert run(mail, post, after=timedelta(minutes=1)) == {State.SENT: 1}
        assert run(mail, post, after=timedelta(minutes=2)) == {}
    assert len(server.arrived) == 1


def test_a_second_attempt_carries_the_same_message_id(mail: Mail) -> None:
    told(mail)
    with mail_server(answer="452 disk full") as server:
        post = MailPost(settings(server.port))
        run(mail, post)
        server.answer = "250 OK"
        assert run(mail, post, after=timedelta(minutes=1)) == {State.SENT: 1}
    first, second = (message["Message-ID"] for message in server.messages)
    assert first == second
    assert first.endswith("@bihuan.example>")


def test_without_a_mail_server_mail_waits(mail: Mail) -> None:
    told(mail)
    assert run(mail, MailPost(settings(25, smtp_host=""))) == {State.WAITING: 1}


def test_a_notice_arrives_at_a_webhook(mail: Mail) -> None:
    told(mail, ChannelKind.CHAT)
    with hook() as robot:
        [message] = mail.world.session.scalars(select(Outgoing))
        message.channel.address = robot.url
        mail.world.session.flush()
        assert run(mail, ChatPost(settings(25, allow_private_webhooks=True))) == {State.SENT: 1}
    [(_, body)] = robot.arrived
    assert "被退回" in body["title"]
    assert f"{HOME}/obligations/12" in body["message"]


def test_a_webhook_on_a_private_address_is_given_up_unless_the_administrator_allows_it(mail: Mail) -> None:
    told(mail, ChannelKind.CHAT)
    with hook() as robot:
        [message] = mail.world.session.scalars(select(Outgoing))
        message.channel.address = robot.url
        mail.world.session.flush()
        assert run(mail, ChatPost(settings(25))) == {State.FAILED: 1}
    assert robot.arrived == []
