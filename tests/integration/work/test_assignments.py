"""Who does a task: claim, put back, hand over, delegate and resolve, put off, stand in; told, noted, four eyes kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.exceptions import SamePerson, TaskAssigned, TaskClosed
from engine.history import of_instance
from engine.types import DelegationState
from tests.factories import World
from tests.people import add_account
from workflows import inbox, worklist
from workflows.accounts.models import Account
from workflows.accounts.types import Held, Role
from workflows.assignments import queries, service, standins
from workflows.assignments.models import StandIn
from workflows.audit import queries as audit
from workflows.audit.models import AuditEntry
from workflows.exceptions import Conflict, InvalidForm, NotAllowed, NotFound
from workflows.inbox import Person
from workflows.notifications.models import Notification
from workflows.notifications.sentences import words_of
from workflows.obligations.models import Obligation
from workflows.register.types import RiskLevel
from workflows.submissions.models import Submission
from workflows.times import day_of
from workflows.worklist import Filter, Who


class Office:
    """The officers of a town with a submitted obligation to review."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.one: Obligation = world.obligation(
            world.firm(risk_level=RiskLevel.MAJOR)
        )  # always inspected on site
        world.submit(self.one)
        self.held = Held(world.towns[0], Role.TOWN_OFFICER)
        self.accounts = {
            name: add_account(world.session, name, world.towns[0], Role.TOWN_OFFICER)
            for name in ("jia", "yi", "bing")
        }
        self.task = world.task(self.one, "town_review")

    def person(self, name: str) -> Person:
        account = self.accounts[name]
        absent = queries.absent_for(self.world.session, account.id, on=day_of(self.world.now))
        return Person(account.actor, frozenset({self.held.group, account.actor}), self.world.towns[0], absent)

    def sees(self, name: str, who: Who = Who.CAN_DO) -> bool:
        rows = worklist.rows(
            self.world.session, self.person(name), wanted=Filter(reviews=True, who=who), now=self.world.now
        )
        return self.task.id in [row.task_id for row in rows]

    def do(self, action: Callable[..., None], name: str, **facts: object) -> None:
        action(self.world.session, self.task.id, person=self.person(name), now=self.world.now, **facts)
        self.world.session.expire_all()

    def accept(self, name: str) -> None:
        inbox.complete(
            self.world.session,
            self.task.id,
            form={"town_decision": "accept"},
            person=self.person(name),
            now=self.world.now,
        )

    def told(self, name: str) -> list[str]:
        query = select(Notification.kind).where(Notification.candidate_group == self.accounts[name].actor)
        return list(self.world.session.scalars(query))

    def away(self, name: str, stand_in: str, days: int = 3) -> None:
        today = day_of(self.world.now)
        standins.name(
            self.world.session, self.accounts[name], held=self.held, stand_in_id=self.accounts[stand_in].id,
            from_on=today, to_on=today + timedelta(days=days), today=today, now=self.world.now,
        )  # fmt: skip


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


def test_a_claimed_task_leaves_the_lists_of_colleagues(office: Office) -> None:
    office.do(service.claim, "jia")
    assert (office.sees("jia"), office.sees("yi"), office.sees("yi", Who.COLLEAGUES)) == (True, False, True)


def test_a_colleague_can_neither_claim_nor_complete_what_is_claimed(office: Office) -> None:
    office.do(service.claim, "jia")
    with pytest.raises(TaskAssigned):
        office.do(service.claim, "yi")
    with pytest.raises(TaskAssigned):
        office.accept("yi")
    office.accept("jia")


def test_claiming_twice_is_harmless_and_noted_once(office: Office) -> None:
    for _ in range(2):
        office.do(service.claim, "jia")
    kinds = [one.kind for one in of_instance(office.world.session, office.task.instance_id)]
    assert kinds.count("claimed") == 1


def test_what_is_put_back_is_everybodys_again(office: Office) -> None:
    office.do(service.claim, "jia")
    office.do(service.unclaim, "jia")
    assert office.sees("yi")


def test_only_who_has_it_puts_it_back(office: Office) -> None:
    office.do(service.claim, "jia")
    with pytest.raises(TaskAssigned):
        office.do(service.unclaim, "yi")


def test_a_closed_task_cannot_be_claimed(office: Office) -> None:
    office.accept("jia")
    with pytest.raises(TaskClosed):
        office.do(service.claim, "yi")


def test_a_stranger_does_not_learn_that_the_task_exists(office: Office) -> None:
    with pytest.raises(NotFound):
        service.claim(
            office.world.session, office.task.id, person=office.world.department(), now=office.world.now
        )


def test_a_task_is_handed_over_with_a_note(office: Office) -> None:
    office.do(service.hand_over, "jia", to=office.accounts["yi"].id, note="我明天出差")
    assert (office.sees("jia"), office.sees("yi")) == (False, True)
    assert office.told("yi") == ["task.assigned"]
    office.accept("yi")


@pytest.mark.parametrize("to", [None, 987654])
def test_nobody_is_handed_a_task_who_is_no_colleague(office: Office, to: int | None) -> None:
    with pytest.raises(InvalidForm):
        office.do(service.hand_over, "jia", to=to, note="")


def test_an_officer_of_another_town_gets_nothing(office: Office) -> None:
    stranger = add_account(office.world.session, "ding", office.world.towns[1], Role.TOWN_OFFICER)
    with pytest.raises(InvalidForm):
        office.do(service.hand_over, "jia", to=stranger.id, note="")


def test_a_delegate_prepares_and_the_owner_completes(office: Office) -> None:
    office.do(service.delegate, "jia", to=office.accounts["yi"].id, note="先看材料")
    with pytest.raises(TaskAssigned):
        office.accept("yi")
    with pytest.raises(TaskAssigned):
        office.accept("jia")
    assert (office.sees("jia"), office.sees("jia", Who.DELEGATED), office.sees("yi")) == (False, True, True)
    office.do(service.resolve, "yi", form={"reason": "材料齐全"}, note="可以通过")
    assert office.sees("jia")
    draft = inbox.draft_of(office.world.session, office.task.id, office.accounts["jia"].actor)
    assert draft is not None
    assert draft.form == {"reason": "材料齐全"}
    office.accept("jia")


def test_the_owner_takes_back_what_is_not_done_yet(office: Office) -> None:
    office.do(service.delegate, "jia", to=office.accounts["yi"].id, note="")
    office.do(service.take_back, "jia")
    assert (office.sees("jia"), office.sees("yi")) == (True, False)
    with pytest.raises(TaskAssigned):
        office.do(service.resolve, "yi", form={}, note="")
    assert office.told("yi") == ["task.delegated", "task.taken_back"]


def test_only_the_owner_takes_back(office: Office) -> None:
    office.do(service.delegate, "jia", to=office.accounts["yi"].id, note="")
    with pytest.raises(TaskAssigned):
        office.do(service.take_back, "bing")


def test_a_delegate_of_another_role_sees_the_task_and_nothing_else(office: Office) -> None:
    clerk = add_account(office.world.session, "ding", office.world.towns[0], Role.LEADER)
    person = Person(clerk.actor, frozenset({clerk.actor}), office.world.towns[0])
    with pytest.raises(NotFound):
        inbox.find(office.world.session, office.task.id, person)
    office.do(service.delegate, "jia", to=clerk.id, note="")
    assert (
        inbox.find(office.world.session, office.task.id, person).delegation_state is DelegationState.PENDING
    )
    service.resolve(
        office.world.session, office.task.id, form={}, note="", person=person, now=office.world.now
    )
    with pytest.raises(NotFound):
        inbox.find(office.world.session, office.task.id, person)


def test_what_is_put_off_comes_back_on_its_day(office: Office) -> None:
    office.do(service.remind, "jia", on=day_of(office.world.now) + timedelta(days=3))
    assert (office.sees("jia"), office.sees("jia", Who.REMIND), office.sees("yi")) == (False, True, False)
    office.world.now += timedelta(days=3)
    assert office.sees("jia")


def test_what_is_put_off_can_be_done_at_once_after_all(office: Office) -> None:
    office.do(service.remind, "jia", on=day_of(office.world.now) + timedelta(days=3))
    office.do(service.remind, "jia", on=None)
    assert office.sees("jia")


@pytest.mark.parametrize("days", [0, -1, 100])
def test_nothing_is_put_off_to_yesterday_or_for_ever(office: Office, days: int) -> None:
    with pytest.raises(InvalidForm):
        office.do(service.remind, "jia", on=day_of(office.world.now) + timedelta(days=days))


def test_nothing_is_put_off_beyond_its_due_day(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    task, person = world.task(one, "self_check"), world.safety(one.enterprise_id)
    with pytest.raises(InvalidForm):
        service.remind(world.session, task.id, on=date(2025, 8, 16), person=person, now=world.now)
    service.remind(world.session, task.id, on=date(2025, 8, 15), person=person, now=world.now)


def test_every_step_is_in_the_audit_trail(office: Office) -> None:
    yi = office.accounts["yi"].id
    office.do(service.claim, "jia")
    office.do(service.unclaim, "jia")
    office.do(service.delegate, "jia", to=yi, note="请看")
    office.do(service.take_back, "jia")
    office.do(service.hand_over, "jia", to=yi, note="")
    office.do(service.remind, "yi", on=day_of(office.world.now) + timedelta(days=1))
    written = [one.action for one in audit.of_subject(office.world.session, f"obligation:{office.one.id}")]
    steps = ["task.claim", "task.unclaim", "task.delegate", "task.take_back", "task.hand_over", "task.remind"]
    assert written[-6:] == steps


def test_who_has_it_is_urged_once_a_day(office: Office) -> None:
    office.do(service.claim, "yi")
    office.do(service.urge, "jia")
    with pytest.raises(Conflict):
        office.do(service.urge, "jia")
    office.world.now += timedelta(days=1)
    office.do(service.urge, "jia")
    assert office.told("yi") == ["task.urged", "task.urged"]


# --- stand-ins


def test_a_stand_in_does_what_is_assigned_to_who_is_away(office: Office) -> None:
    office.do(service.claim, "jia")
    office.away("jia", "yi")
    assert (office.sees("yi"), office.sees("bing")) == (True, False)
    office.accept("yi")
    done = office.world.session.scalars(select(Submission).where(Submission.task_id == office.task.id)).one()
    assert (done.actor, done.on_behalf_of) == (office.accounts["yi"].actor, office.accounts["jia"].actor)


def test_after_the_last_day_nobody_stands_in(office: Office) -> None:
    office.do(service.claim, "jia")
    office.away("jia", "yi", days=1)
    office.world.now += timedelta(days=2)
    assert not office.sees("yi")
    with pytest.raises(TaskAssigned):
        office.accept("yi")


def test_who_is_back_earlier_ends_it(office: Office) -> None:
    office.do(service.claim, "jia")
    office.away("jia", "yi")
    [named] = queries.stand_ins_of(
        office.world.session, office.accounts["jia"].id, on=day_of(office.world.now)
    )
    with pytest.raises(NotFound):
        standins.end(office.world.session, named.id, absent=office.accounts["yi"], now=office.world.now)
    standins.end(office.world.session, named.id, absent=office.accounts["jia"], now=office.world.now)
    assert not office.sees("yi")


def test_the_stand_in_of_the_inspector_must_not_have_reviewed(office: Office) -> None:
    """Four eyes: the site check is neither for who reviewed nor for who stands in for somebody who reviewed."""
    world = office.world
    office.accept("yi")
    world.session.expire_all()
    world.do(office.one, "department_review", world.department(), department_decision="accept")
    office.task = world.task(office.one, "site_check")
    office.do(service.claim, "jia")
    office.away("jia", "yi")
    with pytest.raises(SamePerson):
        inbox.complete(
            world.session, office.task.id, form={"site_result": "pass", "second_inspector": "某某"},
            person=office.person("yi"), now=world.now,
        )  # fmt: skip


@pytest.mark.parametrize("stand_in", ["jia", "stranger", "nobody"])
def test_only_a_colleague_of_the_same_role_stands_in(office: Office, stand_in: str) -> None:
    ids = {"jia": office.accounts["jia"].id, "nobody": None}
    ids["stranger"] = add_account(office.world.session, "ding", office.world.towns[0], Role.LEADER).id
    with pytest.raises(InvalidForm):
        standins.name(
            office.world.session, office.accounts["jia"], held=office.held, stand_in_id=ids[stand_in],
            from_on=date(2025, 6, 20), to_on=date(2025, 6, 21), today=date(2025, 6, 20), now=office.world.now,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("from_on", "to_on"),
    [("2025-06-19", "2025-06-21"), ("2025-06-22", "2025-06-21"), ("2025-06-20", "2027-06-20")],
)
def test_the_days_must_make_sense(office: Office, from_on: str, to_on: str) -> None:
    with pytest.raises(InvalidForm):
        standins.name(
            office.world.session, office.accounts["jia"], held=office.held, stand_in_id=office.accounts["yi"].id,
            from_on=date.fromisoformat(from_on), to_on=date.fromisoformat(to_on), today=date(2025, 6, 20),
            now=office.world.now,
        )  # fmt: skip


def test_two_stand_ins_on_one_day_are_one_too_many(office: Office) -> None:
    office.away("jia", "yi")
    with pytest.raises(Conflict):
        office.away("jia", "bing")


def test_who_is_away_stands_in_for_nobody(office: Office) -> None:
    office.away("yi", "bing")
    with pytest.raises(Conflict):
        office.away("jia", "yi")


def test_who_is_handed_a_task_while_away_has_it_seen_by_the_stand_in(office: Office) -> None:
    office.away("yi", "bing")
    office.do(service.hand_over, "jia", to=office.accounts["yi"].id, note="")
    assert office.told("bing") == ["stand_in.named", "task.assigned"]
    assert office.sees("bing")


def named_by_lead(office: Office, absent: str = "jia", stand_in: str = "yi", **more: Any) -> StandIn:
    today = day_of(office.world.now)
    return standins.name(
        office.world.session, office.accounts[absent], today=today, now=office.world.now, by=lead_of(office),
        **{"held": office.held, "stand_in_id": office.accounts[stand_in].id, "from_on": today, "to_on": today} | more,
    )  # fmt: skip


def ended_by_lead(office: Office, named: StandIn) -> None:
    absent = office.world.session.get_one(Account, named.absent_id)
    standins.end(office.world.session, named.id, absent=absent, by=lead_of(office), now=office.world.now)


def lead_of(office: Office) -> Account:
    query = select(Account).where(Account.username == "lead")
    found = office.world.session.scalars(query).one_or_none()
    return found or add_account(office.world.session, "lead", office.world.office, Role.LEAD_OFFICER)


def test_a_stand_in_named_by_the_lead_office_does_the_work_and_both_are_told(office: Office) -> None:
    office.do(service.claim, "jia")
    named_by_lead(office)
    assert office.sees("yi")
    assert (office.told("yi"), office.told("jia")) == (["stand_in.named"], ["stand_in.named_for"])


def test_the_absent_and_the_stand_in_read_who_named_it(office: Office) -> None:
    named_by_lead(office)
    query = select(Notification).order_by(Notification.id)
    said = [words_of(one, day_of(office.world.now)) for one in office.world.session.scalars(query)][-2:]
    assert said == [
        "Lead请您在6月20日至6月20日代办分给Jia的事项。",
        "Lead安排Yi在6月20日至6月20日代办分给您的事项。",
    ]


def test_the_audit_log_names_who_named_the_stand_in_and_for_whom(office: Office) -> None:
    named = named_by_lead(office)
    standins.end(
        office.world.session,
        named.id,
        absent=office.accounts["jia"],
        by=lead_of(office),
        now=office.world.now,
    )
    query = select(AuditEntry).where(AuditEntry.action.startswith("stand-in.")).order_by(AuditEntry.id)
    lead, jia = lead_of(office).actor, office.accounts["jia"].actor
    kept = [(one.action, one.actor, one.subject) for one in office.world.session.scalars(query)]
    assert kept == [("stand-in.name", lead, jia), ("stand-in.end", lead, jia)]


def test_a_stand_in_that_the_lead_office_ends_is_told_to_both(office: Office) -> None:
    named = named_by_lead(office)
    for _ in range(2):
        standins.end(
            office.world.session,
            named.id,
            absent=office.accounts["jia"],
            by=lead_of(office),
            now=office.world.now,
        )
    assert (office.told("yi")[1:], office.told("jia")[1:]) == (["stand_in.ended"], ["stand_in.ended"])


def test_who_ends_it_oneself_is_not_told_so(office: Office) -> None:
    office.away("jia", "yi")
    [named] = queries.stand_ins_of(
        office.world.session, office.accounts["jia"].id, on=day_of(office.world.now)
    )
    standins.end(office.world.session, named.id, absent=office.accounts["jia"], now=office.world.now)
    assert (office.told("jia"), office.told("yi")) == ([], ["stand_in.named", "stand_in.ended"])


@pytest.mark.parametrize(
    ("stand_in", "code"), [("jia", "oneself"), ("other", "no-colleague"), ("leader", "no-colleague")]
)
def test_the_lead_office_names_nobody_of_another_body_or_role(
    office: Office, stand_in: str, code: str
) -> None:
    world = office.world
    office.accounts["other"] = add_account(world.session, "other", world.towns[1], Role.TOWN_OFFICER)
    office.accounts["leader"] = add_account(world.session, "leader", world.towns[0], Role.LEADER)
    with pytest.raises(InvalidForm) as refused:
        named_by_lead(office, stand_in=stand_in)
    assert [(one.path, one.code) for one in refused.value.data["problems"]] == [("to", code)]


def test_the_lead_office_names_no_stand_in_in_an_enterprise(office: Office) -> None:
    firm = office.one.enterprise_id
    for name in ("safe", "safer"):
        office.accounts[name] = add_account(office.world.session, name, firm, Role.SAFETY_OFFICER)
    with pytest.raises(NotAllowed):
        named_by_lead(office, "safe", "safer", held=Held(firm, Role.SAFETY_OFFICER))
    office.held = Held(firm, Role.SAFETY_OFFICER)
    office.away("safe", "safer")
    [own] = queries.stand_ins_of(
        office.world.session, office.accounts["safe"].id, on=day_of(office.world.now)
    )
    with pytest.raises(NotFound):
        standins.absent_official(office.world.session, own.id)
