"""Channels as people set them on their page, the administrator's page of what did not go out, the calendar."""

from __future__ import annotations

import re
from typing import Any

import icalendar
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.people import NOW, District, add_account
from tests.web.conftest import Browser, MachineClock, in_database, token_of
from web.app import create_app
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.notifications import chat, outbox
from workflows.notifications.models import Channel, Outgoing
from workflows.notifications.types import ChannelKind, Mode, State, Topic
from workflows.settings import Mode as RunMode
from workflows.settings import Settings

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-secret"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    mail = {"smtp_host": "mail.example", "smtp_from": "a@example.cn", "base_url": "https://bihuan.example/"}
    return settings.model_copy(update=mail)


@pytest.fixture
def zhou(browser: Browser) -> TestClient:
    return browser("zhoumin")


def post(client: TestClient, path: str, **fields: Any):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": token_of(client, "/me"), **fields})


def outgoing(app: FastAPI) -> list[Outgoing]:
    with in_database(app) as session:
        return list(session.scalars(select(Outgoing).order_by(Outgoing.id)))


# --- one's own page


def test_a_mailbox_is_confirmed_by_the_mailed_code(app: FastAPI, zhou: TestClient) -> None:
    answer = post(zhou, "/me/email", address="zhou@example.com", mode="daily")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?saved=email#channels")
    assert "待确认" in zhou.get("/me").text
    [message] = outgoing(app)
    assert post(zhou, "/me/email/confirm", code=message.data["code"]).status_code == 303
    page = zhou.get("/me").text
    assert "已确认" in page
    assert 'value="daily" checked' in page


def test_nothing_is_sent_by_the_request_itself(app: FastAPI, zhou: TestClient) -> None:
    post(zhou, "/me/email", address="zhou@example.com", mode="at_once")
    assert [(one.topic, one.state) for one in outgoing(app)] == [(Topic.CODE, State.WAITING)]


def test_a_wrong_address_is_refused_beside_the_field_and_stays_typed(zhou: TestClient) -> None:
    answer = post(zhou, "/me/email", address='no"mailbox', mode="daily")
    assert answer.status_code == 422
    assert "邮箱地址不对" in answer.text
    assert 'value="no&#34;mailbox"' in answer.text
    assert 'value="daily" checked' in answer.text


def test_a_wrong_code_is_refused_and_counted(app: FastAPI, zhou: TestClient) -> None:
    post(zhou, "/me/email", address="zhou@example.com", mode="at_once")
    answer = post(zhou, "/me/email/confirm", code="12345x")
    assert answer.status_code == 422
    assert "验证码不对或已过期" in answer.text
    with in_database(app) as session:
        assert session.scalars(select(Channel.code_tries)).one() == 1


def test_another_code_comes_after_a_minute(app: FastAPI, zhou: TestClient, clock: MachineClock) -> None:
    post(zhou, "/me/email", address="zhou@example.com", mode="at_once")
    assert post(zhou, "/me/email/code").status_code == 422
    clock.forward(minutes=2)
    assert post(zhou, "/me/email/code").status_code == 303
    assert len(outgoing(app)) == 2


def test_the_address_of_a_robot_is_never_shown_again(zhou: TestClient) -> None:
    assert post(zhou, "/me/chat", address=ROBOT, mode="at_once").status_code == 303
    page = zhou.get("/me").text
    assert "https://qyapi.weixin.qq.com/…" in page
    assert "693a91f6" not in page


def test_a_robot_on_the_intranet_is_refused(zhou: TestClient) -> None:
    answer = post(zhou, "/me/chat", address="http://169.254.169.254/latest", mode="at_once")
    assert answer.status_code == 422
    assert "不能使用内网地址" in answer.text


def test_a_channel_can_be_removed(app: FastAPI, zhou: TestClient) -> None:
    post(zhou, "/me/chat", address=ROBOT, mode="at_once")
    assert post(zhou, "/me/channels/chat/remove").status_code == 303
    with in_database(app) as session:
        channel = session.scalars(select(Channel)).one()
    assert (channel.address, channel.mode) == ("", Mode.OFF)


def test_the_hour_of_the_digest_is_kept(zhou: TestClient) -> None:
    post(zhou, "/me/digest", hour=17)
    assert '<option value="17" selected>' in zhou.get("/me").text
    assert post(zhou, "/me/digest", hour=23).status_code == 422


def test_without_a_mail_server_the_page_says_so(app: FastAPI, zhou: TestClient) -> None:
    app.state.settings = app.state.settings.model_copy(update={"smtp_host": ""})
    page = zhou.get("/me").text
    assert "还没有设置邮件服务器" in page
    assert 'action="/me/email"' not in page


def test_without_the_extra_the_page_says_so(zhou: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "is_installed", lambda: False)
    page = zhou.get("/me").text
    assert "没有安装群机器人组件" in page
    assert 'action="/me/chat"' not in page


# --- the calendar


def made(client: TestClient) -> str:
    page = post(client, "/me/calendar").text
    found = re.search(r'value="https://bihuan\.example(/calendar/[\w-]+\.ics)"', page)
    assert found is not None
    return found[1]


def test_the_calendar_is_read_without_signing_in_by_who_knows_its_address(
    zhou: TestClient, browser: Browser
) -> None:
    answer = browser().get(made(zhou))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert str(icalendar.Calendar.from_ical(answer.content)["X-WR-CALNAME"]) == "闭环：Zhoumin的期限"


def test_its_address_is_shown_once_and_works_until_it_is_revoked(zhou: TestClient, browser: Browser) -> None:
    path = made(zhou)
    assert path.removeprefix("/calendar/") not in zhou.get("/me").text
    assert post(zhou, "/me/calendar/revoke").status_code == 303
    assert browser().get(path).status_code == 404


def test_a_wrong_address_is_no_calendar(browser: Browser) -> None:
    assert browser().get("/calendar/guess.ics").status_code == 404


def test_production_serves_no_calendar_of_a_sample_person(
    app: FastAPI, settings: Settings, zhou: TestClient, clock: MachineClock
) -> None:
    path = made(zhou)
    with app.state.sessions.begin() as session:
        session.scalars(select(Account).where(Account.username == "zhoumin")).one().is_sample = True
    production = create_app(settings.model_copy(update={"mode": RunMode.PRODUCTION}), machine_clock=clock)
    assert TestClient(production, base_url="https://testserver").get(path).status_code == 404
    production.state.engine.dispose()


# --- the administrator's page


@pytest.fixture
def admin(app: FastAPI, district: District, browser: Browser) -> TestClient:
    """One message failed, one is uncertain, one waits for its second attempt."""
    with app.state.sessions.begin() as session:
        add_account(session, "root", district.office, Role.ADMINISTRATOR)
        zhou = session.scalars(select(Account).where(Account.username == "zhoumin")).one()
        channel = Channel(account=zhou, kind=ChannelKind.CHAT, address=ROBOT, mode=Mode.AT_ONCE, code_tries=0)
        channel.confirmed_at = NOW
        session.add(channel)
        session.flush()
        for number, state in enumerate((State.FAILED, State.UNCERTAIN, State.WAITING)):
            one = outbox.put(session, channel, Topic.HELLO, key=str(number), data={}, urgent=False, at=NOW)
            one.state, one.attempts, one.error_code, one.error_detail = state, 1, "chat-refused", "403"
    return browser("root")


def test_what_did_not_go_out_is_listed_with_its_reason_and_no_secret(admin: TestClient) -> None:
    page = admin.get("/admin/channels").text
    assert page.count("机器人拒绝了消息") == 3
    assert all(
        words in page
        for words in ("Zhoumin", "未送达", "结果不明", "qyapi.weixin.qq.com/…", "mail.example:587")
    )
    assert "693a91f6" not in page


def test_one_is_sent_again(app: FastAPI, admin: TestClient) -> None:
    first = outgoing(app)[0]
    answer = post(admin, "/admin/channels/again", id=first.id)
    assert answer.headers["location"] == "/admin/channels?again=1"
    assert [one.state for one in outgoing(app)] == [State.WAITING, State.UNCERTAIN, State.WAITING]


def test_all_are_sent_again(app: FastAPI, admin: TestClient) -> None:
    assert post(admin, "/admin/channels/again").headers["location"] == "/admin/channels?again=2"
    assert {one.state for one in outgoing(app)} == {State.WAITING}
    assert "2 条消息已重新排队" in admin.get("/admin/channels?again=2").text


def test_an_odd_number_sends_nothing_again(app: FastAPI, admin: TestClient) -> None:
    assert post(admin, "/admin/channels/again", id="x").headers["location"] == "/admin/channels?again=0"


def test_nobody_else_opens_the_page(zhou: TestClient) -> None:
    assert zhou.get("/admin/channels").status_code == 403
