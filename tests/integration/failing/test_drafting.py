"""The lists of failing enterprises: one per department at the cut-off, a supplement for what it does not name."""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import World, at, drive_of
from workflows.campaigns import templates
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation

Listed = dict[tuple[int, str, bool], dict[int, str]]


def lists(world: World, campaign: Campaign) -> Listed:
    """(department, cut-off, supplement?) -> enterprise -> items."""
    query = (
        select(FailingList, FailingListEntry)
        .join(FailingListEntry, FailingListEntry.list_id == FailingList.id)
        .where(FailingList.campaign_id == campaign.id)
    )
    found: Listed = {}
    for one, entry in world.session.execute(query):
        key = (one.department_id, one.cutoff_on.isoformat(), one.is_supplement)
        found.setdefault(key, {})[entry.enterprise_id] = entry.item_codes
    return found


def of_item(world: World, campaign: Campaign, enterprise_id: int, code: str) -> Obligation:
    query = select(Obligation).where(
        Obligation.campaign_id == campaign.id,
        Obligation.enterprise_id == enterprise_id,
        Obligation.item_code == code,
    )
    return world.session.scalars(query).one()


def close(world: World, one: Obligation) -> None:
    world.submit(one)
    world.accept(one)


def test_at_the_cut_off_each_department_gets_one_list(world: World) -> None:
    first, second = world.departments
    one, two, other = world.firm(), world.firm(), world.firm(department_id=second)
    campaign = world.launch(drive_of("3", "12"))
    world.advance(at("2025-08-10 23:59"))
    assert lists(world, campaign) == {}
    world.advance(at("2025-08-11 00:00"))
    assert lists(world, campaign) == {
        (first, "2025-08-10", False): {one.id: "12 3", two.id: "12 3"},
        (second, "2025-08-10", False): {other.id: "12 3"},
    }


def test_who_is_accepted_is_not_on_the_list(world: World) -> None:
    done, late = world.firm(), world.firm()
    campaign = world.launch(drive_of("3"))
    world.advance(at("2025-07-01 09:00"))
    close(world, of_item(world, campaign, done.id, "3"))
    world.advance(at("2025-08-11 00:00"))
    assert lists(world, campaign) == {(world.departments[0], "2025-08-10", False): {late.id: "3"}}


def test_what_is_still_in_review_is_not_yet_accepted(world: World) -> None:
    firm = world.firm()
    campaign = world.launch(drive_of("3"))
    world.advance(at("2025-07-01 09:00"))
    world.submit(of_item(world, campaign, firm.id, "3"))
    world.advance(at("2025-08-11 00:00"))
    assert lists(world, campaign) == {(world.departments[0], "2025-08-10", False): {firm.id: "3"}}


def test_undated_items_and_items_due_after_the_drive_fail_nobody(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("17", "22b"))
    world.advance(at("2025-08-16 00:00"))
    assert lists(world, campaign) == {}


def test_the_supplement_names_only_what_the_first_list_does_not(world: World) -> None:
    firm, other = world.firm(risk_level="major"), world.firm()
    campaign = world.launch(drive_of("3"))
    world.advance(at("2025-07-01 09:00"))
    one = of_item(world, campaign, firm.id, "3")
    close(world, one)  # of major risk, so somebody goes and looks
    world.advance(at("2025-08-14 09:00"))
    world.do(
        one,
        "site_check",
        world.town("b"),
        site_result="fail",
        findings="证照已过期",
        second_inspector="李检查",
    )
    world.advance(at("2025-08-16 00:00"))
    department = world.departments[0]
    assert lists(world, campaign) == {
        (department, "2025-08-10", False): {other.id: "3"},
        (department, "2025-08-15", True): {firm.id: "3"},
    }


def test_a_list_is_told_to_its_department_with_the_number_of_enterprises(world: World) -> None:
    world.firm()
    world.firm()
    world.launch(drive_of("3"))
    world.advance(at("2025-08-11 00:00"))
    query = select(Notification).where(Notification.kind == "failing_list.drafted")
    notice = world.session.scalars(query).one()
    assert notice.candidate_group == f"{world.departments[0]}:department_officer"
    assert notice.data["count"] == 2


def test_after_downtime_both_lists_bear_the_days_of_the_template(world: World) -> None:
    firm = world.firm()
    campaign = world.launch(drive_of("3"))
    world.advance(at("2025-08-01 00:00"))
    world.jump(at("2025-08-20 00:00"))
    assert lists(world, campaign) == {(world.departments[0], "2025-08-10", False): {firm.id: "3"}}


def test_a_template_without_a_cut_off_has_no_lists(world: World) -> None:
    world.firm()
    plain = {k: v for k, v in drive_of("3").data.items() if k != "failing_list"}
    campaign = world.launch(templates.from_json(plain))
    world.advance(at("2025-08-17 00:00"))
    assert lists(world, campaign) == {}


def test_a_launch_after_the_cut_off_lists_nobody_for_a_day_that_was_over(world: World) -> None:
    firm = world.firm()
    world.now = at("2025-08-12 09:00")
    campaign = world.launch(drive_of("3"))
    world.advance(at("2025-08-15 23:59"))
    assert lists(world, campaign) == {}
    world.advance(at("2025-08-16 00:00"))
    assert lists(world, campaign) == {(world.departments[0], "2025-08-15", True): {firm.id: "3"}}


def test_a_launch_on_the_cut_off_day_is_listed_at_its_end(world: World) -> None:
    firm = world.firm()
    world.now = at("2025-08-10 00:00")
    campaign = world.launch(drive_of("3"))
    world.advance(at("2025-08-11 00:00"))
    assert lists(world, campaign) == {(world.departments[0], "2025-08-10", False): {firm.id: "3"}}
