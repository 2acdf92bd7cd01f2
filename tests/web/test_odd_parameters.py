"""No parameter of any route and no field of any form brings a page down, on either database."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.web.house import Place

pytestmark = pytest.mark.slow

ODD = ("a\0b", "²", "-1", "2147483648", "9" * 30, "9" * 5000)
FIELDS = {
    "/campaigns": ("template", "town", "industry", "note", "p.safety_director_employees"),
    "/campaigns/new/stand-in": ("absent", "group", "to", "from_on", "to_on"),
    "/campaigns/{campaign}/suspend": ("reason",),
    "/campaigns/{campaign}/cancel": ("reason", "confirmed"),
    "/overdue/urge": (
        "late",
        "kind",
        "by",
        "campaign",
        "town",
        "bucket",
        "industry",
        "item",
        "reviewer",
        "all",
    ),
    "/promises": ("subject", "by_on", "words"),
    "/hazards": ("title", "place", "description", "photos", "enterprise"),
    "/obligations/{late}/extension": ("due_on", "reason"),
    "/hazards/{hazard}/extension": ("due_on", "reason"),
    "/hazards/{hazard}/upgrade": ("reason",),
    "/hazards/{hazard}/transfer": ("department", "reason"),
    "/hazards/{hazard}/merge": ("other",),
    "/hazards/{hazard}/reopen": ("reason",),
    "/tasks/{check}": ("result", "statement", "defects.0.title", "evidence.licences", "evidence.x"),
    "/tasks/{check}/draft": ("result", "statement", "defects.0.title", "evidence.licences", "evidence.x"),
    "/clock": ("to", "next"),
    "/login": ("username", "next"),
    "/me/password": ("old", "new", "again"),
    "/calendar": ("days", "source", "apply"),
    "/calendar/days": ("day", "works", "reason"),
    "/ladders/default": (
        "ladder",
        "due",
        "base",
        "unit",
        "do",
        "side.0",
        "count.0",
        "action.0",
        "recipient.0",
        "number.0",
    ),
    "/ladders/{campaign}/file": ("base", "reason", "ladder", "file"),
    "/people": ("organization", "username", "display_name", "role"),
    "/people/1/roles": ("role",),
    "/enterprises/1/contacts": ("role", "name", "phone"),
    "/enterprises/1/answers": ("dust",),
    "/enterprises/import/1/columns": ("m.0.0",),
}
ADMINISTRATORS = ("/people", "/incidents", "/calendar", "/audit")
RIGHT = {  # of each form, so that the odd field is the only one
    "/campaigns": {"template": "hundred-day-drive"},
    "/campaigns/new/stand-in": {"absent": "1", "group": "1:lead_officer", "to": "2", "from_on": "2025-08-18"},
    "/hazards": {"title": "裸露电线", "place": "一车间"},
    "/obligations/{late}/extension": {"due_on": "2025-10-01", "reason": "设备到货推迟，需要延期"},
    "/calendar": {"days": "2027-01-01,否,元旦", "source": "通知", "apply": "1"},
    "/calendar/days": {"day": "2025-08-20", "works": "0", "reason": "台风停工"},
    "/ladders/default": {
        "do": "save",
        "side.0": "after",
        "count.0": "1",
        "action.0": "notify",
        "recipient.0": "principal",
        "reason": "从严",
    },
    "/people": {"organization": "1", "username": "wang", "display_name": "王五", "role": "leader"},
    "/tasks/{check}": {"result": "defects", "defects.0.title": "裸露电线", "defects.0.place": "一车间"},
}


def addresses(app: FastAPI, odd: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every page with the odd text in one of its parameters."""
    for context in iter_route_contexts(app.routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None or "GET" not in (context.methods or ()):
            continue
        path = context.path or ""
        if dependant.path_params and not any(letter in odd for letter in "/%\0"):
            yield re.sub(r"{[^}]+}", odd, path), {}
        for parameter in dependant.query_params:
            yield re.sub(r"{[^}]+}", "1", path), {parameter.alias: odd}


def who(place: Place, path: str) -> TestClient:
    if path.startswith(ADMINISTRATORS):
        return place.enter("administrator")
    enterprise = path.startswith(("/tasks", "/obligations")) or path.endswith("/extension")
    return place.enter("officer" if enterprise else "lead")


def test_no_parameter_of_a_page_brings_it_down(each_place: Place) -> None:
    lead, administrator = each_place.enter("lead"), each_place.enter("administrator")
    asked = [one for odd in ODD for one in addresses(each_place.app, odd)]
    asked += [
        (path, {"moved": f"1-2-3-4-{odd}", "lang": odd}) for odd in ODD for path in ("/campaigns", "/login")
    ]
    assert len(asked) > 20 * len(ODD)
    broken = [
        (path, query)
        for path, query in asked
        if (administrator if path.startswith(ADMINISTRATORS) else lead).get(path, params=query).status_code
        >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("path", FIELDS)
def test_no_field_of_a_form_brings_it_down(each_place: Place, path: str) -> None:
    client, address = who(each_place, path), path.format(**vars(each_place.house))
    broken = []
    for name in FIELDS[path]:
        for odd in ODD:
            if client.post(address, data=RIGHT.get(path, {}) | {name: odd}).status_code >= 500:
                broken.append((name, odd[:30]))
    assert broken == []


@pytest.mark.parametrize("path", ["/hazards", "/tasks/{check}/draft", "/overdue/urge", "/campaigns"])
def test_an_odd_name_of_a_field_brings_no_form_down(each_place: Place, path: str) -> None:
    client, address = who(each_place, path), path.format(**vars(each_place.house))
    names = (
        *ODD,
        "a.b.c.d",
        "defects.9.9",
        "evidence.\0",
        "evidence.",
        ".",
        "__files",
        "photos__files",
        "p.",
    )
    assert [name for name in names if client.post(address, data={name: "1"}).status_code >= 500] == []


def test_a_body_that_is_no_form_is_refused(place: Place) -> None:
    client = place.enter("lead")
    answers = {}
    for path in ("/hazards", "/enterprises/import", "/evidence", "/login"):
        for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "text/plain", "é"):
            headers = {"content-type": kind.encode()}
            answer = client.post(path, content=b"--x\r\nnonsense", headers=headers)
            answers[path, kind] = answer.status_code // 100
    assert set(answers.values()) == {4}


@pytest.mark.parametrize("name", ["referer", "hx-current-url", "origin", "cookie", "x-csrf-token"])
def test_no_header_brings_a_page_down(place: Place, name: str) -> None:
    client = place.enter()
    for value in ("http://[", "http://[::1", "\x7f", "é", "//", "http://evil.example/\\", "a=b;;=;"):
        headers = {name: value.encode()}
        assert client.get("/inbox", headers=headers | {"hx-request": "true"}).status_code < 500
        assert client.get("/login", headers=headers).status_code < 500
        assert client.post("/inbox", headers=headers).status_code < 500
