"""A hazard's page says where it stands and whose it is; officials raise its level, hand it over, merge, open again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import remediation
from tests.factories import World, world_in
from tests.web.house import NOW, Place
from workflows.hazards.models import Hazard
from workflows.register.models import Enterprise

REASON = "现场裂缝扩大，重新核实"
Going = Callable[[World, Hazard], object]


def hazard_in(here: Place, folder: Path, *going: Going, **facts: str) -> int:
    """A new hazard of the firm, brought on."""
    with here.app.state.sessions.begin() as session:
        world = world_in(session, folder)
        world.now = NOW
        hazard = world.hazard(session.get_one(Enterprise, here.house.firm), **facts)
        for go in going:
            go(world, hazard)
        return hazard.id


def planned(world: World, hazard: Hazard) -> None:
    world.planned(hazard, due_on="2025-09-01")


def planned_major(world: World, hazard: Hazard) -> None:
    world.report(hazard, possible_casualties=5)
    world.do(hazard, "assess", world.town(), level="major", assessment="符合判定标准")
    world.controlled(hazard, "2025-09-12", accounted=True)


def graded_major(world: World, hazard: Hazard) -> None:
    world.report(hazard, possible_casualties=5)
    world.do(hazard, "assess", world.town(), level="major", assessment="符合判定标准")


def closed(world: World, hazard: Hazard) -> None:
    world.close_hazard(hazard)


def hazard_of(place: Place, number: int) -> Hazard:
    with place.look() as session:
        return session.get_one(Hazard, number)


def page(place: Place, who: str, number: int) -> str:
    return place.enter(who).get(f"/hazards/{number}").text


def sent(place: Place, who: str, path: str, **form: str) -> str:
    """The page that follows."""
    client = place.enter(who)
    answer = client.post(path, data=form)
    assert answer.status_code == 303
    return client.get(answer.headers["location"]).text


# --- what it says


def test_it_says_what_is_done_now_by_whom_and_by_when(place: Place, tmp_path: Path) -> None:
    shown = page(place, "officer", hazard_in(place, tmp_path, planned))
    assert "现在：整改，由宏岳铸造 企业安全员办理" in shown
    assert "还有10个工作日" in shown


def test_every_part_that_goes_on_at_once_is_named_with_its_holder(place: Place, tmp_path: Path) -> None:
    shown = page(place, "town", hazard_in(place, tmp_path, graded_major))
    assert "现在：现状评估，由宏岳铸造" in shown
    assert "现在：采取临时措施，由宏岳铸造" in shown


def test_parts_of_the_plan_that_are_missing_are_named(place: Place, tmp_path: Path) -> None:
    assert page(place, "town", hazard_in(place, tmp_path, graded_major)).count("还缺") == 5


def test_both_marks_are_shown_with_their_numbers(place: Place, tmp_path: Path) -> None:
    shown = page(place, "department", hazard_in(place, tmp_path, planned_major))
    assert "测安督〔2025〕3号" in shown
    assert "测政办〔2025〕8号" in shown


def test_interim_measures_are_shown_with_who_took_them_and_when(place: Place, tmp_path: Path) -> None:
    shown = page(place, "officer", hazard_in(place, tmp_path, planned_major))
    assert '李明 <span class="sm mute">8月18日 09:30</span>' in shown


def test_a_closed_hazard_says_that_its_effect_is_still_to_be_checked(place: Place, tmp_path: Path) -> None:
    shown = page(place, "officer", hazard_in(place, tmp_path, closed))
    assert "已闭环，" in shown


def test_a_hazard_at_the_same_place_is_pointed_out(place: Place, tmp_path: Path) -> None:
    first = hazard_in(place, tmp_path, title="护栏断裂", place="九号 炉")
    shown = page(place, "officer", hazard_in(place, tmp_path, title="护栏又断", place="9号炉"))
    assert f'<a href="/hazards/{first}">护栏断裂</a>' in shown
    assert "同一地点" in shown


def test_whoever_reports_it_sees_the_earlier_ones_in_the_task(place: Place, tmp_path: Path) -> None:
    hazard_in(place, tmp_path, title="阀门渗漏", place="七号 罐")
    again = hazard_in(place, tmp_path, title="阀门又渗漏", place="7号罐")
    with place.look() as session:
        task = world_in(session, tmp_path).task(session.get_one(Hazard, again), "report")
        number = task.id
    assert "阀门渗漏" in place.enter("officer").get(f"/inbox?task={number}").text


def refused_consent(world: World, hazard: Hazard) -> None:
    planned_major(world, hazard)
    world.fix(hazard)
    form = remediation.acceptance(world.proof(world.departments[0]))
    world.do(hazard, "accept", world.department(), **form)
    world.do(hazard, "consent", world.department("b"), consented=False, consent_reason="通风系统未复测")


def test_whoever_fixes_it_again_reads_why_and_what_was_planned(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, refused_consent)
    with place.look() as session:
        task = world_in(session, tmp_path).task(session.get_one(Hazard, number), "fix").id
    shown = place.enter("officer").get(f"/tasks/{task}").text
    assert '<p class="pre">通风系统未复测</p>' in shown
    assert "停用并改造" in shown


def test_what_was_written_off_says_so(place: Place, tmp_path: Path) -> None:
    def written_off(world: World, hazard: Hazard) -> None:
        planned_major(world, hazard)
        world.fix(hazard)
        world.accept_major(hazard)
        world.do(hazard, "site_review", world.department("b"), review_passed=True, **remediation.REVIEW)

    assert "已核销" in page(place, "officer", hazard_in(place, tmp_path, written_off))


# --- what officials do


@pytest.mark.parametrize(
    ("who", "can"), [("town", True), ("department", True), ("officer", False), ("leader", False)]
)
def test_who_may_raise_its_level_sees_the_button(
    place: Place, tmp_path: Path, who: str, *, can: bool
) -> None:
    number = hazard_in(place, tmp_path, planned)
    assert (f'action="/hazards/{number}/upgrade"' in page(place, who, number)) is can


def test_a_level_is_raised_with_a_reason(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, planned)
    shown = sent(place, "town", f"/hazards/{number}/upgrade", reason=REASON)
    assert hazard_of(place, number).level == "major"
    assert "已升级为重大隐患" in shown


def test_without_a_reason_nothing_is_raised(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, planned)
    answer = place.enter("town").post(f"/hazards/{number}/upgrade", data={"reason": "大"})
    assert (answer.status_code, hazard_of(place, number).level) == (422, "general")
    assert "至少5个字" in answer.text


def test_raising_it_twice_is_said_to_be_too_late(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, planned_major)
    answer = place.enter("town").post(f"/hazards/{number}/upgrade", data={"reason": REASON})
    assert answer.status_code == 409
    assert "这处隐患不能升级" in answer.text


def test_it_is_handed_to_another_department(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, planned)
    with place.look() as session:
        other = world_in(session, tmp_path).departments[1]
    shown = sent(place, "department", f"/hazards/{number}/transfer", department=str(other), reason=REASON)
    assert hazard_of(place, number).department_id == other
    assert "已移交" in shown


def test_a_duplicate_is_merged(place: Place, tmp_path: Path) -> None:
    first, again = hazard_in(place, tmp_path), hazard_in(place, tmp_path)
    shown = sent(place, "town", f"/hazards/{again}/merge", other=str(first))
    assert f"随第{first}号隐患办理" in shown


def test_a_hazard_of_another_enterprise_is_refused_with_a_sentence(place: Place, tmp_path: Path) -> None:
    again = hazard_in(place, tmp_path)
    answer = place.enter("town").post(
        f"/hazards/{again}/merge", data={"other": str(place.house.other_hazard)}
    )
    assert answer.status_code == 422
    assert "这家企业没有这一处隐患" in answer.text


def test_a_closed_hazard_is_opened_again(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, closed)
    shown = sent(place, "town", f"/hazards/{number}/reopen", reason=REASON)
    assert hazard_of(place, number).closed_at is None
    assert "已重新打开" in shown


def test_the_enterprise_reports_an_accident_from_the_page_of_the_hazard(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path)
    assert f'href="/events/new?hazard={number}"' in page(place, "officer", number)
    assert "/events/new?hazard" not in page(place, "town", number)


def test_nobody_begins_an_accident_with_a_hazard_of_another_enterprise(place: Place) -> None:
    assert place.enter("officer").get(f"/events/new?hazard={place.house.other_hazard}").status_code == 404
