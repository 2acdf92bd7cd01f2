"""Every page for every role: who opens it, who is refused, who is led to the sign-in page."""

from __future__ import annotations

import pytest

from tests.web.house import ROLES, Place

EVERYONE = frozenset(ROLES)
ENTERPRISE = {"officer", "principal"}
REVIEWERS = {"town", "department", "lead"}
AUTHORITIES = REVIEWERS | {"leader", "administrator"}
PAGES = {  # who opens it; everybody else with a role is refused with 403, unless named in `HIDDEN`
    "/inbox": EVERYONE,
    "/notices": EVERYONE,
    "/notices/panel": EVERYONE,
    "/notices/count": EVERYONE,
    "/admin/channels": {"administrator"},
    "/me": EVERYONE,
    "/processes/obligation.bpmn": EVERYONE,
    "/obligations": EVERYONE,
    "/obligations/{late}": EVERYONE,
    "/obligations/{submitted}": EVERYONE,
    "/hazards": EVERYONE,
    "/hazards?closed=1": EVERYONE,
    "/hazards/{hazard}": EVERYONE,
    "/hazards/new": ENTERPRISE | REVIEWERS,
    "/hazards/import": REVIEWERS,
    "/hazards/import/template.xlsx": REVIEWERS,
    "/evidence/{proof}": EVERYONE,
    "/failing-lists": EVERYONE,
    "/enforcement": EVERYONE,
    "/enforcement?closed=1": EVERYONE,
    "/tips": {"town", "lead"},
    "/tips?decided=1": {"town", "lead"},
    "/tip-codes": {"officer", "town"},
    "/reviews": REVIEWERS,
    "/campaigns": AUTHORITIES,
    "/campaigns/{campaign}": AUTHORITIES,
    "/campaigns/{campaign}/nodes/obligation": AUTHORITIES,
    "/campaigns/{campaign}/nodes/obligation/self_check": AUTHORITIES,
    "/campaigns/{campaign}/compare": AUTHORITIES,
    "/campaigns/{campaign}/screen": AUTHORITIES,
    "/campaigns/{campaign}/ledger.xlsx": AUTHORITIES,
    "/enterprises/{firm}/checklist": EVERYONE,
    "/campaigns/{campaign}/ranking.docx": AUTHORITIES,
    "/reports": AUTHORITIES,
    "/reports?campaign={campaign}": AUTHORITIES,
    "/documents": {"department", "lead"},
    "/documents/monthly": {"department", "lead"},
    "/documents/monthly/sample.docx": {"department", "lead"},
    "/documents/monthly/template.docx": {"department", "lead"},
    "/appraisal": AUTHORITIES,
    "/campaigns/new": {"lead"},
    "/campaigns/{campaign}/standing": {"lead"},
    "/ladders/default": AUTHORITIES,
    "/ladders/{campaign}": AUTHORITIES,
    "/ladders/default/table.dmn": AUTHORITIES,
    "/overdue": REVIEWERS | {"leader"},
    "/overdue?kind=review": REVIEWERS | {"leader"},
    "/promises": REVIEWERS | {"leader"},
    "/enterprises": AUTHORITIES,
    "/enterprises/staff": AUTHORITIES,
    "/enterprises/staff?state=met&by=industry": AUTHORITIES,
    "/enterprises/staff.xlsx": AUTHORITIES,
    "/enterprises/import": {"lead", "administrator"},
    "/me/password": EVERYONE,
    "/people": {"administrator"},
    "/people?inactive=1": {"administrator"},
    "/people/1": {"administrator"},
    "/people/new": {"administrator"},
    "/people/new?organization={firm}": {"administrator"},
    "/calendar": {"lead", "administrator"},
    "/audit": {"administrator"},
    "/incidents": {"administrator"},
    "/incidents?resolved=1": {"administrator"},
    "/enterprises/{firm}": EVERYONE,
}
TASKS = {"/tasks/{check}": {"officer"}, "/tasks/{review}": {"town"}, "/inbox?task={check}": {"officer"}}
CHANGES = {  # what is sent is empty: who may, gets an answer about the form
    "/campaigns": {"lead"},
    "/campaigns/new/stand-in": {"lead"},
    "/campaigns/new/stand-in/1/end": {"lead"},
    "/campaigns/{campaign}/suspend": {"lead"},
    "/campaigns/{campaign}/resume": {"lead"},
    "/campaigns/{campaign}/cancel": {"lead"},
    "/ladders/default": {"lead"},
    "/ladders/{campaign}/file": {"lead"},
    "/documents/monthly": {"department", "lead"},
    "/documents/monthly/use": {"department", "lead"},
    "/overdue/urge": REVIEWERS,
    "/promises": ENTERPRISE | REVIEWERS,
    "/tip-codes": {"officer", "town"},
    "/tip-codes/1/disable": {"officer", "town"},
    "/hazards": ENTERPRISE | REVIEWERS,
    "/hazards/import": REVIEWERS,
    "/obligations/{late}/extension": ENTERPRISE,
    "/hazards/{hazard}/extension": ENTERPRISE,
    **{f"/hazards/{{hazard}}/{what}": REVIEWERS for what in ("upgrade", "transfer", "merge", "reopen")},
    "/enterprises/import": {"lead", "administrator"},
    "/evidence": ENTERPRISE | REVIEWERS,
    "/notices/read": EVERYONE,
    "/me/email": EVERYONE,
    "/me/chat": EVERYONE,
    "/me/digest": EVERYONE,
    "/me/calendar": EVERYONE,
    "/admin/channels/again": {"administrator"},
    "/clock": EVERYONE,
    "/incidents/1/retry": {"administrator"},
    "/calendar": {"lead", "administrator"},
    "/calendar/days": {"lead", "administrator"},
    "/people": {"administrator"},
    "/people/1/roles": {"administrator"},
    "/me/password": EVERYONE,
}


@pytest.mark.parametrize("who", sorted(EVERYONE))
def test_a_page_opens_for_its_roles_only(place: Place, who: str) -> None:
    client = place.enter(who)
    found = {page: client.get(page.format(**vars(place.house))).status_code for page in PAGES}
    assert found == {page: 200 if who in allowed else 403 for page, allowed in PAGES.items()}


@pytest.mark.parametrize("who", sorted(EVERYONE))
def test_a_task_that_is_not_ones_own_does_not_exist(place: Place, who: str) -> None:
    client = place.enter(who)
    found = {page: client.get(page.format(**vars(place.house))).status_code for page in TASKS}
    assert found == {page: 200 if who in allowed else 404 for page, allowed in TASKS.items()}


@pytest.mark.parametrize("who", sorted(EVERYONE))
def test_a_change_is_heard_from_its_roles_only(place: Place, who: str) -> None:
    client = place.enter(who)
    refused = {path for path in CHANGES if client.post(path.format(**vars(place.house))).status_code == 403}
    assert refused == {path for path, allowed in CHANGES.items() if who not in allowed}


@pytest.mark.parametrize("page", [*PAGES, *TASKS])
def test_nobody_sees_a_page_without_signing_in(place: Place, page: str) -> None:
    answer = place.enter().get(page.format(**vars(place.house)))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("who", sorted(EVERYONE))
def test_the_menu_leads_to_pages_that_open(place: Place, who: str) -> None:
    client = place.enter(who)
    assert client.get("/").status_code == 303
    home = client.get(client.get("/").headers["location"])
    entries = [page for page in PAGES if f'href="{page}"' in home.text]
    assert entries
    assert {client.get(page).status_code for page in entries} == {200}
