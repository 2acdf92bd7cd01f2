"""Take back a submission, sign beside, copy to, comment: until somebody acts, told to whom it concerns."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.exceptions import TaskClosed
from tests.factories import World, at, drive_of
from tests.people import add_account
from workflows import inbox, withdrawal
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.assignments import service as assignments
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.cosigning import service as cosigning
from workflows.discussion import queries, service
from workflows.duties.models import UnitTask
from workflows.evidence.queries import readable
from workflows.exceptions import Conflict, InvalidForm, NotAllowed, NotFound
from workflows.hazards.rules import HazardStep
from workflows.inbox import Person
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.seen import find_to_read
from workflows.sent import sent
from workflows.sight import sight_of
from workflows.subjects import Subject, SubjectKind


@pytest.fixture
def one(world: World) -> Obligation:
    return world.obligation()


def withdraw(world: World, one: Obligation, person: Person | None = None) -> None:
    withdrawal.withdraw(world.session, one, person=person or world.safety(one.enterprise_id), now=world.now)
    world.session.expire_all()


def told(world: World, group: str) -> list[str]:
    return list(world.session.scalars(select(Notification.kind).where(Notification.candidate_group == group)))


# --- withdraw


def test_before_the_principal_signs_the_safety_officer_takes_it_back(world: World, one: Obligation) -> None:
    world.check(one)
    withdraw(world, one)
    assert world.open_nodes(one) == ["self_check"]


def test_before_the_town_acts_the_enterprise_takes_it_back_and_goes_on(world: World, one: Obligation) -> None:
    world.submit(one)
    withdraw(world, one, world.principal(one.enterprise_id))
    assert world.open_nodes(one) == ["self_check"]
    assert (one.round, one.submitted_at) == (1, None)
    assert "submission.withdrawn" in told(world, f"{one.town_id}:town_officer")
    world.submit(one)
    assert world.open_nodes(one) == ["town_review"]


def test_what_the_town_has_decided_cannot_be_taken_back(world: World, one: Obligation) -> None:
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="accept")
    with pytest.raises(Conflict):
        withdraw(world, one)


def test_what_an_officer_has_claimed_cannot_be_taken_back(world: World, one: Obligation) -> None:
    world.submit(one)
    assignments.claim(world.session, world.task(one, "town_review").id, person=world.town(), now=world.now)
    world.session.expire_all()
    with pytest.raises(Conflict) as raised:
        withdraw(world, one)
    assert raised.value.data["by"] == world.town().actor


def test_the_principals_turn_is_not_the_principals_to_take_back(world: World, one: Obligation) -> None:
    world.check(one)
    with pytest.raises(Conflict):
        withdraw(world, one, world.principal(one.enterprise_id))


def test_another_enterprise_takes_nothing_back(world: World, one: Obligation) -> None:
    world.submit(one)
    with pytest.raises(NotAllowed):
        withdraw(world, one, world.safety(world.firm()))


def test_who_reviews_what_was_taken_back_is_told_so(world: World, one: Obligation) -> None:
    world.submit(one)
    task = world.task(one, "town_review")
    withdraw(world, one)
    with pytest.raises(TaskClosed) as raised:
        inbox.complete(
            world.session, task.id, form={"town_decision": "accept"}, person=world.town(), now=world.now
        )
    assert raised.value.data["actor"] is None


def test_taking_back_wins_no_time_and_repeats_no_step_of_the_ladder(world: World, one: Obligation) -> None:
    world.advance(at("2025-08-20 12:00"))  # three working days late
    before, due = world.acted(one), one.due_at
    world.submit(one)
    withdraw(world, one)
    world.advance(at("2025-08-20 18:00"))
    assert world.acted(one) == before
    assert one.due_at == due


def test_what_was_sent_is_listed_with_where_it_waits(world: World, one: Obligation) -> None:
    world.check(one)
    [line] = sent(world.session, world.safety(one.enterprise_id))
    assert line.waits_at is not None
    assert (line.waits_at.node, line.may_withdraw) == ("sign", True)
    world.sign(one)
    world.do(one, "town_review", world.town(), town_decision="accept")
    [line] = sent(world.session, world.safety(one.enterprise_id))
    assert not line.may_withdraw


def test_the_enterprise_urges_who_has_it_once_a_day(world: World, one: Obligation) -> None:
    person = world.safety(one.enterprise_id)
    with pytest.raises(Conflict):
        withdrawal.urge(world.session, one, person=person, now=world.now)
    world.submit(one)
    withdrawal.urge(world.session, one, person=person, now=world.now)
    with pytest.raises(Conflict):
        withdrawal.urge(world.session, one, person=person, now=world.now + timedelta(hours=1))
    assert told(world, f"{one.town_id}:town_officer").count("task.urged") == 1


# --- a fix, and what a body filed


def test_a_fix_is_taken_back_until_the_town_acts(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard)
    world.fix(hazard)
    due, person = hazard.due_at, world.safety(hazard.enterprise_id)
    withdrawal.withdraw(world.session, hazard, person=person, now=world.now)
    world.session.expire_all()
    assert (world.open_nodes(hazard), hazard.round, hazard.due_at) == (["fix"], 1, due)
    assert "submission.withdrawn" in told(world, f"{hazard.town_id}:town_officer")
    world.fix(hazard)
    assignments.claim(world.session, world.task(hazard, "verify").id, person=world.town(), now=world.now)
    world.session.expire_all()
    with pytest.raises(Conflict):
        withdrawal.withdraw(world.session, hazard, person=person, now=world.now)


def test_the_fix_of_a_major_hazard_is_taken_back_until_it_is_accepted(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard)
    world.fix(hazard)
    withdrawal.withdraw(world.session, hazard, person=world.safety(hazard.enterprise_id), now=world.now)
    world.session.expire_all()
    assert world.open_nodes(hazard) == ["fix"]


def test_the_town_takes_no_fix_back(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard)
    world.fix(hazard)
    with pytest.raises(NotAllowed):
        withdrawal.withdraw(world.session, hazard, person=world.town(), now=world.now)


def test_taking_a_fix_back_repeats_no_step_of_the_ladder(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, due_on="2025-07-15")
    world.advance(at("2025-07-17 12:00"))  # two working days late
    before = world.acted(hazard)
    world.fix(hazard)
    withdrawal.withdraw(world.session, hazard, person=world.safety(hazard.enterprise_id), now=world.now)
    world.session.expire_all()
    world.advance(at("2025-07-17 18:00"))
    assert world.acted(hazard) == before
    assert hazard.closed_at is None


def filed(world: World) -> UnitTask:
    """A duty of the first town, filed by it."""
    world.firm()
    world.launch(drive_of("3", duties=True))
    world.advance(at("2025-09-16 09:00"))
    query = select(UnitTask).where(UnitTask.duty_code == "D7", UnitTask.body_id == world.towns[0])
    task = world.session.scalars(query).one()
    campaign = world.session.get_one(Campaign, task.campaign_id)
    slots = [slot.code for slot in template_of(campaign).duty("D7").evidence if slot.required]
    form = {"statement": "已汇总上报", "evidence": {slot: [world.proof(task.body_id)] for slot in slots}}
    world.do(task, "file", world.town(), **form)  # type: ignore[arg-type]
    return task


def test_what_a_body_filed_is_taken_back_until_the_lead_office_checks_it(world: World) -> None:
    task = filed(world)
    due = task.due_at
    withdrawal.withdraw(world.session, task, person=world.town(), now=world.now)
    world.session.expire_all()
    assert world.open_nodes(task) == ["file"]  # type: ignore[arg-type]
    assert (task.round, task.due_at, task.submitted_at) == (1, due, None)
    assert "duty.withdrawn" in told(world, f"{world.office}:lead_officer")


def test_only_the_body_takes_back_what_it_filed(world: World) -> None:
    task = filed(world)
    with pytest.raises(NotAllowed):
        withdrawal.withdraw(world.session, task, person=world.town(number=1), now=world.now)
    world.do(task, "check", world.lead(), office_decision="return", reason="缺少本月数字")  # type: ignore[arg-type]
    with pytest.raises(Conflict):
        withdrawal.withdraw(world.session, task, person=world.town(), now=world.now)


def test_fixes_and_what_was_filed_are_listed_beside_obligations(world: World) -> None:
    hazard, task = world.hazard(), filed(world)
    world.planned(hazard, due_on=(world.now + timedelta(days=9)).date().isoformat())
    world.fix(hazard)
    [fixed] = sent(world.session, world.safety(hazard.enterprise_id))
    assert (fixed.about, fixed.state, fixed.may_withdraw) == (hazard, HazardStep.VERIFY, True)
    [line] = sent(world.session, world.town())
    assert (line.about, line.state, line.may_withdraw) == (task, ObligationState.SUBMITTED, True)


# --- co-sign


@pytest.fixture
def chief(world: World) -> Account:
    return add_account(world.session, "keyuan", world.towns[0], Role.LEADER)


def person_of(account: Account) -> Person:
    return Person(account.actor, frozenset({account.actor}), account.organization_id)


def ask(world: World, one: Obligation, cosigner: Account | None) -> int:
    task = world.task(one, "town_review")
    asked = cosigning.ask(
        world.session, task.id, cosigner=cosigner, question="请把关", person=world.town(), now=world.now
    )
    world.session.expire_all()
    return asked.id


def answer(world: World, asked: int, chief: Account, **form: object) -> None:
    about = world.session.get_one(cosigning.Cosignature, asked)
    world.do(about, "countersign", person_of(chief), **form)  # type: ignore[arg-type]


def test_a_task_waits_until_the_named_person_has_signed(
    world: World, one: Obligation, chief: Account
) -> None:
    world.submit(one)
    asked = ask(world, one, chief)
    with pytest.raises(Conflict):
        world.do(one, "town_review", world.town(), town_decision="accept")
    answer(world, asked, chief, agreed=True)
    world.do(one, "town_review", world.town(), town_decision="accept")
    assert told(world, world.town().actor) == ["cosign.agreed"]


def test_what_a_cosigner_refused_can_only_be_sent_back(world: World, one: Obligation, chief: Account) -> None:
    world.submit(one)
    answer(world, ask(world, one, chief), chief, agreed=False, opinion="照片不是本厂的")
    with pytest.raises(Conflict):
        world.do(one, "town_review", world.town(), town_decision="accept")
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片不是本厂的")


def test_who_refused_may_be_asked_again(world: World, one: Obligation, chief: Account) -> None:
    world.submit(one)
    answer(world, ask(world, one, chief), chief, agreed=False, opinion="照片不是本厂的")
    answer(world, ask(world, one, chief), chief, agreed=True)
    world.do(one, "town_review", world.town(), town_decision="accept")
    assert "town_review" not in world.open_nodes(one)


def test_only_who_asked_takes_the_question_back(world: World, one: Obligation, chief: Account) -> None:
    world.submit(one)
    asked = ask(world, one, chief)
    with pytest.raises(NotFound):
        cosigning.take_back(world.session, asked, person=person_of(chief), now=world.now)
    cosigning.take_back(world.session, asked, person=world.town(), now=world.now)
    world.session.expire_all()
    world.do(one, "town_review", world.town(), town_decision="accept")


def test_what_was_answered_cannot_be_unasked(world: World, one: Obligation, chief: Account) -> None:
    world.submit(one)
    asked = ask(world, one, chief)
    answer(world, asked, chief, agreed=True)
    with pytest.raises(Conflict):
        cosigning.take_back(world.session, asked, person=world.town(), now=world.now)


def test_nobody_is_asked_twice_and_nobody_asks_nobody(world: World, one: Obligation, chief: Account) -> None:
    world.submit(one)
    ask(world, one, chief)
    with pytest.raises(Conflict):
        ask(world, one, chief)
    with pytest.raises(InvalidForm):
        ask(world, one, None)


def test_where_a_cosigner_is_asked_the_enterprise_takes_nothing_back(
    world: World, one: Obligation, chief: Account
) -> None:
    world.submit(one)
    ask(world, one, chief)
    with pytest.raises(Conflict):
        withdraw(world, one)


# --- copies and comments


def subject_of(one: Obligation) -> Subject:
    return Subject(SubjectKind.OBLIGATION, one.id)


def test_a_copy_lets_one_person_read_one_file_with_its_evidence(world: World, one: Obligation) -> None:
    world.submit(one)
    other = world.obligation()
    reader = add_account(world.session, "zuzhang", one.enterprise_id)
    sight = sight_of([], reader.actor)
    [proof] = inbox.evidence_ids("self_check", world.last_form(one))
    with pytest.raises(NotFound):
        find_to_read(world.session, Obligation, one.id, sight=sight)
    service.copy_to(
        world.session,
        subject_of(one),
        account=reader,
        title=one.title,
        note="请知悉",
        actor="account:999",
        now=world.now,
    )
    assert find_to_read(world.session, Obligation, one.id, sight=sight) is one
    assert readable(world.session, proof, organization_ids=[], sight=sight).id == proof
    with pytest.raises(NotFound):
        find_to_read(world.session, Obligation, other.id, sight=sight)
    with pytest.raises(NotFound):
        readable(world.session, world.proof(other.enterprise_id), organization_ids=[], sight=sight)


def test_a_second_copy_to_the_same_person_tells_them_nothing_new(world: World, one: Obligation) -> None:
    reader = add_account(world.session, "zuzhang", one.enterprise_id)
    for _ in range(2):
        service.copy_to(
            world.session,
            subject_of(one),
            account=reader,
            title=one.title,
            note="",
            actor="account:999",
            now=world.now,
        )
    assert told(world, reader.actor) == ["copied"]


def test_who_is_named_in_a_comment_is_told(world: World, one: Obligation) -> None:
    among = [add_account(world.session, name, one.enterprise_id) for name in ("wang", "wangan", "li")]
    body = "@Wangan 请补一张照片，@Wangan"
    service.comment(
        world.session,
        subject_of(one),
        body=body,
        title=one.title,
        among=among,
        actor="account:999",
        now=world.now,
    )
    assert [told(world, one.actor) for one in among] == [[], ["comment.mentioned"], []]
    [said] = queries.comments(world.session, subject_of(one))
    assert said.body == body


@pytest.mark.parametrize("body", ["", "  ", "长" * 2001])
def test_a_comment_says_something_and_not_too_much(world: World, one: Obligation, body: str) -> None:
    with pytest.raises(InvalidForm):
        service.comment(
            world.session, subject_of(one), body=body, title="", among=[], actor="account:999", now=world.now
        )
