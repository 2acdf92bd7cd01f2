"""What is refused: a clear reason each time, and not one row written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.exceptions import SamePerson, TaskClosed
from engine.models import Base
from tests.factories import World, at, end_of
from workflows import inbox
from workflows.evidence.exceptions import ForeignEvidence
from workflows.exceptions import DomainError, InvalidForm, NotFound
from workflows.inbox import Person
from workflows.obligations.models import Obligation
from workflows.register.types import RiskLevel

PICTURES = ("report", "posting")


def counts(world: World) -> dict[str, int]:
    """Rows in every table."""
    return {
        table.name: world.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def refused(
    world: World, one: Obligation, node: str, person: Person, form: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """Field and code of each problem; nothing may have been written."""
    task, before = world.task(one, node), counts(world)
    with pytest.raises(InvalidForm) as raised:
        inbox.complete(world.session, task.id, form=form, person=person, now=world.now)
    world.session.flush()
    assert counts(world) == before
    assert world.open_nodes(one) == [node]
    return sorted((problem.path, problem.code) for problem in raised.value.data["problems"])


@pytest.fixture
def one(world: World) -> Obligation:
    return world.obligation()


def safety(world: World, one: Obligation) -> Person:
    return world.safety(one.enterprise_id)


def proofs(world: World, one: Obligation) -> dict[str, list[int]]:
    return {"licences": [world.proof(one.enterprise_id)]}


# --- fields


def test_an_empty_form_names_the_missing_field(world: World, one: Obligation) -> None:
    assert refused(world, one, "self_check", safety(world, one), {}) == [("result", "required")]


def test_a_compliant_item_needs_a_statement(world: World, one: Obligation) -> None:
    form = {"result": "compliant", "evidence": proofs(world, one)}
    assert refused(world, one, "self_check", safety(world, one), form) == [("statement", "required")]


def test_an_unknown_field_is_named(world: World, one: Obligation) -> None:
    form = {"result": "not_applicable", "reason": "本企业不涉及该项作业和场所", "round": 7}
    assert refused(world, one, "self_check", safety(world, one), form) == [("round", "unknown")]


def test_a_value_outside_its_list_is_named(world: World, one: Obligation) -> None:
    form = {"result": "perhaps"}
    assert refused(world, one, "self_check", safety(world, one), form) == [("result", "enum")]


def test_a_reason_of_nine_characters_is_too_short(world: World, one: Obligation) -> None:
    form = {"result": "not_applicable", "reason": "本企业没有这种作业"}
    assert refused(world, one, "self_check", safety(world, one), form) == [("reason", "minLength")]


def test_defects_without_a_defect_are_refused(world: World, one: Obligation) -> None:
    form = {"result": "defects", "defects": []}
    assert refused(world, one, "self_check", safety(world, one), form) == [("defects", "minItems")]


def test_a_defect_without_a_place_names_its_line(world: World, one: Obligation) -> None:
    form = {"result": "defects", "defects": [{"title": "护栏松动", "place": "二号车间"}, {"title": "裂缝"}]}
    assert refused(world, one, "self_check", safety(world, one), form) == [("defects.1.place", "required")]


def test_a_wrong_type_is_named(world: World, one: Obligation) -> None:
    form = {"result": "compliant", "statement": 5, "evidence": proofs(world, one)}
    assert refused(world, one, "self_check", safety(world, one), form) == [("statement", "type")]


def test_every_problem_of_a_form_is_named_at_once(world: World, one: Obligation) -> None:
    form = {"result": "perhaps", "statement": 5, "extra": True}
    assert refused(world, one, "self_check", safety(world, one), form) == [
        ("extra", "unknown"),
        ("result", "enum"),
        ("statement", "type"),
    ]


def test_a_return_without_a_reason_is_refused(world: World, one: Obligation) -> None:
    world.submit(one)
    form = {"town_decision": "return"}
    assert refused(world, one, "town_review", world.town(), form) == [("reason", "required")]


def test_a_return_with_a_reason_of_four_characters_is_refused(world: World, one: Obligation) -> None:
    world.submit(one)
    form = {"town_decision": "return", "reason": "不合格。"}
    assert refused(world, one, "town_review", world.town(), form) == [("reason", "minLength")]


def test_sending_back_without_an_opinion_is_refused(world: World, one: Obligation) -> None:
    world.check(one)
    form = {"signed": False}
    assert refused(world, one, "sign", world.principal(one.enterprise_id), form) == [("opinion", "required")]


# --- evidence


def test_a_compliant_item_without_its_proof_names_the_slot(world: World, one: Obligation) -> None:
    form = {"result": "compliant", "statement": "已核对", "evidence": {}}
    assert refused(world, one, "self_check", safety(world, one), form) == [
        ("evidence.licences", "evidence-missing")
    ]


def test_an_empty_slot_is_a_missing_proof(world: World, one: Obligation) -> None:
    form = {"result": "compliant", "statement": "已核对", "evidence": {"licences": []}}
    assert refused(world, one, "self_check", safety(world, one), form) == [
        ("evidence.licences", "evidence-missing")
    ]


def test_an_item_with_two_slots_needs_both(world: World) -> None:
    one = world.obligation(code="1a", due="2025-06-30")
    form = {
        "result": "compliant",
        "statement": "已核对",
        "evidence": {"report": [world.proof(one.enterprise_id)]},
    }
    assert refused(world, one, "self_check", safety(world, one), form) == [
        ("evidence.posting", "evidence-missing")
    ]


def test_a_slot_that_the_item_does_not_have_is_named(world: World, one: Obligation) -> None:
    form = {
        "result": "compliant",
        "statement": "已核对",
        "evidence": {**proofs(world, one), "photo": [world.proof(one.enterprise_id)]},
    }
    assert refused(world, one, "self_check", safety(world, one), form) == [("evidence.photo", "unknown")]


def test_what_does_not_apply_needs_no_proof(world: World, one: Obligation) -> None:
    world.check(one, result="not_applicable", reason="本企业不涉及该项作业和场所")
    assert world.open_nodes(one) == ["sign"]


def test_an_optional_slot_may_stay_empty(world: World) -> None:
    one = world.obligation(code="1c")
    form = {"record": [world.proof(one.enterprise_id)]}
    world.check(one, result="compliant", statement="已宣讲", evidence=form)
    assert world.open_nodes(one) == ["sign"]


def test_evidence_of_another_enterprise_is_refused(world: World, one: Obligation) -> None:
    stranger = world.proof(world.firm().id)
    task, before = world.task(one, "self_check"), counts(world)
    form = {"result": "compliant", "statement": "已核对", "evidence": {"licences": [stranger]}}
    with pytest.raises(ForeignEvidence) as raised:
        inbox.complete(world.session, task.id, form=form, person=safety(world, one), now=world.now)
    assert raised.value.data["ids"] == [stranger]
    assert counts(world) == before


def test_evidence_that_does_not_exist_is_refused(world: World, one: Obligation) -> None:
    task, before = world.task(one, "self_check"), counts(world)
    form = {"result": "compliant", "statement": "已核对", "evidence": {"licences": [987654]}}
    with pytest.raises(ForeignEvidence):
        inbox.complete(world.session, task.id, form=form, person=safety(world, one), now=world.now)
    assert counts(world) == before


def test_the_same_file_twice_in_a_slot_is_refused(world: World, one: Obligation) -> None:
    proof = world.proof(one.enterprise_id)
    form = {"result": "compliant", "statement": "已核对", "evidence": {"licences": [proof, proof]}}
    assert refused(world, one, "self_check", safety(world, one), form) == [
        ("evidence.licences", "uniqueItems")
    ]


# --- dates


def plan(world: World, due_on: str) -> list[tuple[str, str]]:
    hazard = world.hazard()
    world.report(hazard)
    world.do(hazard, "assess", world.town(), level="general", assessment="现场核实为一般")
    form = {"measures": "更换护栏", "responsible_person": "车间主任", "due_on": due_on}
    task, before = world.task(hazard, "plan"), counts(world)
    with pytest.raises(InvalidForm) as raised:
        inbox.complete(
            world.session, task.id, form=form, person=world.safety(hazard.enterprise_id), now=world.now
        )
    assert counts(world) == before
    return [(problem.path, problem.code) for problem in raised.value.data["problems"]]


def test_a_plan_for_yesterday_is_refused(world: World) -> None:
    assert plan(world, "2025-06-19") == [("due_on", "not-future")]


def test_a_plan_that_nobody_approves_may_not_take_longer_than_thirty_days(world: World) -> None:
    assert plan(world, "2025-07-21") == [("due_on", "too-far")]


def test_a_plan_may_take_thirty_days(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-20")
    assert hazard.due_at == end_of("2025-07-20")


@pytest.mark.parametrize("text", ["2025-02-30", "20.07.2025", "2025-7-1", "明天", ""])
def test_what_is_no_date_is_refused(world: World, text: str) -> None:
    assert plan(world, text) in ([("due_on", "format")], [("due_on", "pattern")])


def test_yesterday_is_counted_in_shanghai(world: World) -> None:
    world.now = at("2025-06-20 00:30")  # still the 19th in UTC
    assert plan(world, "2025-06-19") == [("due_on", "not-future")]


# --- people


def test_somebody_elses_task_is_not_found(world: World, one: Obligation) -> None:
    task, before = world.task(one, "self_check"), counts(world)
    with pytest.raises(NotFound):
        inbox.complete(
            world.session,
            task.id,
            form={"result": "perhaps"},
            person=world.safety(world.firm()),
            now=world.now,
        )
    # the firm that was made to try is an organisation and an enterprise more
    grown = {name: number for name, number in counts(world).items() if number != before[name]}
    assert set(grown) == {
        "organization",
        "enterprise",
        "enterprise_gram",
    }  # the last is filled by the database


def test_a_task_that_does_not_exist_is_not_found_either(world: World, one: Obligation) -> None:
    with pytest.raises(NotFound):
        inbox.complete(world.session, 987654, form={}, person=safety(world, one), now=world.now)


def test_the_principal_cannot_do_the_safety_officers_task(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    with pytest.raises(NotFound):
        inbox.complete(
            world.session, task.id, form={}, person=world.principal(one.enterprise_id), now=world.now
        )


def test_another_towns_officer_cannot_review(world: World, one: Obligation) -> None:
    world.submit(one)
    task = world.task(one, "town_review")
    with pytest.raises(NotFound):
        inbox.complete(
            world.session,
            task.id,
            form={"town_decision": "accept"},
            person=world.town(number=1),
            now=world.now,
        )


def test_who_signed_for_the_enterprise_may_not_check_the_site(world: World) -> None:
    one = world.obligation(world.firm(risk_level=RiskLevel.MAJOR))
    groups = frozenset({f"{one.enterprise_id}:principal", f"{world.towns[0]}:town_officer"})
    both = Person("in-two-roles", groups, one.enterprise_id)
    world.check(one)
    world.do(one, "sign", both, signed=True)
    world.accept(one)
    task, before = world.task(one, "site_check"), counts(world)
    form = {"site_result": "pass", "second_inspector": "李检查"}
    with pytest.raises(SamePerson):
        inbox.complete(world.session, task.id, form=form, person=both, now=world.now)
    assert counts(world) == before


# --- twice


def first_actor(world: World, one: Obligation, person: Person) -> object:
    """Who was first, as a second completion is told."""
    task = world.task(one, "self_check")
    world.check(one)
    done_at, before = world.now, counts(world)
    world.now = at("2025-07-02 09:00")
    with pytest.raises(TaskClosed) as raised:
        inbox.complete(world.session, task.id, form={"result": "perhaps"}, person=person, now=world.now)
    assert counts(world) == before
    assert raised.value.data["closed_at"] == done_at
    return raised.value.data["actor"]


def test_a_second_completion_says_who_was_first_and_when(world: World, one: Obligation) -> None:
    colleague = world.safety(one.enterprise_id, who="b")
    assert first_actor(world, one, colleague) == safety(world, one).actor


def test_repeating_ones_own_completion_is_told_the_same(world: World, one: Obligation) -> None:
    assert first_actor(world, one, safety(world, one)) == safety(world, one).actor


def test_a_draft_of_a_closed_task_is_refused(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    world.check(one)
    with pytest.raises(TaskClosed):
        inbox.save_draft(world.session, task.id, form={}, person=safety(world, one), now=world.now)


def test_a_task_that_an_extension_closed_says_when(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    extension = world.ask(one, "2025-09-10")
    world.do(extension, "decide", world.department(), granted=True, decided_due_on="2025-09-10")
    with pytest.raises(TaskClosed) as raised:
        inbox.complete(world.session, task.id, form={}, person=safety(world, one), now=world.now)
    assert raised.value.data["closed_at"] == world.now


# --- drafts


def test_a_draft_may_be_wrong_and_incomplete(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    inbox.save_draft(
        world.session, task.id, form={"result": "perhaps"}, person=safety(world, one), now=world.now
    )
    draft = inbox.draft_of(world.session, task.id)
    assert draft is not None
    assert draft.form == {"result": "perhaps"}


def test_a_second_draft_replaces_the_first(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    for text in ("一", "二"):
        inbox.save_draft(
            world.session, task.id, form={"statement": text}, person=safety(world, one), now=world.now
        )
    draft = inbox.draft_of(world.session, task.id)
    assert draft is not None
    assert draft.form == {"statement": "二"}


def test_completing_a_task_drops_its_draft(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    inbox.save_draft(world.session, task.id, form={}, person=safety(world, one), now=world.now)
    world.check(one)
    assert inbox.draft_of(world.session, task.id) is None


def test_a_refused_completion_keeps_the_draft(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    form = {"result": "compliant"}
    inbox.save_draft(world.session, task.id, form=form, person=safety(world, one), now=world.now)
    refused(world, one, "self_check", safety(world, one), form)
    assert inbox.draft_of(world.session, task.id) is not None


def test_nobody_saves_a_draft_in_somebody_elses_task(world: World, one: Obligation) -> None:
    task = world.task(one, "self_check")
    with pytest.raises(DomainError) as raised:
        inbox.save_draft(world.session, task.id, form={}, person=world.town(), now=world.now)
    assert raised.value.code == "not-found"
