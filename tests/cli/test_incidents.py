"""Incidents from the command line: listed, and tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from engine import runtime
from engine.models import Incident
from engine.types import IncidentKind
from tests.cli.conftest import Bihuan, rows
from tests.factories import found_district, world_in
from workflows.database import make_engine

NOW = datetime(2025, 7, 1, 2, tzinfo=UTC)


@pytest.fixture
def broken(database: str, tmp_path: Path) -> int:
    """The id of an incident of a hazard, which a person's own step caused."""
    engine = make_engine(database)
    with Session(engine) as session, session.begin():
        found_district(session, NOW)
        hazard = world_in(session, tmp_path).hazard()
        incident = Incident(
            instance_id=hazard.instance_id, kind=IncidentKind.TRANSITION, node="work/report", code="transition_failed",
            message="no such name", data={"event": ["complete", "work/report"]}, created_at=NOW,
        )  # fmt: skip
        session.add(incident)
        session.flush()
        number = incident.id
    engine.dispose()
    return number


def test_what_broke_is_listed(bihuan: Bihuan, broken: int) -> None:
    said = bihuan("incidents", "--json")
    assert said.code == 0
    assert said.json == [
        {
            "id": broken, "at": "2025-07-01 02:00:00+00:00", "kind": "transition", "node": "report",
            "about": "hazard:1", "code": "transition_failed", "message": "no such name",
        }
    ]  # fmt: skip
    assert "hazard:1  transition_failed" in bihuan("incidents").out


def test_a_retry_says_what_came_of_it_and_is_written_down(bihuan: Bihuan, database: str, broken: int) -> None:
    said = bihuan("retry-incident", str(broken))
    assert (said.code, said.out) == (0, "to_repeat\n")
    assert bihuan("incidents", "--json").json == []
    written = rows(database, "SELECT actor, subject FROM audit_entry WHERE action = 'incident.retry'")
    assert written == [("command-line", f"incident:{broken}")]


@pytest.mark.parametrize("number", ["0", "x", "2147483648"])
def test_a_number_that_is_none_is_refused(bihuan: Bihuan, database: str, number: str) -> None:
    assert bihuan("retry-incident", number).code == 2


def test_an_unknown_incident_is_refused(bihuan: Bihuan, database: str) -> None:
    said = bihuan("retry-incident", "4711")
    assert (said.code, "没有编号为4711的故障" in said.err) == (1, True)


def test_an_incident_is_not_resolved_twice(bihuan: Bihuan, broken: int) -> None:
    bihuan("retry-incident", str(broken))
    said = bihuan("retry-incident", str(broken))
    assert (said.code, "已由command-line处理" in said.err) == (1, True)


def test_a_process_that_is_over_is_not_tried_again(bihuan: Bihuan, database: str, broken: int) -> None:
    engine = make_engine(database)
    with Session(engine) as session, session.begin():
        runtime.cancel(session, 1, reason="", now=NOW, actor="x")
    engine.dispose()
    said = bihuan("retry-incident", str(broken))
    assert said.code == 1
    assert "instance_not_active" in said.err
