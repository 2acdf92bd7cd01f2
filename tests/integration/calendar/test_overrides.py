"""What was published after the library wins, and a year is known only once it is loaded."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load, override_day, publish_year

NOW = datetime(2026, 11, 20, 1, tzinfo=UTC)
NEW_YEAR = {date(2027, 1, 1): (False, "元旦"), date(2027, 1, 2): (True, "调休上班")}


def publish(session: Session) -> None:
    publish_year(session, 2027, days=NEW_YEAR, source="样例通知", now=NOW, actor="account:1")


def test_without_overrides_the_library_answers(session: Session) -> None:
    assert load(session).add(date(2025, 9, 30), 1) == date(2025, 10, 9)


def test_an_override_wins_over_the_library(session: Session) -> None:
    override_day(session, date(2025, 10, 9), is_workday=False, name="样例放假")
    assert load(session).add(date(2025, 9, 30), 1) == date(2025, 10, 10)


def test_the_last_word_about_a_day_counts(session: Session) -> None:
    override_day(session, date(2025, 10, 9), is_workday=False, name="样例放假")
    override_day(session, date(2025, 10, 9), is_workday=True, name="样例更正")
    assert load(session).is_workday(date(2025, 10, 9))


def test_one_day_alone_does_not_make_a_year_known(session: Session) -> None:
    override_day(session, date(2027, 1, 1), is_workday=False, name="元旦")
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
