"""Reports: drafted on the 25th, refreshed without losing what was typed, filed in versions, kept with their figures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from engine.models import UserTask
from engine.types import TaskStatus
from tests.databases import close
from tests.factories import at
from tests.files import PDF
from tests.web.conftest import Furnished
from tests.web.house import Place, place_on
from tests.web.test_documents import text_of
from web.forms.reading import FILES
from workflows.accounts.models import Account
from workflows.campaigns.models import Campaign
from workflows.clock import Clock
from workflows.database import make_engine
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.notifications.models import Notification
from workflows.sweep import advance

LATER = at("2025-08-26 10:00")


@pytest.fixture(scope="module")
def drive(furnished_sqlite: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """The hundred-day drive of 2025, launched on 18 August."""
    with _grown(furnished_sqlite, tmp_path_factory.mktemp("drive"), _launch) as found:
        yield found


@pytest.fixture(scope="module")
def drafted(drive: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """The same on 26 August."""
    with _grown(drive, tmp_path_factory.mktemp("drafted"), lambda place: until(place, LATER)) as found:
        yield found


@contextmanager
def _grown(begun: Furnished, folder: Path, step: Callable[[Place], None]) -> Iterator[Furnished]:
    shutil.copytree(begun.folder, folder, dirs_exist_ok=True)
    with begun.template.fork(begun.url) as url:
        engine = make_engine(url)
        step(place_on(url, folder, begun.house, engine=engine))
        close(engine)
        yield Furnished(begun.template, url, folder, begun.house)


def _launch(place: Place) -> None:
    place.enter("lead").post("/campaigns", data={"template": "hundred-day-drive", "year": "2025"})
    place.approve()
    until(place, at("2025-08-18 10:30"))


@pytest.fixture
def launched(drive: Furnished, tmp_path: Path) -> Iterator[Place]:
    with drive.place(tmp_path) as found:
        yield found


@pytest.fixture
def report(drafted: Furnished, tmp_path: Path) -> Iterator[Report]:
    with drafted.place(tmp_path) as found:
        yield Report(found, *august(found), found.enter("department"))


@pytest.fixture(scope="module")
def ended(drive: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """The same on 2 October: the summary is to be written."""
    with _grown(
        drive, tmp_path_factory.mktemp("ended"), lambda place: until(place, at("2025-10-02 10:00"))
    ) as found:
        yield found


@pytest.fixture
def summing_up(ended: Furnished, tmp_path: Path) -> Iterator[tuple[Place, int]]:
    with ended.place(tmp_path) as found:
        yield found, reviewed(found, "summary")


@dataclass(frozen=True)
class Report:
    """The report for August on its 26th: the unit task, the open task of its form, the department's browser."""

    place: Place
    duty: int
    task: int
    client: TestClient


def until(place: Place, instant: datetime) -> None:
    """Let time pass."""
    with place.look() as session, session.begin():
        clock = session.get_one(Clock, 1)
        before, clock.business_at = clock.business_at, instant
    advance(place.app.state.sessions, until=instant, now=before)


def campaign_of(place: Place) -> Campaign:
    """The newest."""
    with place.look() as session:
        return session.scalars(select(Campaign).order_by(Campaign.id.desc())).first()  # type: ignore[return-value]


def august(place: Place) -> tuple[int, int]:
    """The department's report for August: its unit task, and the open task of its form."""
    campaign = campaign_of(place).id
    with place.look() as session:
        home = select(Account.organization_id).where(Account.username == "department").scalar_subquery()
        of = (
            UnitTask.campaign_id == campaign,
            UnitTask.period == "2025-08",
            UnitTask.body_id == home,
        )
        duty = session.scalars(select(UnitTask).where(*of)).one()
    return duty.id, task_at(place, duty.instance_id or 0, "file")


def task_at(place: Place, instance_id: int, node: str) -> int:
    with place.look() as session:
        of = UserTask.instance_id == instance_id, UserTask.node == node, UserTask.status == TaskStatus.OPEN
        return session.scalars(select(UserTask.id).where(*of)).one()


def written(page: str) -> str:
    """What stands in the field 办理情况."""
    found = re.search(r'<textarea[^>]*name="statement"[^>]*>([^<]*)</textarea>', page)
    assert found
    return found[1].strip()


FORM = {"statement": "本月抽查企业两家。", "signed_by": "韩局长"}


def file(client: TestClient, task: int, **fields: str) -> None:
    proof = {f"evidence.progress{FILES}": ("推进情况.pdf", PDF, "application/pdf")}
    answer = client.post(f"/tasks/{task}", data={**FORM, **fields}, files=proof)
    assert answer.status_code == 303, answer.text


def test_before_the_25th_the_form_says_from_when(launched: Place) -> None:
    _, task = august(launched)
    assert "系统在8月25日按当日数字起草" in launched.enter("department").get(f"/tasks/{task}").text


def test_on_the_25th_the_system_drafts_with_the_figures_of_that_day_and_says_so(report: Report) -> None:
    task, client = report.task, report.client
    page = client.get(f"/tasks/{task}").text
    assert "系统于8月25日 00:00按当时数字起草" in page
    assert written(page).startswith("截至8月25日，本部门监管企业")
    assert "已按今日数字起草" in client.get("/notices").text


def test_today_s_figures_replace_what_the_system_wrote(report: Report) -> None:
    task, client = report.task, report.client
    before = written(client.get(f"/tasks/{task}").text)
    assert client.post(f"/tasks/{task}/figures", data={"statement": before}).status_code == 303
    assert written(client.get(f"/tasks/{task}").text).startswith("截至8月26日")


def test_today_s_figures_never_overwrite_what_somebody_wrote(report: Report) -> None:
    task, client = report.task, report.client
    client.post(f"/tasks/{task}/figures", data={"statement": "我写的情况"})
    page = client.get(f"/tasks/{task}").text
    assert written(page) == "我写的情况"
    assert "截至8月26日" in page  # what the system would write, beside it


def test_figures_are_taken_by_who_has_the_task_and_while_it_is_open(report: Report) -> None:
    place, task, client = report.place, report.task, report.client
    assert place.enter("other_department").post(f"/tasks/{task}/figures").status_code == 404
    assert place.enter("officer").post(f"/tasks/{place.house.check}/figures").status_code == 404
    file(client, task)
    assert client.post(f"/tasks/{task}/figures").status_code == 409


def test_each_filing_is_a_version_with_its_figures_and_its_signature(report: Report) -> None:
    place, duty, task, client = report.place, report.duty, report.task, report.client
    file(client, task)
    until(place, at("2025-08-27 10:00"))
    with place.look() as session:
        instance = session.get_one(UnitTask, duty).instance_id or 0
    check = task_at(place, instance, "check")
    back = {"office_decision": "return", "reason": "请补充约谈情况"}
    assert place.enter("lead").post(f"/tasks/{check}", data=back).status_code == 303
    again = task_at(place, instance, "file")
    client.post(f"/tasks/{again}/figures", data=FORM)
    file(client, again, statement="补充：约谈三家。", signed_by="周局长")
    first = text_of(client.get(f"/duties/{duty}/report.docx?version=1").content)
    second = text_of(client.get(f"/duties/{duty}/report.docx").content)
    assert "第1次报送" in first
    assert "签发人：韩局长" in first
    assert "截至2025年8月25日" in first
    assert "补充：约谈三家。" in second
    assert "截至2025年8月27日" in second
    page = client.get(f"/duties/{duty}/report").text
    assert "周局长" in page
    assert "第1次" in page


def test_figures_of_a_filed_report_stay_as_they_were(report: Report) -> None:
    place, duty, task, client = report.place, report.duty, report.task, report.client
    file(client, task)
    before = text_of(client.get(f"/duties/{duty}/report.docx").content)
    until(place, at("2025-09-20 10:00"))
    assert text_of(client.get(f"/duties/{duty}/report.docx").content) == before


def test_a_report_that_is_filed_early_has_the_figures_of_its_filing(launched: Place) -> None:
    duty, task = august(launched)
    client = launched.enter("department")
    file(client, task)
    assert "截至2025年8月18日" in text_of(client.get(f"/duties/{duty}/report.docx").content)


@pytest.mark.parametrize("who", ["other_department", "town"])
def test_a_report_is_read_by_those_who_see_the_duty(report: Report, who: str) -> None:
    place, duty, task, client = report.place, report.duty, report.task, report.client
    file(client, task)
    assert place.enter(who).get(f"/duties/{duty}/report").status_code == 404
    assert place.enter("leader").get(f"/duties/{duty}/report").status_code == 200


def test_a_report_that_nobody_has_filed_is_not_found(report: Report) -> None:
    duty, client = report.duty, report.client
    assert client.get(f"/duties/{duty}/report").status_code == 404


def test_the_30th_stays_though_it_is_a_saturday_and_then_the_ladder_begins(report: Report) -> None:
    place, duty, client = report.place, report.duty, report.client
    with place.look() as session:
        assert session.get_one(UnitTask, duty).due_at == at("2025-08-30 23:59:59")
    until(place, at("2025-09-02 10:00"))  # the first working day after is Monday the first
    with place.look() as session:
        subject = f"unit_task:{duty}"
        kinds = set(session.scalars(select(Notification.kind).where(Notification.subject == subject)))
    assert "ladder.notify_body" in kinds
    assert "逾期未报送" in client.get("/reports").text


def test_the_list_of_reports_counts_the_filings(report: Report) -> None:
    place, duty, task, client = report.place, report.duty, report.task, report.client
    file(client, task)
    page = place.enter("lead").get("/reports").text
    assert f'<a href="/duties/{duty}/report">1次</a>' in page
    assert f'<a href="/duties/{duty}/report">' not in place.enter("other_department").get("/reports").text


def reviewed(place: Place, node: str) -> int:
    return task_at(place, campaign_of(place).instance_id or 0, node)


def test_the_review_of_a_phase_starts_with_the_figures_of_its_end_and_becomes_a_document(
    launched: Place,
) -> None:
    place, campaign = launched, campaign_of(launched).id
    until(place, at("2025-09-17 10:00"))
    client, task = place.enter("lead"), reviewed(place, "review_3")
    page = client.get(f"/tasks/{task}").text
    assert "截至9月16日，全区纳入企业" in page
    answer = client.post(f"/tasks/{task}", data={"assessment": "联合执法覆盖各镇街。", "problems": ""})
    assert answer.status_code == 303
    text = text_of(client.get(f"/campaigns/{campaign}/reports/review_3/report.docx").content)
    assert "联合执法覆盖各镇街。" in text
    assert "截至2025年9月16日" in text
    assert "主要问题" not in text


def test_the_summary_holds_its_cases_and_its_figures_and_is_archived_with_the_campaign(
    summing_up: tuple[Place, int],
) -> None:
    place, task = summing_up
    client, campaign = place.enter("lead"), campaign_of(place).id
    form = {
        "summary": "行动期间，各镇街按方案推进，责任进一步落实。", "typical_cases.0.title": "班前十分钟",
        "typical_cases.0.unit": "宏岳铸造", "typical_cases.0.practice": "班前十分钟逐机排查。",
        "typical_cases.0.result": "发现隐患46处，全部闭环。", "signed_by": "韩主任",
    }  # fmt: skip
    assert client.post(f"/tasks/{task}", data=form).status_code == 303
    with place.look() as session:
        assert session.get_one(Campaign, campaign).archived_at is not None
    address = f"/campaigns/{campaign}/reports/summary"
    before = client.get(f"{address}/report.docx").content
    text = text_of(before)
    assert "班前十分钟（宏岳铸造）" in text
    assert "成效：发现隐患46处，全部闭环。" in text
    assert "签发人：韩主任" in text
    until(place, at("2025-11-02 10:00"))
    assert text_of(client.get(f"{address}/report.docx").content) == text
    assert "班前十分钟" in client.get(address).text


@pytest.mark.parametrize("node", ["review_9", "archive", "summary"])
def test_a_report_that_is_none_or_not_written_yet_is_not_found(place: Place, node: str) -> None:
    path = f"/campaigns/{place.house.campaign}/reports/{node}"
    assert place.enter("lead").get(path).status_code == 404
    assert place.enter("lead").get(f"{path}/report.docx").status_code == 404


def test_a_typical_case_is_picked_from_what_a_body_has_filed(launched: Place) -> None:
    place = launched
    _, filed = august(place)
    file(place.enter("department"), filed)
    until(place, at("2025-10-02 10:00"))
    client, task = place.enter("lead"), reviewed(place, "summary")
    page = client.get(f"/tasks/{task}/cases").text
    picked = re.findall(r'name="case" value="(unit_task:\d+)"', page)
    assert FORM["statement"] in page
    assert client.post(f"/tasks/{task}/cases", data={"case": picked[0]}).status_code == 303
    form = client.get(f"/tasks/{task}").text
    assert FORM["statement"] in form
    assert "截至" in form  # the sentence of the summary is still there


@pytest.mark.parametrize("case", ["unit_task:99", "hazard:1", "hazard:x", "campaign:1", ""])
def test_what_is_no_case_of_the_campaign_cannot_be_picked(summing_up: tuple[Place, int], case: str) -> None:
    place, task = summing_up
    assert place.enter("lead").post(f"/tasks/{task}/cases", data={"case": case}).status_code == 404


def test_nobody_else_picks_cases(summing_up: tuple[Place, int]) -> None:
    place, task = summing_up
    assert place.enter("department").get(f"/tasks/{task}/cases").status_code == 404


def test_only_a_summary_has_cases(place: Place) -> None:
    assert place.enter("officer").get(f"/tasks/{place.house.check}/cases").status_code == 404


@pytest.mark.parametrize("part", ["owed", "done", "reviewing", "returned", "overdue"])
def test_the_list_behind_a_number_of_the_ranking_has_as_many_rows(place: Place, part: str) -> None:
    client = place.enter("lead")
    page = client.get(f"/campaigns/{campaign_of(place).id}/compare").text
    found = re.findall(rf'href="(/obligations[^"]*part={part})"[^>]*>(\d+)</a>', page)
    assert found
    for address, number in found:
        assert client.get(address.replace("&amp;", "&")).text.count('<th scope="row">') == int(number)


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("found_from=2025-06-01", 1),
        ("found_from=2025-08-01", 0),
        ("closed_from=2025-08-01", 0),
        ("every=1", 1),
        ("closed=1", 0),
    ],
)
def test_the_hazards_behind_a_number(place: Place, query: str, number: int) -> None:
    with place.look() as session:
        campaign = session.get_one(Hazard, place.house.hazard).campaign_id
        home = session.get_one(Hazard, place.house.hazard).department_id
    where = f"campaign={campaign}&" if campaign else ""
    page = place.enter("lead").get(f"/hazards?{where}department={home}&{query}").text
    assert page.count('<th scope="row">') == number
