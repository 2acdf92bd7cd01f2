"""The filters of a list: each leaves what it says, pages hold everything once in every order, numbers agree."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event, select

from engine.models import UserTask
from tests.factories import World, at, drive_of
from tests.people import add_account
from workflows import worklist
from workflows.exceptions import InvalidForm, NotFound
from workflows.facets import facets
from workflows.inbox import Person
from workflows.register.types import Industry
from workflows.savedfilters import service as savedfilters
from workflows.worklist import Filter, Order, Urgency, Who


@pytest.fixture
def many(world: World) -> Person:
    """Sixty reviews of a department: two towns, two industries, two campaigns; one more firm is nobody's business."""
    for number in range(30):
        world.firm(
            name=f"企业{number % 7}", town_id=world.towns[number % 2], department_id=world.departments[0],
            industry=Industry.MACHINERY if number % 3 else Industry.METAL_SMELTING,
        )  # fmt: skip
    for code in ("3", "12"):
        world.launch(drive_of(code), title=f"行动{code}")
    world.jump(at("2025-07-01 09:00"))
    rows = world.session.scalars(select(UserTask).where(UserTask.node == "self_check")).all()
    for task in rows:
        task.node, task.candidate_group = "department_review", f"{world.departments[0]}:department_officer"
    world.session.flush()
    return world.department()


def paged(world: World, person: Person, wanted: Filter) -> list[int]:
    """The ids of all pages, one after the other."""
    ids: list[int] = []
    while True:
        found = worklist.rows(world.session, person, wanted=wanted, now=world.now)
        shown = found[: worklist.PAGE]
        ids += [row.task_id for row in shown]
        if len(found) <= worklist.PAGE:
            return ids
        wanted = replace(wanted, after=worklist.place_of(shown[-1]))


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("dated", [True, False])
def test_the_pages_of_every_order_hold_everything_once(
    world: World, many: Person, order: Order, dated: bool
) -> None:
    if not dated:
        for task in world.session.scalars(select(UserTask)):
            task.due_at = None
        world.session.flush()
    ids = paged(world, many, Filter(reviews=True, order=order))
    assert sorted(ids) == sorted(
        world.session.scalars(select(UserTask.id).where(UserTask.node == "department_review"))
    )


def test_newest_and_oldest_are_each_others_reverse(world: World, many: Person) -> None:
    newest = paged(world, many, Filter(reviews=True, order=Order.NEWEST))
    assert (
        newest == paged(world, many, Filter(reviews=True, order=Order.OLDEST))[::-1] == sorted(newest)[::-1]
    )


def test_by_enterprise_the_names_are_in_order(world: World, many: Person) -> None:
    found = worklist.rows(
        world.session, many, wanted=Filter(reviews=True, order=Order.ENTERPRISE), now=world.now
    )
    names = [row.enterprise or "" for row in found]
    assert names == sorted(names)


@pytest.mark.parametrize("key", ["campaign_id", "phase", "town_id", "industry", "urgency"])
def test_each_filter_leaves_as_many_as_its_number_says(world: World, many: Person, key: str) -> None:
    wanted = Filter(reviews=True)
    numbers = getattr(facets(world.session, many, wanted=wanted, now=world.now), key)
    assert sum(numbers.values()) == 60
    for value, number in numbers.items():
        assert len(paged(world, many, replace(wanted, **{key: value}))) == number


def test_filters_narrow_each_other_and_the_numbers_follow(world: World, many: Person) -> None:
    wanted = Filter(reviews=True, town_id=world.towns[0], industry=Industry.METAL_SMELTING)
    found = facets(world.session, many, wanted=wanted, now=world.now)
    assert len(paged(world, many, wanted)) == found.total == found.industry[Industry.METAL_SMELTING] == 10
    assert found.town_id == {world.towns[0]: 10, world.towns[1]: 10}  # of this industry, in whatever town


def test_nobody_sees_more_by_filtering(world: World, many: Person) -> None:
    stranger = world.department(number=1)
    assert paged(world, stranger, Filter(reviews=True, town_id=world.towns[0])) == []


def test_a_page_costs_as_many_statements_however_long_the_list(world: World, many: Person) -> None:
    def statements(person: Person) -> int:
        seen: list[str] = []

        def note(_c: object, _cu: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        bind = world.session.connection()
        event.listen(bind, "before_cursor_execute", note)
        worklist.rows(world.session, person, wanted=Filter(reviews=True), now=world.now)
        facets(world.session, person, wanted=Filter(reviews=True), now=world.now)
        event.remove(bind, "before_cursor_execute", note)
        return len(seen)

    assert statements(many) <= 15
    assert statements(world.department(number=1)) <= 15


def test_the_next_task_of_a_filtered_list_is_of_that_list(world: World, many: Person) -> None:
    wanted = Filter(reviews=True, industry=Industry.METAL_SMELTING)
    ids = paged(world, many, wanted)
    for one, after in zip(ids, [*ids[1:], ids[0]], strict=True):
        assert worklist.following(world.session, many, one, wanted=wanted, now=world.now) == after


def test_what_is_due_today_is_overdue_tomorrow(world: World, many: Person) -> None:
    def numbers() -> dict[Urgency, int]:
        return dict(facets(world.session, many, wanted=Filter(reviews=True), now=world.now).urgency)

    world.now = at("2025-08-15 09:00")
    assert numbers() == {Urgency.TODAY: 60}
    world.now = at("2025-08-16 09:00")
    assert numbers() == {Urgency.OVERDUE: 60}


# --- saved filters


@pytest.fixture
def owner(world: World) -> int:
    return add_account(world.session, "zhang", world.towns[0]).id


def save(world: World, account: int, name: str, *, shared: int | None = None) -> int:
    kept = savedfilters.save(
        world.session, account_id=account, organization_id=shared, page="inbox", name=name,
        query={"group": "overdue"}, now=world.now,
    )  # fmt: skip
    return kept.id


def names(world: World, account: int, organization_id: int) -> list[str]:
    found = savedfilters.listed(
        world.session, account_id=account, organization_id=organization_id, page="inbox"
    )
    return [one.name for one in found]


def test_a_saved_filter_is_ones_own(world: World, owner: int) -> None:
    colleague = add_account(world.session, "li", world.towns[0]).id
    save(world, owner, "逾期的")
    assert names(world, owner, world.towns[0]) == ["逾期的"]
    assert names(world, colleague, world.towns[0]) == []


def test_a_shared_filter_is_seen_in_the_organisation_only(world: World, owner: int) -> None:
    save(world, owner, "逾期的", shared=world.towns[0])
    colleague, stranger = (
        add_account(world.session, "li", world.towns[0]).id,
        add_account(world.session, "w", world.towns[1]).id,
    )
    assert names(world, colleague, world.towns[0]) == ["逾期的"]
    assert names(world, stranger, world.towns[1]) == []


def test_a_shared_filter_is_removed_by_its_owner_only(world: World, owner: int) -> None:
    kept = save(world, owner, "逾期的", shared=world.towns[0])
    colleague = add_account(world.session, "li", world.towns[0]).id
    with pytest.raises(NotFound):
        savedfilters.remove(world.session, kept, account_id=colleague)
    savedfilters.remove(world.session, kept, account_id=owner)
    assert names(world, owner, world.towns[0]) == []


def test_the_same_name_replaces(world: World, owner: int) -> None:
    save(world, owner, "我的")
    save(world, owner, " 我的 ")
    assert names(world, owner, world.towns[0]) == ["我的"]


@pytest.mark.parametrize("name", ["", "  ", "长" * 41])
def test_a_filter_needs_a_name_of_a_bearable_length(world: World, owner: int, name: str) -> None:
    with pytest.raises(InvalidForm):
        save(world, owner, name)


def test_nobody_keeps_filters_without_end(world: World, owner: int) -> None:
    for number in range(savedfilters.MOST):
        save(world, owner, f"筛选{number}")
    with pytest.raises(InvalidForm):
        save(world, owner, "再一个")


def test_an_empty_list_of_scopes_lists_nothing(world: World) -> None:
    nobody = Person("nobody", frozenset(), 0)
    assert worklist.rows(world.session, nobody, wanted=Filter(), now=world.now) == []
    assert facets(world.session, nobody, wanted=Filter(who=Who.COLLEAGUES), now=world.now).total == 0
