"""A changed file changes what applies, at once, in the campaigns that run; nothing is withdrawn silently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from engine.handlers import AGAIN, JobContext
from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import World, at, drive_of, end_of
from workflows import enterprisefile, imports
from workflows.campaigns import adjusting, dispatch, filetasks, standing, templates
from workflows.campaigns.adjusting import Adjusted
from workflows.campaigns.models import Adjustment, Campaign, FileTask
from workflows.campaigns.scope import Scope
from workflows.exceptions import Conflict
from workflows.notifications.models import Notification
from workflows.obligations import events, queries
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.register import service
from workflows.register.models import Enterprise, RegisterImport
from workflows.register.types import EnterpriseStatus, ImportStatus, Industry

MONTHLY = "A3.3a"
NIGHT = "21b"  # applies to who often works at night; in the drive, due 2025-08-15


def drive(world: World, *codes: str, **more: Any) -> Campaign:
    """A campaign of items 3 (everybody) and 21b (night), both open in phase one of this test's making."""
    due = dict.fromkeys(codes or ("3", NIGHT), "2025-06-25")
    return world.launch(drive_of(*due, due=due), **more)


def edit(world: World, firm: Enterprise, **wanted: Any) -> Adjusted:
    found = enterprisefile.edit(
        world.session, firm, wanted, seen=firm.updated_at, now=world.now, actor="town"
    )
    world.session.expire_all()
    return found


def answer(world: World, firm: Enterprise, **answers: Any) -> Adjusted:
    found = enterprisefile.answer(world.session, firm, answers, now=world.now, actor="firm")
    world.session.expire_all()
    return found


def held(world: World, firm: Enterprise, code: str = NIGHT) -> Obligation | None:
    query = select(Obligation).where(Obligation.enterprise_id == firm.id, Obligation.item_code == code)
    return world.session.scalar(query)


def state(world: World, firm: Enterprise, code: str = NIGHT) -> ObligationState:
    one = held(world, firm, code)
    assert one is not None
    return queries.states(world.session, [one])[one.id]


def kinds(world: World, group: str) -> list[str]:
    query = select(Notification.kind).where(Notification.candidate_group == group).order_by(Notification.id)
    return [kind for kind in world.session.scalars(query) if kind.startswith("file.")]


def night(firm: Enterprise, value: bool | None) -> dict[str, Any]:
    return {"flags": {**firm.flags, "night": value}}


def test_an_unknown_fact_becomes_one_task_with_its_questions_and_items(world: World) -> None:
    firm = world.firm(flags={"night": None, "dust": None})
    campaign = drive(world, "3", NIGHT, "6", "23")
    questions = filetasks.open_questions(world.session, firm.id)
    told = {
        fact: [(one.campaign.id, one.item.code) for one in waiting] for fact, waiting in questions.items()
    }
    assert told == {"dust": [(campaign.id, "6"), (campaign.id, "23")], "night": [(campaign.id, NIGHT)]}
    assert kinds(world, f"{firm.id}:safety_officer") == ["file.incomplete"]


def test_who_knows_everything_has_no_task(world: World) -> None:
    firm = world.firm()
    drive(world)
    assert world.session.get(FileTask, firm.id) is None


def test_an_answer_opens_what_now_applies(world: World) -> None:
    firm = world.firm(flags={"night": None})
    drive(world)
    assert answer(world, firm, night=True).opened == 1
    assert state(world, firm) is ObligationState.IN_PROGRESS
    assert filetasks.open_questions(world.session, firm.id) == {}


def test_an_answer_that_it_does_not_apply_opens_nothing_and_closes_the_task(world: World) -> None:
    firm = world.firm(flags={"night": None})
    drive(world)
    assert answer(world, firm, night=False) == Adjusted()
    assert (held(world, firm), filetasks.open_questions(world.session, firm.id)) == (None, {})


def test_an_enterprise_does_not_change_what_is_known(world: World) -> None:
    firm = world.firm(flags={"night": True})
    answer(world, firm, night=False, employees=9)
    assert (firm.flags["night"], firm.employees) == (True, 20)


def test_no_answer_says_nothing(world: World) -> None:
    firm = world.firm(flags={"night": None})
    drive(world)
    answer(world, firm, night=None)
    assert list(filetasks.open_questions(world.session, firm.id)) == ["night"]


def test_what_opens_late_has_five_working_days(world: World) -> None:
    firm = world.firm(flags={"night": None})
    drive(world)
    world.now = at("2025-06-26 09:00")
    answer(world, firm, night=True)
    one = held(world, firm)
    assert one is not None
    assert one.due_at == end_of("2025-07-03")


def test_a_phase_that_is_not_open_yet_finds_the_answer_when_it_opens(world: World) -> None:
    firm = world.firm(flags={"night": None})
    world.launch(drive_of("1a", NIGHT))
    assert answer(world, firm, night=True).opened == 0
    world.advance(at("2025-07-01 00:00"))
    assert state(world, firm) is ObligationState.IN_PROGRESS


def test_the_template_as_it_was_launched_decides(world: World) -> None:
    firm = world.firm(flags={"night": None})
    campaign = drive(world)
    assert [item["code"] for item in campaign.template["items"]] == ["3", NIGHT]
    answer(world, firm, night=True)
    codes = world.session.scalars(select(Obligation.item_code).where(Obligation.enterprise_id == firm.id))
    assert sorted(codes) == [NIGHT, "3"]


def test_what_no_longer_applies_is_closed_with_the_reason_when_nothing_was_submitted(world: World) -> None:
    firm = world.firm(flags={"night": True})
    drive(world)
    assert edit(world, firm, **night(firm, False)).withdrawn == 1
    [one] = world.session.scalars(select(Adjustment).where(Adjustment.action == "withdrawn"))
    assert (state(world, firm), one.reason) == (ObligationState.NOT_APPLICABLE, {"facts": ["night"]})
    assert kinds(world, f"{firm.id}:safety_officer") == ["file.withdrawn"]
    open_tasks = select(UserTask).where(
        UserTask.instance_id == one_of(world, firm).instance_id, UserTask.status == TaskStatus.OPEN
    )
    assert world.session.scalars(open_tasks).all() == []


def one_of(world: World, firm: Enterprise, code: str = NIGHT) -> Obligation:
    one = held(world, firm, code)
    assert one is not None
    return one


def test_a_fact_that_becomes_unknown_withdraws_nothing_and_asks(world: World) -> None:
    firm = world.firm(flags={"night": True})
    drive(world)
    assert edit(world, firm, **night(firm, None)) == Adjusted()
    assert state(world, firm) is ObligationState.IN_PROGRESS
    assert list(filetasks.open_questions(world.session, firm.id)) == ["night"]


def submitted(world: World) -> Enterprise:
    """A firm whose night item is in review when it turns out that it does not work at night."""
    firm = world.firm(flags={"night": True})
    drive(world)
    world.submit(one_of(world, firm))
    assert edit(world, firm, **night(firm, False)).asked == 1
    return firm


def test_what_was_submitted_is_put_before_the_town(world: World) -> None:
    firm = submitted(world)
    assert state(world, firm) is ObligationState.SUBMITTED
    assert kinds(world, f"{world.towns[0]}:town_officer") == ["file.asked"]
    assert [one.item_code for _, one in enterprisefile.undecided(world.session, firm.id)] == [NIGHT]


def test_a_question_is_asked_once(world: World) -> None:
    firm = submitted(world)
    assert edit(world, firm, employees=21).asked == 0


@pytest.mark.parametrize(
    ("decision", "after"),
    [("keep", ObligationState.SUBMITTED), ("withdraw", ObligationState.NOT_APPLICABLE)],
)
def test_the_town_decides(world: World, decision: str, after: ObligationState) -> None:
    firm = submitted(world)
    [(question, _)] = enterprisefile.undecided(world.session, firm.id)
    facts = {"decision": decision, "note": "已核实", "now": world.now, "actor": "town"}
    enterprisefile.decide(world.session, firm, question.id, **facts)
    assert (state(world, firm), enterprisefile.undecided(world.session, firm.id)) == (after, [])
    with pytest.raises(Conflict):
        enterprisefile.decide(world.session, firm, question.id, **facts)


def test_a_question_is_settled_when_the_item_applies_again(world: World) -> None:
    firm = submitted(world)
    edit(world, firm, **night(firm, True))
    assert enterprisefile.undecided(world.session, firm.id) == []


def test_what_was_withdrawn_begins_again_when_it_applies_again(world: World) -> None:
    firm = world.firm(flags={"night": True})
    drive(world)
    edit(world, firm, **night(firm, False))
    assert edit(world, firm, **night(firm, True)).reopened == 1
    one = one_of(world, firm)
    assert (state(world, firm), one.round, one.closed_at) == (ObligationState.IN_PROGRESS, 2, None)
    world.submit(one)
    world.accept(one)


def test_an_enterprise_that_joins_gets_what_is_open(world: World) -> None:
    world.firm()
    drive(world)
    late = world.firm(flags={"night": True})
    found = adjusting.adjust(world.session, [late.id], now=world.now, actor="lead", source="import:1")
    assert found.opened == 2
    assert kinds(world, f"{late.id}:safety_officer") == ["file.opened"]


def imported(world: World, firms: list[Enterprise]) -> RegisterImport:
    """An import that said of each of these that it works at night, as far as its obligations."""
    one = RegisterImport(
        at=world.now, actor="lead", sha256="", status=ImportStatus.ADJUSTING, updated=len(firms)
    )
    world.session.add(one)
    world.session.flush()
    for firm in firms:
        service.revise(
            world.session, firm, night(firm, True), now=world.now, actor="lead", source="import",
            import_id=one.id,
        )  # fmt: skip
    return one


def test_an_import_gives_every_enterprise_its_items_piece_by_piece(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "FIRMS", 2)
    firms = [world.firm(flags={"night": False}) for _ in range(5)]
    drive(world)
    one = imported(world, firms)
    imports.adjust_all(world.session, one, now=world.now)
    assert (one.status, one.adjusted, one.outcome) == (ImportStatus.DONE, 5, {"opened": 5})
    assert all(held(world, firm) is not None for firm in firms)


def test_an_import_before_the_first_campaign_has_nothing_to_adjust(world: World) -> None:
    one = imported(world, [world.firm(flags={"night": False}) for _ in range(3)])
    assert not adjusting.has_begun(world.session)
    imports.adjust_all(world.session, one, now=world.now)
    assert (one.status, one.adjusted, one.outcome) == (ImportStatus.DONE, 3, {})


def test_adjusting_again_changes_nothing(world: World) -> None:
    firm = world.firm(flags={"night": True})
    drive(world)
    again = adjusting.adjust(world.session, [firm.id], now=world.now, actor="lead", source="import:1")
    assert again == Adjusted()


def test_an_enterprise_that_closes_down_is_given_no_more(world: World) -> None:
    firm = world.firm(flags={"night": True})
    drive(world)
    assert edit(world, firm, status=EnterpriseStatus.DEREGISTERED).withdrawn == 2
    reasons = world.session.scalars(select(Adjustment.reason)).all()
    assert reasons == [{"status": "deregistered"}] * 2


def test_an_accident_of_an_enterprise_that_closes_down_is_put_before_the_town(world: World) -> None:
    firm = world.firm()
    campaign = world.launch(drive_of("20"))
    accident = events.open_event(
        world.session, firm.id, key=f"{campaign.id}:20", what="烫伤一人", place="炉台", at=world.now,
        actor="safety", now=world.now,
    )  # fmt: skip
    assert edit(world, firm, status=EnterpriseStatus.DEREGISTERED) == Adjusted(asked=1)
    assert world.open_nodes(accident) == ["self_check"]


def test_what_is_open_goes_over_to_the_new_town(world: World) -> None:
    firm = world.firm()
    drive(world, "3")
    one, hazard = one_of(world, firm, "3"), world.hazard(firm)
    world.submit(one)
    assert edit(world, firm, town_id=world.towns[1]).moved == 1
    assert (one_of(world, firm, "3").town_id, hazard.town_id) == (world.towns[1], world.towns[1])
    world.do(one, "town_review", world.town(number=1), town_decision="accept")


def test_whoever_moves_out_of_the_scope_is_out_of_the_campaign(world: World) -> None:
    firm = world.firm()
    drive(world, "3", scope=Scope(town_ids=(world.towns[0],)))
    edit(world, firm, town_id=world.towns[1])
    assert state(world, firm, "3") is ObligationState.NOT_APPLICABLE


def test_another_trade_brings_other_items(world: World) -> None:
    firm = world.firm(industry=Industry.OTHER)
    drive(world, "3", "6")
    assert edit(world, firm, industry=Industry.METAL_SMELTING).opened == 1
    assert state(world, firm, "6") is ObligationState.IN_PROGRESS


def test_an_archived_campaign_is_left_alone(world: World) -> None:
    firm = world.firm(flags={"night": None})
    campaign = drive(world)
    campaign.archived_at = world.now
    world.session.flush()
    assert filetasks.open_questions(world.session, firm.id) == {}
    assert answer(world, firm, night=True) == Adjusted()


def test_a_suspended_or_cancelled_campaign_is_left_alone(world: World) -> None:
    firm = world.firm(flags={"night": True})
    suspended, cancelled = drive(world), drive(world)
    standing.suspend(world.session, suspended.id, reason="台风期间暂停", actor="lead", now=world.now)
    standing.cancel(world.session, cancelled.id, reason="与另一行动重复", actor="lead", now=world.now)
    before = [one.outcome for one in world.session.scalars(select(Obligation).order_by(Obligation.id))]
    assert edit(world, firm, flags={"night": False}) == Adjusted()
    after = [one.outcome for one in world.session.scalars(select(Obligation).order_by(Obligation.id))]
    assert (filetasks.running(world.session), after) == ([], before)


def test_what_is_open_of_a_suspended_campaign_moves_to_the_new_town(world: World) -> None:
    firm = world.firm()
    campaign = drive(world, "3")
    one = one_of(world, firm, "3")
    world.submit(one)
    standing.suspend(world.session, campaign.id, reason="台风期间暂停", actor="lead", now=world.now)
    assert edit(world, firm, town_id=world.towns[1]).moved == 1
    standing.resume(world.session, campaign.id, reason="台风已经过去", actor="lead", now=world.now)
    world.do(one, "town_review", world.town(number=1), town_decision="accept")


def monthly(world: World) -> Campaign:
    """A campaign of one row that comes every month to who often works at night, from July 2020."""
    applies = next(i["applies"] for i in drive_of(NIGHT).data["items"])
    three_years = templates.get("anshan-three-year").data
    items = [{**i, "applies": applies} for i in three_years["items"] if i["code"] == MONTHLY]
    world.now = at("2020-07-01 09:00")
    return world.launch(templates.from_json({**three_years, "items": items, "duties": []}))


def periods(world: World, campaign: Campaign) -> list[tuple[str, str | None]]:
    query = select(Obligation).where(Obligation.campaign_id == campaign.id).order_by(Obligation.period)
    return [(one.period, one.outcome) for one in world.session.scalars(query)]


def test_whoever_joins_late_gets_the_period_that_lasts_and_not_the_past_ones(world: World) -> None:
    firm = world.firm(flags={"night": None})
    campaign = monthly(world)
    world.advance(at("2020-10-12 09:00"))
    assert periods(world, campaign) == []
    assert answer(world, firm, night=True).opened == 1
    assert periods(world, campaign) == [("2020-10", None)]
    world.advance(at("2020-11-02 09:00"))
    assert periods(world, campaign) == [("2020-10", None), ("2020-11", None)]


def test_every_open_period_is_withdrawn_and_comes_back(world: World) -> None:
    firm = world.firm(flags={"night": True})
    campaign = monthly(world)
    world.advance(at("2020-08-12 09:00"))
    assert edit(world, firm, flags={"night": False}).withdrawn == 2
    assert {outcome for _, outcome in periods(world, campaign)} == {"not_applicable"}
    world.advance(at("2020-09-02 09:00"))
    assert edit(world, firm, flags={"night": True}) == Adjusted(opened=1, reopened=2)
    assert periods(world, campaign) == [("2020-07", None), ("2020-08", None), ("2020-09", None)]


def test_a_file_that_somebody_else_changed_meanwhile_is_not_overwritten(world: World) -> None:
    firm = world.firm()
    seen = firm.updated_at
    world.now = at("2025-06-17 09:00")
    edit(world, firm, employees=21)
    with pytest.raises(Conflict):
        enterprisefile.edit(world.session, firm, {"employees": 22}, seen=seen, now=world.now, actor="b")


def test_a_run_that_midnight_interrupts_ends_as_it_began(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three firms, one at a time: the first before midnight of 31 August, the others after it."""
    monkeypatch.setattr(dispatch, "AT_ONCE", 1)
    for _ in range(3):
        world.firm(flags={"night": True})
    campaign = monthly(world)
    world.advance(at("2020-07-31 12:00"))
    assert campaign.instance_id is not None
    job = JobContext(
        instance_id=campaign.instance_id, group_id=campaign.id, business_key=f"campaign:{campaign.id}",
        node="open_periods", topic="campaign.open_periods", properties={}, now=at("2020-08-31 23:59"),
        variables={"periods_until": "2020-07-31"},
    )  # fmt: skip
    assert dispatch.open_periods(world.session, job) is AGAIN
    after_midnight = replace(job, now=at("2020-09-01 00:01"))
    while (found := dispatch.open_periods(world.session, after_midnight)) is AGAIN:
        pass
    assert found == {"periods_until": "2020-08-31", "next_period_at": "2020-08-31T16:00:00+00:00"}
    assert [period for period, _ in periods(world, campaign)].count("2020-08") == 3
