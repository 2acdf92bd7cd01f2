"""What people see: the inbox by urgency, progress; each within their sight."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select

from engine.markings import open_nodes
from engine.models import ProcessInstance, UserTask
from engine.types import InstanceStatus, TaskStatus
from tests.factories import World, at, drive_of, end_of
from workflows import inbox, worklist
from workflows.accounts.types import Held, Role
from workflows.campaigns.models import Campaign
from workflows.campaigns.progress import progress
from workflows.campaigns.views import View
from workflows.exceptions import NotFound
from workflows.facets import count, facets
from workflows.inbox import Person
from workflows.obligations.models import Obligation
from workflows.obligations.queries import states
from workflows.obligations.rules import ObligationState
from workflows.register.models import Enterprise
from workflows.sight import Sight, sight_of
from workflows.taskview import view
from workflows.worklist import Filter, Urgency

EVERYTHING = Sight(everything=True)


def listed(world: World, person: Person, **wanted: object) -> list[tuple[str, Urgency]]:
    rows = worklist.rows(world.session, person, wanted=Filter(**wanted), now=world.now)  # type: ignore[arg-type]
    return [(row.item_code or "", row.urgency) for row in rows]


def of_item(world: World, campaign: Campaign, firm: Enterprise, code: str) -> Obligation:
    query = select(Obligation).where(
        Obligation.campaign_id == campaign.id,
        Obligation.enterprise_id == firm.id,
        Obligation.item_code == code,
    )
    return world.session.scalars(query).one()


# --- the inbox


@pytest.fixture
def busy(world: World) -> Enterprise:
    """On Friday 2025-08-08 one item is late, one returned, one due today, in a week, in a month, and never."""
    firm = world.firm()
    due = {
        "2": "2025-08-07", "3": "2025-08-15", "8": "2025-08-08", "12": "2025-08-14", "13": "2025-08-15", "17": None,
    }  # fmt: skip
    campaign = world.launch(drive_of(*due, due=due))
    world.jump(at("2025-07-01 00:00"))
    world.now = at("2025-08-08 08:00")
    world.submit(of_item(world, campaign, firm, "3"))
    world.do(
        of_item(world, campaign, firm, "3"),
        "town_review",
        world.town(),
        town_decision="return",
        reason="看不清楚啊",
    )
    return firm


def test_the_inbox_groups_tasks_by_urgency(world: World, busy: Enterprise) -> None:
    assert dict(listed(world, world.safety(busy))) == {
        "2": Urgency.OVERDUE,
        "3": Urgency.RETURNED,
        "8": Urgency.TODAY,
        "12": Urgency.WEEK,
        "13": Urgency.WEEK,
        "17": Urgency.LATER,
    }


def test_the_inbox_shows_the_most_urgent_first_and_the_undated_last(world: World, busy: Enterprise) -> None:
    assert [code for code, _ in listed(world, world.safety(busy))] == ["2", "3", "8", "12", "13", "17"]


def test_the_counts_of_the_groups_are_those_of_the_list(world: World, busy: Enterprise) -> None:
    person = world.safety(busy)
    counted = facets(world.session, person, wanted=Filter(), now=world.now)
    assert counted.urgency == Counter(urgency for _, urgency in listed(world, person))


def test_each_group_can_be_listed_alone(world: World, busy: Enterprise) -> None:
    person = world.safety(busy)
    everything = listed(world, person)
    for urgency in Urgency:
        assert listed(world, person, urgency=urgency) == [row for row in everything if row[1] is urgency]


def test_a_week_ends_with_its_seventh_day(world: World) -> None:
    firm = world.firm()
    world.launch(drive_of("3"))
    world.jump(at("2025-07-01 00:00"))
    world.now = at("2025-08-08 00:00")
    assert listed(world, world.safety(firm)) == [("3", Urgency.WEEK)]
    world.now = at("2025-08-07 23:59")
    assert listed(world, world.safety(firm)) == [("3", Urgency.LATER)]


def test_the_last_second_of_its_day_a_task_is_not_late(world: World) -> None:
    firm = world.firm()
    world.launch(drive_of("3"))
    world.jump(at("2025-07-01 00:00"))
    world.now = end_of("2025-08-15")
    assert listed(world, world.safety(firm)) == [("3", Urgency.TODAY)]
    world.now = at("2025-08-16 00:00")
    assert listed(world, world.safety(firm)) == [("3", Urgency.OVERDUE)]


def test_reviews_are_listed_apart_from_work(world: World, busy: Enterprise) -> None:
    town = world.town()
    assert listed(world, town, reviews=True) == []
    one = world.obligation(world.firm())
    world.submit(one)
    assert [code for code, _ in listed(world, town, reviews=True)] == ["3"]
    assert listed(world, town, reviews=False) == []


def test_an_inbox_pages_through_everything_once(world: World) -> None:
    firm = world.firm()
    for number in range(worklist.PAGE + 3):
        world.hazard(firm, title=f"隐患{number}")
    person, seen = world.safety(firm), list[int]()
    first = worklist.rows(world.session, person, wanted=Filter(), now=world.now)
    assert len(first) == worklist.PAGE + 1
    after = worklist.place_of(first[worklist.PAGE - 1])
    rest = worklist.rows(world.session, person, wanted=Filter(after=after), now=world.now)
    seen = [row.task_id for row in [*first[: worklist.PAGE], *rest]]
    assert len(seen) == len(set(seen)) == worklist.PAGE + 3


def test_the_menu_counts_what_is_open(world: World, busy: Enterprise) -> None:
    person = world.safety(busy)
    counted = [count(world.session, person, reviews=False, now=world.now, most=most) for most in (None, 9, 4)]
    assert counted == [6, 6, 4]


def test_a_task_tells_who_it_is_about(world: World) -> None:
    firm = world.firm(name="样例机械厂")
    one = world.obligation(firm)
    [row] = worklist.rows(world.session, world.safety(firm), wanted=Filter(), now=world.now)
    assert (row.enterprise, row.title, str(row.subject)) == ("样例机械厂", one.title, f"obligation:{one.id}")


# --- one task


def test_a_returned_task_shows_why_and_what_was_sent(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片看不清，请重拍")
    task = world.task(one, "self_check")
    shown = view(world.session, task.id, person=world.safety(one.enterprise_id), now=world.now)
    assert shown.returned is not None
    assert shown.returned.form["reason"] == "照片看不清，请重拍"
    assert shown.form["statement"] == "已逐条核对"  # what was sent is the start of what is sent next


def test_a_reviewer_sees_the_submission_with_its_evidence(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    task = world.task(one, "town_review")
    shown = view(world.session, task.id, person=world.town(), now=world.now)
    assert shown.current is not None
    [proof] = shown.current.form["evidence"]["licences"]
    assert proof in shown.evidence


def test_a_draft_is_what_the_form_shows(world: World) -> None:
    one = world.obligation()
    task, person = world.task(one, "self_check"), world.safety(one.enterprise_id)
    inbox.save_draft(world.session, task.id, form={"statement": "一半"}, person=person, now=world.now)
    shown = view(world.session, task.id, person=person, now=world.now)
    assert shown.form == {"statement": "一半"}
    assert shown.drafted_at == world.now


def test_somebody_elses_task_cannot_be_viewed(world: World) -> None:
    one = world.obligation()
    task = world.task(one, "self_check")
    with pytest.raises(NotFound):
        view(world.session, task.id, person=world.town(), now=world.now)


def test_every_kind_of_task_can_be_viewed(world: World) -> None:
    """Nothing a person can open breaks, whatever process it belongs to."""
    one = world.obligation()
    world.ask(one, "2025-09-10")
    world.hazard()
    world.planned_major(world.hazard())
    world.advance(at("2025-07-01 12:00"))
    for task in world.session.scalars(select(UserTask).where(UserTask.status == TaskStatus.OPEN)).all():
        person = Person("somebody", frozenset({task.candidate_group}), 0)
        assert view(world.session, task.id, person=person, now=world.now).schema["title"]


# --- progress


def slowly(world: World, campaign: Campaign, now: datetime) -> Counter[str]:
    """The same numbers, one obligation after the other, from its own instance and open nodes."""
    found: Counter[str] = Counter()
    query = select(Obligation).where(Obligation.campaign_id == campaign.id)
    for one in world.session.scalars(query):
        assert one.instance_id is not None
        instance = world.session.get_one(ProcessInstance, one.instance_id)
        nodes = {token.node for token in open_nodes(world.session, one.instance_id)}
        found["total"] += 1
        if instance.status is InstanceStatus.COMPLETED:
            found["done"] += 1
        elif nodes & {"town_review", "department_review"}:
            found["reviewing"] += 1
        elif nodes & {"site_check", "await_hazards"}:
            found["accepted"] += 1
        else:
            assert nodes & {"self_check", "sign"}
            found["working"] += 1
            found["returned"] += one.round_kind in ("return", "site_failed")
            found["overdue"] += one.due_at is not None and one.due_at < now
    return found


@pytest.fixture
def mixed(world: World) -> Campaign:
    """One obligation in each state."""
    for _ in range(9):
        world.firm(risk_level="major")
    campaign = world.launch(drive_of("3", "17"))
    world.jump(at("2025-07-01 00:00"))
    query = select(Obligation).where(Obligation.campaign_id == campaign.id, Obligation.item_code == "3")
    ones = list(world.session.scalars(query.order_by(Obligation.id)))
    world.check(ones[1])
    for one in ones[2:7]:
        world.submit(one)
    world.do(ones[3], "town_review", world.town(), town_decision="return", reason="照片看不清")
    for one in ones[5:7]:
        world.accept(one)
    world.do(ones[6], "site_check", world.town("b"), site_result="pass", second_inspector="李检查")
    world.check(ones[7], result="defects", defects=[{"title": "护栏松动", "place": "二号车间"}])
    world.sign(ones[7])
    world.accept(ones[7])
    world.check(ones[8], result="not_applicable", reason="本企业不涉及该项作业和场所")
    world.sign(ones[8])
    world.accept(ones[8])
    world.do(ones[8], "site_check", world.town("b"), site_result="pass", second_inspector="李检查")
    return campaign


@pytest.mark.parametrize("when", ["2025-07-01 00:00", "2025-08-16 00:00"])
def test_progress_equals_a_slow_recount(world: World, mixed: Campaign, when: str) -> None:
    world.now = at(when)
    whole = progress(world.session, View(mixed.id, EVERYTHING), now=world.now).whole
    names = ("total", "done", "reviewing", "returned", "working", "accepted", "overdue")
    quick = Counter({name: getattr(whole, name) for name in names})
    assert quick == slowly(world, mixed, world.now)


def test_the_parts_of_progress_make_up_the_whole(world: World, mixed: Campaign) -> None:
    found = progress(world.session, View(mixed.id, EVERYTHING), now=world.now)
    assert sum(tally.total for tally in found.by_town.values()) == found.whole.total == 18
    assert {code: tally.total for code, tally in found.by_item.items()} == {"3": 9, "17": 9}
    assert found.enterprises == 9


def test_progress_counts_the_hazards_of_the_campaign(world: World, mixed: Campaign) -> None:
    found = progress(world.session, View(mixed.id, EVERYTHING), now=world.now)
    assert (found.hazards, found.hazards_open) == (1, 1)


def test_progress_is_within_sight(world: World, mixed: Campaign) -> None:
    one = world.session.scalars(select(Obligation).where(Obligation.campaign_id == mixed.id)).first()
    assert one is not None
    sight = sight_of([Held(one.enterprise_id, Role.PRINCIPAL)])
    found = progress(world.session, View(mixed.id, sight), now=world.now)
    assert (found.whole.total, found.enterprises) == (2, 1)
    elsewhere = sight_of([Held(world.towns[1], Role.TOWN_OFFICER)])
    assert progress(world.session, View(mixed.id, elsewhere), now=world.now).whole.total == 0


def test_every_state_has_an_example(world: World, mixed: Campaign) -> None:
    query = select(Obligation).where(Obligation.campaign_id == mixed.id)
    found = set(states(world.session, world.session.scalars(query)).values())
    assert found == set(ObligationState) - {ObligationState.PENDING, ObligationState.CANCELLED}
