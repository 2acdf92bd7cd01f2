"""The daily digest: on working days, at the chosen hour, once, and only when there is something to say."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import assignment
from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import at
from tests.integration.notifications.conftest import Mail
from workflows.accounts.types import Role
from workflows.notifications.digest import write_digests
from workflows.notifications.types import Mode, State
from workflows.register.models import Enterprise


@pytest.fixture
def firm(mail: Mail) -> Enterprise:
    """Item 3 is due on Friday 27 June 2025; its safety officer gets a digest at eight."""
    owner = mail.world.firm()
    mail.world.obligation(owner, due="2025-06-27")
    mail.reader(owner.id, Role.SAFETY_OFFICER, mode=Mode.DAILY)
    return owner


def digests(mail: Mail, *moments: str) -> list[int]:
    return [write_digests(mail.world.sessions, now=at(moment)) for moment in moments]


@pytest.mark.usefixtures("firm")
def test_it_comes_once_a_day_from_the_chosen_hour(mail: Mail) -> None:
    assert digests(mail, "2025-06-23 07:59", "2025-06-23 08:00", "2025-06-23 08:01", "2025-06-24 09:30") == [
        0, 1, 0, 1,
    ]  # fmt: skip


@pytest.mark.usefixtures("firm")
def test_it_stays_away_on_weekends_and_holidays_and_comes_on_a_swapped_sunday(mail: Mail) -> None:
    # 2025: 28 September, a Sunday, was worked; 1 October was a holiday
    assert digests(mail, "2025-09-27 08:00", "2025-09-28 08:00", "2025-10-01 08:00") == [0, 1, 0]


@pytest.mark.usefixtures("firm")
def test_it_names_what_is_due_soon_and_later_what_is_late(mail: Mail) -> None:
    digests(mail, "2025-06-23 08:00")
    mail.deliver(at("2025-06-23 08:00"))
    [soon] = mail.post.sent
    assert soon.letter.title == "【闭环】6月23日待办：7天内到期 1"
    assert soon.letter.lines[1][1] is not None
    assert soon.letter.lines[1][1].startswith("https://bihuan.example/inbox?task=")
    digests(mail, "2025-06-30 08:00")
    mail.deliver(at("2025-06-30 08:00"))
    assert mail.post.titles[1] == "【闭环】6月30日待办：已逾期 1"


def test_with_nothing_to_say_nothing_is_sent_that_day(mail: Mail) -> None:
    owner = mail.world.firm()
    mail.reader(owner.id, Role.SAFETY_OFFICER, mode=Mode.DAILY)
    assert digests(mail, "2025-06-23 08:00") == [0]
    mail.world.obligation(owner, due="2025-06-27")
    assert digests(mail, "2025-06-23 12:00", "2025-06-24 08:00") == [0, 1]


def test_it_names_what_waits_for_my_review_and_what_was_returned(mail: Mail) -> None:
    owner = mail.world.firm()
    obligation = mail.world.obligation(owner, due="2025-08-15")
    mail.world.submit(obligation)
    mail.reader(mail.world.towns[0], Role.TOWN_OFFICER, mode=Mode.DAILY)
    mail.reader(owner.id, Role.SAFETY_OFFICER, mode=Mode.DAILY)
    digests(mail, "2025-06-23 08:00")
    mail.deliver(at("2025-06-23 08:00"))
    assert mail.post.titles == ["【闭环】6月23日待办：待我审核 1"]
    mail.world.do(
        obligation,
        "town_review",
        mail.world.town(),
        town_decision="return",
        reason="照片看不清",
    )
    digests(mail, "2025-06-24 08:00")
    mail.deliver(at("2025-06-24 08:00"))
    assert mail.post.titles[1:] == ["【闭环】6月24日待办：被退回 1"]


@pytest.mark.parametrize("mode", [Mode.AT_ONCE, Mode.OFF])
def test_who_did_not_ask_for_it_gets_none(mail: Mail, mode: Mode) -> None:
    owner = mail.world.firm()
    mail.world.obligation(owner, due="2025-06-27")
    mail.reader(owner.id, Role.SAFETY_OFFICER, mode=mode)
    assert digests(mail, "2025-06-23 08:00") == [0]


def test_each_person_has_an_hour_of_their_own(mail: Mail) -> None:
    owner = mail.world.firm()
    mail.world.obligation(owner, due="2025-06-27")
    mail.reader(owner.id, Role.SAFETY_OFFICER, mode=Mode.DAILY, digest_hour=17)
    assert digests(mail, "2025-06-23 16:59", "2025-06-23 17:00") == [0, 1]


@pytest.mark.usefixtures("firm")
def test_a_digest_of_yesterday_waits_for_no_server_longer_than_its_retries(mail: Mail) -> None:
    digests(mail, "2025-06-23 20:30")
    mail.deliver(at("2025-06-23 22:30"))
    assert mail.post.sent == []
    assert mail.deliver(at("2025-06-24 07:00")) == {State.SENT: 1}


def test_what_a_colleague_took_is_not_in_my_digest_but_what_i_was_given_is(mail: Mail) -> None:
    owner = mail.world.firm()
    mail.world.obligation(owner, due="2025-06-27")
    zhou, _ = mail.reader(owner.id, Role.SAFETY_OFFICER, mode=Mode.DAILY)
    mail.reader(owner.id, Role.SAFETY_OFFICER, mode=Mode.DAILY)
    task = mail.world.session.scalars(select(UserTask).where(UserTask.status == TaskStatus.OPEN)).one()
    assignment.claim(mail.world.session, task.id, actor=zhou.actor, now=mail.world.now)
    assert digests(mail, "2025-06-23 08:00") == [1]
    mail.deliver(at("2025-06-23 08:00"))
    assert [one.address for one in mail.post.sent] == ["zhou1@example.com"]
