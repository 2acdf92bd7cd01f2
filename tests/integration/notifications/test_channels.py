"""A mailbox counts once its code came back; a robot's address is kept secret; nobody floods a stranger."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories import World
from tests.integration.notifications.conftest import Mail
from tests.people import add_account
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.audit import queries as audit
from workflows.notifications import channels
from workflows.notifications.exceptions import ChannelRefused
from workflows.notifications.models import Channel, Outgoing
from workflows.notifications.types import ChannelKind, Mode, State

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-secret"


@pytest.fixture
def zhou(world: World) -> Account:
    return add_account(world.session, "zhou", world.firm().id, Role.SAFETY_OFFICER)


def set_email(world: World, zhou: Account, address: str, *, machine: datetime | None = None) -> Channel:
    return channels.set_email(
        world.session,
        zhou,
        address=address,
        mode=Mode.AT_ONCE,
        now=world.now,
        machine_now=machine or world.now,
    )


def set_chat(world: World, zhou: Account, address: str, **more: Any) -> Channel:
    given = {"mode": Mode.AT_ONCE, "allow_private": False, "now": world.now, **more}
    return channels.set_chat(world.session, zhou, address=address, **given)


def code_in(world: World) -> str:
    query = select(Outgoing).where(Outgoing.topic == "code").order_by(Outgoing.id.desc())
    newest = world.session.scalars(query).first()
    assert newest is not None
    return str(newest.data["code"])


def confirm(world: World, zhou: Account, code: str, *, after: timedelta = timedelta()) -> bool:
    return channels.confirm(world.session, zhou, code=code, now=world.now, machine_now=world.now + after)


def test_the_mailed_code_confirms_the_mailbox(world: World, zhou: Account, mail: Mail) -> None:
    channel = set_email(world, zhou, " zhou@example.com ")
    assert (channel.address, channel.confirmed_at) == ("zhou@example.com", None)
    mail.deliver()
    code = mail.post.sent[0].letter.lines[0][0].removeprefix("验证码：")
    assert confirm(world, zhou, f" {code} ")
    assert channel.confirmed_at == world.now


def test_a_code_is_kept_no_longer_than_it_takes_to_send_it(world: World, zhou: Account, mail: Mail) -> None:
    set_email(world, zhou, "zhou@example.com")
    mail.deliver()
    world.session.expire_all()
    assert [one.data for one in world.session.scalars(select(Outgoing))] == [{}]


def test_a_code_lives_for_half_an_hour(world: World, zhou: Account) -> None:
    set_email(world, zhou, "zhou@example.com")
    assert not confirm(world, zhou, code_in(world), after=timedelta(minutes=31))


def test_after_five_wrong_codes_the_right_one_is_no_use(world: World, zhou: Account) -> None:
    set_email(world, zhou, "zhou@example.com")
    right = code_in(world)
    wrong = "000000" if right != "000000" else "000001"
    assert not any(confirm(world, zhou, wrong) for _ in range(5))
    assert not confirm(world, zhou, right)


def test_a_code_works_once(world: World, zhou: Account) -> None:
    set_email(world, zhou, "zhou@example.com")
    assert confirm(world, zhou, code_in(world))
    assert not confirm(world, zhou, code_in(world))


def test_a_code_for_one_address_confirms_no_other(world: World, zhou: Account) -> None:
    set_email(world, zhou, "zhou@example.com")
    first = code_in(world)
    set_email(world, zhou, "other@example.com", machine=world.now + timedelta(minutes=2))
    if first != code_in(world):
        assert not confirm(world, zhou, first, after=timedelta(minutes=2))


def test_another_address_has_to_be_confirmed_again(world: World, zhou: Account) -> None:
    channel = set_email(world, zhou, "zhou@example.com")
    confirm(world, zhou, code_in(world))
    set_email(world, zhou, "new@example.com", machine=world.now + timedelta(hours=1))
    assert (channel.address, channel.confirmed_at) == ("new@example.com", None)


def test_a_code_for_an_address_that_was_changed_meanwhile_is_not_sent(
    world: World, zhou: Account, mail: Mail
) -> None:
    set_email(world, zhou, "zhou@example.com")
    later = world.now + timedelta(minutes=2)
    set_email(world, zhou, "new@example.com", machine=later)
    assert mail.deliver(machine_at=later) == {State.DROPPED: 1, State.SENT: 1}
    assert mail.post.tried == ["new@example.com"]


def test_the_same_address_again_keeps_its_confirmation_and_takes_the_mode(
    world: World, zhou: Account
) -> None:
    channel = set_email(world, zhou, "zhou@example.com")
    confirm(world, zhou, code_in(world))
    channels.set_email(
        world.session, zhou, address="zhou@example.com", mode=Mode.DAILY, now=world.now, machine_now=world.now
    )
    assert (channel.confirmed_at, channel.mode) == (world.now, Mode.DAILY)


def test_a_second_code_within_a_minute_is_refused(world: World, zhou: Account) -> None:
    set_email(world, zhou, "zhou@example.com")
    with pytest.raises(ChannelRefused) as refused:
        channels.send_code(world.session, zhou, now=world.now, machine_now=world.now + timedelta(seconds=59))
    assert refused.value.data == {"problem": "code-too-soon"}


def test_ten_codes_a_day_are_enough(world: World, zhou: Account) -> None:
    for number in range(10):
        set_email(
            world, zhou, f"victim{number}@example.com", machine=world.now + timedelta(minutes=2 * number)
        )
    with pytest.raises(ChannelRefused) as refused:
        set_email(world, zhou, "one.more@example.com", machine=world.now + timedelta(hours=2))
    assert refused.value.data == {"problem": "code-too-often"}


def test_a_wrong_address_changes_nothing(world: World, zhou: Account) -> None:
    with pytest.raises(ChannelRefused):
        set_email(world, zhou, "no mailbox")
    assert channels.channels_of(world.session, zhou.id) == {}


def test_a_robot_says_hello_and_an_empty_field_keeps_its_address(world: World, zhou: Account) -> None:
    channel = set_chat(world, zhou, ROBOT)
    set_chat(world, zhou, "", mode=Mode.DAILY)
    assert (channel.address, channel.mode) == (ROBOT, Mode.DAILY)
    assert [one.topic for one in world.session.scalars(select(Outgoing))] == ["hello"]


@pytest.mark.parametrize("address", ["", "http://10.0.0.5/hook", "gopher://host/secret"])
def test_a_robot_that_must_not_be_is_refused(world: World, zhou: Account, address: str) -> None:
    with pytest.raises(ChannelRefused):
        set_chat(world, zhou, address)


def test_an_intranet_robot_needs_the_administrators_setting(world: World, zhou: Account) -> None:
    assert set_chat(world, zhou, "http://10.0.0.5/hook", allow_private=True).address == "http://10.0.0.5/hook"


def test_a_removed_channel_gets_nothing_any_more(world: World, zhou: Account, mail: Mail) -> None:
    set_chat(world, zhou, ROBOT)
    channels.remove(world.session, zhou, ChannelKind.CHAT, now=world.now)
    mail.post.kind = ChannelKind.CHAT
    assert mail.deliver() == {State.DROPPED: 1}


def test_the_audit_log_tells_of_channels_without_their_addresses(world: World, zhou: Account) -> None:
    set_chat(world, zhou, ROBOT)
    set_email(world, zhou, "zhou@example.com")
    entries = audit.latest(world.session)
    assert [one.action for one in entries].count("channel.set") == 2
    assert not any("secret" in str(one.detail) or "example.com" in str(one.detail) for one in entries)


@pytest.mark.parametrize("hour", [6, 21, -1, 24])
def test_a_digest_in_the_quiet_hours_is_refused(world: World, zhou: Account, hour: int) -> None:
    with pytest.raises(ChannelRefused):
        channels.set_digest_hour(world.session, zhou, hour)


def test_a_failure_is_logged_without_the_address(
    world: World,
    zhou: Account,
    mail: Mail,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    channel = set_chat(world, zhou, ROBOT)
    mail.post.kind = ChannelKind.CHAT
    mail.post.refuses = {channel.address: ZeroDivisionError("a fault of ours")}
    with caplog.at_level(logging.DEBUG):
        mail.deliver()
    said = capsys.readouterr()
    assert "secret" not in said.out + said.err + caplog.text
