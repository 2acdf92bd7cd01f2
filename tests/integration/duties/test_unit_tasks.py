"""Duties of government bodies: who gets which, filed, checked, late, going on, opened by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from engine.exceptions import SamePerson
from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import SHANGHAI, World, at, drive_of
from workflows import seen
from workflows.campaigns import dispatch, templates
from workflows.campaigns.models import Campaign, PeriodDispatch
from workflows.campaigns.scope import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.campaigns.views import View
from workflows.duties import queries, service
from workflows.duties.models import UnitTask
from workflows.escalation.models import Escalation
from workflows.exceptions import InvalidForm, NotFound
from workflows.inbox import Completed, Person, complete
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationFunction
from workflows.sight import Sight

ANSHAN = templates.get("anshan-three-year")
ALL = Sight(everything=True)


def tasks(world: World, campaign: Campaign, *codes: str) -> list[UnitTask]:
    query = select(UnitTask).where(UnitTask.campaign_id == campaign.id).order_by(UnitTask.id)
    return [one for one in world.session.scalars(query) if not codes or one.duty_code in codes]


def duties_of(template: CampaignTemplate, *codes: str) -> CampaignTemplate:
    kept = [duty for duty in template.data["duties"] if duty["code"] in codes]
    items = template.data["items"][:1]
    return templates.from_json({**template.data, "duties": kept, "items": items})


def do(world: World, task: UnitTask, node: str, person: Person, **form: object) -> Completed:
    query = select(UserTask).where(
        UserTask.instance_id == task.instance_id, UserTask.node == node, UserTask.status == TaskStatus.OPEN
    )
    done = complete(
        world.session, world.session.scalars(query).one().id, form=form, person=person, now=world.now
    )
    world.session.expire_all()
    return done


def file(world: World, task: UnitTask, slots: Sequence[str], person: Person) -> None:
    evidence = {slot: [world.proof(person.organization_id)] for slot in slots}
    do(world, task, "file", person, statement="方案已经印发", evidence=evidence)


def anshan(world: World, *codes: str) -> Campaign:
    world.now = at("2020-07-01 09:00")
    return world.launch(duties_of(ANSHAN, *codes))


def test_the_drives_duties_fall_to_the_bodies_named_in_their_phases(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    world.advance(at("2025-10-01 09:00"))
    found = Counter((one.duty_code, one.body_role) for one in tasks(world, campaign))
    departments = dict.fromkeys(("D1", "D2", "D3", "D4", "D5", "D6", "D9", "D10"), 2)
    assert found == {
        **{(code, "department_officer"): number for code, number in departments.items()},
        ("D8", "department_officer"): 8,  # each of four months
        ("D7", "lead_officer"): 1,
        ("D7", "town_officer"): 2,
    }


def test_a_monthly_duty_opens_each_month_and_is_due_on_its_day(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    assert [one.period for one in tasks(world, campaign, "D8")] == ["2025-06", "2025-06"]
    world.advance(at("2025-08-01 00:01"))
    found = [
        (one.period, one.due_at.astimezone(SHANGHAI).strftime("%m-%d"))  # type: ignore[union-attr]
        for one in tasks(world, campaign, "D8")
        if one.body_id == world.departments[0]
    ]
    assert found == [("2025-06", "06-30"), ("2025-07", "07-30"), ("2025-08", "08-30")]


def test_a_late_launch_dispatches_nothing_past(world: World) -> None:
    world.firm()
    world.now = at("2025-08-12 09:00")
    campaign = world.launch(drive_of("3", duties=True))
    world.advance(at("2025-10-01 09:00"))
    assert {one.duty_code for one in tasks(world, campaign)} == {"D4", "D5", "D7", "D8", "D9", "D10"}
    assert sorted({one.period for one in tasks(world, campaign, "D8")}) == ["2025-08", "2025-09"]


def test_a_duty_with_its_own_day_opens_then(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    world.advance(at("2025-08-15 23:00"))
    assert tasks(world, campaign, "D7") == []
    world.advance(at("2025-08-16 00:01"))
    assert len(tasks(world, campaign, "D7")) == 3


def test_state_firms_answer_beside_towns_and_departments(world: World) -> None:
    firm = world.firm(state_owned=True)
    world.firm(state_owned=False)
    campaign = anshan(world, "U1")
    found = {(one.body_id, one.body_role) for one in tasks(world, campaign)}
    assert (firm.id, "safety_officer") in found
    assert Counter(role for _, role in found) == {
        "town_officer": 2,
        "department_officer": 2,
        "safety_officer": 1,
    }


def test_where_the_district_has_no_such_department_the_lead_office_stands_in(world: World) -> None:
    world.firm()
    world.session.get_one(Organization, world.departments[0]).function = OrganizationFunction.EMERGENCY
    campaign = anshan(world, "A5.2g")
    world.advance(at("2020-08-01 09:00"))
    assert {one.body_id for one in tasks(world, campaign)} == {world.office, world.departments[0]}


def test_what_is_filed_is_checked_and_closed(world: World) -> None:
    world.firm()
    task = tasks(world, world.launch(drive_of("3", duties=True)), "D1")[0]
    file(world, task, ["plan"], world.department())
    assert queries.states(world.session, [task])[task.id] == "submitted"
    do(world, task, "check", world.lead(), office_decision="accept")
    assert queries.states(world.session, [task])[task.id] == "closed"
    assert task.closed_at == world.now


def test_a_return_gives_its_reason_and_a_new_round(world: World) -> None:
    world.firm()
    task = tasks(world, world.launch(drive_of("3", duties=True)), "D1")[0]
    file(world, task, ["plan"], world.department())
    do(world, task, "check", world.lead(), office_decision="return", reason="缺少进度安排")
    assert (task.round, task.round_kind) == (2, "return")
    assert queries.states(world.session, [task])[task.id] == "returned"
    told = world.session.scalars(select(Notification).where(Notification.kind == "round.return")).one()
    assert (told.candidate_group, told.data["reason"]) == (
        f"{world.departments[0]}:department_officer",
        "缺少进度安排",
    )


def test_a_record_without_its_proof_is_refused(world: World) -> None:
    world.firm()
    task = tasks(world, world.launch(drive_of("3", duties=True)), "D1")[0]
    with pytest.raises(InvalidForm) as refused:
        do(world, task, "file", world.department(), statement="方案已经印发", evidence={})
    assert [one.path for one in refused.value.data["problems"]] == ["evidence.plan"]


def test_another_body_cannot_file(world: World) -> None:
    world.firm()
    task = tasks(world, world.launch(drive_of("3", duties=True)), "D1")[0]
    with pytest.raises(NotFound):
        do(world, task, "file", world.department(number=1), statement="方案已经印发", evidence={})


def test_nobody_checks_what_they_filed(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    world.advance(at("2025-08-16 09:00"))
    task = next(one for one in tasks(world, campaign, "D7") if one.body_id == world.office)
    file(world, task, ["plan", "record"], world.lead("a"))
    with pytest.raises(SamePerson):
        do(world, task, "check", world.lead("a"), office_decision="accept")
    do(world, task, "check", world.lead("b"), office_decision="accept")
    assert task.closed_at is not None


def test_the_ladder_reminds_the_body_and_then_tells_the_lead_office(world: World) -> None:
    world.firm()
    task = tasks(world, world.launch(drive_of("3", duties=True)), "D1")[0]
    world.advance(at("2025-07-20 09:00"))
    query = select(Escalation).where(Escalation.subject_kind == "unit_task", Escalation.subject_id == task.id)
    steps = [
        (one.action, one.offset, one.acted_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M"), one.outcome)
        for one in world.session.scalars(query.order_by(Escalation.step))
    ]
    assert steps == [
        ("remind_body", -5, "06-23 09:00", "sent"),
        ("remind_body", -1, "06-27 09:00", "sent"),
        ("notify_body", 1, "07-01 09:00", "sent"),
        ("office_task", 3, "07-03 09:00", "sent"),
        ("draft_circular", 12, "07-16 09:00", "sent"),
    ]


def test_it_is_overdue_until_it_is_filed(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    task = tasks(world, campaign, "D1")[0]
    world.advance(at("2025-07-01 10:00"))
    late = queries.late(world.session, campaign_id=campaign.id, sight=ALL, now=world.now)
    assert task.id in [one.id for one, _ in late]
    file(world, task, ["plan"], world.department())
    late = queries.late(world.session, campaign_id=campaign.id, sight=ALL, now=world.now)
    assert task.id not in [one.id for one, _ in late]


def test_a_continuous_duty_goes_on_after_acceptance_to_the_campaigns_end(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    world.advance(at("2025-07-01 09:00"))
    task = tasks(world, campaign, "D10")[0]
    file(world, task, ["record"], world.department())
    do(world, task, "check", world.lead(), office_decision="accept")
    assert (task.round_kind, task.closed_at) == ("continued", None)
    world.advance(at("2025-10-09 09:00"))
    file(world, task, ["record"], world.department())
    do(world, task, "check", world.lead(), office_decision="accept")
    assert task.closed_at is not None


def test_a_duty_on_finding_is_opened_by_hand_as_often_as_it_happens(world: World) -> None:
    world.firm()
    campaign = anshan(world, "U8")
    assert tasks(world, campaign) == []
    for minute in ("10:00", "10:01"):
        world.now = at(f"2020-09-01 {minute}")
        task = service.open_by_hand(
            world.session,
            campaign,
            duty_code="U8",
            body_id=world.departments[0],
            actor="somebody",
            now=world.now,
        )
    assert len(tasks(world, campaign, "U8")) == 2
    assert (task.due_at, task.opened_by) == (None, "somebody")
    file(world, task, ["case"], world.department())
    do(world, task, "check", world.lead(), office_decision="accept")
    assert task.closed_at is not None


@pytest.mark.parametrize(("code", "body"), [("U1", "department"), ("U8", "town"), ("U99", "department")])
def test_what_is_not_opened_by_hand_or_not_by_this_body_is_refused(
    world: World, code: str, body: str
) -> None:
    world.firm()
    campaign = anshan(world, "U1", "U8")
    home = world.departments[0] if body == "department" else world.towns[0]
    with pytest.raises(NotFound):
        service.open_by_hand(
            world.session, campaign, duty_code=code, body_id=home, actor="somebody", now=world.now
        )


def test_the_campaign_counts_them_by_duty(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    task = tasks(world, campaign, "D1")[0]
    file(world, task, ["plan"], world.department())
    found = queries.progress(world.session, View(campaign.id, ALL), now=world.now)["D1"]
    assert (found.total, found.reviewing, found.working) == (2, 1, 1)


def test_a_body_sees_its_own_only(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", duties=True))
    mine = Sight(everything=False, department_ids=(world.departments[0],))
    theirs = next(one for one in tasks(world, campaign, "D1") if one.body_id == world.departments[1])
    found = [one.body_id for one, _ in queries.listed(world.session, wanted=queries.Filter(), sight=mine)]
    assert set(found) == {world.departments[0]}
    with pytest.raises(NotFound):
        seen.find(world.session, UnitTask, theirs.id, sight=mine)


def test_monthly_obligations_of_enterprises_open_each_month(world: World) -> None:
    firm = world.firm()
    world.now = at("2020-07-01 09:00")
    items = [one for one in ANSHAN.data["items"] if one["code"] in ("A3.3a", "A2.2")]
    campaign = world.launch(templates.from_json({**ANSHAN.data, "items": items, "duties": []}))
    world.advance(at("2021-03-01 09:00"))
    query = select(Obligation).where(Obligation.campaign_id == campaign.id).order_by(Obligation.due_at)
    found = [(one.item_code, one.period) for one in world.session.scalars(query)]
    assert {one.enterprise_id for one in world.session.scalars(query)} == {firm.id}
    months = [
        "2020-07",
        "2020-08",
        "2020-09",
        "2020-10",
        "2020-11",
        "2020-12",
        "2021-01",
        "2021-02",
        "2021-03",
    ]
    assert [period for code, period in found if code == "A3.3a"] == months
    assert [period for code, period in found if code == "A2.2"] == ["2020", "2021"]


def test_a_period_is_served_in_several_transactions_and_nobody_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "AT_ONCE", 2)
    firms = [world.firm().id for _ in range(5)]
    world.now = at("2020-07-01 09:00")
    items = [one for one in ANSHAN.data["items"] if one["code"] == "A3.3a"]
    duties = [one for one in ANSHAN.data["duties"] if one["code"] == "U7"]
    campaign = world.launch(templates.from_json({**ANSHAN.data, "items": items, "duties": duties}))
    query = select(Obligation.enterprise_id).where(Obligation.campaign_id == campaign.id)
    assert sorted(world.session.scalars(query)) == firms
    assert len(tasks(world, campaign)) == 4
    done = world.session.scalars(select(PeriodDispatch)).one()
    assert (done.obligations, done.is_complete) == (5, True)


def test_the_scope_of_a_campaign_is_the_scope_of_its_bodies(world: World) -> None:
    world.firm(town_id=world.towns[0], department_id=world.departments[0])
    world.firm(town_id=world.towns[1], department_id=world.departments[1])
    world.now = at("2020-07-01 09:00")
    scope = Scope(town_ids=(world.towns[0],))
    campaign = world.launch(duties_of(ANSHAN, "U1"), scope=scope)
    assert {one.body_id for one in tasks(world, campaign)} == {world.towns[0], world.departments[0]}
