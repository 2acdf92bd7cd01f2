"""From a scanned code to what the town makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from engine.models import ProcessInstance, UserTask
from tests.factories import World, at, end_of
from workflows.evidence.models import Evidence
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.hazards import directing
from workflows.hazards.models import Hazard
from workflows.notifications.models import Notification
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus
from workflows.sight import Sight
from workflows.tips import codes, queries, service
from workflows.tips.models import Tip, TipCode
from workflows.tips.rules import State

TEXT = "平台护栏断了一截，从楼梯上看得见"
WORDS = {
    "decision": "accept", "hazard_title": "护栏缺失", "hazard_place": "二号平台", "hazard_description": "护栏缺一段",
    "pass_on_photo": True,
}  # fmt: skip


def code_of(world: World, firm: Enterprise) -> TipCode:
    sight = Sight(False, enterprise_ids=(firm.id,))
    person = world.safety(firm)
    return codes.make(
        world.session, enterprise_id=firm.id, place="二号平台", sight=sight, person=person, now=world.now
    )


def send(world: World, code: TipCode, *, key: str = "form-1", photo: bool = False) -> Tip:
    scanned = codes.scanned(world.session, code.token)
    assert scanned is not None
    evidence = world.proof(scanned.enterprise.town_id) if photo else None
    sighting = service.Sighting(place="二号平台", text=TEXT, evidence_id=evidence, form_key=key)
    return service.take_in(world.session, scanned, sighting, now=world.now)


def tip_of(world: World, *, photo: bool = False) -> Tip:
    return send(world, code_of(world, world.firm(name="宏岳铸造")), photo=photo)


def triage(world: World, tip: Tip, number: int = 0, **form: Any) -> None:
    world.do(tip, "triage", world.town(number=number), **form)


def variables(world: World, about: Tip | Hazard) -> dict[str, Any]:
    return dict(world.session.get_one(ProcessInstance, about.instance_id).variables)


def state(world: World, tip: Tip) -> State:
    found = queries.look_up(world.session, tip.number)
    assert found is not None
    return found.state


def test_the_town_has_three_working_days(world: World) -> None:
    tip = tip_of(world)  # on Friday 2025-06-20
    assert tip.due_at == end_of("2025-06-25")
    task = world.task(tip, "triage")
    assert task.candidate_group == f"{world.towns[0]}:town_officer"


def test_nothing_of_what_was_written_is_in_the_process_or_in_a_notice(world: World) -> None:
    tip = tip_of(world)
    assert TEXT not in repr(variables(world, tip))
    notices = world.session.scalars(select(Notification)).all()
    assert notices
    assert TEXT not in repr([(one.kind, one.data) for one in notices])


def test_a_form_that_is_sent_twice_is_one_report(world: World) -> None:
    code = code_of(world, world.firm())
    first, second = send(world, code), send(world, code)
    assert first.id == second.id
    assert (
        world.session.scalar(select(func.count()).select_from(UserTask).where(UserTask.node == "triage")) == 1
    )


def test_what_is_accepted_is_a_hazard_in_the_towns_words(world: World) -> None:
    tip = tip_of(world, photo=True)
    triage(world, tip, **WORDS)
    hazard = world.session.get_one(Hazard, tip.hazard_id)
    assert (hazard.enterprise_id, hazard.title, hazard.description) == (
        tip.enterprise_id,
        "护栏缺失",
        "护栏缺一段",
    )
    assert hazard.found_by == world.town().actor


def test_the_picture_that_is_passed_on_looks_as_if_the_officer_had_brought_it(world: World) -> None:
    tip = tip_of(world, photo=True)
    triage(world, tip, **WORDS)
    query = select(Evidence).where(Evidence.organization_id == tip.enterprise_id)
    passed = world.session.scalars(query).one()
    assert passed.uploaded_by == world.town().actor
    hazard = world.session.get_one(Hazard, tip.hazard_id)
    assert variables(world, hazard)["photos"] == [passed.id]


def test_the_picture_stays_with_the_town_unless_it_is_passed_on(world: World) -> None:
    tip = tip_of(world, photo=True)
    triage(world, tip, **{**WORDS, "pass_on_photo": False})
    query = select(Evidence).where(Evidence.organization_id == tip.enterprise_id)
    assert world.session.scalars(query).all() == []


def test_the_states_that_the_reporter_reads_follow_the_hazard(world: World) -> None:
    tip = tip_of(world)
    assert state(world, tip) is State.RECEIVED
    triage(world, tip, **WORDS)
    assert state(world, tip) is State.ACCEPTED
    hazard = world.session.get_one(Hazard, tip.hazard_id)
    world.report(hazard)
    world.do(hazard, "assess", world.town(), level="general", assessment="现场核实为一般")
    assert state(world, tip) is State.FIXING


def test_a_duplicate_is_part_of_the_hazard_that_is_open(world: World) -> None:
    firm = world.firm()
    hazard = world.hazard(firm)
    tip = send(world, code_of(world, firm))
    triage(world, tip, decision="duplicate", duplicate_of=hazard.id)
    assert (tip.outcome, tip.hazard_id) == ("duplicate", hazard.id)
    assert world.session.scalar(select(func.count()).select_from(Hazard)) == 1


def test_a_tip_follows_its_hazard_into_the_one_it_is_merged_with(world: World) -> None:
    firm = world.firm()
    first = world.hazard(firm)
    tip = send(world, code_of(world, firm))
    triage(world, tip, **WORDS)
    second = world.session.get_one(Hazard, tip.hazard_id)
    directing.merge(world.session, second, into_id=first.id, person=world.town(), now=world.now)
    world.advance(world.now)
    assert state(world, tip) is State.ACCEPTED


def test_a_hazard_of_another_enterprise_is_refused(world: World) -> None:
    foreign = world.hazard(world.firm())
    tip = tip_of(world)
    with pytest.raises(InvalidForm) as refused:
        triage(world, tip, decision="duplicate", duplicate_of=foreign.id)
    [problem] = refused.value.data["problems"]
    assert (problem.path, problem.code) == ("duplicate_of", "other-enterprise")


def test_what_is_no_hazard_ends_with_a_reason_for_the_reporter(world: World) -> None:
    tip = tip_of(world)
    triage(world, tip, decision="not_hazard", reason="经现场查看，护栏完好")
    assert (state(world, tip), tip.reason) == (State.NOT_HAZARD, "经现场查看，护栏完好")


def test_what_belongs_to_another_enterprise_goes_to_its_town(world: World) -> None:
    other = world.firm(name="云麓食品", town_id=world.towns[1], department_id=world.departments[1])
    tip = tip_of(world)
    world.now = at("2025-06-24 10:00")
    triage(world, tip, decision="other_enterprise", enterprise="云麓食品")
    assert (tip.enterprise_id, tip.town_id, tip.round) == (other.id, world.towns[1], 2)
    assert tip.due_at == end_of("2025-06-27")
    assert world.task(tip, "triage").candidate_group == f"{world.towns[1]}:town_officer"


@pytest.mark.parametrize(("named", "code"), [("没有的厂", "no-enterprise"), ("宏岳铸造", "same-enterprise")])
def test_it_goes_only_to_another_enterprise_that_there_is(world: World, named: str, code: str) -> None:
    tip = tip_of(world)
    with pytest.raises(InvalidForm) as refused:
        triage(world, tip, decision="other_enterprise", enterprise=named)
    [problem] = refused.value.data["problems"]
    assert (problem.path, problem.code) == ("enterprise", code)


def test_the_office_hears_of_a_triage_that_is_late(world: World) -> None:
    tip_of(world)
    world.advance(at("2025-06-26 09:00"))
    reached = {
        one.candidate_group for one in world.session.scalars(select(Notification)) if "ladder" in one.kind
    }
    assert reached == {f"{world.towns[0]}:town_officer", f"{world.office}:lead_officer"}


def test_neither_the_enterprise_nor_its_department_nor_another_town_sees_it(world: World) -> None:
    tip = tip_of(world)
    blind = [
        Sight(False, enterprise_ids=(tip.enterprise_id,)), Sight(False, department_ids=(tip.department_id,)),
        Sight(False, town_ids=(world.towns[1],)),
    ]  # fmt: skip
    for sight in blind:
        assert queries.listed(world.session, sight=sight, decided=False) == []
        with pytest.raises(NotFound):
            queries.find(world.session, tip.id, sight=sight)


def test_its_town_and_the_office_see_it(world: World) -> None:
    tip = tip_of(world)
    for sight in (Sight(False, town_ids=(tip.town_id,)), Sight(True)):
        assert [one.id for one, _ in queries.listed(world.session, sight=sight, decided=False)] == [tip.id]


def test_nobody_makes_a_code_for_a_foreign_enterprise(world: World) -> None:
    firm, foreign = world.firm(), world.firm()
    sight = Sight(False, enterprise_ids=(firm.id,))
    with pytest.raises(NotFound):
        codes.make(
            world.session,
            enterprise_id=foreign.id,
            place="门口",
            sight=sight,
            person=world.safety(firm),
            now=world.now,
        )


def test_an_enterprise_does_not_take_down_what_its_town_put_up(world: World) -> None:
    firm = world.firm()
    seen = Sight(False, town_ids=(firm.town_id,))
    code = codes.make(
        world.session, enterprise_id=firm.id, place="门口", sight=seen, person=world.town(), now=world.now
    )
    own = Sight(False, enterprise_ids=(firm.id,))
    with pytest.raises(Conflict):
        codes.disable(world.session, code.id, sight=own, person=world.safety(firm), now=world.now)


def test_an_enterprise_takes_down_its_own_code(world: World) -> None:
    firm = world.firm()
    code = code_of(world, firm)
    own = Sight(False, enterprise_ids=(firm.id,))
    codes.disable(world.session, code.id, sight=own, person=world.safety(firm), now=world.now)
    found = codes.scanned(world.session, code.token)
    assert found is not None
    assert not found.takes_tips


@pytest.mark.parametrize(
    ("status", "takes"),
    [
        (EnterpriseStatus.OPERATING, True),
        (EnterpriseStatus.STOPPED, True),
        (EnterpriseStatus.DEREGISTERED, False),
    ],
)
def test_a_plant_that_stands_still_is_watched_and_one_that_is_gone_is_not(
    world: World, status: EnterpriseStatus, takes: bool
) -> None:
    firm = world.firm()
    code = code_of(world, firm)
    firm.status = status
    found = codes.scanned(world.session, code.token)
    assert found is not None
    assert found.takes_tips is takes
