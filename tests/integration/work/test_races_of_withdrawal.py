"""Two connections at once on both databases: a fix or a filing is taken back while somebody judges it.

One of the two succeeds, the other is told; what the one who was too late entered is not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from tests.factories import World, at, drive_of, found_district, world_in
from tests.integration.sidebyside import Ready, side_by_side
from workflows import inbox, withdrawal
from workflows.database import make_engine
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.inbox import Person
from workflows.submissions.models import Submission

NOW = at("2025-07-02 09:00")
Act = Callable[[World], None]


@dataclass
class Race:
    """What two people do to the same file at the same moment."""

    url: str
    folder: Path
    model: type[Any]
    id: int
    task: int

    def run(self, *acts: Act) -> list[str]:
        return side_by_side(self.url, *(partial(self._do, act) for act in acts))

    def _do(self, act: Act, session: Session, ready: Ready) -> None:
        ready()  # before the transaction: SQLite lets one writer in at a time
        with session.begin():
            world = world_in(session, self.folder)
            world.now = NOW
            act(world)

    def complete(self, person: Callable[[World], Person], **form: Any) -> Act:
        return lambda world: (
            inbox.complete(world.session, self.task, form=form, person=person(world), now=world.now) and None
        )

    def withdraw(self, person: Callable[[World, Any], Person]) -> Act:
        def act(world: World) -> None:
            one = world.session.get_one(self.model, self.id)
            withdrawal.withdraw(world.session, one, person=person(world, one), now=world.now)

        return act

    def after(self) -> tuple[list[str], int]:
        """Where the file is now, and how many judgements were kept."""
        engine = make_engine(self.url)
        with Session(engine) as session, session.begin():
            one = session.get_one(self.model, self.id)
            world = world_in(session, self.folder)
            judged = select(func.count()).where(
                Submission.instance_id == one.instance_id, Submission.node.in_(("verify", "accept", "check"))
            )
            over = session.get_one(ProcessInstance, one.instance_id).ended_at is not None
            found = (["over"] if over else world.open_nodes(one)), session.scalar(judged) or 0
        engine.dispose()
        return found


def started(url: str, folder: Path, prepare: Callable[[World], tuple[Any, str]]) -> Race:
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, folder)
        one, node = prepare(world)
        race = Race(url, folder, type(one), one.id, world.task(one, node).id)
    engine.dispose()
    return race


def general(world: World) -> tuple[Hazard, str]:
    hazard = world.hazard()
    world.planned(hazard)
    world.fix(hazard)
    return hazard, "verify"


def major(world: World) -> tuple[Hazard, str]:
    hazard = world.hazard()
    world.planned_major(hazard)
    world.fix(hazard)
    return hazard, "accept"


def filed(world: World) -> tuple[UnitTask, str]:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    query = select(UnitTask).where(UnitTask.campaign_id == campaign.id, UnitTask.duty_code == "D1")
    one = world.session.scalars(query.order_by(UnitTask.id)).first()
    assert one is not None
    slots = campaign_slots(world, one)
    evidence = {slot: [world.proof(one.body_id)] for slot in slots}
    body = world.person(one.body_id, one.body_role)
    world.do(one, "file", body, statement="方案已经印发", evidence=evidence)
    return one, "check"


def campaign_slots(world: World, one: UnitTask) -> list[str]:
    return [slot.code for slot in drive_of("3", duties=True).duty(one.duty_code).evidence]


def enterprise(world: World, one: Hazard) -> Person:
    return world.safety(one.enterprise_id)


def body(world: World, one: UnitTask) -> Person:
    return world.person(one.body_id, one.body_role)


def test_a_fix_is_verified_or_taken_back(database_url: str, tmp_path: Path) -> None:
    race = started(database_url, tmp_path, general)
    told = race.run(race.complete(World.town, passed=True), race.withdraw(enterprise))
    won = {"conflict": ([], 1), "task_closed": (["fix"], 0)}
    assert [race.after()] == [won[code] for code in told]


def test_the_fix_of_a_major_hazard_is_rejected_or_taken_back(database_url: str, tmp_path: Path) -> None:
    race = started(database_url, tmp_path, major)
    form = {"passed": False, "acceptance_by": "experts", "opinion": "焊缝未探伤", "acceptance_documents": []}
    told = race.run(judged(race, form), race.withdraw(enterprise))
    won = {"conflict": (["fix"], 1), "task_closed": (["fix"], 0)}
    assert [race.after()] == [won[code] for code in told]


def judged(race: Race, form: dict[str, Any]) -> Act:
    def act(world: World) -> None:
        proof = world.proof(world.departments[0])
        given = form | {"acceptance_documents": [proof]}
        inbox.complete(world.session, race.task, form=given, person=world.department(), now=world.now)

    return act


@pytest.mark.parametrize("decision", ["accept", "return"])
def test_a_filing_is_checked_or_taken_back(database_url: str, tmp_path: Path, decision: str) -> None:
    race = started(database_url, tmp_path, filed)
    form = {"office_decision": decision} | ({"reason": "材料看不清，请重报"} if decision == "return" else {})
    told = race.run(race.complete(World.lead, **form), race.withdraw(body))
    checked = (["over"] if decision == "accept" else ["file"], 1)
    assert [race.after()] == [{"conflict": checked, "task_closed": (["file"], 0)}[code] for code in told]
