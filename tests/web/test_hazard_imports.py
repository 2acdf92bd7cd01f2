"""A workbook of hazards from upload to the hazards it becomes: who may send which rows, what comes in, only once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from engine.models import ProcessInstance, UserTask
from tests.factories import world_in
from tests.unit.register.test_workbooks import book_of
from tests.web.conftest import Furnished
from tests.web.house import NOW, Place
from workflows.audit.models import AuditEntry
from workflows.hazardimports import service
from workflows.hazardimports.models import HazardImport, ImportedHazard
from workflows.hazards.models import Hazard
from workflows.notifications.models import Notification
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus, ImportStatus
from workflows.times import day_of

HEADER = ["企业名称", "隐患名称", "地点", "具体情况", "隐患类别", "隐患级别", "发现日期", "来源", "整改期限"]
GOOD = [
    "宏岳铸造",
    "护栏缺失",
    "2号炉平台",
    "东侧缺一段",
    "设备设施",
    "疑似重大",
    "2025-08-11",
    "上级交办",
    "2025-09-01",
]
PLAIN = ["宏岳铸造", "灭火器过期", "仓库", "三具过期", "", "", "2025-08-18", "", ""]
STRANGE = ["云麓食品", "线路老化", "配电间", "绝缘层开裂", "电气", "一般", "2025-08-12", "", ""]


def wait(place: Place) -> None:
    """What the scheduler does beside the pages."""
    folder = place.app.state.settings.import_dir
    service.run_due(place.app.state.sessions, folder, machine_now=NOW)


def send(place: Place, *rows: Sequence[Any], who: str = "town", header: Sequence[str] = HEADER) -> str:
    return send_file(place, book_of(header, *rows), who=who)


def send_file(place: Place, content: bytes, *, who: str = "town") -> str:
    answer = place.enter(who).post("/hazards/import", files={"file": ("隐患.xlsx", content)})
    assert answer.status_code == 303
    wait(place)
    return str(answer.headers["location"])


def accept(place: Place, address: str, *, who: str = "town") -> Response:
    answer: Response = place.enter(who).post(f"{address}/accept")
    wait(place)
    return answer


def bring(place: Place, *rows: Sequence[Any], who: str = "town") -> str:
    address = send(place, *rows, who=who)
    assert accept(place, address, who=who).status_code == 303
    return address


def opened(place: Place) -> list[Hazard]:
    """The hazards that came from files, oldest first."""
    with place.look() as session:
        return list(session.scalars(select(Hazard).where(Hazard.source == "ledger").order_by(Hazard.id)))


def last(place: Place) -> HazardImport:
    with place.look() as session:
        query = select(HazardImport).options(undefer(HazardImport.problems))
        return session.scalars(query.order_by(HazardImport.id.desc()).limit(1)).one()


def number_of_hazards(place: Place) -> int:
    with place.look() as session:
        return session.scalar(select(func.count()).select_from(Hazard)) or 0


def test_before_it_is_confirmed_a_file_shows_each_row_s_verdict_and_writes_nothing(each_place: Place) -> None:
    before = number_of_hazards(each_place)
    address = send(each_place, GOOD, ["", *PLAIN[1:]])
    page = each_place.enter("town").get(address).text
    assert "登记 1 处隐患" in page
    assert "护栏缺失" in page
    assert "第3行：“企业名称”没有填" in page or "第3行：没有填是哪家企业" in page
    assert number_of_hazards(each_place) == before


def test_a_confirmed_row_is_a_hazard_like_any_other_with_its_process_at_the_first_step(
    each_place: Place,
) -> None:
    bring(each_place, GOOD)
    [hazard] = opened(each_place)
    assert (hazard.title, hazard.place, hazard.kind, hazard.source) == (
        "护栏缺失",
        "2号炉平台",
        "equipment",
        "ledger",
    )
    assert day_of(hazard.found_at).isoformat() == "2025-08-11"
    with each_place.look() as session:
        tasks = select(UserTask.node, UserTask.candidate_group).where(
            UserTask.instance_id == hazard.instance_id
        )
        assert session.execute(tasks).all() == [("report", f"{each_place.house.firm}:safety_officer")]
        [told] = session.scalars(select(AuditEntry).where(AuditEntry.subject == f"hazard:{hazard.id}"))
        assert (told.action, told.actor) == ("hazard.report", hazard.found_by)


def test_the_enterprise_s_forms_begin_with_what_the_file_says(each_place: Place) -> None:
    bring(each_place, GOOD)
    [hazard] = opened(each_place)
    with each_place.look() as session:
        task = session.scalars(select(UserTask.id).where(UserTask.instance_id == hazard.instance_id)).one()
        variables = session.get_one(ProcessInstance, hazard.instance_id).variables
    page = each_place.enter("officer").get(f"/inbox?task={task}").text
    for name, value in (("kind", "equipment"), ("matches_major_criteria", "true")):
        assert f'name="{name}" value="{value}" checked' in page
    assert variables["proposed_due_on"] == "2025-09-01"


def test_the_plan_begins_with_the_due_date_of_the_file(place: Place, tmp_path: Path) -> None:
    bring(place, [*GOOD[:5], "一般", *GOOD[6:]])
    [brought] = opened(place)
    with place.app.state.sessions.begin() as session:
        world = world_in(session, tmp_path)
        world.now = NOW
        hazard = session.get_one(Hazard, brought.id)
        world.report(hazard)
        world.do(hazard, "assess", world.town(), level="general", assessment="现场核实为一般")
        task = world.task(hazard, "plan").id
    assert 'value="2025-09-01"' in place.enter("officer").get(f"/inbox?task={task}").text


def test_the_hazard_s_page_says_that_it_came_from_a_ledger_and_whose(each_place: Place) -> None:
    bring(each_place, GOOD)
    page = each_place.enter("town").get(f"/hazards/{opened(each_place)[0].id}").text
    assert "台账导入" in page
    assert "（上级交办）" in page


def test_the_same_file_again_opens_nothing_and_says_so(each_place: Place) -> None:
    bring(each_place, GOOD, PLAIN)
    number = opened(each_place)[0].id
    address = send(each_place, GOOD, PLAIN)
    page = each_place.enter("town").get(address).text
    assert f"已登记为第{number}号" in page
    assert "没有可以登记的行" in page
    accept(each_place, address)
    assert len(opened(each_place)) == 2
    assert (last(each_place).known, last(each_place).done) == (2, 0)


def test_a_row_is_known_again_though_the_enterprise_reported_it_in_other_words(each_place: Place) -> None:
    bring(each_place, GOOD)
    with each_place.look() as session, session.begin():
        session.get_one(Hazard, opened(each_place)[0].id).description = "平台东侧护栏缺失约2米"
    send(each_place, GOOD)
    assert (last(each_place).good, last(each_place).known) == (0, 1)


def test_a_hazard_that_was_reported_by_hand_is_known(each_place: Place) -> None:
    fields = {
        "title": "灭火器过期",
        "place": "仓库",
        "description": "三具过期",
        "enterprise": str(each_place.house.firm),
        "source": "check",
    }
    assert each_place.enter("town").post("/hazards", data=fields).status_code == 303
    send(each_place, PLAIN)
    assert (last(each_place).good, last(each_place).known) == (0, 1)


@pytest.mark.parametrize("change", [{2: "3号炉平台"}, {3: "西侧缺一段"}, {6: "2025-08-12"}])
def test_another_place_description_or_day_is_another_hazard(
    each_place: Place, change: dict[int, str]
) -> None:
    bring(each_place, GOOD)
    bring(each_place, [change.get(place, cell) for place, cell in enumerate(GOOD)])
    assert len(opened(each_place)) == 2


def test_two_files_with_the_same_row_that_are_confirmed_both_open_it_once(each_place: Place) -> None:
    first, second = send(each_place, GOOD), send(each_place, GOOD, PLAIN, who="lead")
    accept(each_place, first)
    accept(each_place, second, who="lead")
    assert [hazard.title for hazard in opened(each_place)] == ["护栏缺失", "灭火器过期"]


def test_the_same_hazard_twice_in_a_file_comes_in_once(each_place: Place) -> None:
    bring(each_place, GOOD, [*GOOD[:2], "二号炉 平台", *GOOD[3:]])
    assert len(opened(each_place)) == 1
    assert last(each_place).problems[0]["code"] == "same-hazard"


def test_the_good_rows_come_in_and_the_bad_ones_can_be_fetched_mended_and_sent_again(
    each_place: Place,
) -> None:
    address = bring(each_place, GOOD, [*PLAIN[:2], "", *PLAIN[3:]])
    content = each_place.enter("town").get(f"{address}/rejected.xlsx").content
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][-1] == "第3行：“地点”没有填。请补上。"
    sheet["C2"] = "仓库"
    mended = io.BytesIO()
    book.save(mended)
    accept(each_place, send_file(each_place, mended.getvalue()))
    assert [hazard.title for hazard in opened(each_place)] == ["护栏缺失", "灭火器过期"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("town", ["宏岳铸造"]), ("department", ["宏岳铸造"]), ("other_town", ["云麓食品"]),
        ("lead", ["宏岳铸造", "云麓食品"]),
    ],
)  # fmt: skip
def test_an_official_imports_for_enterprises_within_reach_only(
    each_place: Place, who: str, expected: list[str]
) -> None:
    bring(each_place, PLAIN, STRANGE, who=who)
    with each_place.look() as session:
        names = [session.get_one(Enterprise, one.enterprise_id).name for one in opened(each_place)]
    assert names == expected


def test_a_row_out_of_reach_is_told_in_the_words_of_one_that_does_not_exist(each_place: Place) -> None:
    address = send(each_place, STRANGE, ["没有这家", *STRANGE[1:]])
    page = each_place.enter("town").get(address).text
    assert "第2行：您负责的企业里没有“云麓食品”" in page
    assert "第3行：您负责的企业里没有“没有这家”" in page


def test_who_lost_the_post_after_the_upload_opens_nothing(each_place: Place) -> None:
    address = send(each_place, GOOD)
    with each_place.look() as session, session.begin():
        one = last(each_place)
        session.get_one(HazardImport, one.id).actor = "account:999999"
        session.get_one(HazardImport, one.id).status = ImportStatus.ACCEPTED
    wait(each_place)
    assert (opened(each_place), last(each_place).refused) == ([], 1)
    assert each_place.enter("town").get(address).status_code == 404


def test_a_code_and_a_name_of_two_enterprises_are_refused(each_place: Place) -> None:
    code = "91110000600037341L"
    with each_place.look() as session, session.begin():
        session.get_one(Enterprise, each_place.house.firm).uscc = code
    address = send(each_place, [code, *STRANGE], header=["统一社会信用代码", *HEADER], who="lead")
    assert "是“宏岳铸造”的，名称却写“云麓食品”" in each_place.enter("lead").get(address).text


def test_an_enterprise_that_is_deregistered_gets_no_hazard(each_place: Place) -> None:
    with each_place.look() as session, session.begin():
        session.get_one(Enterprise, each_place.house.firm).status = EnterpriseStatus.DEREGISTERED
    assert "“宏岳铸造”已注销，不再登记隐患" in each_place.enter("town").get(send(each_place, GOOD)).text


def test_a_file_that_is_no_workbook_is_refused_in_words(each_place: Place) -> None:
    address = send_file(each_place, b"%PDF-1.7 nothing")
    page = each_place.enter("town").get(address).text
    assert "这份文件不能接收，一行也没有登记" in page
    assert "这不是Excel工作簿（.xlsx）" in page
    assert accept(each_place, address).status_code == 409


def test_a_file_is_confirmed_once(each_place: Place) -> None:
    address = bring(each_place, GOOD)
    assert accept(each_place, address).status_code == 409
    assert len(opened(each_place)) == 1


def test_many_rows_come_in_piece_by_piece_and_a_break_loses_and_doubles_nothing(
    each_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PIECE", 2)
    address = send(each_place, *([*GOOD[:2], f"{n}号炉", *GOOD[3:]] for n in range(5)))
    report_many, calls = service.reporting.report_many, []

    def breaks(*args: Any, **facts: Any) -> Any:
        calls.append(args)
        if len(calls) == 2:
            raise RuntimeError("power cut")
        return report_many(*args, **facts)

    with monkeypatch.context() as patch:
        patch.setattr(service.reporting, "report_many", breaks)
        accept(each_place, address)
    assert (last(each_place).status, len(opened(each_place))) == (ImportStatus.FAILED, 2)
    assert each_place.enter("town").post(f"{address}/again").status_code == 303
    wait(each_place)
    assert (last(each_place).status, last(each_place).done, len(opened(each_place))) == (
        ImportStatus.DONE,
        5,
        5,
    )


def test_who_sent_the_file_is_told_when_it_is_in(each_place: Place) -> None:
    address = bring(each_place, GOOD, PLAIN)
    with each_place.look() as session:
        [notice] = session.scalars(select(Notification).where(Notification.kind == "hazards.imported"))
    assert (notice.candidate_group, notice.data["number"]) == (last(each_place).actor, 2)
    page = each_place.enter("town").get("/notices").text
    assert "新登记2处隐患" in page
    assert f'href="{address}"' in page


@pytest.mark.parametrize("path", ["", "/rejected.xlsx"])
def test_another_official_s_file_does_not_exist(place: Place, path: str) -> None:
    address = send(place, ["", *PLAIN[1:]])
    assert place.enter("town").get(f"{address}{path}").status_code == 200
    assert place.enter("lead").get(f"{address}{path}").status_code == 404


@pytest.mark.parametrize("who", ["officer", "principal", "leader", "administrator"])
def test_only_officials_who_deal_with_hazards_import_them(place: Place, who: str) -> None:
    assert place.enter(who).get("/hazards/import").status_code == 403


def test_each_row_that_came_in_is_kept_with_its_hazard(place: Place) -> None:
    bring(place, GOOD, PLAIN)
    with place.look() as session:
        kept = session.execute(
            select(ImportedHazard.row, ImportedHazard.hazard_id).order_by(ImportedHazard.row)
        ).all()
    assert kept == [(2, opened(place)[0].id), (3, opened(place)[1].id)]


def test_two_workers_with_files_of_the_same_rows_open_each_hazard_once(
    furnished_postgresql: Furnished, tmp_path: Path
) -> None:
    rows = [[*GOOD[:2], f"{n}号炉", *GOOD[3:]] for n in range(30)]
    with furnished_postgresql.place(tmp_path) as place:
        addresses = {who: send(place, *rows, who=who) for who in ("town", "lead")}
        for who, address in addresses.items():
            assert place.enter(who).post(f"{address}/accept").status_code == 303
        with ThreadPoolExecutor(2) as workers:
            for done in [workers.submit(wait, place) for _ in range(2)]:
                done.result(timeout=120)
        with place.look() as session:
            found = session.execute(select(HazardImport.status, HazardImport.done)).all()
        assert {status for status, _ in found} == {ImportStatus.DONE}
        assert (sum(done for _, done in found), len(opened(place))) == (30, 30)
