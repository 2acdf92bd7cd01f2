"""A launch hands out what applies, once, and says what it leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from engine import jobs
from engine.handlers import JobContext
from engine.models import ProcessInstance, UserTask
from tests.factories import DRIVE, World, at, end_of
from workflows.audit.models import AuditEntry
from workflows.campaigns import crowds, dispatch, previewing
from workflows.campaigns import service as campaigns
from workflows.campaigns.models import Campaign, PhaseDispatch
from workflows.campaigns.scope import Scope
from workflows.exceptions import Conflict, InvalidForm
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.organizations import district
from workflows.organizations.service import create_tree
from workflows.register import importing, service
from workflows.register.queries import directory
from workflows.register.sample import sample_csv, sample_register
from workflows.register.types import EnterpriseStatus, Industry

Row = dict[str, str]
CHEMICALS = {"危险化学品生产", "危险化学品经营", "危险化学品储存", "危险化学品使用"}


def says(column: str) -> Callable[[Row], bool]:
    return lambda row: row[column] == "是"


def trade(*names: str) -> Callable[[Row], bool]:
    return lambda row: row["行业"] in names


def either(*conditions: Callable[[Row], bool]) -> Callable[[Row], bool]:
    return lambda row: any(condition(row) for condition in conditions)


# Seed 002, condition by condition, over the columns of the file. What has no rule here applies to everyone.
RULES: dict[str, Callable[[Row], bool]] = {
    "4b": lambda row: False,  # the threshold is missing, so nobody is known to need a safety director
    "6": either(trade("金属冶炼", "道路运输", "其他交通运输", "建筑施工", *CHEMICALS), says("涉爆粉尘")),
    "7": says("标准化达标"),
    "16": says("新改扩建项目"),
    "18": says("外包作业"),
    "21b": says("经常夜间生产"),
    "23": either(trade("金属冶炼"), says("涉爆粉尘"), says("深井铸造"), says("铝镁机加工"), says("喷涂作业")),
    "24": either(says("使用危化品"), trade("危险化学品使用")),
    "25": either(trade("化工", "危险化学品生产", "医药"), says("环保设施")),
}
NEVER = {"11b", "22a", "15", "20"}  # two are past in June, two belong to single events
JUNE = {"1a"}
AFTER_THE_END = {"1b", "22b"}


def expected(rows: list[Row]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        if row["状态"] != "在业":
            continue
        for code in (item.code for item in DRIVE.items):
            if code not in NEVER and (code not in RULES or RULES[code](row)):
                found[code] += 1
    return found


def by_item(world: World, campaign: Campaign) -> Counter[str]:
    query = select(Obligation.item_code, func.count()).where(Obligation.campaign_id == campaign.id)
    counts = world.session.execute(query.group_by(Obligation.item_code)).all()
    return Counter({row[0]: row[1] for row in counts})


@pytest.fixture
def register(world: World) -> list[Row]:
    """Sixty sample enterprises beside the district's own offices."""
    create_tree(world.session, district.load().tree)
    parsed = importing.read_register(sample_csv(60, seed=3).encode(), directory(world.session))
    service.apply(world.session, parsed, now=world.now, actor="test")
    return sample_register(60, seed=3)


def test_the_whole_drive_hands_out_what_the_seed_says_item_by_item(world: World, register: list[Row]) -> None:
    campaign = world.launch()
    for phase in (2, 3, 4):
        dispatch.dispatch_phase(world.session, world.dispatch_job(campaign, phase))
    assert by_item(world, campaign) == expected(register)


def test_the_preview_counts_what_the_dispatch_creates(world: World, register: list[Row]) -> None:
    firms = crowds.alike(world.session, Scope(), DRIVE)
    preview = previewing.preview(DRIVE, firms, launched_on=world.now.date())
    assert preview.by_item == expected(register)
    assert preview.obligations == expected(register).total()


def test_each_phase_hands_out_the_items_whose_deadline_it_contains(world: World) -> None:
    world.firm()
    campaign = world.launch()
    for day in ("2025-07-01", "2025-08-16", "2025-09-16"):
        world.jump(at(f"{day} 00:00"))
    query = select(Obligation.phase, Obligation.item_code).where(Obligation.campaign_id == campaign.id)
    phases = {code: phase for phase, code in world.session.execute(query)}
    assert {code for code, phase in phases.items() if phase == 1} == JUNE
    assert {code for code, phase in phases.items() if phase == 4} == AFTER_THE_END
    assert {phase for code, phase in phases.items() if code not in JUNE | AFTER_THE_END} == {2}


def test_what_nobody_knows_is_counted_and_not_handed_out(world: World) -> None:
    firm = world.firm(flags={"night": None})
    firms = crowds.alike(world.session, Scope(), DRIVE)
    preview = previewing.preview(DRIVE, firms, launched_on=world.now.date())
    assert preview.unknown_by_item["21b"] == 1
    assert preview.unknown_facts["night"] == 1
    campaign = world.launch()
    world.advance(at("2025-07-01 00:00"))
    assert firm.id is not None
    assert by_item(world, campaign)["21b"] == 0


def test_filing_by_the_end_of_may_is_past_and_said_so(world: World) -> None:
    world.firm(above_scale=True)
    firms = crowds.alike(world.session, Scope(), DRIVE)
    preview = previewing.preview(DRIVE, firms, launched_on=world.now.date())
    assert {item.code for item in preview.past} == {"11b", "22a"}
    campaign = world.launch()
    world.advance(at("2025-09-30 00:00"))
    assert by_item(world, campaign)["22a"] == 0


def test_a_launch_in_may_still_hands_out_the_filing_of_may(world: World) -> None:
    world.firm(above_scale=True)
    world.now = at("2025-05-31 23:00")
    campaign = world.launch()
    assert by_item(world, campaign)["22a"] == 1


def test_an_undated_item_opens_in_phase_two_without_a_ladder(world: World) -> None:
    world.firm()
    campaign = world.launch()
    world.advance(at("2025-07-01 00:00"))
    query = select(Obligation).where(Obligation.campaign_id == campaign.id, Obligation.item_code == "17")
    one = world.session.scalars(query).one()
    assert one.due_at is None
    assert "next_step_at" not in world.variables(one) or world.variables(one)["next_step_at"] is None
    world.advance(at("2025-12-31 00:00"))
    assert world.steps(one) == []


def test_an_item_in_the_drive_is_due_at_the_last_second_of_the_fifteenth_of_august(world: World) -> None:
    one = world.obligation(code="3")
    assert one.due_at == end_of("2025-08-15")


def test_a_second_dispatch_of_a_phase_creates_nothing(world: World) -> None:
    world.firm()
    campaign = world.launch()
    before = by_item(world, campaign)
    again = JobContext(
        instance_id=campaign.instance_id or 0, group_id=campaign.id,
        business_key=f"campaign:{campaign.id}", node="dispatch_1", topic="campaign.dispatch",
        properties={"phase": "1"}, variables={}, now=world.now,
    )  # fmt: skip
    assert dispatch.dispatch_phase(world.session, again) == {}
    assert by_item(world, campaign) == before


def test_a_dispatch_that_breaks_in_the_middle_leaves_nothing_and_goes_through_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.firm()
    facts = {"scope": Scope(), "office_id": world.office, "title": "t", "actor": "lead"}
    campaign = campaigns.launch(world.session, DRIVE, now=world.now, **facts)  # type: ignore[arg-type]

    def broken(*_args: object, **_facts: object) -> None:
        raise RuntimeError("power cut")

    savepoint = world.session.begin_nested()
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "_announce", broken)
        with pytest.raises(RuntimeError):
            dispatch.dispatch_phase(world.session, world.dispatch_job(campaign, 1))
    savepoint.rollback()
    assert by_item(world, campaign) == {}
    jobs.run_due(world.session, now=world.now)
    assert by_item(world, campaign) == {"1a": 1}
    query = select(func.count()).select_from(ProcessInstance)
    started = world.session.scalar(query.where(ProcessInstance.business_key.startswith("obligation:")))
    assert started == 1


def test_a_broken_dispatch_is_an_incident_that_can_be_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine import runtime
    from engine.models import Incident

    world.firm()
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "notify_each", lambda *_a, **_k: 1 / 0)
        campaign = world.launch()
    assert by_item(world, campaign) == {}
    incident = world.session.scalars(
        select(Incident).where(Incident.instance_id == campaign.instance_id)
    ).one()
    assert incident.code == "ZeroDivisionError"
    runtime.retry(world.session, incident.id, now=world.now, actor="admin")
    assert by_item(world, campaign) == {"1a": 1}


def test_a_large_district_is_served_in_several_transactions_and_nobody_twice(
    world: World, register: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "AT_ONCE", 7)
    campaign = campaigns.launch(
        world.session,
        DRIVE,
        scope=Scope(),
        office_id=world.office,
        title="t",
        actor="lead",
        now=world.now,
    )
    assert jobs.run_due(world.session, now=world.now) == 2  # the phase, and what opens on a day of its own
    assert by_item(world, campaign)["1a"] == 7
    world.jump(world.now)
    assert by_item(world, campaign)["1a"] == expected(register)["1a"]
    done = world.session.scalars(select(PhaseDispatch).where(PhaseDispatch.campaign_id == campaign.id)).one()
    assert (done.obligations, done.is_complete) == (by_item(world, campaign).total(), True)


def test_a_part_of_a_dispatch_that_breaks_goes_on_where_the_last_one_stopped(
    world: World, register: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine import runtime
    from engine.models import Incident

    monkeypatch.setattr(dispatch, "AT_ONCE", 7)
    campaign = campaigns.launch(
        world.session,
        DRIVE,
        scope=Scope(),
        office_id=world.office,
        title="t",
        actor="lead",
        now=world.now,
    )
    jobs.run_due(world.session, now=world.now)
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "notify_each", lambda *_a, **_k: 1 / 0)
        jobs.run_due(world.session, now=world.now)
    assert by_item(world, campaign)["1a"] == 7
    incident = world.session.scalars(
        select(Incident).where(Incident.instance_id == campaign.instance_id)
    ).one()
    runtime.retry(world.session, incident.id, now=world.now, actor="admin")
    world.jump(world.now)
    assert by_item(world, campaign)["1a"] == expected(register)["1a"]


def test_a_phase_notes_how_many_obligations_it_handed_out(world: World) -> None:
    world.firm()
    world.firm()
    campaign = world.launch()
    query = select(PhaseDispatch.obligations).where(PhaseDispatch.campaign_id == campaign.id)
    assert world.session.scalar(query) == 2


def test_an_enterprise_gets_one_notice_for_all_items_of_a_phase(world: World) -> None:
    firm = world.firm()
    world.launch()
    world.advance(at("2025-07-01 00:00"))
    query = select(Notification).where(
        Notification.candidate_group == f"{firm.id}:safety_officer",
        Notification.kind == "campaign.dispatched",
    )
    first, second = world.session.scalars(query.order_by(Notification.id))
    assert first.data["count"] == 1
    assert second.data["count"] == 17  # 33 rows less 1a 1b 22b, 11b 22a 15 20, 4b 6 7 16 18 21b 23 24 25


def test_each_obligation_is_a_task_of_its_own_enterprise(world: World) -> None:
    firm, other = world.firm(), world.firm()
    world.launch()
    groups = world.session.scalars(select(UserTask.candidate_group).where(UserTask.node == "self_check"))
    assert sorted(groups) == sorted([f"{firm.id}:safety_officer", f"{other.id}:safety_officer"])


def test_only_enterprises_in_operation_are_reached(world: World) -> None:
    world.firm()
    world.firm(status=EnterpriseStatus.STOPPED)
    world.firm(status=EnterpriseStatus.DEREGISTERED)
    campaign = world.launch()
    assert by_item(world, campaign) == {"1a": 1}


def test_a_scope_of_one_town_reaches_nobody_else(world: World) -> None:
    inside = world.firm(town_id=world.towns[1])
    world.firm(town_id=world.towns[0])
    campaign = world.launch(scope=Scope(town_ids=(world.towns[1],)))
    query = select(Obligation.enterprise_id).where(Obligation.campaign_id == campaign.id)
    assert list(world.session.scalars(query)) == [inside.id]


def test_a_scope_of_one_trade_reaches_nobody_else(world: World) -> None:
    inside = world.firm(industry=Industry.CONSTRUCTION)
    world.firm(industry=Industry.MACHINERY)
    campaign = world.launch(scope=Scope(industries=("construction",)))
    query = select(Obligation.enterprise_id).where(Obligation.campaign_id == campaign.id)
    assert list(world.session.scalars(query)) == [inside.id]


def test_a_scope_without_enterprises_is_refused(world: World) -> None:
    world.firm(town_id=world.towns[0])
    with pytest.raises(InvalidForm) as refused:
        world.launch(scope=Scope(town_ids=(world.towns[1],)))
    assert [p.code for p in refused.value.data["problems"]] == ["nobody-in-scope"]


def test_a_drive_that_is_over_is_refused(world: World) -> None:
    world.firm()
    world.now = at("2025-10-01 00:00")
    with pytest.raises(InvalidForm) as refused:
        world.launch()
    assert [p.code for p in refused.value.data["problems"]] == ["template-over"]


def test_the_same_drive_is_not_launched_twice(world: World) -> None:
    world.firm()
    first = world.launch()
    with pytest.raises(Conflict) as refused:
        world.launch()
    assert refused.value.data["campaign_id"] == first.id
    assert refused.value.data["by"] == "lead"


def test_a_launch_is_compared_with_every_one_that_runs(world: World) -> None:
    for town in world.towns:
        world.firm(town_id=town)
        world.launch(scope=Scope(town_ids=(town,)))
    with pytest.raises(Conflict):
        world.launch(scope=Scope(town_ids=(world.towns[1],)))


def test_the_whole_district_is_refused_while_the_drive_runs_in_one_of_its_towns(world: World) -> None:
    world.firm()
    world.launch(scope=Scope(town_ids=(world.towns[0],)))
    with pytest.raises(Conflict):
        world.launch()


def test_the_same_drive_may_run_side_by_side_where_no_enterprise_is_in_both(world: World) -> None:
    world.firm(town_id=world.towns[0])
    other = world.firm(town_id=world.towns[1])
    world.launch(scope=Scope(town_ids=(world.towns[0],)))
    campaign = world.launch(scope=Scope(town_ids=(world.towns[1],)))
    query = select(Obligation.enterprise_id).where(Obligation.campaign_id == campaign.id)
    assert list(world.session.scalars(query)) == [other.id]


def test_a_launch_is_in_the_audit_log(world: World) -> None:
    world.firm()
    campaign = world.launch()
    query = select(AuditEntry).where(AuditEntry.action == "campaign.launch")
    entry = world.session.scalars(query).one()
    assert (entry.actor, entry.subject) == ("lead", f"campaign:{campaign.id}")


def test_a_later_edit_of_the_template_does_not_reach_a_launch(world: World) -> None:
    world.firm()
    campaign = world.launch()
    assert campaigns.template_of(campaign).item("3").title == DRIVE.item("3").title
    assert campaign.template is not DRIVE.data
