"""Nobody's draft is lost by what others do; earlier files of one's own enterprise can be shown again."""

from __future__ import annotations

import pytest

from engine.exceptions import TaskClosed
from tests.factories import World
from workflows import inbox, withdrawal
from workflows.evidence.earlier import earlier
from workflows.inbox import Person
from workflows.obligations.models import Obligation
from workflows.taskview import view


@pytest.fixture
def one(world: World) -> Obligation:
    return world.obligation()


def keep(world: World, task: int, person: Person, text: str) -> None:
    inbox.save_draft(world.session, task, form={"statement": text}, person=person, now=world.now)


def shown(world: World, task: int, person: Person) -> object:
    return view(world.session, task, person=person, now=world.now).form.get("statement")


def test_two_people_do_not_overwrite_each_other(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check").id
    first, second = world.safety(one.enterprise_id), world.safety(one.enterprise_id, "b")
    keep(world, task, first, "甲写的")
    keep(world, task, second, "乙写的")
    assert (shown(world, task, first), shown(world, task, second)) == ("甲写的", "乙写的")


def test_who_has_no_draft_goes_on_from_the_newest(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check").id
    keep(world, task, world.safety(one.enterprise_id), "甲写的")
    assert shown(world, task, world.safety(one.enterprise_id, "b")) == "甲写的"


def test_who_was_slower_still_has_the_draft(world: World, one: Obligation) -> None:
    task, slower = world.task(one, "self_check").id, world.safety(one.enterprise_id, "b")
    keep(world, task, slower, "乙写的")
    world.check(one)
    assert shown(world, task, slower) == "乙写的"
    keep(world, task, slower, "乙又写的")  # what was still on its way
    assert shown(world, task, slower) == "乙又写的"


def test_who_had_nothing_begins_no_draft_of_what_is_done(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check").id
    world.check(one)
    with pytest.raises(TaskClosed):
        keep(world, task, world.safety(one.enterprise_id, "b"), "太晚")


def test_a_granted_extension_does_not_cost_the_draft(world: World, one: Obligation) -> None:
    person = world.safety(one.enterprise_id)
    keep(world, world.task(one, "self_check").id, person, "写了一半")
    extension = world.ask(one, "2025-09-10")
    world.do(extension, "decide", world.department(), granted=True, decided_due_on="2025-09-10")
    assert shown(world, world.task(one, "self_check").id, person) == "写了一半"


def test_a_draft_of_a_task_that_was_done_does_not_come_back_later(world: World, one: Obligation) -> None:
    slower = world.safety(one.enterprise_id, "b")
    keep(world, world.task(one, "self_check").id, slower, "乙写的")
    world.submit(one)
    withdrawal.withdraw(world.session, one, person=world.safety(one.enterprise_id), now=world.now)
    world.session.expire_all()
    assert shown(world, world.task(one, "self_check").id, slower) == "已逐条核对"  # what was submitted


def test_what_was_shown_before_can_be_picked_for_the_same_kind_of_proof(world: World) -> None:
    firm = world.firm()
    first = world.obligation(firm)
    world.check(first)
    [proof] = inbox.evidence_ids("self_check", world.last_form(first))
    assert [file.id for file in earlier(world.session, enterprise_id=firm.id, slot="licences")] == [proof]
    assert earlier(world.session, enterprise_id=firm.id, slot="other") == []
    form = {"result": "compliant", "statement": "同上次", "evidence": {"licences": [proof]}}
    second = world.obligation(firm)
    world.check(second, **form)
    assert world.open_nodes(second) == ["sign"]


def test_another_enterprises_files_are_not_offered(world: World) -> None:
    world.check(world.obligation())
    assert earlier(world.session, enterprise_id=world.firm().id, slot="licences") == []
