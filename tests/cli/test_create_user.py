"""People from the command line: who is created, who is refused and in which words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import Bihuan, Said, rows
from tests.cli.sample import (
    DEPARTMENT,
    OFFICE,
    PASSWORD,
    TOWN,
)

CreateUser = Callable[..., Said]


@pytest.fixture
def create_user(bihuan: Bihuan, district: str) -> CreateUser:
    def create(
        username: str = "zhoumin", at: str = TOWN, role: str = "town_officer", password: str = PASSWORD
    ) -> Said:
        options = ("--organization", at, "--role", role, "--password", password)
        return bihuan("create-user", username, "周敏", *options)

    return create


def test_a_person_is_created_with_a_role(create_user: CreateUser, district: str) -> None:
    assert create_user().out.strip() == "zhoumin"
    query = "SELECT username, role, is_sample FROM account JOIN role_assignment ON account.id = account_id"
    assert rows(district, query) == [("zhoumin", "town_officer", 0)]


def test_the_password_is_not_stored(create_user: CreateUser, district: str) -> None:
    create_user()
    [(stored,)] = rows(district, "SELECT password_hash FROM account")
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"at": "nowhere"}, "没有代码为“nowhere”的单位"),
        ({"role": "king"}, "没有岗位“king”，可填：safety_officer（安全员）"),
        ({"role": "principal"}, "岗位“principal”（主要负责人）只设在企业，“样例柳泉镇”是镇街"),
        ({"at": OFFICE, "role": "town_officer"}, "只设在镇街"),
        ({"at": DEPARTMENT, "role": "administrator"}, "只设在区安委办"),
        ({"password": "short"}, "密码至少8位"),
        ({"password": "longenough"}, "密码须含大写字母、小写字母、数字、符号中的至少3种"),
        ({"password": "Zhoumin-2025"}, "密码不能包含用户名"),
        ({"password": "Aa1-" * 65}, "密码最多256位"),
        ({"username": "  "}, "用户名和姓名须有1至64个字"),
        ({"username": "a" * 65}, "用户名和姓名须有1至64个字"),
    ],
)
def test_what_is_wrong_about_a_person_is_said_in_chinese(
    create_user: CreateUser, district: str, changed: dict[str, str], words: str
) -> None:
    said = create_user(**changed)
    assert (said.code, words in said.err) == (1, True), said
    assert rows(district, "SELECT count(*) FROM account") == [(0,)]


def test_a_name_that_somebody_has_is_refused(create_user: CreateUser, district: str) -> None:
    create_user()
    said = create_user()
    assert (said.code, "用户名“zhoumin”已有人使用" in said.err) == (1, True)
    assert rows(district, "SELECT count(*) FROM account") == [(1,)]


def test_one_wrong_role_among_two_creates_nobody(bihuan: Bihuan, district: str) -> None:
    options = ("--organization", TOWN, "--role", "town_officer", "--role", "king", "--password", PASSWORD)
    assert bihuan("create-user", "zhoumin", "周敏", *options).code == 1
    assert rows(district, "SELECT count(*) FROM account") == [(0,)]
