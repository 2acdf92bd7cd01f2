"""People: who may manage them, what is refused in which words, and what is written down."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.people import add_account
from tests.web.conftest import sign_in
from tests.web.house import NOW, ROLES, Place
from tests.web.test_what_was_typed import error_at, summary_of
from workflows.accounts.models import Account, WebSession
from workflows.accounts.types import Role
from workflows.audit.models import AuditEntry


def audited(place: Place) -> list[tuple[str, str, dict[str, object]]]:
    """What was written about accounts: action, subject, detail."""
    with place.look() as session:
        query = select(AuditEntry).where(AuditEntry.action.startswith("account.")).order_by(AuditEntry.id)
        return [(one.action, one.subject, one.detail) for one in session.scalars(query)]


def person(place: Place, username: str) -> Account:
    with place.look() as session:
        return session.scalars(select(Account).where(Account.username == username)).one()


def password_in(page: str) -> str:
    found = re.search(r'<code id="password">([^<]+)</code>', page)
    assert found is not None
    return found[1]


@pytest.fixture
def admin(place: Place) -> TestClient:
    return place.enter("administrator")


@pytest.mark.parametrize("who", sorted(set(ROLES) - {"administrator"}))
def test_only_the_administrator_manages_people(place: Place, who: str) -> None:
    client, them = place.enter(who), person(place, "town")
    pages = ("/people", "/people/new", f"/people/{them.id}")
    assert {client.get(page).status_code for page in pages} == {403}
    posts = ("roles", "deactivate", "activate", "password", "unlock")
    answers = {client.post(f"/people/{them.id}/{path}").status_code for path in posts}
    assert answers | {client.post("/people").status_code} == {403}
    assert audited(place) == []


@pytest.mark.parametrize("text", ["Other_Town", "other_tow", "测试镇2"])
def test_people_are_found_by_name_user_name_and_organisation(admin: TestClient, text: str) -> None:
    page = admin.get("/people", params={"q": text}).text
    assert "Other_Town" in page
    assert "Lead" not in page


def test_what_is_found_nowhere_says_so(admin: TestClient) -> None:
    assert "没有找到人员" in admin.get("/people?q=%25").text


def test_a_search_that_finds_one_organisation_opens_its_form(place: Place, admin: TestClient) -> None:
    answer = admin.get("/people/new?q=宏岳", follow_redirects=False)
    assert answer.headers["location"] == f"/people/new?organization={place.house.firm}"


def test_a_search_that_finds_several_lists_them(place: Place, admin: TestClient) -> None:
    page = admin.get("/people/new?q=测试镇").text
    assert all(f"organization={town}" in page for town in (place.house.town, place.house.other_town))


def test_the_only_role_that_an_organisation_has_is_ticked(place: Place, admin: TestClient) -> None:
    page = admin.get(f"/people/new?organization={place.house.town}").text
    assert re.findall(r'name="role" value="(\w+)"( checked)?', page) == [("town_officer", " checked")]


def test_the_administrator_begins_with_the_people(admin: TestClient) -> None:
    assert admin.get("/", follow_redirects=False).headers["location"] == "/people"


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(place: Place, admin: TestClient) -> None:
    offered = admin.get(f"/people/new?organization={place.house.firm}").text
    assert re.findall(r'name="role" value="(\w+)"', offered) == ["safety_officer", "principal"]
    form = {
        "organization": place.house.firm,
        "username": " wang ",
        "display_name": "王五",
        "role": "safety_officer",
    }
    page = admin.post("/people", data=form).text
    password = password_in(page)
    assert len(password) >= 20
    made = person(place, "wang")
    assert password not in admin.get(f"/people/{made.id}").text
    assert sign_in(place.enter(), "wang", password).status_code == 303
    [(action, subject, detail)] = audited(place)
    assert (action, subject) == ("account.create", f"account:{made.id}")
    assert detail == {"username": "wang", "roles": ["safety_officer"], "organization": "宏岳铸造"}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"username": ""}, "f-username", "请填写“用户名”。"),
        ({"username": "town"}, "f-username", "“用户名”已有人使用"),
        ({"username": "x" * 65}, "f-username", "最多写64个字"),
        ({"display_name": " "}, "f-display_name", "请填写“姓名”。"),
        ({"role": []}, "f-roles", "请选择“岗位”。"),
        ({"role": "administrator"}, "f-roles", "请从列出的几项里选"),
    ],
)
def test_a_refused_person_keeps_what_was_typed(
    place: Place, admin: TestClient, change: dict[str, object], field: str, words: str
) -> None:
    form = {"organization": place.house.firm, "username": "wang", "display_name": "王五", "role": "principal"}
    answer = admin.post("/people", data=form | change)
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert [line for line in summary_of(answer.text) if words in line]
    typed = {"username": "wang", "display_name": "王五"} | change
    assert all(f'value="{typed[name]}"' in answer.text for name in ("username", "display_name"))
    assert audited(place) == []


@pytest.mark.parametrize("change", [{"organization": "4711"}, {"organization": "x"}, {"role": "king"}])
def test_what_does_not_exist_is_not_found(place: Place, admin: TestClient, change: dict[str, str]) -> None:
    form = {"organization": place.house.firm, "username": "wang", "display_name": "王五", "role": "principal"}
    assert admin.post("/people", data=form | change).status_code == 404


def test_changed_roles_count_at_once_and_are_written_down(place: Place, admin: TestClient) -> None:
    them, client = person(place, "leader"), place.enter("leader")
    assert client.get("/campaigns/new").status_code == 403
    answer = admin.post(f"/people/{them.id}/roles", data={"role": ["leader", "lead_officer"]})
    assert "岗位已改" in admin.get(answer.headers["location"]).text
    assert client.get("/campaigns/new").status_code == 200
    [(action, _, detail)] = audited(place)
    assert (action, detail["before"], detail["after"]) == (
        "account.roles",
        ["leader"],
        ["lead_officer", "leader"],
    )


def test_the_same_roles_again_are_no_change(place: Place, admin: TestClient) -> None:
    them = person(place, "leader")
    assert admin.post(f"/people/{them.id}/roles", data={"role": "leader"}).status_code == 303
    assert audited(place) == []


@pytest.mark.parametrize(("roles", "words"), [([], "请选择“岗位”"), (["town_officer"], "请从列出的几项里选")])
def test_no_role_or_one_of_others_is_refused(
    place: Place, admin: TestClient, roles: list[str], words: str
) -> None:
    answer = admin.post(f"/people/{person(place, 'leader').id}/roles", data={"role": roles})
    assert answer.status_code == 422
    assert words in error_at(answer.text, "f-roles")


def test_the_last_administrator_keeps_the_role(place: Place, admin: TestClient) -> None:
    path = f"/people/{person(place, 'administrator').id}/roles"
    answer = admin.post(path, data={"role": "leader"})
    assert answer.status_code == 409
    assert "最后一个在用的系统管理员" in answer.text
    assert admin.get("/people").status_code == 200
    assert audited(place) == []


def another_administrator(place: Place, *, active: bool = True) -> Account:
    with place.app.state.sessions.begin() as session:
        second = add_account(session, "second", place.house.office, Role.ADMINISTRATOR)
        second.active = active
    return second


def test_one_of_two_administrators_may_go(place: Place, admin: TestClient) -> None:
    another_administrator(place)
    path = f"/people/{person(place, 'administrator').id}/roles"
    assert admin.post(path, data={"role": "leader"}).status_code == 303
    assert admin.get("/people").status_code == 403


def test_one_who_is_shut_off_is_no_second_administrator(place: Place, admin: TestClient) -> None:
    another_administrator(place, active=False)
    path = f"/people/{person(place, 'administrator').id}/roles"
    assert admin.post(path, data={"role": "leader"}).status_code == 409


def test_nobody_shuts_off_oneself(place: Place, admin: TestClient) -> None:
    another_administrator(place)
    oneself = f"/people/{person(place, 'administrator').id}"
    assert "/deactivate" not in admin.get(oneself).text
    answer = admin.post(f"{oneself}/deactivate")
    assert answer.status_code == 409
    assert "不能停用自己的账号" in answer.text
    assert audited(place) == []


def test_who_is_shut_off_is_out_at_once_and_comes_back_when_let_in(place: Place, admin: TestClient) -> None:
    them, client = person(place, "town"), place.enter("town")
    answer = admin.post(f"/people/{them.id}/deactivate")
    assert "已停用，正在用的登录已退出" in admin.get(answer.headers["location"]).text
    assert client.get("/inbox").status_code == 303
    assert sign_in(place.enter(), "town").status_code == 403
    assert "Town" in admin.get("/people?inactive=1").text
    assert admin.post(f"/people/{them.id}/activate").status_code == 303
    assert sign_in(place.enter(), "town").status_code == 303
    assert [action for action, _, _ in audited(place)] == ["account.deactivate", "account.activate"]


def test_shutting_off_twice_is_written_down_once(place: Place, admin: TestClient) -> None:
    them = person(place, "town")
    for _ in range(2):
        assert admin.post(f"/people/{them.id}/deactivate").status_code == 303
    assert len(audited(place)) == 1


def test_a_reset_password_replaces_the_old_one_and_signs_out(place: Place, admin: TestClient) -> None:
    them, client = person(place, "town"), place.enter("town")
    password = password_in(admin.post(f"/people/{them.id}/password").text)
    assert client.get("/inbox").status_code == 303
    assert sign_in(place.enter(), "town").status_code == 422
    assert sign_in(place.enter(), "town", password).status_code == 303
    [(action, _, detail)] = audited(place)
    assert (action, detail) == ("account.reset-password", {"username": "town"})


def test_a_lock_is_ended_before_its_time(place: Place, admin: TestClient) -> None:
    with place.app.state.sessions.begin() as session:
        account = session.scalars(select(Account).where(Account.username == "town")).one()
        account.locked_until = NOW + timedelta(minutes=9)
    page = f"/people/{account.id}"
    assert sign_in(place.enter(), "town").status_code == 423
    assert "已锁定" in admin.get(page).text
    answer = admin.post(f"{page}/unlock")
    assert "已解锁" in admin.get(answer.headers["location"]).text
    assert sign_in(place.enter(), "town").status_code == 303
    assert [action for action, _, _ in audited(place)] == ["account.unlock"]


# --- one's own password

NEW = "Brown-cow-77"


def change(client: TestClient, **fields: str):  # type: ignore[no-untyped-def]
    return client.post("/me/password", data={"old": "Right-horse-1", "new": NEW, "again": NEW} | fields)


def test_another_password_of_ones_own_ends_the_sessions_elsewhere(place: Place) -> None:
    here, elsewhere = place.enter("town"), place.enter("town")
    answer = change(here)
    assert answer.headers["location"] == "/me?saved=password"
    assert "密码已修改" in here.get("/me?saved=password").text
    assert elsewhere.get("/me").status_code == 303
    assert sign_in(place.enter(), "town").status_code == 422
    assert sign_in(place.enter(), "town", NEW).status_code == 303
    assert [(action, subject) for action, subject, _ in audited(place)] == [
        ("account.password", f"account:{person(place, 'town').id}")
    ]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"old": ""}, "f-old", "请填写现在的密码"),
        ({"old": "Wrong-horse-1"}, "f-old", "现在的密码不对"),
        ({"again": "Brown-cow-78"}, "f-again", "两次填写的新密码不一样"),
        ({"new": "Right-horse-1", "again": "Right-horse-1"}, "f-new", "不能与现在的密码相同"),
        ({"new": "Ab1-", "again": "Ab1-"}, "f-new", "至少8位"),
        ({"new": "browncow", "again": "browncow"}, "f-new", "至少3种"),
        ({"new": "Town-2025-x", "again": "Town-2025-x"}, "f-new", "不能包含用户名"),
        ({"new": "A1-" * 100, "again": "A1-" * 100}, "f-new", "最多256位"),
    ],
)
def test_a_refused_password_changes_nothing(
    place: Place, fields: dict[str, str], field: str, words: str
) -> None:
    client = place.enter("town")
    answer = change(client, **fields)
    assert answer.status_code == 422
    assert words in error_at(answer.text, field)
    assert "Wrong-horse" not in answer.text
    assert NEW not in answer.text
    assert sign_in(place.enter(), "town").status_code == 303


def test_guessing_the_present_password_locks_the_account(place: Place) -> None:
    client = place.enter("town")
    for _ in range(4):
        change(client, old="Wrong-horse-1")
    assert "已锁定至10:10" in change(client, old="Wrong-horse-1").text
    assert "已锁定至" in change(client).text
    refused = [action for action, _, _ in audited(place)]
    assert refused == ["account.password-refused"] * 6


def test_the_session_in_which_it_was_changed_goes_on(place: Place) -> None:
    client = place.enter("town")
    change(client)
    assert client.get("/me").status_code == 200
    with place.look() as session:
        assert len(session.scalars(select(WebSession)).all()) == 1


def test_a_first_password_opens_nothing_but_its_change(place: Place, admin: TestClient) -> None:
    page = admin.post(f"/people/{person(place, 'town').id}/password").text
    first, client = password_in(page), place.enter("town")
    answers = [client.get("/inbox"), client.get("/"), client.post("/notices/read")]
    assert [answer.headers["location"] for answer in answers] == ["/me/password"] * 3
    partial = client.get("/notices/panel", headers={"HX-Request": "true"})
    assert (partial.status_code, partial.headers["HX-Redirect"]) == (403, "/me/password")
    assert "设置自己的密码" in client.get("/me/password").text
    assert change(client, old=first).headers["location"] == "/"
    assert client.get("/inbox").status_code == 200


def test_a_new_person_chooses_a_password_before_anything_else(place: Place, admin: TestClient) -> None:
    form = {"organization": place.house.firm, "username": "li", "display_name": "李四", "role": "principal"}
    password, client = password_in(admin.post("/people", data=form).text), place.enter()
    assert sign_in(client, "li", password).headers["location"] == "/"
    assert client.get("/inbox").headers["location"] == "/me/password"
