"""Register files in the database: inserted, updated by code, nothing lost; on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from workflows.organizations.district import load
from workflows.organizations.models import Organization
from workflows.organizations.service import create_tree
from workflows.register import service
from workflows.register.importing import ParsedRegister, read_register
from workflows.register.models import Enterprise, RegisterImport
from workflows.register.queries import count, directory
from workflows.register.sample import HEADERS, sample_csv
from workflows.register.types import EnterpriseStatus, Flag, Industry

NOW = datetime(2025, 6, 16, 1, tzinfo=UTC)
LATER = datetime(2025, 6, 17, 1, tzinfo=UTC)
CODE = "91110000600037341L"
NEEDED = ["统一社会信用代码", "企业名称", "镇街", "监管部门", "行业"]


@pytest.fixture
def district(session: Session) -> Session:
    tree = load().tree
    create_tree(session, tree)
    return session


def file_of(header: Sequence[str], *rows: Sequence[str]) -> bytes:
    return "\n".join(",".join(cells) for cells in (header, *rows)).encode()


def first(*extra: str) -> list[str]:
    return [CODE, "样例甲有限公司", "样例柳泉镇", "样例区应急管理局", "金属冶炼", *extra]


def parse(session: Session, content: bytes) -> ParsedRegister:
    return read_register(content, directory(session))


def bring(session: Session, content: bytes, *, now: datetime = NOW) -> RegisterImport:
    return service.apply(session, parse(session, content), now=now, actor="account:1", file_name="a.csv")


def stored(session: Session) -> Enterprise:
    return session.scalars(select(Enterprise).where(Enterprise.uscc == CODE)).one()


@pytest.mark.parametrize("firms", [40, 600])
def test_the_sample_register_is_stored_whole(district: Session, firms: int) -> None:
    bring(district, sample_csv(firms).encode())
    assert count(district) == firms


def test_an_enterprise_is_an_organisation_below_its_town(district: Session) -> None:
    bring(district, file_of(NEEDED, first()))
    organization = district.get_one(Organization, stored(district).id)
    assert (organization.code, organization.parent_id) == (CODE, stored(district).town_id)


def test_ids_and_facts_stay_together_in_a_bulk_insert(district: Session) -> None:
    bring(district, sample_csv(600).encode())
    pairs = select(func.count()).join_from(Enterprise, Organization, Enterprise.id == Organization.id)
    assert district.scalar(pairs.where(Organization.code == Enterprise.uscc)) == 600


def test_six_hundred_rows_take_few_statements(district: Session) -> None:
    parsed = parse(district, sample_csv(600).encode())
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(district.get_bind(), "before_cursor_execute", note)
    service.apply(district, parsed, now=NOW, actor="account:1")
    event.remove(district.get_bind(), "before_cursor_execute", note)
    assert len(statements) < 30


def test_a_file_that_was_applied_changes_nothing_the_second_time(district: Session) -> None:
    bring(district, sample_csv(40).encode())
    again = bring(district, sample_csv(40).encode(), now=LATER)
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 40)


def test_a_known_code_is_updated(district: Session) -> None:
    bring(district, file_of([*NEEDED, "从业人数"], first("12")))
    done = bring(district, file_of([*NEEDED, "从业人数"], first("15")), now=LATER)
    assert (done.updated, stored(district).employees, stored(district).updated_at) == (1, 15, LATER)


def test_what_a_later_file_does_not_say_is_kept(district: Session) -> None:
    bring(district, file_of([*NEEDED, "从业人数", "涉爆粉尘"], first("12", "是")))
    bring(district, file_of([*NEEDED, "从业人数", "喷涂作业"], first("", "否")))
    firm = stored(district)
    assert (firm.employees, firm.flags) == (12, {"dust": True, "spray": False})


def test_a_fact_can_be_declared_unknown(district: Session) -> None:
    bring(district, file_of([*NEEDED, "从业人数", "涉爆粉尘"], first("12", "是")))
    bring(district, file_of([*NEEDED, "从业人数", "涉爆粉尘"], first("待核实", "待核实")))
    assert (stored(district).employees, stored(district).flags) == (None, {"dust": None})


def test_a_firm_that_moves_goes_below_its_new_town_with_its_new_name(district: Session) -> None:
    bring(district, file_of(NEEDED, first()))
    moved = [CODE, "样例丁有限公司", "样例石桥镇", *first()[3:]]
    bring(district, file_of(NEEDED, moved))
    organization = district.get_one(Organization, stored(district).id)
    assert (organization.name, organization.parent_id) == ("样例丁有限公司", stored(district).town_id)


def test_a_status_is_kept_when_a_file_says_nothing_of_it(district: Session) -> None:
    bring(district, file_of([*NEEDED, "状态"], first("停产")))
    bring(district, file_of(NEEDED, first()))
    assert stored(district).status is EnterpriseStatus.STOPPED


def test_facts_come_out_as_they_went_in(district: Session) -> None:
    bring(district, file_of([*NEEDED, "涉爆粉尘", "规上企业"], first("是", "否")))
    facts = stored(district).facts
    assert (facts.industry, facts.flags[Flag.DUST], facts.flags[Flag.SPRAY], facts.above_scale) == (
        Industry.METAL_SMELTING,
        True,
        None,
        False,
    )


def test_the_good_rows_of_a_file_are_applied_and_the_bad_ones_kept(district: Session) -> None:
    bad = ["91350100M000100Y4Z", "样例乙有限公司", *first()[2:]]
    done = bring(district, file_of(NEEDED, first(), bad))
    assert (done.inserted, done.rejected) == (1, [{"row": 3, "cells": bad}])


def test_the_problems_of_a_file_are_kept_with_it(district: Session) -> None:
    done = bring(district, file_of(NEEDED, ["91350100M000100Y44", *first()[1:]]))
    assert [(p["code"], p["row"], p["expected"]) for p in done.problems] == [("uscc-check", 2, "3")]


def test_a_plan_says_what_is_new_changed_and_unchanged(district: Session) -> None:
    lines = sample_csv(40).splitlines()
    bring(district, "\n".join(lines[:21]).encode())
    lines[1] = lines[1].replace(",在业", ",停产")
    plan = service.plan(district, parse(district, "\n".join(lines).encode()))
    assert (len(plan.new), len(plan.changed), len(plan.unchanged)) == (20, 1, 19)


def test_a_change_tells_before_and_after(district: Session) -> None:
    bring(district, file_of([*NEEDED, "从业人数"], first("12")))
    [change] = service.plan(district, parse(district, file_of([*NEEDED, "从业人数"], first("15")))).changed
    assert (dict(change.before), dict(change.after)) == ({"employees": 12}, {"employees": 15})


def test_planning_writes_nothing(district: Session) -> None:
    service.plan(district, parse(district, sample_csv(40).encode()))
    assert count(district) == 0


def test_a_name_registered_under_another_code_is_remarked(district: Session) -> None:
    bring(district, file_of(NEEDED, first()))
    [problem] = parse(district, file_of(NEEDED, ["91350100M000100Y43", *first()[1:]])).problems
    assert (problem.code, problem.data["uscc"]) == ("name-in-register", CODE)


def test_the_sample_file_has_every_column() -> None:
    assert sample_csv(1).splitlines()[0] == ",".join(HEADERS)
