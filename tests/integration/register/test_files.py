"""Files on their way into the register: read, explained, confirmed, brought in piece by piece, taken back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.unit.register.test_workbooks import book_of
from workflows import imports
from workflows.database import make_sessions
from workflows.exceptions import Conflict
from workflows.notifications.models import Notification
from workflows.organizations.district import load
from workflows.organizations.models import Organization
from workflows.organizations.service import create_tree
from workflows.organizations.types import OrganizationKind
from workflows.register import service, uploads
from workflows.register.files import sheets_of
from workflows.register.models import (
    Enterprise,
    Gram,
    Licence,
    RegisterChange,
    RegisterImport,
    RegisterMapping,
)
from workflows.register.queries import search
from workflows.register.sample import sample_csv
from workflows.register.types import ImportStatus, LicenceKind
from workflows.sight import Sight

NOW = datetime(2025, 6, 16, 1, tzinfo=UTC)
CODE, OTHER_CODE = "91110000600037341L", "91350100M000100Y43"
HEADER = ["统一社会信用代码", "企业名称", "镇街", "监管部门", "行业", "从业人数"]
FIRST = [CODE, "样例甲铸造有限公司", "样例柳泉镇", "样例区应急管理局", "金属冶炼", 12]
SECOND = [OTHER_CODE, "样例乙食品有限公司", "样例石桥镇", "样例区应急管理局", "工贸其他", 30]
EVERYTHING = Sight(everything=True)


@pytest.fixture
def sessions(engine_: Engine) -> sessionmaker[Session]:
    made = make_sessions(engine_)
    with made.begin() as session:
        create_tree(session, load().tree)
    return made


class Desk:
    """Somebody who sends files and waits for the background."""

    def __init__(self, sessions: sessionmaker[Session], folder: Path) -> None:
        self.sessions, self.folder, self.now = sessions, folder, NOW

    def send(self, content: bytes, name: str = "台账.xlsx") -> int:
        with self.sessions.begin() as session:
            one = imports.upload(
                session, content, file_name=name, folder=self.folder, now=self.now, actor="account:1"
            )
            number = one.id
        self.wait()
        return number

    def wait(self) -> None:
        imports.run_due(self.sessions, self.folder, machine_now=self.now)

    def accept(self, number: int) -> RegisterImport:
        with self.sessions.begin() as session:
            imports.accept(session, number, actor="account:2")
        self.wait()
        return self.look(number)

    def bring(self, *rows: Sequence[Any], header: Sequence[str] = HEADER) -> RegisterImport:
        return self.accept(self.send(book_of(header, *rows)))

    def undo(self, number: int) -> list[str]:
        with self.sessions.begin() as session:
            imports.take_back(session, number, actor="account:3")
        self.wait()
        return [reason["code"] for reason in self.look(number).kept_because]

    def look(self, number: int) -> RegisterImport:
        with self.sessions() as session:
            one = session.get_one(RegisterImport, number)
            assert (
                one.problems,
                one.rejected,
                one.preview,
            ) is not None  # deferred: read while there is a session
            return one

    def firm(self, code: str = CODE) -> Enterprise:
        with self.sessions() as session:
            return session.scalars(select(Enterprise).where(Enterprise.uscc == code)).one()

    def number(self, what: Any = Enterprise) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(what)) or 0

    def found(self, text: str) -> list[str]:
        with self.sessions() as session:
            return [one.name for one in search(session, sight=EVERYTHING, text=text)]


@pytest.fixture
def desk(sessions: sessionmaker[Session], tmp_path: Path) -> Desk:
    return Desk(sessions, tmp_path)


def test_a_file_that_was_sent_is_read_and_nothing_is_written(desk: Desk) -> None:
    one = desk.look(desk.send(book_of(HEADER, FIRST, SECOND)))
    assert (one.status, one.inserted, one.total, desk.number()) == (ImportStatus.READY, 2, 2, 0)


def test_a_confirmed_file_is_brought_in(desk: Desk) -> None:
    one = desk.bring(FIRST, SECOND)
    assert (one.status, one.inserted, one.done, desk.number()) == (ImportStatus.DONE, 2, 2, 2)


def test_good_rows_come_in_without_the_bad(desk: Desk) -> None:
    one = desk.bring(FIRST, [OTHER_CODE, "样例乙有限公司", "月球", *SECOND[3:]])
    assert (one.inserted, one.refused, one.rejected[0]["row"]) == (1, 1, 3)


def test_a_file_of_many_pieces_is_counted_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PIECE", 7)
    one = desk.accept(desk.send(sample_csv(40).encode()))
    assert (one.inserted, one.updated, one.unchanged, desk.number()) == (40, 0, 0, 40)


def test_a_process_that_dies_half_way_is_gone_on_with_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = desk.send(sample_csv(40).encode())
    pieces = []

    def dying(*args: Any, **facts: Any) -> None:
        pieces.append(args)
        if len(pieces) == 3:
            raise SystemExit("power cut")
        original(*args, **facts)

    original = service.apply_rows
    with monkeypatch.context() as patch:
        patch.setattr(imports, "PIECE", 10)
        patch.setattr(service, "apply_rows", dying)
        with pytest.raises(SystemExit):
            desk.accept(number)
    assert (desk.number(), desk.look(number).done) == (20, 20)
    desk.wait()
    assert desk.number() == 20  # somebody may still be at it
    desk.now += timedelta(minutes=5)
    desk.wait()
    one = desk.look(number)
    assert (one.status, one.inserted, one.unchanged, desk.number()) == (ImportStatus.DONE, 40, 0, 40)


def test_columns_nobody_knows_are_asked_for_and_remembered(desk: Desk) -> None:
    header = ["代号", "甲", "乙", "丙", "丁"]
    number = desk.send(book_of(header, FIRST[:5]))
    asking = desk.look(number)
    assert (asking.status, asking.preview[0]["columns"][1]["values"]) == (
        ImportStatus.ASKING,
        ["样例甲铸造有限公司"],
    )
    said = dict(zip(header, ["uscc", "name", "town_id", "department_id", "industry"], strict=True))
    with desk.sessions.begin() as session:
        imports.explain(session, number, {asking.preview[0]["signature"]: said}, now=NOW, actor="account:1")
    desk.wait()
    assert desk.look(number).status is ImportStatus.READY
    assert desk.look(desk.send(book_of(header, SECOND[:5]))).status is ImportStatus.READY
    assert desk.number(RegisterMapping) == 1


def test_a_file_that_is_none_is_refused(desk: Desk) -> None:
    assert desk.look(desk.send(b"\xff\xff\xff\xff")).status is ImportStatus.REFUSED


def test_what_changes_is_shown_before_it_is_done(desk: Desk) -> None:
    desk.bring(FIRST)
    one = desk.look(desk.send(book_of(HEADER, [*FIRST[:5], 15])))
    assert [(change["before"], change["after"]) for change in one.preview] == [
        ({"employees": 12}, {"employees": 15})
    ]
    assert desk.firm().employees == 12


def test_a_file_is_confirmed_once(desk: Desk) -> None:
    one = desk.bring(FIRST)
    with pytest.raises(Conflict):
        desk.accept(one.id)


def test_licences_come_with_the_file_and_are_renewed_by_the_next(desk: Desk) -> None:
    header = [*HEADER, "安全生产许可证编号", "安全生产许可证有效期至"]
    desk.bring([*FIRST, "A1", "2026年6月30日"], header=header)
    one = desk.bring([*FIRST, "", date(2029, 6, 30)], header=header)
    with desk.sessions() as session:
        [held] = session.scalars(select(Licence))
    assert (one.updated, held.kind, held.number) == (1, LicenceKind.SAFETY_PRODUCTION, "A1")
    assert held.expires_on == date(2029, 6, 30)


def test_every_change_is_in_the_history_of_the_firm(desk: Desk) -> None:
    first = desk.bring(FIRST)
    second = desk.bring([*FIRST[:5], 15])
    with desk.sessions() as session:
        told = session.execute(
            select(RegisterChange.import_id, RegisterChange.before, RegisterChange.actor).order_by(
                RegisterChange.id
            )
        ).all()
    assert told == [(first.id, None, "account:2"), (second.id, {"employees": 12}, "account:2")]


# --- undo


def test_an_import_that_only_added_is_taken_back_whole(desk: Desk) -> None:
    one = desk.bring(FIRST, SECOND)
    assert desk.undo(one.id) == []
    with desk.sessions() as session:
        query = select(func.count()).select_from(Organization)
        homes = session.scalar(query.where(Organization.kind == OrganizationKind.ENTERPRISE))
    assert (desk.number(), desk.number(Gram), homes) == (0, 0, 0)
    assert desk.look(one.id).undone_by == "account:3"


def test_what_an_import_changed_is_put_back(desk: Desk) -> None:
    header = [*HEADER, "涉爆粉尘", "状态", "安全生产许可证有效期至"]
    desk.bring([*FIRST, "否", "在业", "2026-06-30"], header=header)
    changed = [CODE, "样例新名有限公司", "样例石桥镇", *FIRST[3:5], 99, "是", "停产", "2029-06-30"]
    one = desk.bring(changed, header=header)
    assert desk.undo(one.id) == []
    firm = desk.firm()
    assert (firm.name, firm.employees, firm.flags, firm.status.value) == (
        FIRST[1],
        12,
        {"dust": False},
        "operating",
    )
    with desk.sessions() as session:
        assert session.scalar(select(Licence.expires_on)) == date(2026, 6, 30)
        assert session.get_one(Organization, firm.id).parent_id == firm.town_id
    assert (desk.found("新名"), desk.found("铸造")) == ([], [FIRST[1]])


def test_an_import_stays_when_a_firm_was_changed_since(desk: Desk) -> None:
    one = desk.bring(FIRST, SECOND)
    desk.bring([*FIRST[:5], 15])
    assert (desk.undo(one.id), desk.number()) == (["changed-since"], 2)


def test_an_import_stays_when_something_refers_to_a_firm(desk: Desk) -> None:
    from workflows.accounts.service import create_account
    from workflows.accounts.types import Held, Role

    one = desk.bring(FIRST)
    with desk.sessions.begin() as session:
        home = desk.firm().id
        create_account(
            session, username="x", display_name="x", organization_id=home, roles=[Held(home, Role.SAFETY_OFFICER)],
            now=NOW, password_hash="x",
        )  # fmt: skip
    assert set(desk.undo(one.id)) == {"built-on"}
    assert desk.number() == 1


def test_an_import_is_taken_back_once(desk: Desk) -> None:
    one = desk.bring(FIRST)
    desk.undo(one.id)
    with pytest.raises(Conflict):
        desk.undo(one.id)


def test_the_same_file_can_come_in_again_after_it_was_taken_back(desk: Desk) -> None:
    desk.undo(desk.bring(FIRST).id)
    assert desk.bring(FIRST).inserted == 1


# --- what goes wrong


def test_a_file_that_fails_says_so_and_goes_on_where_it_stopped(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "PIECE", 7)
    number = desk.send(sample_csv(40).encode())
    kept = next(path for path in desk.folder.rglob("*") if path.is_file())
    away = kept.rename(kept.with_suffix(".away"))
    assert desk.accept(number).status is ImportStatus.FAILED
    away.rename(kept)
    with desk.sessions.begin() as session:
        assert session.scalars(select(Notification.kind)).all() == ["register.failed"] * 2
        imports.try_again(session, number)
    desk.wait()
    one = desk.look(number)
    assert (one.status, one.inserted, desk.number()) == (ImportStatus.DONE, 40, 40)


def test_a_file_that_fails_does_not_hold_up_the_next(desk: Desk) -> None:
    with desk.sessions.begin() as session:
        lost = imports.upload(
            session, b"lost", file_name="a.csv", folder=desk.folder, now=NOW, actor="account:1"
        ).id
    for path in [path for path in desk.folder.rglob("*") if path.is_file()]:
        path.unlink()
    number = desk.send(book_of(HEADER, FIRST))
    assert (desk.look(lost).status, desk.look(number).status) == (ImportStatus.FAILED, ImportStatus.READY)


def test_what_did_not_fail_is_not_tried_again(desk: Desk) -> None:
    one = desk.bring(FIRST)
    with desk.sessions.begin() as session, pytest.raises(Conflict):
        imports.try_again(session, one.id)


def test_whoever_sent_and_whoever_confirmed_a_file_hear_that_it_is_in(desk: Desk) -> None:
    desk.bring(FIRST)
    with desk.sessions() as session:
        told = session.execute(select(Notification.candidate_group, Notification.kind)).all()
    assert sorted(told) == [("account:1", "register.done"), ("account:2", "register.done")]


# --- search


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("铸造", ["甲"]), ("样例", ["甲", "乙"]), ("样例 食品", ["乙"]), ("例乙食品", ["乙"]), ("乙", ["乙"]),
        ("石桥", []), ("9135", ["乙"]), (CODE, ["甲"]), ("铸食", []), ("", ["甲", "乙"]), ("%", []),
        ("_", []), ("铸　造", ["甲"]),
    ],
)  # fmt: skip
def test_a_search_finds_words_of_two_characters(desk: Desk, text: str, found: list[str]) -> None:
    desk.bring(FIRST, SECOND)
    assert [name[2] for name in desk.found(text)] == found


def test_a_search_reads_an_index_and_not_every_enterprise(desk: Desk) -> None:
    desk.accept(desk.send(sample_csv(600).encode()))
    with desk.sessions() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        session.connection().exec_driver_sql("ANALYZE")
        plan = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        rows = session.connection().exec_driver_sql(
            plan
            + "SELECT id FROM enterprise WHERE id IN (SELECT enterprise_id FROM enterprise_gram WHERE gram = '宏德')"
        )
        told = " ".join(str(row) for row in rows)
    assert ("SCAN enterprise" not in told) if sqlite else ("Seq Scan on enterprise_gram" not in told)


def test_what_is_sent_is_kept_by_what_it_holds(desk: Desk) -> None:
    number = desk.send(io.BytesIO(book_of(HEADER, FIRST)).getvalue(), name="../../etc/passwd")
    assert {path.stem for path in desk.folder.iterdir()} == {desk.look(number).sha256}


def test_a_workbook_is_taken_apart_once_and_a_new_upload_takes_it_apart_again(desk: Desk) -> None:
    content = io.BytesIO(book_of(HEADER, FIRST)).getvalue()
    sha256 = desk.look(desk.send(content)).sha256
    tables = desk.folder / f"{sha256}.json"
    assert uploads.kept_sheets(desk.folder, sha256) == sheets_of(content)
    tables.write_text('[["改过", [[1, ["甲"]]]]]')
    assert uploads.kept_sheets(desk.folder, sha256)[0].name == "改过"
    uploads.keep(desk.folder, content)
    assert uploads.kept_sheets(desk.folder, sha256) == sheets_of(content)
