"""Engines: what is stored comes back as it was, errors keep values to themselves, one process prepares at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Event

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from tests.people import NOW
from workflows.audit.models import AuditEntry
from workflows.audit.service import record
from workflows.calendar.models import CalendarOverride
from workflows.database import make_engine, taking_turns


def test_an_instant_comes_back_in_utc(session: Session) -> None:
    shanghai = datetime(2025, 8, 15, 23, 59, 59, tzinfo=timezone(timedelta(hours=8)))
    record(session, at=shanghai, actor="a", action="b", subject="c", detail={})
    session.expire_all()
    stored = session.query(AuditEntry).one().at
    assert (stored, stored.tzinfo) == (shanghai, UTC)


def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    record(session, at=datetime(2025, 8, 15), actor="a", action="b", subject="c", detail={})  # noqa: DTZ001
    with pytest.raises(StatementError, match="without time zone"):
        session.flush()


def test_chinese_and_nested_values_come_back_as_they_were(session: Session) -> None:
    detail = {"原因": "照片看不清", "files": [1, 2], "more": {"empty": None, "yes": True, "share": 0.2}}
    record(session, at=NOW, actor="a", action="b", subject="c", detail=detail)
    session.expire_all()
    assert session.query(AuditEntry).one().detail == detail


def test_an_error_does_not_repeat_what_was_to_be_stored(session: Session) -> None:
    day = CalendarOverride(day=date(2025, 8, 15), is_workday=True, name="周敏的秘密")
    session.add(day)
    session.flush()
    session.expunge(day)
    session.add(CalendarOverride(day=date(2025, 8, 15), is_workday=True, name="周敏的秘密"))
    with pytest.raises(DBAPIError) as caught:
        session.flush()
    assert "周敏的秘密" not in str(caught.value)


def test_a_foreign_key_is_kept_on_either_database(engine_: Engine) -> None:
    statement = (
        "INSERT INTO draft (task_id, form, actor, saved_at) VALUES (99, '{}', 'a', '2025-08-15 00:00:00')"
    )
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), engine_.begin() as connection:
        connection.execute(text(statement))


def test_who_prepares_a_database_makes_the_next_one_wait(postgresql_url: str) -> None:
    """SQLite has one writer at a time anyway."""
    first, second = make_engine(postgresql_url), make_engine(postgresql_url)
    inside = Event()

    def prepare() -> None:
        with taking_turns(second):
            inside.set()

    with ThreadPoolExecutor(1) as pool:
        with taking_turns(first):
            waiting = pool.submit(prepare)
            assert not inside.wait(0.5)
        assert wait([waiting], 10).not_done == set()
    assert inside.is_set()
    for engine in (first, second):
        engine.dispose()
