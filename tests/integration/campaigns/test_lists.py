"""A pasted or uploaded list names enterprises; a line that names nobody is named back; the list goes on to hold."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from tests.factories import World, drive_of
from workflows import enterprisefile
from workflows.campaigns import adjusting, lists
from workflows.campaigns.models import Campaign
from workflows.campaigns.scope import Listed, Scope, overlap
from workflows.exceptions import InvalidForm
from workflows.obligations import queries
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.register.models import Enterprise
from workflows.register.problems import ProblemCode, sentence

OPEN = drive_of("3", due={"3": "2025-06-25"})  # opens with the launch


def read(world: World, text: str) -> lists.Reading:
    return lists.read(world.session, lists.as_file(text))


def only(*firms: Enterprise) -> Scope:
    return Scope(listed=Listed(frozenset(firm.id for firm in firms)))


def holders(world: World, campaign: Campaign) -> set[int]:
    query = select(Obligation.enterprise_id).where(Obligation.campaign_id == campaign.id)
    return set(world.session.scalars(query))


def test_a_line_names_an_enterprise_by_its_code_its_name_or_its_short_name(world: World) -> None:
    firms = [
        world.firm(),
        world.firm(name="宏岳铸造有限公司"),
        world.firm(name="云麓食品厂", short_name="云麓"),
    ]
    found = read(world, f"{firms[0].uscc.lower()}\n  宏岳铸造有限公司 \n\n云麓")
    assert (found.ids, found.lines, found.problems) == ({firm.id for firm in firms}, 3, ())


def test_columns_beside_the_name_and_a_header_are_passed_over(world: World) -> None:
    firm = world.firm(name="宏岳铸造有限公司")
    found = read(world, f"序号\t企业名称\t统一社会信用代码\n1\t宏岳铸造有限公司\t{firm.uscc}")
    assert (found.ids, found.lines) == ({firm.id}, 1)


def test_a_code_counts_more_than_the_name_beside_it(world: World) -> None:
    meant, other = world.firm(), world.firm(name="云麓食品厂")
    assert read(world, f"云麓食品厂,{meant.uscc}").ids == {meant.id}
    assert read(world, "云麓食品厂,TEST99999999999999").ids == frozenset()
    assert other.id not in read(world, f"云麓食品厂,{meant.uscc}").ids


def test_what_names_nobody_is_named_line_by_line_with_the_likeliest_name(world: World) -> None:
    firm = world.firm(name="宏岳铸造有限公司")
    found = read(world, f"没有这家企业\n{firm.uscc}\n宏岳铸造公司")
    assert [(one.code, one.row, one.suggestion) for one in found.problems] == [
        (ProblemCode.NOT_REGISTERED, 1, None), (ProblemCode.NOT_REGISTERED, 3, "宏岳铸造有限公司"),
    ]  # fmt: skip
    assert (found.unknown, found.ids) == (2, {firm.id})
    assert sentence(found.problems[1]) == "第3行：台账里没有“宏岳铸造公司”。您是指“宏岳铸造有限公司”吗？"


def test_a_wrong_code_is_told_what_is_wrong_with_it(world: World) -> None:
    [problem] = read(world, "911100006000373410").problems  # right with an L at its end
    assert (problem.code, problem.row, problem.suggestion) == (
        ProblemCode.USCC_CHECK,
        1,
        "91110000600037341L",
    )


def test_a_name_of_two_enterprises_is_nobodys(world: World) -> None:
    world.firm(name="为民超市")
    world.firm(name="为民超市", town_id=world.towns[1])
    found = read(world, "为民超市")
    assert (found.ids, [one.code for one in found.problems]) == (frozenset(), [ProblemCode.SEVERAL_FIRMS])


def test_an_enterprise_that_is_listed_twice_counts_once(world: World) -> None:
    firm = world.firm(name="为民超市")
    found = read(world, f"为民超市\n{firm.uscc}")
    assert (found.ids, found.repeated) == ({firm.id}, 1)


def test_what_was_pasted_comes_back_line_by_line(world: World) -> None:
    assert read(world, '为民超市\n"云麓"食品厂\n没有').text == '为民超市\n"云麓"食品厂\n没有'


def test_a_workbook_is_read_like_a_pasted_list(world: World) -> None:
    firm = world.firm(name="为民超市")
    book, kept = Workbook(), io.BytesIO()
    for row in (["企业名称", "镇街"], ["为民超市", "测试镇1"]):
        book.active.append(row)
    book.save(kept)
    assert lists.read(world.session, kept.getvalue()).ids == {firm.id}


def test_a_file_that_is_none_names_nobody_and_says_why(world: World) -> None:
    found = lists.read(world.session, b"PK\x03\x04 broken")
    assert (found.ids, [one.code for one in found.problems]) == (frozenset(), [ProblemCode.BROKEN_WORKBOOK])


def test_a_list_longer_than_the_limit_is_refused_as_a_whole(world: World) -> None:
    world.firm(name="为民超市")
    found = read(world, "为民超市\n" * (lists.MOST + 1))
    assert (found.ids, [one.code for one in found.problems]) == (frozenset(), [ProblemCode.TOO_LARGE])


def test_a_launch_by_list_reaches_nobody_else(world: World) -> None:
    listed = world.firm()
    world.firm()
    campaign = world.launch(OPEN, scope=only(listed))
    assert holders(world, campaign) == {listed.id}


def test_town_and_list_add_up(world: World) -> None:
    here, there = world.firm(), world.firm(town_id=world.towns[1])
    both = frozenset({here.id, there.id})
    campaign = world.launch(OPEN, scope=Scope(town_ids=(world.towns[1],), listed=Listed(both)))
    assert holders(world, campaign) == {there.id}


def test_a_list_that_names_nobody_is_no_launch_for_everybody(world: World) -> None:
    world.firm()
    with pytest.raises(InvalidForm):
        world.launch(OPEN, scope=only())


def test_who_joins_later_is_not_on_the_list(world: World) -> None:
    listed = world.firm()
    campaign = world.launch(OPEN, scope=only(listed))
    late = world.firm()
    adjusting.adjust(world.session, [late.id], now=world.now, actor="town", source="edit")
    assert holders(world, campaign) == {listed.id}


def test_a_change_of_a_listed_enterprise_is_followed(world: World) -> None:
    template = drive_of("21b", due={"21b": "2025-06-25"})  # who often works at night
    listed, other = world.firm(), world.firm()
    campaign = world.launch(template, scope=only(listed))
    for firm in (listed, other):
        wanted = {"flags": {**firm.flags, "night": True}}
        enterprisefile.edit(world.session, firm, wanted, seen=firm.updated_at, now=world.now, actor="town")
    assert holders(world, campaign) == {listed.id}
    [held] = world.session.scalars(select(Obligation).where(Obligation.campaign_id == campaign.id))
    assert queries.states(world.session, [held])[held.id] is ObligationState.IN_PROGRESS


def test_the_scope_is_kept_whole_with_the_campaign(world: World) -> None:
    firm = world.firm()
    scope = Scope((world.towns[0],), (), Listed(frozenset({firm.id}), "key", 2))
    assert Scope.from_json(world.launch(OPEN, scope=scope).scope) == scope


def test_a_scope_from_before_there_were_lists_has_none() -> None:
    assert Scope.from_json({"town_ids": [1], "industries": []}) == Scope((1,))


def test_lists_overlap_where_they_share_an_enterprise(world: World) -> None:
    first, second = world.firm(), world.firm(town_id=world.towns[1])
    assert overlap(world.session, only(first, second), only(second))
    assert not overlap(world.session, only(first), only(second))
    assert overlap(world.session, only(first), Scope())
    assert not overlap(world.session, only(first), Scope(town_ids=(world.towns[1],)))
