"""What was published after the library wins, and a year is known only once it is loaded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.audit.models import AuditEntry
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load, publish_year, remove_local_day, set_local_day
from workflows.exceptions import NotFound

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
NEW_YEAR = {date(2027, 1, 1): (False, "元旦"), date(2027, 1, 2): (True, "调休上班")}


def publish(session: Session) -> None:
    publish_year(session, 2027, days=NEW_YEAR, source="样例通知", now=NOW, actor="account:1")


def decide(session: Session, day: date, is_workday: bool, reason: str) -> None:
    set_local_day(session, day, is_workday=is_workday, reason=reason, now=NOW, actor="account:1")


def test_without_overrides_the_library_answers(session: Session) -> None:
    assert load(session).add(date(2025, 9, 30), 1) == date(2025, 10, 9)


def test_an_override_wins_over_the_library(session: Session) -> None:
    decide(session, date(2025, 10, 9), False, "样例放假")
    assert load(session).add(date(2025, 9, 30), 1) == date(2025, 10, 10)


def test_the_last_word_about_a_day_counts(session: Session) -> None:
    decide(session, date(2025, 10, 9), False, "样例放假")
    decide(session, date(2025, 10, 9), True, "样例更正")
    assert load(session).is_workday(date(2025, 10, 9))


def test_one_day_alone_does_not_make_a_year_known(session: Session) -> None:
    decide(session, date(2027, 1, 1), False, "元旦")
    with pytest.raises(CalendarMissing, match="2027"):
        load(session).is_workday(date(2027, 1, 1))


def test_a_loaded_year_is_counted_with_its_exceptions(session: Session) -> None:
    publish(session)
    assert load(session).add(date(2026, 12, 31), 1) == date(2027, 1, 2)


def test_a_loaded_year_leaves_the_next_one_unknown(session: Session) -> None:
    publish(session)
    with pytest.raises(CalendarMissing, match="2028"):
        load(session).add(date(2027, 12, 31), 1)


def test_loading_a_year_again_is_harmless(session: Session) -> None:
    publish(session)
    publish(session)
    assert load(session).is_workday(date(2027, 1, 2))


def test_a_day_of_another_year_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="2026-12-31"):
        publish_year(
            session, 2027, days={date(2026, 12, 31): (False, "")}, source="", now=NOW, actor="account:1"
        )


def test_a_day_that_is_taken_back_is_again_what_was_published(session: Session) -> None:
    publish(session)
    decide(session, date(2027, 1, 2), False, "样例放假")
    assert not load(session).is_workday(date(2027, 1, 2))
    remove_local_day(session, date(2027, 1, 2), reason="撤销", now=NOW, actor="account:2")
    assert load(session).is_workday(date(2027, 1, 2))
    written = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(one.action, one.actor, one.subject) for one in written] == [
        ("calendar.day", "account:1", "calendar:2027"),
        ("calendar.day-removed", "account:2", "calendar:2027"),
    ]
    assert written[1].detail == {"day": "2027-01-02", "is_workday": False, "reason": "撤销"}


def test_a_day_that_nobody_set_cannot_be_taken_back(session: Session) -> None:
    with pytest.raises(NotFound):
        remove_local_day(session, date(2027, 1, 2), reason="撤销", now=NOW, actor="account:2")


def test_a_year_loaded_again_is_what_the_last_load_says(session: Session) -> None:
    publish(session)
    publish_year(
        session, 2027, days={date(2027, 1, 4): (False, "更正")}, source="更正", now=NOW, actor="account:1"
    )
    calendar = load(session)
    assert calendar.is_workday(date(2027, 1, 1))
    assert not calendar.is_workday(date(2027, 1, 2))
    assert not calendar.is_workday(date(2027, 1, 4))


def test_a_loaded_year_replaces_what_the_library_says_of_it(session: Session) -> None:
    publish_year(
        session, 2025, days={date(2025, 10, 1): (False, "国庆节")}, source="更正", now=NOW, actor="a"
    )
    assert load(session).add(date(2025, 9, 30), 1) == date(2025, 10, 2)
