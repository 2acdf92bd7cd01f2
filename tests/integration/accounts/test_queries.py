"""Who is listed, who holds a role, how actors are called."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.people import add_account, add_district
from workflows.accounts import queries
from workflows.accounts.types import Role


def test_the_sign_in_page_lists_sample_people_only_and_authorities_first(session: Session) -> None:
    district = add_district(session)
    add_account(session, "real", district.office, Role.LEAD_OFFICER)
    add_account(session, "firm", district.firm, Role.SAFETY_OFFICER, is_sample=True)
    add_account(session, "town", district.town, Role.TOWN_OFFICER, is_sample=True)
    listed = queries.sample_accounts(session)
    assert [(one.username, one.organization_name) for one in listed] == [
        ("town", "柳泉镇"),
        ("firm", "宏岳铸造"),
    ]


def test_at_most_two_of_each_role_are_listed(session: Session) -> None:
    district = add_district(session)
    for number in range(5):
        add_account(session, f"town{number}", district.town, Role.TOWN_OFFICER, is_sample=True)
    assert len(queries.sample_accounts(session)) == 2


def test_actors_are_called_by_their_names(session: Session) -> None:
    person = add_account(session, "hanli", add_district(session).town, Role.TOWN_OFFICER)
    assert queries.names_of(session, [person.actor, "system", None, "account:9999"]) == {
        person.actor: "Hanli"
    }
