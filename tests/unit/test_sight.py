"""Who sees what: an enterprise itself, a town its area, a department its enterprises, the office everything."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from workflows.accounts.types import Held, Role
from workflows.obligations.models import Obligation
from workflows.sight import sight_of

TOWN, DEPARTMENT, FIRM, OTHER = 11, 21, 31, 99


@dataclass
class Row:
    """What is looked at."""

    town_id: int = OTHER
    department_id: int = OTHER
    enterprise_id: int = OTHER


HERE = {
    Role.TOWN_OFFICER: Row(town_id=TOWN),
    Role.DEPARTMENT_OFFICER: Row(department_id=DEPARTMENT),
    Role.SAFETY_OFFICER: Row(enterprise_id=FIRM),
    Role.PRINCIPAL: Row(enterprise_id=FIRM),
}
HOME = {
    Role.TOWN_OFFICER: TOWN, Role.DEPARTMENT_OFFICER: DEPARTMENT, Role.SAFETY_OFFICER: FIRM, Role.PRINCIPAL: FIRM,
}  # fmt: skip


@pytest.mark.parametrize("role", list(HERE))
def test_a_role_sees_what_belongs_to_its_organisation(role: Role) -> None:
    assert sight_of([Held(HOME[role], role)]).allows(HERE[role])


@pytest.mark.parametrize("role", list(HERE))
def test_a_role_sees_nothing_of_others(role: Role) -> None:
    sight = sight_of([Held(HOME[role], role)])
    assert not sight.allows(Row())
    assert not any(sight.allows(row) for other, row in HERE.items() if HOME[other] != HOME[role])


@pytest.mark.parametrize("role", [Role.LEAD_OFFICER, Role.LEADER, Role.ADMINISTRATOR])
def test_the_office_sees_everything(role: Role) -> None:
    assert sight_of([Held(1, role)]).allows(Row())


def test_who_holds_nothing_sees_nothing() -> None:
    assert not any(sight_of([]).allows(row) for row in [Row(), *HERE.values()])


def test_an_id_of_one_kind_opens_no_other_kind() -> None:
    """The town 11 is not the department 11."""
    sight = sight_of([Held(TOWN, Role.TOWN_OFFICER)])
    assert not sight.allows(Row(department_id=TOWN, enterprise_id=TOWN))


def test_two_roles_see_what_either_sees() -> None:
    sight = sight_of([Held(TOWN, Role.TOWN_OFFICER), Held(DEPARTMENT, Role.DEPARTMENT_OFFICER)])
    assert sight.allows(Row(town_id=TOWN))
    assert sight.allows(Row(department_id=DEPARTMENT))


@pytest.mark.parametrize("role", [*HERE, Role.LEADER])
def test_a_query_asks_for_the_same_as_a_look(role: Role) -> None:
    sight = sight_of([Held(HOME.get(role, 1), role)])
    asked = str(sight.of(Obligation).compile(compile_kwargs={"literal_binds": True}))
    assert ("true" in asked.lower()) is sight.everything
    if not sight.everything:
        column = {TOWN: "town_id", DEPARTMENT: "department_id", FIRM: "enterprise_id"}[HOME[role]]
        assert f"obligation.{column} IN ({HOME[role]})" in asked
