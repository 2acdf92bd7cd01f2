"""A campaign that is suspended stands still, one that is resumed goes on, one that is cancelled is withdrawn."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from engine.exceptions import InstanceNotActive, TaskClosed
from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import World, at, drive_of
from workflows import enterprisefile, facets, inbox
from workflows.audit.models import AuditEntry
from workflows.calendar.service import load
from workflows.campaigns import catchingup, filetasks, standing
from workflows.campaigns.models import Adjustment, Campaign
from workflows.campaigns.progress import progress
from workflows.campaigns.views import View
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.hazards.models import Hazard
from workflows.lateness import board, turns
from workflows.notifications.models import Notification
from workflows.obligations import queries
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus
from workflows.sight import Sight

ALL = Sight(everything=True)
WHY = {"reason": "台风红色预警，停工停产", "actor": "lead"}


@pytest.fixture
def campaign(world: World) -> Campaign:
    world.firm()
    return world.launch(drive_of("1a"))


def defective(world: World, obligation: Obligation) -> Hazard:
    """The hazard that its self-check found."""
    world.check(obligation, result="defects", defects=[{"title": "护栏松动", "place": "二号车间"}])
    return world.session.scalars(select(Hazard)).one()


@pytest.fixture
def obligation(world: World, campaign: Campaign) -> Obligation:
    return world.session.scalars(select(Obligation)).one()


def test_nothing_can_be_handed_in_while_it_is_suspended(
    world: World, campaign: Campaign, obligation: Obligation
) -> None:
    task = world.task(obligation, "self_check")
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    person = world.safety(obligation.enterprise_id)
    inbox.save_draft(world.session, task.id, form={"result": "compliant"}, person=person, now=world.now)
    with pytest.raises(InstanceNotActive):
        inbox.complete(world.session, task.id, form={"result": "compliant"}, person=person, now=world.now)
    assert facets.count(world.session, person, reviews=False, now=world.now) == 0


def test_a_suspended_campaign_sends_no_reminder_and_changes_no_phase(
    world: World, campaign: Campaign, obligation: Obligation
) -> None:
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    swept = world.advance(at("2025-07-20 09:00"))
    assert swept.timers == 0
    assert world.steps(obligation) == []


def test_what_is_suspended_is_not_overdue(world: World, campaign: Campaign, obligation: Obligation) -> None:
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    later = at("2025-07-20 09:00")
    moment = turns.Moment.of(world.session, later, now=later, sight=ALL, calendar=load(world.session))
    assert board.count(world.session, view=turns.View(), moment=moment) == 0
    found = progress(world.session, View(campaign.id, ALL), now=later).whole
    assert (found.total, found.working, found.overdue) == (1, 1, 0)


def test_after_resuming_the_work_goes_on_where_it_stood(
    world: World, campaign: Campaign, obligation: Obligation
) -> None:
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    world.now = at("2025-06-25 09:00")
    assert standing.resume(world.session, campaign.id, now=world.now, **WHY) == 2
    world.submit(obligation)
    world.accept(obligation)
    assert world.open_nodes(obligation) in ([], ["site_check"])


def test_phases_that_ended_meanwhile_change_on_resuming(world: World, campaign: Campaign) -> None:
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    world.now = at("2025-07-03 09:00")
    standing.resume(world.session, campaign.id, now=world.now, **WHY)
    world.jump(world.now)
    assert world.open_nodes(campaign) == ["review_1"]


def test_cancelling_withdraws_what_is_open_and_keeps_what_was_done(
    world: World, campaign: Campaign, obligation: Obligation
) -> None:
    world.check(obligation)
    task = world.task(obligation, "sign")
    assert standing.cancel(world.session, campaign.id, now=world.now, **WHY) == 2
    world.session.expire_all()
    assert world.session.get_one(UserTask, task.id).status is TaskStatus.CANCELLED
    found = progress(world.session, View(campaign.id, ALL), now=world.now).whole
    assert (found.total, found.cancelled) == (0, 1)
    done = select(func.count()).where(UserTask.status == TaskStatus.COMPLETED)
    assert world.session.scalar(done) == 1
    with pytest.raises(TaskClosed):
        inbox.complete(
            world.session, task.id, form={"signed": True}, person=world.principal(obligation.enterprise_id),
            now=world.now,
        )  # fmt: skip


@pytest.mark.parametrize("step", ["suspend", "cancel"])
def test_a_hazard_goes_on_whatever_happens_to_its_campaign(
    world: World, campaign: Campaign, obligation: Obligation, step: str
) -> None:
    hazard = defective(world, obligation)
    getattr(standing, step)(world.session, campaign.id, now=world.now, **WHY)
    world.close_hazard(hazard)
    assert hazard.closed_at == world.now


def test_an_obligation_learns_on_resuming_that_its_hazards_were_closed(
    world: World, campaign: Campaign, obligation: Obligation
) -> None:
    hazard = defective(world, obligation)
    world.sign(obligation)
    world.accept(obligation)
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    world.close_hazard(hazard)
    standing.resume(world.session, campaign.id, now=world.now, **WHY)
    world.session.expire_all()
    assert obligation.closed_at is not None or world.open_nodes(obligation) == ["site_check"]


def test_an_extension_cannot_be_asked_for_while_it_is_suspended(
    world: World, campaign: Campaign, obligation: Obligation
) -> None:
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    with pytest.raises(Conflict) as refused:
        world.ask(obligation, "2025-07-30")
    assert refused.value.data["what"] == "campaign-suspended"


@pytest.mark.parametrize(
    ("before", "step"),
    [((), "resume"), (("suspend",), "suspend"), (("cancel",), "cancel"), (("cancel",), "resume"),
     (("cancel",), "suspend")],
)  # fmt: skip
def test_a_step_that_does_not_fit_is_a_conflict(
    world: World, campaign: Campaign, before: tuple[str, ...], step: str
) -> None:
    for one in before:
        getattr(standing, one)(world.session, campaign.id, now=world.now, **WHY)
    with pytest.raises(Conflict):
        getattr(standing, step)(world.session, campaign.id, now=world.now, **WHY)


@pytest.mark.parametrize("step", ["suspend", "resume", "cancel"])
def test_a_reason_must_be_given(world: World, campaign: Campaign, step: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        getattr(standing, step)(world.session, campaign.id, reason=" 不办 ", actor="lead", now=world.now)
    assert [problem.path for problem in refused.value.data["problems"]] == ["reason"]


def test_an_unknown_campaign_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        standing.suspend(world.session, 404, now=world.now, **WHY)


def test_who_is_concerned_is_told_and_the_audit_keeps_the_reason(
    world: World, campaign: Campaign, obligation: Obligation
) -> None:
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    told = world.session.scalars(
        select(Notification.candidate_group).where(Notification.kind == "campaign.suspended")
    )
    assert set(told) == {
        f"{obligation.enterprise_id}:safety_officer", f"{obligation.town_id}:town_officer",
        f"{obligation.department_id}:department_officer",
    }  # fmt: skip
    kept = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "campaign.suspended")).one()
    assert kept.detail["reason"] == WHY["reason"]
    [change] = standing.changes(world.session, campaign.id)
    assert (change.kind, change.reason, change.at) == ("suspended", WHY["reason"], world.now)


def test_a_cancelled_campaign_does_not_stand_in_the_way_of_a_new_one(
    world: World, campaign: Campaign
) -> None:
    template = drive_of("1a")
    again = world.launch(template)
    standing.cancel(world.session, again.id, now=world.now, **WHY)
    assert world.launch(template).id != again.id


def changed_while_suspended(world: World, campaign: Campaign, firm: Enterprise, **wanted: Any) -> None:
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    world.now = at("2025-06-22 09:00")
    enterprisefile.edit(world.session, firm, wanted, seen=firm.updated_at, now=world.now, actor="town")
    world.now = at("2025-06-23 09:00")
    standing.resume(world.session, campaign.id, now=world.now, **WHY)


def obligations(world: World, campaign: Campaign) -> dict[str, ObligationState]:
    found = world.session.scalars(select(Obligation).where(Obligation.campaign_id == campaign.id)).all()
    states = queries.states(world.session, found)
    return {one.item_code: states[one.id] for one in found}


def test_what_began_to_apply_during_a_suspension_is_opened_after_it(world: World) -> None:
    firm = world.firm()
    campaign = world.launch(drive_of("3", "21b", due={"3": "2025-06-30", "21b": "2025-06-30"}))
    changed_while_suspended(world, campaign, firm, flags={**firm.flags, "night": True})
    assert set(obligations(world, campaign)) == {"3"}
    world.jump(world.now)
    assert obligations(world, campaign)["21b"] is ObligationState.IN_PROGRESS
    [opened] = world.session.scalars(select(Adjustment).where(Adjustment.action == "opened"))
    assert (opened.source, opened.reason, opened.actor) == (
        f"resume:{campaign.id}", {"facts": ["night"]}, "lead",
    )  # fmt: skip


def test_who_closed_down_during_a_suspension_is_let_go_after_it(world: World) -> None:
    firm = world.firm()
    campaign = world.launch(drive_of("3", due={"3": "2025-06-30"}))
    changed_while_suspended(world, campaign, firm, status=EnterpriseStatus.STOPPED)
    world.jump(world.now)
    assert obligations(world, campaign) == {"3": ObligationState.NOT_APPLICABLE}


def test_questions_that_were_dropped_during_a_suspension_are_asked_again(world: World) -> None:
    firm = world.firm(flags={"night": None})
    campaign = world.launch(drive_of("21b", due={"21b": "2025-06-30"}))
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    filetasks.refresh(world.session, [firm.id], now=world.now)  # as another campaign's dispatch does
    assert filetasks.open_questions(world.session, firm.id) == {}
    standing.resume(world.session, campaign.id, now=world.now, **WHY)
    world.jump(world.now)
    assert set(filetasks.open_questions(world.session, firm.id)) == {"night"}


def test_catching_up_goes_on_piece_by_piece_and_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catchingup, "AT_ONCE", 2)
    for _ in range(3):
        world.firm()
    campaign = world.launch(drive_of("3", due={"3": "2025-06-30"}))
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    standing.resume(world.session, campaign.id, now=world.now, **WHY)
    assert catchingup.run_due(world.sessions, now=world.now) == 2
    assert world.session.get_one(Campaign, campaign.id).catch_up_since is None


def test_suspended_again_it_catches_up_only_after_the_second_time(world: World) -> None:
    firm = world.firm()
    campaign = world.launch(drive_of("3", "21b", due={"3": "2025-06-30", "21b": "2025-06-30"}))
    changed_while_suspended(world, campaign, firm, flags={**firm.flags, "night": True})
    standing.suspend(world.session, campaign.id, now=world.now, **WHY)
    world.jump(at("2025-06-24 09:00"))
    assert set(obligations(world, campaign)) == {"3"}
    standing.resume(world.session, campaign.id, now=world.now, **WHY)
    world.jump(world.now)
    assert set(obligations(world, campaign)) == {"3", "21b"}
