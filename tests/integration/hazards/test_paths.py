"""A hazard from report to closure: general and major, sent back, verified by somebody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import handlers
from engine.exceptions import SamePerson
from tests.factories import World, at, end_of
from tests.remediation import acceptance, major_plan, survey
from workflows.audit.models import AuditEntry
from workflows.hazards import reporting
from workflows.hazards.models import Hazard
from workflows.hazards.queries import steps_of
from workflows.hazards.rules import HazardStep, Source
from workflows.inbox import Person
from workflows.notifications.models import Notification
from workflows.obligations.models import Extension


def step(world: World, hazard: Hazard) -> HazardStep:
    return steps_of(world.session, [hazard])[hazard.id]


def ended(world: World, hazard: Hazard) -> bool:
    """Closed; the check of its effect is to come."""
    return hazard.closed_at is not None and world.open_nodes(hazard) == []


def notified(world: World, kind: str) -> list[str]:
    query = select(Notification.candidate_group).where(Notification.kind == kind)
    return sorted(world.session.scalars(query))


def grant(world: World, extension: Extension, due_on: str) -> None:
    world.do(extension, "decide", world.department(), granted=True, decided_due_on=due_on)


# --- general


def test_a_general_hazard_goes_through_its_six_steps(world: World) -> None:
    hazard = world.hazard()
    seen = [step(world, hazard)]
    world.report(hazard)
    seen.append(step(world, hazard))
    world.do(hazard, "assess", world.town(), level="general", assessment="现场核实为一般")
    seen.append(step(world, hazard))
    world.do(
        hazard, "plan", world.safety(hazard.enterprise_id),
        measures="更换护栏", responsible_person="车间主任", due_on="2025-07-20",
    )  # fmt: skip
    seen.append(step(world, hazard))
    world.fix(hazard)
    seen.append(step(world, hazard))
    world.do(hazard, "verify", world.town(), passed=True)
    seen.append(step(world, hazard))
    assert seen == list(HazardStep)
    assert hazard.closed_at == world.now


def test_the_plan_sets_the_due_date_and_the_town_the_level(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-20")
    assert (hazard.level, hazard.due_at) == ("general", end_of("2025-07-20"))
    assert hazard.original_due_at == end_of("2025-07-20")
    assert world.task(hazard, "fix").due_at == end_of("2025-07-20")


def test_a_failed_verification_goes_back_to_the_work(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard)
    world.fix(hazard)
    world.do(hazard, "verify", world.town(), passed=False, findings="护栏仍然松动")
    assert world.open_nodes(hazard) == ["fix"]
    assert (hazard.round, hazard.round_kind) == (2, "verification_failed")
    world.fix(hazard)
    world.do(hazard, "verify", world.town(), passed=True)
    assert ended(world, hazard)


def test_a_failed_verification_moves_no_date(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-18")  # a Friday
    world.advance(at("2025-07-18 10:00"))
    world.fix(hazard)
    world.do(hazard, "verify", world.town(), passed=False, findings="护栏仍然松动")
    assert hazard.due_at == end_of("2025-07-18")
    assert world.task(hazard, "fix").due_at == end_of("2025-07-18")


def test_what_is_found_still_dangerous_after_its_date_is_told_up_the_ladder_at_once(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-18")
    world.advance(at("2025-07-18 10:00"))
    world.fix(hazard)
    world.advance(at("2025-07-23 10:00"))  # three working days after its date
    world.do(hazard, "verify", world.town(), passed=False, findings="护栏仍然松动")
    world.jump(world.now)
    assert [(one.offset, one.outcome) for one in world.steps(hazard, round=2)] == [
        (-5, "superseded"),
        (-1, "superseded"),
        (1, "sent"),
        (3, "sent"),
    ]


def test_the_findings_reach_the_enterprise(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard)
    world.fix(hazard)
    world.do(hazard, "verify", world.town(), passed=False, findings="护栏仍然松动")
    query = select(Notification).where(Notification.kind == "round.verification_failed")
    assert world.session.scalars(query).one().data["reason"] == "护栏仍然松动"


def test_who_fixed_may_not_verify(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard)
    both = Person(
        "in-two-roles",
        frozenset({f"{hazard.enterprise_id}:safety_officer", f"{world.towns[0]}:town_officer"}),
        hazard.enterprise_id,
    )
    world.fix(hazard, both)
    with pytest.raises(SamePerson):
        world.do(hazard, "verify", both, passed=True)
    assert world.open_nodes(hazard) == ["verify"]


def test_the_general_ladder_has_five_steps_around_the_date_of_the_plan(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-18")  # a Friday
    world.advance(at("2025-09-30 10:00"))
    assert world.acted(hazard, round=1) == [
        (-5, "2025-07-11 09:00"),
        (-1, "2025-07-17 09:00"),
        (1, "2025-07-21 09:00"),
        (3, "2025-07-23 09:00"),
        (7, "2025-07-29 09:00"),
    ]


def test_a_hazard_that_is_fixed_is_not_reminded_any_more(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-18")
    world.advance(at("2025-07-14 10:00"))
    world.fix(hazard)
    world.advance(at("2025-08-30 10:00"))
    assert world.acted(hazard, round=1) == [(-5, "2025-07-11 09:00")]


def test_an_extension_of_a_hazard_begins_another_round(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-18")
    grant(world, world.ask(hazard, "2025-07-31"), "2025-07-31")
    assert world.open_nodes(hazard) == ["fix"]
    assert (hazard.round, hazard.round_kind, hazard.due_at) == (2, "extension", end_of("2025-07-31"))
    world.advance(at("2025-08-01 10:00"))
    assert world.acted(hazard, round=2) == [
        (-5, "2025-07-24 09:00"),
        (-1, "2025-07-30 09:00"),
        (1, "2025-08-01 09:00"),
    ]


def test_an_extension_after_a_failed_verification_does_not_repeat_its_findings(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-18")
    world.fix(hazard)
    world.do(hazard, "verify", world.town(), passed=False, findings="护栏仍然松动")
    grant(world, world.ask(hazard, "2025-07-31"), "2025-07-31")
    query = select(Notification).where(Notification.kind == "round.extension")
    assert world.session.scalars(query).one().data["reason"] == ""


def test_a_hazard_without_a_plan_has_no_date_to_extend(world: World) -> None:
    from workflows.exceptions import InvalidForm

    with pytest.raises(InvalidForm):
        world.ask(world.hazard(), "2025-07-31")


# --- before there is a plan


@pytest.mark.parametrize("reported", [False, True])
def test_a_hazard_that_nobody_plans_climbs_from_the_fifth_working_day(
    world: World, *, reported: bool
) -> None:
    hazard = world.hazard()  # Friday 06-20, 09:00: due on Friday 06-27
    if reported:
        world.report(hazard)
    assert world.task(hazard, "assess" if reported else "report").due_at == end_of("2025-06-27")
    world.advance(at("2025-07-31 10:00"))
    assert world.acted(hazard, round=0) == [
        (-5, "2025-06-20 09:00"),  # superseded: whoever just got the work needs no reminder
        (-1, "2025-06-26 09:00"),
        (1, "2025-06-30 09:00"),
        (3, "2025-07-02 09:00"),
        (7, "2025-07-08 09:00"),
    ]
    assert [one.outcome for one in world.steps(hazard)] == ["superseded", "sent", "sent", "sent", "sent"]
    assert [one.candidate_group for one in world.steps(hazard)][2:] == [
        f"{hazard.enterprise_id}:principal",
        f"{world.towns[0]}:town_officer",
        f"{world.departments[0]}:department_officer",
    ]


def test_a_plan_that_waits_for_its_approval_climbs_too(world: World) -> None:
    hazard = world.hazard()
    to_plan(world, hazard)  # Friday 06-20: to be prepared by Friday 06-27
    world.do(hazard, "plan_major", world.safety(hazard.enterprise_id), **major_plan("2025-07-20"))
    world.advance(at("2025-07-02 10:00"))
    assert "approve_plan" in world.open_nodes(hazard)
    assert [offset for offset, _ in world.acted(hazard, round=-1)] == [0, 1, 3]


def test_the_ladder_of_the_preparation_is_silent_once_there_is_a_plan(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-18")
    world.advance(at("2025-07-10 10:00"))
    assert [one.outcome for one in world.steps(hazard)] == ["superseded"]


def test_a_hazard_found_in_a_year_without_calendar_has_three_weeks_for_its_plan(world: World) -> None:
    world.now = at("2027-03-01 09:00")
    assert world.task(world.hazard(), "report").due_at == end_of("2027-03-22")


# --- major


def test_what_looks_major_is_reported_to_the_department_at_once(world: World) -> None:
    hazard = world.hazard()
    world.report(hazard, possible_casualties=3, work_stopped=True)
    assert notified(world, "hazard.major") == sorted(
        [
            f"{world.departments[0]}:department_officer",
            f"{world.towns[0]}:town_officer",
            f"{world.office}:lead_officer",
            f"{hazard.enterprise_id}:principal",
        ]
    )
    assert world.open_nodes(hazard) == ["assess"]  # reported before anybody assessed anything


def test_what_meets_the_criteria_is_reported_however_few_it_may_hurt(world: World) -> None:
    hazard = world.hazard()
    world.report(hazard, matches_major_criteria=True, immediate_measures="立即撤人设警戒")
    assert len(notified(world, "hazard.major")) == 4


def test_what_looks_general_is_not_reported_at_once(world: World) -> None:
    world.report(world.hazard(), possible_casualties=2)
    assert notified(world, "hazard.major") == []


def test_the_town_decides_the_level_whatever_the_table_proposed(world: World) -> None:
    hazard = world.hazard()
    world.report(hazard, possible_casualties=5)
    world.do(hazard, "assess", world.town(), level="general", assessment="核实后为一般")
    assert world.open_nodes(hazard) == ["plan"]


def test_a_major_hazard_needs_a_plan_of_five_parts_and_its_approval(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard)
    assert world.open_nodes(hazard) == ["fix"]
    assert (hazard.level, hazard.due_at) == ("major", end_of("2025-07-20"))


def to_plan(world: World, hazard: Hazard) -> None:
    """Graded as major and assessed."""
    world.report(hazard, possible_casualties=5)
    world.do(hazard, "assess", world.town(), level="major", assessment="符合判定标准")
    world.do(
        hazard, "survey", world.safety(hazard.enterprise_id), **survey(world.proof(hazard.enterprise_id))
    )


def test_a_refused_plan_goes_back_to_the_enterprise(world: World) -> None:
    hazard = world.hazard()
    to_plan(world, hazard)
    world.do(hazard, "plan_major", world.safety(hazard.enterprise_id), **major_plan("2025-07-20"))
    world.do(hazard, "approve_plan", world.department(), approved=False, reason="资金没有落实")
    assert sorted(world.open_nodes(hazard)) == ["interim", "plan_major"]


def test_a_major_hazard_is_accepted_by_the_department_and_resumes_with_its_consent(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard)
    world.fix(hazard)
    assert world.open_nodes(hazard) == ["accept"]
    world.accept_major(hazard)
    assert ended(world, hazard)


def test_a_failed_acceptance_goes_back_to_the_work(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard)
    world.fix(hazard)
    failed = acceptance(world.proof(world.departments[0]), passed=False, opinion="通风量不足")
    world.do(hazard, "accept", world.department(), **failed)
    assert world.open_nodes(hazard) == ["fix"]
    query = select(Notification).where(Notification.kind == "round.verification_failed")
    assert world.session.scalars(query).one().data["reason"] == "通风量不足"


def test_the_major_ladder_goes_to_department_district_and_committee(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard, due_on="2025-07-18")
    world.advance(at("2025-09-30 10:00"))
    assert world.acted(hazard, round=1) == [
        (0, "2025-07-18 09:00"),
        (1, "2025-07-21 09:00"),
        (3, "2025-07-23 09:00"),
    ]
    assert [one.candidate_group for one in world.steps(hazard, round=1)] == [
        f"{world.departments[0]}:department_officer",
        f"{world.office}:lead_officer",
        f"{world.office}:lead_officer",
    ]


def test_a_major_hazard_due_in_the_national_holiday_is_told_on_the_working_day_before(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard, due_on="2025-10-04")
    world.advance(at("2025-10-31 10:00"))
    assert world.acted(hazard, round=1) == [
        (0, "2025-09-30 09:00"),
        (1, "2025-10-09 09:00"),
        (3, "2025-10-11 09:00"),
    ]


def test_what_was_reported_is_what_the_register_of_hazards_shows(world: World) -> None:
    hazard = world.hazard()
    world.report(hazard, title="护栏断裂", place="三号车间", description="西侧护栏断裂")
    assert (hazard.title, hazard.place, hazard.description) == ("护栏断裂", "三号车间", "西侧护栏断裂")


def test_what_an_official_saw_stays_in_the_audit_log_whatever_the_enterprise_reports(world: World) -> None:
    firm = world.firm()
    seen = reporting.report(
        world.session, enterprise_id=firm.id, title="配电箱冒烟", place="三号车间", description="有焦味", photos=[],
        source=Source.CHECK, person=world.town(), now=world.now,
    )  # fmt: skip
    world.report(seen, title="配电箱灰尘多")
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "hazard.report")).one()
    assert (entry.actor, entry.subject) == (world.town().actor, f"hazard:{seen.id}")
    assert entry.detail["title"] == "配电箱冒烟"


def test_a_closing_that_waits_for_its_retry_is_still_being_verified(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard = world.hazard()
    world.planned(hazard)
    world.fix(hazard)
    monkeypatch.setattr(handlers, "handlers", {**handlers.handlers, "hazard.close": lambda *_: 1 / 0})
    monkeypatch.setattr("engine.work.handlers", handlers.handlers)
    world.do(hazard, "verify", world.town(), passed=True)
    assert hazard.closed_at is None
    assert step(world, hazard) is HazardStep.VERIFY
