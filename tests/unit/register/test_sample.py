"""The sample register: always the same, plainly invented, and with every case in it."""

from __future__ import annotations

import pytest

from workflows.campaigns import templates
from workflows.campaigns.applicability import Applicability, evaluate
from workflows.organizations.district import District, load
from workflows.organizations.types import OrganizationKind
from workflows.register.cells import Directory
from workflows.register.importing import ParsedRegister, RegisterRow, read_register
from workflows.register.sample import sample_csv, sample_register
from workflows.register.types import EnterpriseFacts, Flag
from workflows.settings import ROOT

DISTRICT: District = load()
DIRECTORY = Directory(
    towns={name: number for number, (_, name) in enumerate(DISTRICT.towns)},
    departments={one.name: number for number, one in enumerate(DISTRICT.departments)},
)


def parsed(count: int) -> ParsedRegister:
    return read_register(sample_csv(count).encode(), DIRECTORY)


def facts(row: RegisterRow) -> EnterpriseFacts:
    known = {name: row.stated.get(name) for name in ("employees", "above_scale", "state_owned", "risk_level")}
    return EnterpriseFacts(industry=row.industry, flags=row.flags, **known)


def test_the_file_in_seeds_is_what_the_generator_writes() -> None:
    written = (ROOT / "seeds" / "register" / "sample-40.csv").read_text("utf-8-sig")
    assert written == sample_csv(40)


@pytest.mark.parametrize("count", [40, 600])
def test_the_importer_takes_every_row_without_a_remark(count: int) -> None:
    result = parsed(count)
    assert (len(result.rows), result.problems) == (count, ())


def test_a_longer_register_begins_with_the_shorter_one() -> None:
    assert sample_register(60)[:40] == sample_register(40)


def test_another_seed_gives_other_firms() -> None:
    assert sample_register(40, seed=2) != sample_register(40)


def test_every_name_is_marked_as_a_sample() -> None:
    assert all(row["企业名称"].startswith("样例") for row in sample_register(600))


def test_no_two_firms_share_a_name() -> None:
    assert len({row["企业名称"] for row in sample_register(5000)}) == 5000


def test_codes_lie_in_an_area_that_does_not_exist() -> None:
    assert {row["统一社会信用代码"][2:8] for row in sample_register(600)} == {"999999"}


def test_telephone_numbers_cannot_be_dialled() -> None:
    assert all(row["联系电话"].startswith("000-") for row in sample_register(600))


def test_the_district_has_eight_towns() -> None:
    assert len(DISTRICT.towns) == 8


def test_every_organisation_of_the_district_is_marked_as_a_sample() -> None:
    tree = DISTRICT.tree
    assert all(node.name.startswith("样例") for node in (tree, *tree.children))


def test_the_lead_office_is_the_top_of_the_district() -> None:
    assert DISTRICT.tree.kind is OrganizationKind.DISTRICT_OFFICE


def test_every_town_has_firms_in_the_small_register() -> None:
    assert len({row.town_id for row in parsed(40).rows}) == 8


@pytest.mark.parametrize("flag", list(Flag))
def test_every_trait_is_true_false_and_unknown_somewhere(flag: Flag) -> None:
    assert {row.flags.get(flag) for row in parsed(600).rows} == {True, False, None}


def test_every_item_meets_every_answer_that_its_condition_can_give() -> None:
    template = templates.with_parameters(
        templates.get("hundred-day-drive"), {"safety_director_employees": 100}
    )
    firms = [facts(row) for row in parsed(600).rows]
    seen = {item.code: {evaluate(item.applies, firm).result for firm in firms} for item in template.items}
    conditional = {"4b", "6", "7", "15", "16", "18", "21b", "22a", "23", "24", "25"}
    assert seen == {
        code: set(Applicability) if code in conditional else {Applicability.APPLIES} for code in seen
    }
