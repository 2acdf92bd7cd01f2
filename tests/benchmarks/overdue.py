"""`python -m tests.benchmarks.overdue`: the overdue board at 30,000 enterprises and 750,000 obligations.

The rows are written by SQL: one in ten is late, one in twenty-five waits for a review, one in ten was handed in late.
Each line is a page's question, median of five, beside its statements alone; on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, bindparam, insert, text
from sqlalchemy.orm import Session

from engine.models import UtcDateTime
from tests.benchmarks.replay import Statement, recorded
from tests.databases import create_schema, postgresql_server
from tests.factories import at, drive_of, end_of, found_district, world_in
from workflows.calendar.service import load
from workflows.database import make_engine
from workflows.lateness import board
from workflows.lateness.rules import DIMENSIONS, Kind
from workflows.lateness.turns import Moment, View
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.register.types import Industry
from workflows.sight import Sight

NOW = at("2025-09-05 10:00")
FIRMS, ITEMS, TOWNS, DEPARTMENTS = 30_000, 25, 30, 12
TIMES = 5
GOAL = 300  # milliseconds, issue 4
DAYS = 40  # different due days
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
SHARE = (
    "(i % 100 * 7919) % 100"  # < 10 late, < 14 in review, < 24 handed in late, < 39 not due yet, else done
)
STATEMENTS = (
    "INSERT INTO organization (id, kind, name, code, parent_id) " + COUNT + "SELECT 1000 + i, 'enterprise', "
    "'企业' || i, 'B' || i, :town + i % :towns FROM n",
    "INSERT INTO enterprise (id, uscc, name, town_id, department_id, industry, employees, flags, status, risk_level, "
    "is_sample, updated_at) " + COUNT + "SELECT 1000 + i, 'B' || i, '企业' || i, :town + i % :towns, "
    ":department + i % :departments, "
    "CASE i % 4 WHEN 0 THEN 'machinery' WHEN 1 THEN 'other' WHEN 2 THEN 'construction' ELSE 'metal_smelting' END, "
    "20, '{}', 'operating', 'low', FALSE, :now FROM n",
)
EACH = (
    "INSERT INTO process_instance (id, definition_id, group_id, business_key, variables, timers, status, version, "
    "started_at) "
    + COUNT
    + "SELECT 1000000 + i, :definition, :campaign, 'obligation\\:' || (1000000 + i), '{}', '{}', "
    "'active', 0, :begin FROM n",
    "INSERT INTO obligation (id, campaign_id, item_code, period, title, phase, enterprise_id, town_id, department_id, "
    "due_at, original_due_at, round, round_kind, submitted_at, closed_at, instance_id) " + COUNT + "SELECT "
    "1000000 + i, :campaign, 'B' || (i / :firms), '', '清单项', 1, 1001 + i % :firms, "
    ":town + (1 + i % :firms) % :towns, "
    f":department + (1 + i % :firms) % :departments, "
    f"CASE WHEN {SHARE} BETWEEN 24 AND 38 THEN :later ELSE s.due_at END, s.due_at, 1, 'first', "
    f"CASE WHEN {SHARE} < 10 OR {SHARE} BETWEEN 24 AND 38 THEN NULL "
    f"WHEN {SHARE} < 14 THEN s.sent_at "
    f"WHEN {SHARE} < 24 THEN s.late_at ELSE s.sent_at END, "
    f"CASE WHEN {SHARE} < 14 OR {SHARE} BETWEEN 24 AND 38 THEN NULL ELSE s.late_at END, 1000000 + i "
    "FROM n JOIN bench_day s ON s.n = i % :days",
    "INSERT INTO user_task (id, instance_id, group_id, token, node, name, candidate_group, form_key, status, due_at, "
    "created_at, closed_at, version) "
    + COUNT
    + "SELECT 1000000 + i, 1000000 + i, :campaign, 't', 'self_check', '自查', "
    f"(1001 + i % :firms) || '\\:safety_officer', '', CASE WHEN {SHARE} < 10 OR {SHARE} BETWEEN 24 AND 38 THEN 'open' "
    f"ELSE 'completed' END, CASE WHEN {SHARE} BETWEEN 24 AND 38 THEN :later ELSE s.due_at END, :begin, "
    f"CASE WHEN {SHARE} < 10 OR {SHARE} BETWEEN 24 AND 38 THEN NULL WHEN {SHARE} BETWEEN 14 AND 23 THEN s.late_at "
    "ELSE s.sent_at END, 0 FROM n JOIN bench_day s ON s.n = i % :days",
    "INSERT INTO user_task (id, instance_id, group_id, token, node, name, candidate_group, form_key, status, "
    "created_at, version) "
    + COUNT
    + "SELECT 3000000 + i, 1000000 + i, :campaign, 'r', 'town_review', '镇街审核', "
    "(:town + (1 + i % :firms) % :towns) || '\\:town_officer', '', 'open', s.sent_at, 0 "
    f"FROM n JOIN bench_day s ON s.n = i % :days WHERE {SHARE} BETWEEN 10 AND 13",
    "INSERT INTO late_turn (task_id, kind, subject_id, campaign_id, town_id, department_id, enterprise_id, item_code, "
    "candidate_group, due_at, since, until) "
    + COUNT
    + "SELECT 1000000 + i, 'obligation', 1000000 + i, :campaign, "
    ":town + (1 + i % :firms) % :towns, :department + (1 + i % :firms) % :departments, 1001 + i % :firms, "
    "'B' || (i / :firms), (1001 + i % :firms) || '\\:safety_officer', s.due_at, :begin, s.late_at "
    f"FROM n JOIN bench_day s ON s.n = i % :days WHERE {SHARE} BETWEEN 14 AND 23",
    'INSERT INTO escalation (campaign_id, subject_kind, subject_id, enterprise_id, round, step, action, "offset", '
    "candidate_group, planned_at, acted_at, outcome) "
    + COUNT
    + "SELECT :campaign, 'obligation', 1000000 + i, "
    "1001 + i % :firms, 1, k.step, k.action, k.days, '1\\:x', s.late_at, s.late_at, 'sent' FROM n "
    "JOIN bench_day s ON s.n = i % :days CROSS JOIN (SELECT 5 AS step, 'notify' AS action, 1 AS days UNION ALL "
    f"SELECT 6, 'town_task', 3) k WHERE {SHARE} < 24 AND {SHARE} NOT BETWEEN 10 AND 13",
)


def fill(engine: Engine) -> None:
    """The district, its enterprises and one campaign with everything in it."""
    with tempfile.TemporaryDirectory() as folder, Session(engine) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, folder)  # type: ignore[arg-type]
        world.firm()
        campaign = world.launch(drive_of("3"))
        towns = [
            {
                "id": 100 + n,
                "kind": OrganizationKind.TOWN,
                "name": f"第{n}镇",
                "code": f"BT{n}",
                "parent_id": world.office,
            }
            for n in range(TOWNS)
        ]
        departments = [
            {**one, "id": 200 + n, "kind": OrganizationKind.DEPARTMENT, "name": f"第{n}局", "code": f"BD{n}"}
            for n, one in enumerate(towns[:DEPARTMENTS])
        ]
        session.execute(insert(Organization), towns + departments)
        connection = session.connection()
        _days(connection)
        definition = connection.scalar(
            text("SELECT min(id) FROM process_definition WHERE key = 'obligation'")
        )
        facts = {
            "campaign": campaign.id, "definition": definition, "town": 100, "towns": TOWNS, "department": 200,
            "departments": DEPARTMENTS, "firms": FIRMS, "days": DAYS, "begin": at("2025-06-20 09:00"),
            "now": NOW, "later": end_of("2025-10-31"),
        }  # fmt: skip
        for statements, many in ((STATEMENTS, FIRMS), (EACH, FIRMS * ITEMS)):
            for statement in statements:
                _run(connection, statement, {**facts, "many": many})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _days(connection: Connection) -> None:
    kind = "TIMESTAMP" if connection.dialect.name == "sqlite" else "TIMESTAMPTZ"
    columns = ", ".join(f"{name} {kind}" for name in ("due_at", "sent_at", "late_at"))
    connection.execute(text(f"CREATE TABLE bench_day (n INTEGER PRIMARY KEY, {columns})"))
    for n in range(DAYS):
        due = end_of("2025-07-10") + timedelta(days=n)
        late = min(due + timedelta(days=1 + n % 20), NOW)
        row = {"n": n, "due": due, "sent": due - timedelta(hours=30), "late": late}
        _run(connection, "INSERT INTO bench_day VALUES (:n, :due, :sent, :late)", row)


def _run(connection: Connection, statement: str, facts: dict[str, Any]) -> None:
    clause = text(statement)
    used = {name: value for name, value in facts.items() if f":{name}" in statement}
    for name, value in used.items():
        if isinstance(value, datetime):
            clause = clause.bindparams(_instant(name, value))
    connection.execute(
        clause, {name: value for name, value in used.items() if not isinstance(value, datetime)}
    )


def _instant(name: str, value: datetime) -> BindParameter[datetime]:
    return bindparam(name, value, type_=UtcDateTime())


def questions(session: Session) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the pages ask: numbers by each dimension, the lists behind them, now and as of a past day."""
    everything, town = Sight(everything=True), Sight(everything=False, town_ids=(103,))
    calendar = load(session)
    for words, on in (("now", NOW), ("2025-08-01", end_of("2025-08-01"))):
        moment = Moment.of(session, on, now=NOW, sight=everything, calendar=calendar)
        for kind in (Kind.OBLIGATION, Kind.REVIEW):
            for by in DIMENSIONS[kind]:
                view = View(kind, by)
                yield (
                    f"{words}: {kind} by {by}",
                    lambda v=view, m=moment: board.matrix(session, view=v, moment=m),
                )
            view = View(kind)
            yield f"{words}: {kind} list", lambda v=view, m=moment: board.listed(session, view=v, moment=m)
            cell = replace(view, town_id=103, bucket=2)
            yield f"{words}: {kind} a cell", lambda v=cell, m=moment: board.listed(session, view=v, moment=m)
        cells = {
            "industry": View(industry=Industry.MACHINERY, bucket=4),
            "step": View(step="town_task", bucket=4),
        }
        for name, view in cells.items():
            yield (
                f"{words}: a cell by {name}",
                lambda v=view, m=moment: board.listed(session, view=v, moment=m),
            )
            yield f"{words}: its number", lambda v=view, m=moment: board.count(session, view=v, moment=m)
        yield (
            f"{words}: the tabs",
            lambda m=moment: board.counts(session, view=View(Kind.HAZARD), moment=m, known=0),
        )
        own = replace(moment, sight=town)
        yield f"{words}: a town's own", lambda m=own: board.matrix(session, view=View(), moment=m)


def measure(engine: Engine) -> None:
    """Print a line for each question."""
    slowest = 0.0
    with Session(engine) as session:
        for words, ask in questions(session):
            ask()
            ours = _median(ask)
            with recorded(engine) as statements:
                ask()
            bare = _median(lambda s=statements: _replay(session.connection(), s))
            slowest = max(slowest, ours)
            print(
                f"{words:34s} {ours:8.1f} ms {bare:8.1f} ms   {bare / ours * 100:4.0f} % of it the statements"
            )
            session.expunge_all()
    print(f"slowest {slowest:.0f} ms of {GOAL}")


def _replay(connection: Connection, statements: Sequence[Statement]) -> None:
    for statement, parameters, _many in statements:
        connection.exec_driver_sql(statement, parameters).all()


def _median(work: Callable[[], object]) -> float:
    samples = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        work()
        samples.append((time.perf_counter() - begin) * 1e3)
    return median(samples)


@contextmanager
def databases() -> Iterator[Iterator[tuple[str, str]]]:
    with tempfile.TemporaryDirectory() as folder, postgresql_server() as server:
        yield iter(
            [
                ("SQLite", f"sqlite:///{folder}/bench.db"),
                ("PostgreSQL", server.render_as_string(hide_password=False)),
            ]
        )


def main() -> None:
    """Measure and print; never fails because of time."""
    warnings.simplefilter("ignore")
    wanted = sys.argv[1:] or ["SQLite", "PostgreSQL"]
    with databases() as found:
        for name, url in found:
            if name not in wanted:
                continue
            engine = make_engine(url)
            create_schema(engine)
            begin = time.perf_counter()
            fill(engine)
            filled = time.perf_counter() - begin
            print(f"{name}: {FIRMS} enterprises, {FIRMS * ITEMS} obligations, filled in {filled:.0f} s")
            measure(engine)
            engine.dispose()


if __name__ == "__main__":
    main()
