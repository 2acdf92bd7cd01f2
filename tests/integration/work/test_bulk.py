"""Many at once: each by itself, each with its own answer, the rules of one by one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import World, at
from workflows import bulk, inbox
from workflows.bulk import Line
from workflows.inbox import Person
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.register.types import RiskLevel
from workflows.submissions.models import Submission


@pytest.fixture
def waiting(world: World) -> list[Obligation]:
    """Three obligations that wait for the town."""
    found = [world.obligation() for _ in range(3)]
    for one in found:
        world.submit(one)
    return found


def decide(
    world: World, ones: list[Obligation], *, node: str = "town_review", accept: bool = True, reason: str = "",
    person: Person | None = None,
) -> list[Line]:  # fmt: skip
    ids = [world.task(one, node).id for one in ones]
    lines = bulk.decide(
        world.session, ids, accept=accept, reason=reason, person=person or world.town(), now=world.now
    )
    world.session.expire_all()
    return lines


def test_all_are_accepted_with_a_line_each(world: World, waiting: list[Obligation]) -> None:
    assert [line.done for line in decide(world, waiting)] == [True, True, True]
    assert [world.open_nodes(one) for one in waiting] == [["department_review"]] * 3


def test_one_that_is_refused_does_not_stop_the_others(world: World, waiting: list[Obligation]) -> None:
    """The second has been submitted by the reviewer himself: four eyes."""
    both = Person("account:77", frozenset({f"{waiting[1].enterprise_id}:principal", world.town().actor}), 0)
    first, second, third = waiting
    world.do(second, "town_review", world.town(), town_decision="return", reason="请补照片一张")
    world.check(second)
    world.do(second, "sign", both, signed=True)
    reviewer = Person("account:77", world.town().groups, world.towns[0])
    lines = decide(world, [first, second, third], person=reviewer, accept=False, reason="请补充材料")
    assert [(line.done, line.code) for line in lines] == [(True, ""), (False, "same_person"), (True, "")]
    assert world.open_nodes(second) == ["town_review"]


def test_what_is_refused_leaves_nothing_behind(world: World, waiting: list[Obligation]) -> None:
    written = (
        len(world.session.scalars(select(Submission)).all()),
        len(world.session.scalars(select(Notification)).all()),
    )
    lines = decide(world, waiting, accept=False, reason="短")
    assert {line.code for line in lines} == {"invalid-form"}
    assert written == (
        len(world.session.scalars(select(Submission)).all()), len(world.session.scalars(select(Notification)).all())
    )  # fmt: skip


@pytest.mark.parametrize("why", ["major", "returned", "late"])
def test_what_needs_a_closer_look_is_not_accepted_in_bulk(world: World, why: str) -> None:
    one = world.obligation(world.firm(risk_level=RiskLevel.MAJOR if why == "major" else RiskLevel.LOW))
    if why == "late":
        world.now = at("2025-08-18 09:00")
    world.submit(one)
    if why == "returned":
        world.do(one, "town_review", world.town(), town_decision="return", reason="请补照片一张")
        world.submit(one)
    [line] = decide(world, [one])
    assert (line.done, line.data) == (False, {"what": "look-closer"})
    [line] = decide(world, [one], accept=False, reason="请补照片一张")
    assert line.done


def test_a_stranger_gets_no_line_that_tells_of_the_task(world: World, waiting: list[Obligation]) -> None:
    lines = decide(world, waiting, person=world.town(number=1))
    assert [(line.code, line.title, line.enterprise) for line in lines] == [("not-found", "", "")] * 3


def test_sending_the_same_again_changes_nothing(world: World, waiting: list[Obligation]) -> None:
    ids = [world.task(one, "town_review").id for one in waiting]
    for expected in ("", "task_closed"):
        lines = bulk.decide(
            world.session, [*ids, *ids], accept=True, reason="", person=world.town(), now=world.now
        )
        assert [line.code for line in lines] == [expected] * 3


def test_the_principal_signs_several(world: World) -> None:
    firm = world.firm()
    ones = [world.obligation(firm) for _ in range(2)]
    for one in ones:
        world.check(one)
    assert all(line.done for line in decide(world, ones, node="sign", person=world.principal(firm)))


def test_self_checks_are_handed_in_with_what_their_drafts_hold(world: World) -> None:
    firm = world.firm()
    ready, half, empty = (world.obligation(firm) for _ in range(3))
    person = world.safety(firm)
    form = {
        "result": "compliant",
        "statement": "已逐条核对",
        "evidence": {"licences": [world.proof(firm.id)]},
    }
    for one, typed in ((ready, form), (half, {"result": "compliant", "statement": "已核对"})):
        inbox.save_draft(
            world.session, world.task(one, "self_check").id, form=typed, person=person, now=world.now
        )
    lines = decide(world, [ready, half, empty], node="self_check", person=person)
    assert [(line.done, line.code) for line in lines] == [
        (True, ""),
        (False, "invalid-form"),
        (False, "conflict"),
    ]
    assert inbox.draft_of(world.session, world.task(half, "self_check").id, person.actor) is not None


def test_no_more_than_a_page_at_once(world: World) -> None:
    lines = bulk.decide(
        world.session, range(1, 200), accept=True, reason="", person=world.town(), now=world.now
    )
    assert len(lines) == bulk.MOST
