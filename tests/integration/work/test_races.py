"""Two connections at once on PostgreSQL: one of two people acts, the other is told; nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import World, at, found_district, world_in
from tests.integration.sidebyside import Ready, side_by_side
from tests.people import add_account
from workflows import inbox, withdrawal
from workflows.accounts.models import Account
from workflows.accounts.types import Held, Role
from workflows.assignments import service as assignments
from workflows.assignments import standins
from workflows.cosigning import service as cosigning
from workflows.database import make_engine
from workflows.obligations.models import Obligation
from workflows.times import day_of

Act = Callable[[World, Obligation, int], None]


def claim(who: str) -> Act:
    return lambda world, _one, task: assignments.claim(
        world.session, task, person=world.town(who), now=world.now
    )


def accept(world: World, _one: Obligation, task: int) -> None:
    form = {"town_decision": "accept"}
    inbox.complete(world.session, task, form=form, person=world.town("c"), now=world.now)


def withdraw(world: World, one: Obligation, _task: int) -> None:
    withdrawal.withdraw(world.session, one, person=world.safety(one.enterprise_id), now=world.now)


def away(who: str, stand_in: str) -> Act:
    """As the lead office names it."""

    def act(world: World, one: Obligation, _task: int) -> None:
        query = select(Account).where(Account.username.in_(("jia", "yi", "lead")))
        people = {one.username: one for one in world.session.scalars(query)}
        day = day_of(world.now)
        standins.name(
            world.session, people[who], held=Held(one.town_id, Role.TOWN_OFFICER), stand_in_id=people[stand_in].id,
            from_on=day, to_on=day, today=day, now=world.now, by=people["lead"],
        )  # fmt: skip

    return act


def ask(world: World, _one: Obligation, task: int) -> None:
    cosigner = world.session.scalars(select(Account).where(Account.username == "keyuan")).one()
    cosigning.ask(world.session, task, cosigner=cosigner, question="", person=world.town(), now=world.now)


@dataclass
class Race:
    """What two people do to the same review at the same moment."""

    url: str
    folder: Path
    obligation: int
    task: int

    def run(self, *acts: Act) -> list[str]:
        return side_by_side(self.url, *(partial(self._do, act) for act in acts))

    def _do(self, act: Act, session: Session, ready: Ready) -> None:
        with session.begin():
            world = world_in(session, self.folder)
            world.now = at("2025-07-02 09:00")
            one = session.get_one(Obligation, self.obligation)
            session.get_one(UserTask, self.task)  # both have seen the page
            ready()
            act(world, one, self.task)


@pytest.fixture
def race(postgresql_url: str, tmp_path: Path) -> Race:
    engine = make_engine(postgresql_url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, tmp_path)
        one = world.obligation()
        world.submit(one)
        add_account(session, "keyuan", world.towns[0], Role.LEADER)
        for name in ("jia", "yi"):
            add_account(session, name, world.towns[0], Role.TOWN_OFFICER)
        add_account(session, "lead", world.office, Role.LEAD_OFFICER)
        found = Race(postgresql_url, tmp_path, one.id, world.task(one, "town_review").id)
    engine.dispose()
    return found


def state_of(race: Race) -> tuple[TaskStatus, str | None]:
    engine = make_engine(race.url)
    with Session(engine) as session:
        task = session.get_one(UserTask, race.task)
        found = task.status, task.assignee
    engine.dispose()
    return found


def test_of_two_who_claim_one_has_it(race: Race) -> None:
    assert race.run(claim("a"), claim("b")) == ["task_assigned"]
    assert state_of(race)[1] is not None


def test_who_claims_and_who_completes_do_not_both_succeed(race: Race) -> None:
    [told] = race.run(claim("a"), accept)
    expected = {"task_assigned": TaskStatus.OPEN, "task_closed": TaskStatus.COMPLETED}
    assert state_of(race)[0] is expected[told]


def test_a_withdrawal_and_a_claim_do_not_both_succeed(race: Race) -> None:
    [told] = race.run(claim("a"), withdraw)
    expected = {"conflict": TaskStatus.OPEN, "task_closed": TaskStatus.CANCELLED}
    assert state_of(race)[0] is expected[told]


def test_a_withdrawal_and_a_decision_do_not_both_succeed(race: Race) -> None:
    [told] = race.run(accept, withdraw)
    expected = {"conflict": TaskStatus.COMPLETED, "task_closed": TaskStatus.CANCELLED}
    assert state_of(race)[0] is expected[told]


def test_nothing_goes_on_past_a_co_signature_that_was_just_asked_for(race: Race) -> None:
    [told] = race.run(accept, ask)
    expected = {"conflict": TaskStatus.OPEN, "task_closed": TaskStatus.COMPLETED}
    assert state_of(race)[0] is expected[told]


@pytest.mark.parametrize("second", [("jia", "yi"), ("yi", "jia")])
def test_of_two_who_name_stand_ins_for_the_same_people_one_is_refused(
    race: Race, second: tuple[str, str]
) -> None:
    assert race.run(away("jia", "yi"), away(*second)) == ["conflict"]
