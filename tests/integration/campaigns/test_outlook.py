"""What a launch would mean: counts, unknown facts, enterprises without accounts, people, load by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from tests.factories import DRIVE, World, drive_of
from tests.people import add_account
from workflows.accounts.models import Account
from workflows.accounts.types import Held, Role
from workflows.assignments import standins
from workflows.calendar import service as calendar
from workflows.campaigns import crowds, outlook
from workflows.campaigns.outlook import Outlook
from workflows.campaigns.scope import Listed, Scope
from workflows.campaigns.shifting import starting_in
from workflows.campaigns.staffing import Gap, Post
from workflows.campaigns.templates import with_parameters
from workflows.campaigns.types import CampaignTemplate
from workflows.register.types import EnterpriseStatus, Industry

EVERYBODY = Scope()


def look(
    world: World, template: CampaignTemplate = DRIVE, scope: Scope = EVERYBODY, capacity: int = 100
) -> Outlook:
    return outlook.outlook(
        world.session, template, scope=scope, office_id=world.office, per_reviewer=capacity, today=date(2025, 6, 20)
    )  # fmt: skip


def post_of(posts: Sequence[Post], body: int) -> Post:
    return next(post for post in posts if post.body.id == body)


def staff(world: World, home: int, role: Role, *names: str) -> None:
    for name in names:
        add_account(world.session, name, home, role)


def test_enterprises_that_the_template_cannot_tell_apart_are_one_group(world: World) -> None:
    world.firm(employees=3)
    world.firm(employees=299)
    world.firm(employees=300)
    template = drive_of("3", "4b")
    [below, above] = sorted(
        crowds.alike(world.session, Scope(), with_minimum(template)), key=lambda one: one.facts.employees or 0
    )
    assert (below.number, above.number) == (2, 1)


def with_minimum(template: CampaignTemplate) -> CampaignTemplate:
    [parameter] = template.parameters
    return with_parameters(template, {parameter.code: 300})


def test_an_unknown_headcount_stays_unknown(world: World) -> None:
    world.firm(employees=None, industry=Industry.METAL_SMELTING)
    found = look(world, with_minimum(drive_of("4b"))).preview
    assert (dict(found.unknown_facts), found.waiting) == ({"employees": 1}, 1)


def test_an_enterprise_waits_once_however_many_items_wait_for_its_facts(world: World) -> None:
    world.firm(flags={"dust": None, "night": None})
    world.firm(flags={"night": None})
    found = look(world, drive_of("3", "6", "21b", "23")).preview
    assert (found.waiting, found.unknown_facts["night"], found.unknown_facts["dust"]) == (2, 2, 1)


def test_obligations_are_counted_by_department_and_industry(world: World) -> None:
    world.firm(industry=Industry.CONSTRUCTION)
    world.firm(industry=Industry.CONSTRUCTION, department_id=world.departments[1])
    world.firm(industry=Industry.MACHINERY, town_id=world.towns[1])
    found = look(world, drive_of("2", "3")).preview
    assert dict(found.by_department) == {world.departments[0]: 4, world.departments[1]: 2}
    assert dict(found.by_industry) == {Industry.CONSTRUCTION: 4, Industry.MACHINERY: 2}


def test_an_enterprise_without_an_officer_or_without_a_principal_has_no_account(world: World) -> None:
    complete, officer_only, nobody = world.firm(), world.firm(), world.firm(town_id=world.towns[1])
    staff(world, complete.id, Role.SAFETY_OFFICER, "c1")
    staff(world, complete.id, Role.PRINCIPAL, "c2")
    staff(world, officer_only.id, Role.SAFETY_OFFICER, "o1")
    found = look(world)
    assert (found.preview.without_officer, found.preview.without_principal) == (1, 2)
    assert dict(found.preview.without_account) == dict.fromkeys(world.towns, 1)
    assert {one.id for one in found.without_account} == {officer_only.id, nobody.id}


def test_who_cannot_sign_in_counts_as_no_account(world: World) -> None:
    firm = world.firm()
    staff(world, firm.id, Role.PRINCIPAL, "p")
    add_account(world.session, "s", firm.id, Role.SAFETY_OFFICER).active = False
    world.session.flush()
    assert look(world).preview.without_officer == 1


def test_reviews_fall_into_the_week_of_their_due_date_at_town_and_department(world: World) -> None:
    world.firm()
    world.firm()
    template = drive_of("1a", "3", "17")  # 06-30 is a Monday, 08-15 a Friday, 17 has no date
    found = look(world, template)
    for body in (world.towns[0], world.departments[0]):
        load = post_of(found.posts, body).load
        assert load is not None
        told = {week.monday: week.reviews for week in load.weeks}
        assert (told, load.undated) == ({date(2025, 6, 30): 2, date(2025, 8, 11): 2}, 2)


def test_a_body_with_nobody_is_said_and_always_over(world: World) -> None:
    world.firm()
    staff(world, world.departments[0], Role.DEPARTMENT_OFFICER, "d1")
    found = look(world, drive_of("3"))
    town = post_of(found.posts, world.towns[0])
    assert town.gap is Gap.NOBODY
    assert post_of(found.posts, world.departments[0]).gap is None
    assert world.towns[1] not in [post.body.id for post in found.posts]  # it has nothing to review


def test_one_town_officer_alone_cannot_finish_a_site_check(world: World) -> None:
    world.firm()
    staff(world, world.towns[0], Role.TOWN_OFFICER, "t1")
    assert post_of(look(world).posts, world.towns[0]).gap is Gap.ALONE
    staff(world, world.towns[0], Role.TOWN_OFFICER, "t2")
    assert post_of(look(world).posts, world.towns[0]).gap is None


@pytest.mark.parametrize(("capacity", "over"), [(1, True), (2, False)])
def test_the_capacity_that_was_entered_decides_what_is_too_much(
    world: World, capacity: int, over: bool
) -> None:
    for _ in range(4):
        world.firm()
    staff(world, world.towns[0], Role.TOWN_OFFICER, "t1", "t2")
    post = post_of(look(world, drive_of("3"), capacity=capacity).posts, world.towns[0])
    assert (post.gap is Gap.OVER) is over


def test_a_holiday_lowers_what_can_be_done_in_its_week(world: World) -> None:
    """Two of the days from 2025-09-29 to 10-05 are worked; the district may still let people work on more."""
    world.firm()
    staff(world, world.towns[0], Role.TOWN_OFFICER, "t1", "t2")
    template = drive_of("3", due={"3": "2025-09-30"})
    assert capacity_of(look(world, template), world.towns[0]) == [80]
    calendar.set_local_day(
        world.session, date(2025, 10, 4), is_workday=True, reason="补班", now=world.now, actor="account:1"
    )
    assert capacity_of(look(world, template), world.towns[0]) == [120]


def test_a_year_that_nobody_published_is_named_and_its_weeks_count_as_five_days(world: World) -> None:
    world.firm()
    staff(world, world.towns[0], Role.TOWN_OFFICER, "t1")
    found = look(world, starting_in(drive_of("3"), 2040))
    assert (found.unknown_years, capacity_of(found, world.towns[0])) == ((2040,), [100])


def capacity_of(found: Outlook, body: int) -> list[int]:
    load = post_of(found.posts, body).load
    assert load is not None
    return [week.capacity for week in load.weeks]


def test_who_stands_in_during_the_campaign_is_told(world: World) -> None:
    world.firm()
    staff(world, world.towns[0], Role.TOWN_OFFICER, "t1", "t2")
    people = post_of(look(world).posts, world.towns[0]).people
    absent = world.session.get_one(Account, people[0].account_id)
    standins.name(
        world.session, absent, held=Held(world.towns[0], Role.TOWN_OFFICER), stand_in_id=people[1].account_id,
        from_on=date(2025, 8, 1), to_on=date(2025, 8, 9), today=date(2025, 6, 20), now=world.now,
    )  # fmt: skip
    [first, second] = post_of(look(world).posts, world.towns[0]).people
    assert [(one.from_on, one.stand_in) for one in first.away] == [(date(2025, 8, 1), second.name)]


def test_a_list_reaches_its_enterprises_in_operation_only(world: World) -> None:
    listed, other = world.firm(), world.firm(town_id=world.towns[1])
    stopped = world.firm(status=EnterpriseStatus.STOPPED)
    scope = Scope(listed=Listed(frozenset({listed.id, stopped.id})))
    found = look(world, scope=scope)
    assert found.preview.enterprises == 1
    assert [post.body.id for post in found.posts] == [world.towns[0], world.departments[0], world.office]
    assert other.id not in {one.id for one in found.without_account}
