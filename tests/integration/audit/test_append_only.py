"""The audit log takes entries and gives none back, whoever asks."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.people import NOW
from workflows.accounts.types import Refusal, SignIn
from workflows.audit import queries, service
from workflows.audit.triggers import REFUSED, statements
from workflows.database import make_engine


def add_entry(session: Session, subject: str = "obligation:12") -> None:
    service.record(
        session, at=NOW, actor="account:1", action="task.sign", subject=subject, detail={"signed": True}
    )
    session.commit()


def test_a_decision_can_be_read_again(session: Session) -> None:
    add_entry(session)
    (entry,) = queries.of_subject(session, "obligation:12")
    assert (entry.at, entry.actor, entry.action, entry.detail) == (
        NOW,
        "account:1",
        "task.sign",
        {"signed": True},
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'account:2'",
        "DELETE FROM audit_entry",
        "UPDATE audit_entry SET detail = NULL",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(session: Session, statement: str) -> None:
    add_entry(session)
    with pytest.raises(DBAPIError, match=REFUSED):
        session.execute(text(statement))
    session.rollback()
    assert len(queries.latest(session)) == 1


def test_postgresql_refuses_to_truncate_it(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url)
    with Session(engine) as session:
        add_entry(session)
        with pytest.raises(DBAPIError, match=REFUSED):
            session.execute(text("TRUNCATE audit_entry"))
    engine.dispose()


def test_the_orm_cannot_change_an_entry_either(session: Session) -> None:
    add_entry(session)
    (entry,) = queries.latest(session)
    entry.action = "task.return"
    with pytest.raises(DBAPIError, match=REFUSED):
        session.flush()


def test_the_statements_protect_a_table_that_a_migration_created(engine_: Engine) -> None:
    with engine_.begin() as connection:
        connection.execute(text("CREATE TABLE other_log (id integer PRIMARY KEY)"))
        for statement in statements(engine_.dialect.name, "other_log"):
            connection.execute(text(statement))
        connection.execute(text("INSERT INTO other_log VALUES (1)"))
    with pytest.raises(DBAPIError, match=REFUSED), engine_.begin() as connection:
        connection.execute(text("DELETE FROM other_log"))
    assert "other_log" in inspect(engine_).get_table_names()


def test_reading_backwards_goes_on_where_it_stopped(session: Session) -> None:
    for number in range(5):
        add_entry(session, f"hazard:{number}")
    first = queries.latest(session, limit=2)
    second = queries.latest(session, limit=2, before=first[-1].id)
    assert [one.subject for one in [*first, *second]] == ["hazard:4", "hazard:3", "hazard:2", "hazard:1"]


def test_a_refused_sign_in_is_noted_without_the_password(session: Session) -> None:
    service.record_sign_in(session, at=NOW, username="zhoumin", outcome=SignIn(None, Refusal.WRONG))
    session.commit()
    (entry,) = queries.latest(session)
    assert entry.detail == {"reason": "sign-in-wrong", "username": "zhoumin"}
