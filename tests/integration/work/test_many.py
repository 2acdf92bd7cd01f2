"""Many tasks, and many service tasks, at once: the same as one after the other, with few statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select

from engine import handlers as registry
from engine.exceptions import TaskClosed
from engine.handlers import JobContext
from engine.models import Incident
from tests.factories import World, drive_of
from workflows.audit.models import AuditEntry
from workflows.exceptions import InvalidForm
from workflows.hazards.models import Hazard
from workflows.inbox import Filled, complete_many
from workflows.obligations import service
from workflows.obligations.models import Obligation
from workflows.submissions.models import Submission


def dispatched(world: World, count: int) -> list[Obligation]:
    for _ in range(count):
        world.firm()
    campaign = world.launch(drive_of("1a"))
    query = select(Obligation).where(Obligation.campaign_id == campaign.id).order_by(Obligation.id)
    return list(world.session.scalars(query))


def checked(world: World, one: Obligation, **form: Any) -> Filled:
    proofs = {slot: [world.proof(one.enterprise_id)] for slot in ("report", "posting")}
    given = {"result": "compliant", "statement": "已逐条核对", "evidence": proofs, **form}
    return Filled(world.task(one, "self_check").id, given, world.safety(one.enterprise_id))


def signed(world: World, one: Obligation) -> Filled:
    return Filled(world.task(one, "sign").id, {"signed": True}, world.principal(one.enterprise_id))


def reviewed(world: World, one: Obligation, node: str, name: str) -> Filled:
    person = world.town() if node == "town_review" else world.department()
    return Filled(world.task(one, node).id, {name: "accept"}, person)


def test_many_obligations_go_from_self_check_to_their_end_together(world: World) -> None:
    many = dispatched(world, 4)
    for step in (
        lambda one: checked(world, one),
        lambda one: signed(world, one),
        lambda one: reviewed(world, one, "town_review", "town_decision"),
        lambda one: reviewed(world, one, "department_review", "department_decision"),
    ):
        complete_many(world.session, [step(one) for one in many], now=world.now)
        world.session.expire_all()
    assert all(one.submitted_at == world.now for one in many)
    assert {tuple(world.open_nodes(one)) for one in many} <= {(), ("site_check",)}
    assert all((one.closed_at is not None) == (not world.open_nodes(one)) for one in many)


def test_each_leaves_its_submission_and_its_entry_in_the_log(world: World) -> None:
    many = dispatched(world, 3)
    complete_many(world.session, [checked(world, one) for one in many], now=world.now)
    instances = {one.instance_id for one in many}
    assert {one.instance_id for one in world.session.scalars(select(Submission))} == instances
    noted = select(AuditEntry.subject).where(AuditEntry.action == "task.self_check")
    assert set(world.session.scalars(noted)) == {f"obligation:{one.id}" for one in many}


def test_one_wrong_form_stops_all_before_anything_is_written(world: World) -> None:
    first, second = dispatched(world, 2)
    filled = [checked(world, first), checked(world, second, evidence={})]
    with pytest.raises(InvalidForm):
        complete_many(world.session, filled, now=world.now)
    assert world.session.scalars(select(Submission)).all() == []
    assert world.open_nodes(first) == ["self_check"]


def test_a_task_that_somebody_did_is_refused(world: World) -> None:
    first, second = dispatched(world, 2)
    filled = [checked(world, first), checked(world, second)]
    complete_many(world.session, filled[:1], now=world.now)
    world.session.expire_all()
    with pytest.raises(TaskClosed):
        complete_many(world.session, filled, now=world.now)


def test_one_broken_instance_in_a_batch_does_not_hold_up_the_others(world: World) -> None:
    broken: list[str] = []

    def fails(_session: object, jobs: Sequence[JobContext]) -> list[Any]:
        broken.extend(job.business_key for job in jobs)
        raise RuntimeError("set-based work failed")

    def one_by_one(session: Any, job: JobContext) -> Any:
        if job.business_key == broken[0]:
            raise RuntimeError("this one is broken")
        return service.draw_sample(session, job)

    many = dispatched(world, 3)
    with mock.patch.dict(registry.handlers, {"obligation.draw_sample": one_by_one}):
        registry.register("obligation.draw_sample", one_by_one, batch=fails)
        for one in many:
            world.check(one)
            world.sign(one)
            world.do(one, "town_review", world.town(), town_decision="accept")
        filled = [reviewed(world, one, "department_review", "department_decision") for one in many]
        complete_many(world.session, filled, now=world.now)
    incidents = world.session.scalars(select(Incident)).all()
    assert [(one.instance_id, one.message) for one in incidents] == [
        (many[0].instance_id, "RuntimeError: this one is broken")
    ]
    world.session.expire_all()
    assert all(world.variables(one)["sampled"] in (True, False) for one in many[1:])


def test_the_hazards_of_many_self_checks_open_go_on_and_close_together(world: World) -> None:
    many = dispatched(world, 3)
    defects = [{"title": "护栏松动", "place": "二号车间", "description": "东侧护栏松动"}]
    filled = [checked(world, one, result="defects", defects=defects, evidence={}) for one in many]
    complete_many(world.session, filled, now=world.now)
    world.session.expire_all()
    opened = world.session.scalars(select(Hazard).order_by(Hazard.id)).all()
    assert [one.obligation_id for one in opened] == [one.id for one in many]
    assert [world.variables(one)["open_hazards"] for one in many] == [1, 1, 1]
    assert [world.variables(one)["registered_defects"] for one in many] == [
        [["护栏松动", "二号车间", one.id]] for one in opened
    ]
    assert {tuple(world.open_nodes(one)) for one in many} == {("sign",)}
    assert world.session.scalars(select(Incident)).all() == []
