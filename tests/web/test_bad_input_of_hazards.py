"""What is wrong in a hazard's form is said in the language of the page, what was typed stays, nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from engine.models import UserTask
from tests import remediation
from tests.factories import World, world_in
from tests.web.house import NOW, Place
from tests.web.test_what_was_typed import error_at
from workflows.accounts.models import Account
from workflows.evidence.models import Evidence
from workflows.hazards.models import Hazard
from workflows.inbox import Person
from workflows.register.models import Enterprise
from workflows.submissions.models import Submission

LANGUAGES = pytest.mark.parametrize("lang", ["zh_CN", "en"])
FIVE = {
    "responsibility": ("责任", "Responsibility"), "measures": ("措施", "Measures"), "funds": ("资金", "Funds"),
    "due_on": ("时限", "Time limit"), "emergency_plan": ("预案", "Emergency plan"),
}  # fmt: skip
PLAN = remediation.major_plan("2025-09-12")
FIX = {"cause": "年久失修，没有点检", "correction": "已更换护栏", "prevention": "列入点检"}
Going = Callable[[World, Hazard], object]


def task_of(place: Place, folder: Path, node: str, *going: Going) -> int:
    """A new hazard of the firm is brought on; the open task at this node."""
    with place.app.state.sessions.begin() as session:
        world = world_in(session, folder)
        world.now = NOW
        hazard = world.hazard(session.get_one(Enterprise, place.house.firm))
        for go in going:
            go(world, hazard)
        return world.task(hazard, node).id


def graded(world: World, hazard: Hazard) -> None:
    world.report(hazard, possible_casualties=5)
    world.do(hazard, "assess", world.town(), level="major", assessment="符合判定标准")


def controlled(world: World, hazard: Hazard) -> None:
    graded(world, hazard)
    world.controlled(hazard, "2025-09-12")


def planned(world: World, hazard: Hazard) -> None:
    world.planned(hazard, due_on="2025-09-01")


def fixed(world: World, hazard: Hazard) -> None:
    world.fix(hazard)


def fixed_by_the_town(world: World, hazard: Hazard) -> None:
    """As somebody who is an enterprise's officer and a town's at once would."""
    account = world.session.scalars(select(Account).where(Account.username == "town")).one()
    group = frozenset({f"{hazard.enterprise_id}:safety_officer"})
    world.fix(hazard, Person(f"account:{account.id}", group, hazard.enterprise_id))


def send(
    client: TestClient, task: int, form: dict[str, Any], *, lang: str = "zh_CN", **more: Any
) -> Response:
    return client.post(f"/tasks/{task}?lang={lang}", data=form, **more)


def refused(place: Place, task: int, answer: Response, *kept: str, status: int = 422) -> None:
    """The answer says so with what was typed, and the task is open with nothing of it."""
    assert answer.status_code == status
    assert [words for words in kept if words not in answer.text] == []
    with place.look() as session:
        node = session.get_one(UserTask, task)
        assert node.closed_at is None
        query = select(func.count()).where(
            Submission.instance_id == node.instance_id, Submission.node == node.node
        )
        assert session.scalar(query) == 0


@LANGUAGES
def test_who_fixed_it_does_not_verify_it(place: Place, tmp_path: Path, lang: str) -> None:
    task = task_of(place, tmp_path, "verify", planned, fixed_by_the_town)
    form = {"passed": "true", "findings": "已到现场看过，护栏牢固"}
    answer = send(place.enter("town"), task, form, lang=lang)
    refused(place, task, answer, "已到现场看过，护栏牢固", status=403)
    told = {"zh_CN": "这一步须由另一个人办理", "en": "somebody else has to do this one"}
    assert told[lang] in answer.text


def test_htmx_tells_it_beside_the_form_that_stays(place: Place, tmp_path: Path) -> None:
    task = task_of(place, tmp_path, "verify", planned, fixed_by_the_town)
    answer = send(place.enter("town", **{"HX-Request": "true"}), task, {"passed": "true"})
    assert (answer.status_code, answer.headers["hx-retarget"]) == (403, "#notice")


@LANGUAGES
@pytest.mark.parametrize("part", FIVE)
def test_a_plan_without_one_of_its_parts_names_it(place: Place, tmp_path: Path, part: str, lang: str) -> None:
    task = task_of(place, tmp_path, "plan_major", graded, surveyed)
    form = {name: value for name, value in PLAN.items() if name != part}
    answer = send(place.enter("officer"), task, form, lang=lang)
    refused(place, task, answer, *form.values())
    assert FIVE[part][lang == "en"] in error_at(answer.text, f"f-{part}")


def surveyed(world: World, hazard: Hazard) -> None:
    form = remediation.survey(world.proof(hazard.enterprise_id))
    world.do(hazard, "survey", world.safety(hazard.enterprise_id), **form)


@LANGUAGES
@pytest.mark.parametrize(
    ("missing", "names"),
    [("opinion", ("验收意见", "Opinion")), ("acceptance_documents", ("书面验收意见", "Written opinion"))],
)
def test_an_acceptance_without_its_opinion_names_it(
    place: Place, tmp_path: Path, missing: str, names: tuple[str, str], lang: str
) -> None:
    task = task_of(place, tmp_path, "accept", controlled, fixed)
    form = {
        "passed": "true",
        "acceptance_by": "experts",
        "acceptors": "韩立、陆平",
        "opinion": "探伤合格，同意通过",
    }
    if missing == "opinion":
        form["acceptance_documents"] = str(proof_of_the_department(place, tmp_path))
    typed = {name: value for name, value in form.items() if name != missing}
    answer = send(place.enter("department"), task, typed, lang=lang)
    refused(place, task, answer, "韩立、陆平", *([] if missing == "opinion" else ["探伤合格，同意通过"]))
    assert names[lang == "en"] in error_at(answer.text, f"f-{missing}")


def proof_of_the_department(place: Place, folder: Path) -> int:
    with place.app.state.sessions.begin() as session:
        world = world_in(session, folder)
        return world.proof(world.departments[0])


@LANGUAGES
def test_a_photo_that_is_none_is_named_and_the_words_stay(place: Place, tmp_path: Path, lang: str) -> None:
    task = task_of(place, tmp_path, "fix", planned)
    with place.look() as session:
        before = session.scalar(select(func.count()).select_from(Evidence))
    files = {"evidence__files": ("fixed.jpg", b"MZ this is a program", "image/jpeg")}
    answer = send(place.enter("officer"), task, FIX, lang=lang, files=files)
    refused(place, task, answer, *FIX.values())
    assert "fixed.jpg" in error_at(answer.text, "f-evidence")
    with place.look() as session:
        assert session.scalar(select(func.count()).select_from(Evidence)) == before


@LANGUAGES
@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-08-17", ("不能早于发现隐患的那一天", "cannot lie before the day")),
        ("2025-08-19", ("不能晚于今天", "cannot lie after today")),
    ],
)
def test_a_measure_before_the_report_or_after_today_is_named(
    place: Place, tmp_path: Path, day: str, told: tuple[str, str], lang: str
) -> None:
    task = task_of(place, tmp_path, "interim", graded)
    form = remediation.measures(NOW) | {"cordon_on": day}
    answer = send(place.enter("officer"), task, form, lang=lang)
    refused(place, task, answer, "李明", day)
    assert told[lang == "en"] in error_at(answer.text, "f-cordon_on")


@LANGUAGES
def test_a_plan_that_ends_before_the_report_is_named(place: Place, tmp_path: Path, lang: str) -> None:
    task = task_of(place, tmp_path, "plan_major", graded, surveyed)
    answer = send(place.enter("officer"), task, PLAN | {"due_on": "2025-08-17"}, lang=lang)
    refused(place, task, answer, "停用并改造", "2025-08-17")
    told = {"zh_CN": "不能早于今天", "en": "must not lie before today"}
    assert told[lang] in error_at(answer.text, "f-due_on")


@LANGUAGES
def test_a_hazard_of_another_enterprise_is_a_page_that_there_is_not(place: Place, lang: str) -> None:
    told = {
        "zh_CN": "没有这一页，或者它不在您的权限范围内",
        "en": "There is no such page, or it is not yours to see",
    }
    client = place.enter("officer")
    number = place.house.other_hazard
    answers = [
        client.get(f"/hazards/{number}?lang={lang}"),
        client.post(
            f"/hazards/{number}/extension?lang={lang}", data={"due_on": "2025-10-01", "reason": "来不及完成"}
        ),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert [told[lang] in answer.text for answer in answers] == [True, True]
