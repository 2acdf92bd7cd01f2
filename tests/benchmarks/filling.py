"""A district of 30,000 enterprises and 750,000 obligations in the middle of a campaign, written by SQL.

One obligation in ten is late, one in twenty-five waits for a review, one in ten was handed in late, one in a hundred
waits for its hazards. Markings and variables are those of real instances that were driven to each place.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, bindparam, insert, inspect, select, text
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask, UtcDateTime
from tests.benchmarks import filled
from tests.databases import create_schema, postgresql_server
from tests.factories import DRIVE, World, at, end_of, found_district, world_in
from tests.people import add_account
from workflows.accounts.types import Role
from workflows.campaigns import recounting, trend
from workflows.campaigns.models import Campaign, FailingList, PhaseDispatch
from workflows.database import make_engine, make_sessions, readers_of
from workflows.duties.models import UnitTask
from workflows.enforcement import service as enforcement
from workflows.failing import drafting
from workflows.failing import queries as failing
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.reports import drafting as reports
from workflows.reports import service as reporting
from workflows.reports.reported import of_campaign
from workflows.sight import Sight
from workflows.submissions.models import Submission

NOW = at("2025-09-05 10:00")
CUTOFF = at("2025-08-11 00:05")
FIRMS, ITEMS, TOWNS, DEPARTMENTS, HAZARDS = 30_000, 25, 30, 12, 20_000
DAYS = 40  # different due days
TOWN, DEPARTMENT = 100, 200  # the ids of the first ones
FIRM = 1500  # the id of the enterprise whose officer looks
PEOPLE = {
    "lead": Role.LEAD_OFFICER, "town": Role.TOWN_OFFICER, "department": Role.DEPARTMENT_OFFICER,
    "bureau": Role.DEPARTMENT_OFFICER, "officer": Role.SAFETY_OFFICER,
}  # fmt: skip
LADDER = (
    (5, "notify", 1),
    (6, "town_task", 3),
    (7, "district_task", 12),
)  # number, action, days after the date


@dataclass(frozen=True, slots=True)
class Database:
    """What is measured, and whether it was filled earlier."""

    name: str
    engine: Engine
    is_filled: bool


@contextmanager
def databases(wanted: list[str]) -> Iterator[Iterator[Database]]:
    """Fresh ones of both kinds, or the one at a URL that is kept for the next run; `wanted` are names or the URL."""
    urls = [one for one in wanted if "://" in one]
    if urls:
        yield (_opened(url.partition(":")[0], url) for url in urls)
        return
    with tempfile.TemporaryDirectory() as folder, postgresql_server() as server:
        made = {
            "SQLite": f"sqlite:///{folder}/bench.db",
            "PostgreSQL": server.render_as_string(hide_password=False),
        }
        yield (_opened(name, url) for name, url in made.items() if name in (wanted or made))


def _opened(name: str, url: str) -> Database:
    engine = make_engine(url)
    is_filled = inspect(engine).has_table("bench_day")
    if not is_filled:
        create_schema(engine)
    return Database(name, engine, is_filled)


def filled_databases(wanted: list[str]) -> Iterator[Database]:
    """Each with everything in it, said on standard output."""
    with databases(wanted) as found:
        for one in found:
            begin = time.perf_counter()
            if not one.is_filled:
                fill(one.engine)
            spent = time.perf_counter() - begin
            print(f"{one.name}: {FIRMS} enterprises, {FIRMS * ITEMS} obligations, filled in {spent:.0f} s")
            yield one
            one.engine.dispose()


def fill(engine: Engine) -> None:
    """The district, its enterprises and one campaign with everything in it."""
    with tempfile.TemporaryDirectory() as folder, Session(engine) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, Path(folder))
        session.execute(insert(Organization), _homes(world))
        world.firm(town_id=TOWN, department_id=DEPARTMENT)
        campaign = world.launch(DRIVE)
        places = _driven(world)
        connection = session.connection()
        _help(connection, places)
        facts = {
            "campaign": campaign.id, "definition": _definition(connection, "obligation"), "town": TOWN, "towns": TOWNS,
            "department": DEPARTMENT, "departments": DEPARTMENTS, "firms": FIRMS, "days": DAYS, "now": NOW,
            "begin": at("2025-06-20 09:00"), "later": end_of("2025-10-31"), "office": world.office,
            "hazards": _definition(connection, "hazard"),
        }  # fmt: skip
        for statements, many in (
            (filled.FIRMS, FIRMS),
            (filled.EACH, FIRMS * ITEMS),
            (filled.HAZARDS, HAZARDS),
        ):
            for statement in statements:
                run(connection, statement, {**facts, "many": many})
        _people(session, world.office)
        dispatch = session.scalars(
            select(PhaseDispatch).where(PhaseDispatch.campaign_id == campaign.id)
        ).one()
        dispatch.obligations = dispatch.expected = FIRMS * ITEMS
        _failing(session, world, campaign, facts)
    if engine.dialect.name == "postgresql":  # as it does by itself; nothing does so for SQLite
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    sessions = make_sessions(engine)
    trend.keep_finished_days(sessions, now=NOW)
    recounting.recount_due(sessions, readers_of(sessions), now=NOW)
    with tempfile.TemporaryDirectory() as folder, sessions.begin() as session:
        _report(session, world_in(session, Path(folder)))
        _reviewed(session, facts["campaign"])


def _homes(world: World) -> list[dict[str, Any]]:
    """Towns and departments."""
    towns = [
        {
            "id": TOWN + n,
            "kind": OrganizationKind.TOWN,
            "name": f"第{n}镇",
            "code": f"BT{n}",
            "parent_id": world.office,
        }
        for n in range(TOWNS)
    ]
    departments = [
        {
            **one,
            "id": DEPARTMENT + n,
            "kind": OrganizationKind.DEPARTMENT,
            "name": f"第{n}局",
            "code": f"BD{n}",
        }
        for n, one in enumerate(towns[:DEPARTMENTS])
    ]
    return towns + departments


def _people(session: Session, office: int) -> None:
    homes = {
        "lead": office,
        "town": TOWN + 3,
        "department": DEPARTMENT,
        "bureau": DEPARTMENT + 1,
        "officer": FIRM,
    }
    for name, role in PEOPLE.items():
        add_account(session, name, homes[name], role)


def _driven(world: World) -> dict[str, Any]:
    """Place -> a real instance there, of obligations and of hazards."""
    waiting, reviewed, checked, held, closed = (world.obligation() for _ in range(5))
    for one in (reviewed, checked, closed):
        world.submit(one)
    world.do(checked, "town_review", world.town(), town_decision="accept")
    world.check(held, result="defects", defects=[{"title": "护栏松动", "place": "二号车间"}])
    world.sign(held)
    world.accept(held)
    world.finish(closed)
    fixing, verifying, over = (world.hazard() for _ in range(3))
    for hazard in (fixing, verifying):
        world.planned(hazard)
    world.fix(verifying)
    world.close_hazard(over)
    found = {
        "self_check": waiting, "town_review": reviewed, "department_review": checked, "await_hazards": held,
        "closed": closed, "fix": fixing, "verify": verifying, "over": over,
    }  # fmt: skip
    return {place: world.session.get_one(ProcessInstance, one.instance_id) for place, one in found.items()}


def _definition(connection: Connection, key: str) -> int:
    query = text("SELECT max(id) FROM process_definition WHERE key = :key")
    return connection.execute(query, {"key": key}).scalar_one()


def _help(connection: Connection, places: dict[str, Any]) -> None:
    """Tables that the statements join: due days, items, places, steps of the ladder."""
    kind = "TIMESTAMP" if connection.dialect.name == "sqlite" else "TIMESTAMPTZ"
    columns = ", ".join(f"{name} {kind}" for name in ("due_at", "sent_at", "late_at"))
    for table in (
        f"bench_day (n INTEGER PRIMARY KEY, {columns})",
        "bench_item (n INTEGER PRIMARY KEY, code VARCHAR, title VARCHAR)",
        "bench_place (name VARCHAR PRIMARY KEY, marking_id INTEGER, status VARCHAR, variables JSON)",
        f"bench_step (n INTEGER, step INTEGER, action VARCHAR, days INTEGER, at {kind})",
    ):
        connection.execute(text(f"CREATE TABLE {table}"))
    for n in range(DAYS):
        due = end_of("2025-07-10") + timedelta(days=n)
        late = min(due + timedelta(days=1 + n % 20), NOW)
        row = {"n": n, "due": due, "sent": due - timedelta(hours=30), "late": late}
        run(connection, "INSERT INTO bench_day VALUES (:n, :due, :sent, :late)", row)
        for step, action, days in LADDER:
            acted = due + timedelta(days=days, hours=9)
            row = {"n": n, "step": step, "action": action, "days": days, "acted": acted}
            run(connection, "INSERT INTO bench_step VALUES (:n, :step, :action, :days, :acted)", row)
    for n, item in enumerate(DRIVE.items[:ITEMS]):
        row = {"n": n, "code": item.code, "title": item.title}
        run(connection, "INSERT INTO bench_item VALUES (:n, :code, :title)", row)
    for name, one in places.items():
        values = json.dumps(one.variables, ensure_ascii=False)
        row = {"name": name, "marking": one.marking_id, "status": one.status.value, "variables": values}
        run(connection, "INSERT INTO bench_place VALUES (:name, :marking, :status, :variables)", row)


def _report(session: Session, world: World) -> None:
    """The department's report of June is filed, those of the others are drafted."""
    world.now = NOW
    query = select(UnitTask).where(UnitTask.duty_code == "D8", UnitTask.body_id == DEPARTMENT)
    task = session.scalars(query.order_by(UnitTask.id)).first()
    reports.draft_due(session, now=NOW)
    officer = world.person(DEPARTMENT, "department_officer")
    world.do(
        task,
        "file",
        officer,
        statement="各企业正在对照清单自查。",
        evidence={"progress": [world.proof(DEPARTMENT)]},
    )


def _reviewed(session: Session, campaign_id: int) -> None:
    """The first phase is reviewed, the summary is being written."""
    campaign = session.get_one(Campaign, campaign_id)
    for task in session.scalars(select(UserTask).where(UserTask.node.in_(("review_1", "summary")))):
        reporting.take(session, of_campaign(campaign, task.node), actor=reporting.SYSTEM, now=NOW)
        if task.closed_at is not None:
            row = Submission(
                instance_id=task.instance_id, task_id=task.id, node=task.node, form_key=task.form_key, round=1,
                form={"assessment": "动员部署阶段完成。", "next_steps": "转入自查自改。"}, actor=task.actor,
                submitted_at=NOW,
            )  # fmt: skip
            session.add(row)


def _failing(session: Session, world: World, campaign: Campaign, facts: dict[str, Any]) -> None:
    """The lists of the cut-off, the first half signed; enforcements and promises."""
    world.now = CUTOFF
    drafting.draft(session, world.dispatch_job(campaign, 2))
    for statement in filled.AFTERWARDS:
        run(session.connection(), statement, facts)
    session.expire_all()
    signed = session.scalars(select(FailingList).where(FailingList.signed_at.is_not(None)))
    for listed in signed.all():
        [(first, _firm)] = failing.lines(session, listed.id, sight=Sight(everything=True), limit=1)
        enforcement.open_for(session, listed, [first], office_id=world.office, now=NOW)


def run(connection: Connection, statement: str, facts: dict[str, Any]) -> None:
    """Execute it with those of the facts that it names."""
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
