"""What an enterprise lacks in safety staff: kept, listed from an index, an obligation while it lasts."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text, update

from tests.factories import World, at
from workflows import enterprisefile
from workflows.campaigns import filetasks, templates
from workflows.campaigns.adjusting import Adjusted
from workflows.campaigns.crowds import alike
from workflows.campaigns.scope import Scope
from workflows.exceptions import NotFound
from workflows.obligations import queries
from workflows.obligations.models import Obligation
from workflows.register import judging, shortfalls
from workflows.register.models import Enterprise
from workflows.register.shortfalls import By, View
from workflows.register.types import EnterpriseStatus, Industry
from workflows.safetystaff.types import StaffState
from workflows.sight import Sight

CHECK = templates.get("safety-staff")
ALL = Sight(everything=True)
MINE: dict[str, Any] = {"industry": Industry.COAL_MINE, "employees": 120, "registered_engineers": 1}
SHORT, MET, UNKNOWN = StaffState.SHORT, StaffState.MET, StaffState.UNKNOWN


def edit(world: World, firm: Enterprise, **wanted: Any) -> Adjusted:
    found = enterprisefile.edit(
        world.session, firm, wanted, seen=firm.updated_at, now=world.now, actor="town"
    )
    world.session.expire_all()
    return found


def running(world: World) -> None:
    """The check of safety staff, in its second phase."""
    world.now = at("2020-07-01 09:00")
    world.launch(CHECK)
    world.advance(at("2020-08-03 09:00"))


def states(world: World, firm: Enterprise) -> list[str]:
    held = world.session.scalars(select(Obligation).where(Obligation.enterprise_id == firm.id)).all()
    return [str(state) for state in queries.states(world.session, held).values()]


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"full_time_officers": 1}, SHORT),
        ({"full_time_officers": 3}, MET),
        ({"full_time_officers": None}, UNKNOWN),
        ({"full_time_officers": 3, "has_safety_department": False}, SHORT),
        ({"full_time_officers": 3, "employees": None}, UNKNOWN),
        ({"full_time_officers": 3, "registered_engineers": 0}, SHORT),
    ],
)
def test_an_edit_changes_what_the_register_keeps(
    world: World, facts: dict[str, Any], state: StaffState
) -> None:
    firm = world.firm(**MINE)
    edit(world, firm, **facts)
    assert firm.staff_state is state


def test_changed_tables_judge_everybody_again_and_name_whose_state_changed(world: World) -> None:
    right, wrong = world.firm(**MINE, full_time_officers=3), world.firm(**MINE, full_time_officers=3)
    world.session.execute(update(Enterprise).where(Enterprise.id == wrong.id).values(staff_state=SHORT))
    assert judging.refresh_all(world.session) == [wrong.id]
    world.session.expire_all()
    assert (right.staff_state, wrong.staff_state) == (MET, MET)


def test_who_lacks_staff_has_the_obligation_and_nobody_else(world: World) -> None:
    short, met = world.firm(**MINE, full_time_officers=1), world.firm(**MINE, full_time_officers=3)
    unknown = world.firm(**{**MINE, "full_time_officers": None})
    running(world)
    assert [states(world, firm) for firm in (short, met, unknown)] == [["in_progress"], [], []]


def test_what_is_unknown_is_asked_of_the_enterprise(world: World) -> None:
    firm = world.firm(**{**MINE, "full_time_officers": None, "part_time_officers": None})
    running(world)
    assert set(filetasks.open_questions(world.session, firm.id)) == {
        "full_time_officers",
        "part_time_officers",
    }


def test_an_answer_opens_the_obligation(world: World) -> None:
    firm = world.firm(**{**MINE, "full_time_officers": None})
    running(world)
    answers = {"full_time_officers": 2}
    found = enterprisefile.answer(world.session, firm, answers, now=world.now, actor="firm")
    assert (found.opened, states(world, firm)) == (1, ["in_progress"])


def test_the_obligation_goes_with_the_gap_and_comes_back_with_it(world: World) -> None:
    firm = world.firm(**MINE, full_time_officers=1)
    running(world)
    assert edit(world, firm, full_time_officers=2) == Adjusted()  # 3 are needed
    assert edit(world, firm, full_time_officers=3).withdrawn == 1
    assert states(world, firm) == ["not_applicable"]
    assert edit(world, firm, employees=301).reopened == 1
    assert states(world, firm) == ["in_progress"]


def test_after_changed_tables_obligations_follow(world: World) -> None:
    firm = world.firm(**MINE, full_time_officers=3)
    running(world)
    wrong = update(Enterprise).where(Enterprise.id == firm.id).values(full_time_officers=1)
    world.session.execute(wrong)  # as if the tables now asked for more: the facts no longer meet them
    assert enterprisefile.judge_again(world.session, now=world.now).opened == 1
    assert states(world, firm) == ["in_progress"]


def test_a_fact_that_becomes_unknown_withdraws_nothing(world: World) -> None:
    firm = world.firm(**MINE, full_time_officers=1)
    running(world)
    assert edit(world, firm, full_time_officers=None) == Adjusted()
    assert states(world, firm) == ["in_progress"]


def test_a_preview_tells_enterprises_apart_by_their_state(world: World) -> None:
    for officers in (1, 1, 3, None):
        world.firm(**{**MINE, "full_time_officers": officers})
    found = {one.facts.staff_state: one.number for one in alike(world.session, Scope(), CHECK)}
    assert found == {SHORT: 2, MET: 1, UNKNOWN: 1}


def test_enterprises_in_operation_are_counted_by_town_department_and_industry(world: World) -> None:
    world.firm(**MINE, full_time_officers=1, town_id=world.towns[1])
    world.firm(**MINE, full_time_officers=3)
    world.firm(**MINE, full_time_officers=1, status=EnterpriseStatus.DEREGISTERED)
    towns = shortfalls.counts(world.session, sight=ALL, by=By.TOWN)
    assert towns == {
        world.towns[0]: {MET: 1, SHORT: 0, UNKNOWN: 0},
        world.towns[1]: {MET: 0, SHORT: 1, UNKNOWN: 0},
    }
    trades = shortfalls.counts(world.session, sight=ALL, by=By.INDUSTRY)
    assert trades == {Industry.COAL_MINE: {MET: 1, SHORT: 1, UNKNOWN: 0}}


def test_the_list_goes_on_where_a_page_ended(world: World) -> None:
    firms = [world.firm(**MINE, full_time_officers=1, town_id=world.towns[n % 2]) for n in range(4)]
    wanted = sorted(firms, key=lambda firm: (firm.town_id, firm.id))
    found = shortfalls.listed(world.session, sight=ALL, view=View(after=wanted[1].id))
    assert [one.id for one in found] == [one.id for one in wanted[2:]]
    whole = shortfalls.everyone(world.session, sight=ALL, view=View())
    assert [one.id for one in whole] == [one.id for one in wanted]


def test_a_town_sees_its_own_and_goes_on_from_no_other(world: World) -> None:
    own, other = (world.firm(**MINE, full_time_officers=1, town_id=town) for town in world.towns)
    sight = Sight(everything=False, town_ids=(world.towns[0],))
    assert [one.id for one in shortfalls.listed(world.session, sight=sight, view=View())] == [own.id]
    with pytest.raises(NotFound):
        shortfalls.listed(world.session, sight=sight, view=View(after=other.id))


def test_the_numbers_read_an_index_and_no_enterprise(world: World) -> None:
    if world.session.get_bind().dialect.name != "sqlite":
        pytest.skip("an empty table is read whole by PostgreSQL")
    query = (
        "EXPLAIN QUERY PLAN SELECT town_id, staff_state, count(*) FROM enterprise"
        " WHERE status = 'operating' GROUP BY town_id, staff_state"
    )
    plan = " ".join(row.detail for row in world.session.execute(text(query)))
    assert "COVERING INDEX ix_enterprise_staff" in plan
