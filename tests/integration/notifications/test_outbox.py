"""A message is written with its notice, claimed once, tried again, given up; a dead server costs one attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from tests.factories import at
from tests.integration.notifications.conftest import Mail
from workflows.accounts.types import Held, Role
from workflows.notifications import outbox, service
from workflows.notifications.exceptions import Deferred, Refused, Uncertain, Unreachable
from workflows.notifications.models import Outgoing
from workflows.notifications.types import ChannelKind, Mode, State

MINUTE = timedelta(minutes=1)


def tell(mail: Mail, *groups: str, kind: str = "urged", subject: str = "obligation:1") -> None:
    data = {"title": "证照自查", "due_at": "2025-08-15T15:59:59+00:00"}
    service.notify_all(mail.world.session, groups, kind=kind, subject=subject, data=data, at=mail.world.now)


def rows(mail: Mail) -> list[Outgoing]:
    mail.world.session.expire_all()
    return list(mail.world.session.scalars(select(Outgoing).order_by(Outgoing.id)))


def states(mail: Mail) -> list[str]:
    return [str(one.state) for one in rows(mail)]


# --- written with the notice


def test_a_notice_goes_to_the_mailbox_of_who_wants_it_at_once(mail: Mail) -> None:
    firm = mail.world.firm()
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    tell(mail, f"{firm.id}:safety_officer")
    assert mail.deliver() == {State.SENT: 1}
    assert mail.post.titles == ["【闭环】催办：“证照自查”8月15日到期，请抓紧办理。"]
    assert mail.post.sent[0].letter.lines[1][1] == "https://bihuan.example/obligations/1"


@pytest.mark.parametrize("who", ["daily", "off", "unconfirmed", "shut", "elsewhere", "principal"])
def test_nobody_else_gets_a_message(mail: Mail, who: str) -> None:
    firm, other = mail.world.firm(), mail.world.firm()
    account, _ = mail.reader(
        other.id if who == "elsewhere" else firm.id,
        Role.PRINCIPAL if who == "principal" else Role.SAFETY_OFFICER,
        mode=Mode(who) if who in ("daily", "off") else Mode.AT_ONCE,
        confirmed=who != "unconfirmed",
    )
    account.active = who != "shut"
    mail.world.session.flush()
    tell(mail, f"{firm.id}:safety_officer")
    assert rows(mail) == []


def test_somebody_in_two_groups_gets_one_message(mail: Mail) -> None:
    firm = mail.world.firm()
    mail.reader(firm.id, Role.SAFETY_OFFICER, also=(Held(firm.id, Role.PRINCIPAL),))
    tell(mail, f"{firm.id}:safety_officer", f"{firm.id}:principal")
    assert len(rows(mail)) == 1


def test_a_notice_to_one_person_goes_to_them_alone(mail: Mail) -> None:
    firm = mail.world.firm()
    zhou, _ = mail.reader(firm.id, Role.SAFETY_OFFICER)
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    tell(mail, zhou.actor, kind="task.assigned")
    assert mail.deliver() == {State.SENT: 1}
    assert [one.address for one in mail.post.sent] == ["zhou1@example.com"]


def test_a_notice_to_a_person_and_to_their_group_is_one_message_to_them(mail: Mail) -> None:
    firm = mail.world.firm()
    zhou, _ = mail.reader(firm.id, Role.SAFETY_OFFICER)
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    tell(mail, zhou.actor, f"{firm.id}:safety_officer")
    assert sorted(one.channel.address for one in rows(mail)) == ["zhou1@example.com", "zhou2@example.com"]


@pytest.mark.parametrize("who", ["daily", "off", "unconfirmed", "shut"])
def test_a_person_who_wants_nothing_at_once_gets_no_message(mail: Mail, who: str) -> None:
    zhou, _ = mail.reader(
        mail.world.firm().id,
        Role.SAFETY_OFFICER,
        mode=Mode(who) if who in ("daily", "off") else Mode.AT_ONCE,
        confirmed=who != "unconfirmed",
    )
    zhou.active = who != "shut"
    mail.world.session.flush()
    tell(mail, zhou.actor, "system", "rehearsal:9:principal:sign")
    assert rows(mail) == []


def test_a_message_is_gone_when_the_work_is_rolled_back(mail: Mail) -> None:
    firm = mail.world.firm()
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    with mail.world.session.begin_nested() as savepoint:
        tell(mail, f"{firm.id}:safety_officer")
        savepoint.rollback()
    assert rows(mail) == []


def test_thousands_of_notices_cost_a_handful_of_statements(mail: Mail, district: Engine) -> None:
    firms = [mail.world.firm() for _ in range(3)]
    for firm in firms:
        mail.reader(firm.id, Role.SAFETY_OFFICER)
    groups = [f"{firm.id}:safety_officer" for firm in firms] + [
        f"{n}:principal" for n in range(10_000, 12_000)
    ]
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(district, "before_cursor_execute", note)
    try:
        tell(mail, *groups)
    finally:
        event.remove(district, "before_cursor_execute", note)
    assert len(rows(mail)) == 3
    assert len([one for one in statements if one.startswith("SELECT")]) == 1  # 5000 groups each
    assert len(statements) <= 12


def test_a_message_speaks_the_language_of_its_reader(mail: Mail) -> None:
    firm = mail.world.firm()
    account, _ = mail.reader(firm.id, Role.SAFETY_OFFICER)
    account.language = "en"
    tell(mail, f"{firm.id}:safety_officer")
    mail.deliver()
    assert mail.post.titles[0].startswith("[Bihuan] ")
    assert "15 Aug 2025" in mail.post.titles[0]


# --- claimed, settled, tried again


@pytest.fixture
def told(mail: Mail) -> Mail:
    """One message waits for zhou1, one for zhou2."""
    firm = mail.world.firm()
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    tell(mail, f"{firm.id}:safety_officer")
    return mail


def test_what_was_sent_is_not_sent_again(told: Mail) -> None:
    told.deliver()
    told.deliver(told.world.now + timedelta(days=1))
    assert told.post.tried == ["zhou1@example.com", "zhou2@example.com"]


def test_a_dead_server_is_tried_once_and_everything_waits(told: Mail) -> None:
    told.post.refuses = {"*": Unreachable("smtp-connect", "TimeoutError")}
    told.deliver()
    assert told.post.tried == ["zhou1@example.com"]
    assert [(one.attempts, one.next_at) for one in rows(told)] == [
        (1, told.world.now + MINUTE),
        (0, told.world.now + MINUTE),
    ]
    told.post.refuses = {}
    assert told.deliver(told.world.now + MINUTE) == {State.SENT: 2}


def test_the_last_error_and_the_attempts_are_kept(told: Mail) -> None:
    told.post.refuses = {"*": Unreachable("smtp-connect", "TimeoutError")}
    told.deliver()
    [first, second] = rows(told)
    assert (first.error_code, first.error_detail, second.error_code) == ("smtp-connect", "TimeoutError", None)


def test_a_mailbox_that_refuses_for_now_is_tried_again_and_holds_up_nobody(told: Mail) -> None:
    told.post.refuses = {"zhou1@example.com": Deferred("smtp-recipient", "450")}
    assert told.deliver() == {State.WAITING: 1, State.SENT: 1}
    told.post.refuses = {}
    assert told.deliver(told.world.now + MINUTE) == {State.SENT: 1}


def test_a_mailbox_that_refuses_for_good_is_given_up_at_once(told: Mail) -> None:
    told.post.refuses = {"zhou1@example.com": Refused("smtp-recipient", "550")}
    told.deliver()
    assert states(told) == ["failed", "sent"]


def test_after_ten_attempts_a_message_is_given_up(told: Mail) -> None:
    told.post.refuses = {"zhou1@example.com": Deferred("smtp-recipient", "450")}
    told.deliver()
    for _ in range(9):
        told.world.now = rows(told)[0].next_at
        told.deliver(at("2025-07-10 09:00"))  # well after, in the daytime
        rows(told)[0].next_at = at("2025-07-10 09:00")
        told.world.session.flush()
    assert (rows(told)[0].attempts, states(told)[0]) == (10, "failed")


def test_a_message_that_cannot_be_written_is_given_up_and_the_others_go_on(told: Mail) -> None:
    told.post.refuses = {"zhou1@example.com": ZeroDivisionError("a fault of ours")}
    told.deliver()
    assert states(told) == ["failed", "sent"]
    assert rows(told)[0].error_code == "broken"


def test_without_an_answer_a_message_is_uncertain_and_never_sent_again_by_itself(told: Mail) -> None:
    told.post.refuses = {"zhou1@example.com": Uncertain("smtp-unanswered")}
    told.deliver()
    told.post.refuses = {}
    told.deliver(told.world.now + timedelta(days=2))
    assert told.post.tried.count("zhou1@example.com") == 1
    assert states(told) == ["uncertain", "sent"]


def test_a_message_whose_process_died_is_uncertain_after_the_lease(told: Mail) -> None:
    now = told.world.now
    with told.world.sessions.begin() as session:
        outbox.claim(session, ChannelKind.EMAIL, now=now, machine_now=now)
    told.deliver(machine_at=now + timedelta(minutes=14))
    assert states(told) == ["sending", "sent"]
    told.deliver(machine_at=now + timedelta(minutes=16))
    assert states(told) == ["uncertain", "sent"]
    assert rows(told)[0].error_code == "process-died"


def test_moving_the_sample_clock_does_not_make_a_claim_old(told: Mail) -> None:
    now = told.world.now
    with told.world.sessions.begin() as session:
        outbox.claim(session, ChannelKind.EMAIL, now=now, machine_now=now)
    told.deliver(now + timedelta(days=7), machine_at=now + MINUTE)
    assert states(told)[0] == "sending"


def test_the_administrators_button_starts_failed_and_uncertain_ones_afresh(told: Mail) -> None:
    told.post.refuses = {
        "zhou1@example.com": Refused("smtp-recipient", "550"),
        "zhou2@example.com": Uncertain("smtp-unanswered"),
    }
    told.deliver()
    assert outbox.send_again(told.world.session, None, now=told.world.now) == 2
    told.post.refuses = {}
    assert told.deliver() == {State.SENT: 2}


def test_a_sent_message_cannot_be_sent_again(told: Mail) -> None:
    told.deliver()
    ids = [one.id for one in rows(told)]
    assert outbox.send_again(told.world.session, ids, now=told.world.now) == 0


def test_what_nobody_wants_any_more_is_dropped(told: Mail) -> None:
    [first, second] = rows(told)
    first.channel.mode, second.channel.account.active = Mode.OFF, False
    told.world.session.flush()
    assert told.deliver() == {State.DROPPED: 2}


def test_mail_and_chat_do_not_wait_for_each_other(told: Mail) -> None:
    told.post.kind = ChannelKind.CHAT
    assert told.deliver() == {}


def test_what_was_sent_is_forgotten_after_a_month_and_what_failed_is_not(told: Mail) -> None:
    told.post.refuses = {"zhou1@example.com": Refused("smtp-recipient", "550")}
    told.deliver()
    outbox.prune(told.world.session, now=told.world.now + timedelta(days=29))
    assert len(rows(told)) == 2
    outbox.prune(told.world.session, now=told.world.now + timedelta(days=31))
    assert states(told) == ["failed"]


# --- quiet hours


@pytest.mark.parametrize(("kind", "sent"), [("urged", 0), ("hazard.major", 2), ("ladder.committee_task", 2)])
def test_at_night_only_major_hazards_go_out(mail: Mail, kind: str, sent: int) -> None:
    firm = mail.world.firm()
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    mail.reader(firm.id, Role.SAFETY_OFFICER)
    tell(mail, f"{firm.id}:safety_officer", kind=kind)
    mail.deliver(at("2025-06-20 22:00"))
    assert len(mail.post.sent) == sent
    mail.deliver(at("2025-06-21 07:00"))
    assert len(mail.post.sent) == 2


# --- two processes


def test_two_processes_never_claim_the_same_message(postgresql_url: str) -> None:
    from tests.people import add_account, add_district
    from workflows.database import make_engine, make_sessions
    from workflows.notifications.models import Channel

    engine = make_engine(postgresql_url)
    sessions = make_sessions(engine)
    now = at("2025-06-20 09:00")
    with sessions.begin() as session:
        district = add_district(session)
        account = add_account(session, "zhou", district.firm, Role.SAFETY_OFFICER)
        facts = {"address": "zhou@example.com", "mode": Mode.AT_ONCE, "confirmed_at": now, "code_tries": 0}
        session.add(Channel(account=account, kind=ChannelKind.EMAIL, **facts))
        session.flush()
        for number in range(2):
            group = f"{district.firm}:safety_officer"
            service.notify(session, group, kind="urged", subject=f"obligation:{number}", data={}, at=now)
    one, two = Session(engine), Session(engine)
    first = outbox.claim(one, ChannelKind.EMAIL, now=now, machine_now=now)
    second = outbox.claim(two, ChannelKind.EMAIL, now=now, machine_now=now)
    assert first is not None
    assert second is not None
    assert first.id != second.id
    one.commit()
    two.commit()
    with sessions.begin() as session:
        assert outbox.claim(session, ChannelKind.EMAIL, now=now, machine_now=now) is None
        sending = select(func.count()).select_from(Outgoing).where(Outgoing.state == State.SENDING)
        assert session.scalar(sending) == 2
    one.close()
    two.close()
    engine.dispose()
