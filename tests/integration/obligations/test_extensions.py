"""More time: asked for by the enterprise, decided by the department, carried into the round."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import func, select

from engine.models import Incident
from tests.factories import World, at, end_of
from workflows.exceptions import Conflict, InvalidForm
from workflows.notifications.models import Notification
from workflows.obligations.models import Extension, Obligation
from workflows.obligations.queries import states
from workflows.obligations.rules import ObligationState


def grant(world: World, extension: Extension, due_on: str) -> None:
    world.do(extension, "decide", world.department(), granted=True, decided_due_on=due_on)


def refuse(world: World, extension: Extension) -> None:
    world.do(extension, "decide", world.department(), granted=False, reason="理由不充分，不予延期")


def codes(refused: pytest.ExceptionInfo[InvalidForm]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in refused.value.data["problems"]]


def due(one: Obligation) -> datetime | None:
    return one.due_at


def test_a_request_is_a_task_of_the_supervising_department(world: World) -> None:
    extension = world.ask(world.obligation(), "2025-09-10")
    assert world.task(extension, "decide").candidate_group == f"{world.departments[0]}:department_officer"


def test_a_granted_extension_begins_another_round_with_the_new_date(world: World) -> None:
    one = world.obligation()
    grant(world, world.ask(one, "2025-09-10"), "2025-09-10")
    assert world.open_nodes(one) == ["self_check"]
    assert (one.round, one.round_kind, one.due_at) == (2, "extension", end_of("2025-09-10"))
    assert world.task(one, "self_check").due_at == end_of("2025-09-10")


def test_the_department_may_grant_another_day_than_the_one_asked_for(world: World) -> None:
    one = world.obligation()
    extension = world.ask(one, "2025-09-10")
    grant(world, extension, "2025-08-29")
    assert one.due_at == end_of("2025-08-29")
    assert str(extension.decided_due_on) == "2025-08-29"


def test_the_original_date_is_kept_beside_the_new_one(world: World) -> None:
    one = world.obligation()
    grant(world, world.ask(one, "2025-09-10"), "2025-09-10")
    assert one.original_due_at == end_of("2025-08-15")


def test_the_ladder_fires_again_for_the_new_date(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-18 10:00"))
    assert world.acted(one, round=1)[-1] == (1, "2025-08-18 09:00")
    grant(world, world.ask(one, "2025-09-10"), "2025-09-10")
    world.advance(at("2025-09-15 10:00"))
    assert world.acted(one, round=2) == [
        (-5, "2025-09-03 09:00"),
        (-1, "2025-09-09 09:00"),
        (1, "2025-09-11 09:00"),
        (3, "2025-09-15 09:00"),
    ]


def test_the_ladder_of_the_old_date_is_silent_after_the_extension(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-13 10:00"))
    grant(world, world.ask(one, "2025-09-10"), "2025-09-10")
    world.advance(at("2025-09-01 10:00"))
    assert world.acted(one) == [(-5, "2025-08-08 09:00")]


def test_an_extended_obligation_is_no_longer_overdue(world: World) -> None:
    from workflows.obligations.queries import overdue

    one = world.obligation()
    world.advance(at("2025-08-18 10:00"))
    late = select(func.count()).select_from(Obligation).where(overdue(world.session, now=world.now))
    assert world.session.scalar(late) == 1
    grant(world, world.ask(one, "2025-09-10"), "2025-09-10")
    late = select(func.count()).select_from(Obligation).where(overdue(world.session, now=world.now))
    assert world.session.scalar(late) == 0


def test_a_refused_extension_leaves_round_and_date_alone(world: World) -> None:
    one = world.obligation()
    extension = world.ask(one, "2025-09-10")
    refuse(world, extension)
    assert (one.round, one.due_at) == (1, end_of("2025-08-15"))
    assert extension.granted is False
    assert extension.decided_at == world.now


def test_the_enterprise_learns_why_an_extension_was_refused(world: World) -> None:
    refuse(world, world.ask(world.obligation(), "2025-09-10"))
    query = select(Notification).where(Notification.kind == "extension.refused")
    assert world.session.scalars(query).one().data["reason"] == "理由不充分，不予延期"


def test_while_under_review_an_extension_only_moves_the_date(world: World) -> None:
    one = world.obligation()
    extension = world.ask(one, "2025-09-10")
    world.submit(one)
    grant(world, extension, "2025-09-10")
    assert world.open_nodes(one) == ["town_review"]
    assert (one.round, one.due_at) == (1, end_of("2025-09-10"))
    assert world.variables(one)["due_at"] == "2025-09-10T15:59:59+00:00"


def test_what_is_returned_after_such_an_extension_is_due_on_the_new_date(world: World) -> None:
    one = world.obligation()
    extension = world.ask(one, "2025-09-10")
    world.submit(one)
    grant(world, extension, "2025-09-10")
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片看不清，请重拍")
    assert (one.round, one.due_at) == (2, end_of("2025-09-10"))


def test_a_signature_that_is_asked_for_does_not_survive_the_new_round(world: World) -> None:
    one = world.obligation()
    world.check(one)
    grant(world, world.ask(one, "2025-09-10"), "2025-09-10")
    assert world.open_nodes(one) == ["self_check"]


def test_a_second_extension_begins_a_third_round(world: World) -> None:
    one = world.obligation()
    grant(world, world.ask(one, "2025-08-29"), "2025-08-29")
    grant(world, world.ask(one, "2025-09-10"), "2025-09-10")
    assert (one.round, one.due_at) == (3, end_of("2025-09-10"))


def test_two_requests_at_once_are_refused(world: World) -> None:
    one = world.obligation()
    world.ask(one, "2025-09-10")
    with pytest.raises(Conflict):
        world.ask(one, "2025-09-11")


def test_a_day_that_is_not_later_is_refused(world: World) -> None:
    one = world.obligation()
    with pytest.raises(InvalidForm) as refused:
        world.ask(one, "2025-08-15")
    assert codes(refused) == [("due_on", "not-later")]


def test_a_day_that_has_passed_is_refused(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-29 10:00"))
    with pytest.raises(InvalidForm) as refused:
        world.ask(one, "2025-08-20")
    assert codes(refused) == [("due_on", "not-future")]


def test_an_undated_obligation_has_nothing_to_extend(world: World) -> None:
    one = world.obligation(code="17", due=None)
    with pytest.raises(InvalidForm) as refused:
        world.ask(one, "2025-09-10")
    assert codes(refused) == [("due_on", "not-later")]


def test_a_request_without_a_reason_is_refused(world: World) -> None:
    one = world.obligation()
    with pytest.raises(InvalidForm) as refused:
        world.ask(one, "2025-09-10", reason="  太忙  ")
    assert codes(refused) == [("reason", "minLength")]


def test_a_closed_obligation_cannot_be_extended(world: World) -> None:
    one = world.obligation()
    close(world, one)
    with pytest.raises(Conflict):
        world.ask(one, "2025-09-10")


def test_an_extension_granted_after_the_closure_changes_nothing_and_breaks_nothing(world: World) -> None:
    one = world.obligation()
    extension = world.ask(one, "2025-09-10")
    close(world, one)
    grant(world, extension, "2025-09-10")
    assert one.due_at == end_of("2025-08-15")
    assert world.session.scalar(select(func.count()).select_from(Incident)) == 0
    assert states(world.session, [one])[one.id] is ObligationState.CLOSED


def test_the_department_cannot_grant_a_day_that_has_passed(world: World) -> None:
    extension = world.ask(world.obligation(), "2025-09-10")
    world.advance(at("2025-09-12 10:00"))
    with pytest.raises(InvalidForm) as refused:
        grant(world, extension, "2025-09-10")
    assert codes(refused) == [("decided_due_on", "not-future")]


def test_the_department_cannot_grant_a_day_before_the_present_one(world: World) -> None:
    extension = world.ask(world.obligation(), "2025-09-10")
    with pytest.raises(InvalidForm) as refused:
        grant(world, extension, "2025-08-01")
    assert codes(refused) == [("decided_due_on", "not-later")]


def close(world: World, one: Obligation) -> None:
    world.submit(one)
    world.finish(one)
