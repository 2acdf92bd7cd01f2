"""Odd input is refused plainly: numbers without end, control characters, cookies of other sites."""

from __future__ import annotations

import pytest

from tests.web.conftest import Browser, token_of

HUGE = "9" * 30
ENDLESS = "9" * 5000


@pytest.mark.parametrize(
    "path",
    [
        f"/obligations/{HUGE}", f"/hazards/{HUGE}", f"/campaigns/{HUGE}", f"/tasks/{HUGE}", f"/evidence/{HUGE}",
        f"/enterprises?offset={HUGE}", f"/obligations?enterprise={HUGE}", f"/hazards?offset={HUGE}",
        f"/overdue?town={HUGE}", f"/inbox?task={HUGE}", f"/inbox?done={HUGE}", f"/overdue?bucket={HUGE}",
        f"/campaigns/new?town={HUGE}", f"/campaigns/new?p.x={ENDLESS}", f"/obligations/{ENDLESS}",
        "/campaigns/new?template=../../etc", "/processes/..%2f..%2fsecret.bpmn", "/obligations?item=%00",
        f"/calendar/{ENDLESS}.ics", "/calendar/%00.ics", f"/admin/channels?offset={HUGE}", "/me?saved=%00",
        "/enterprises?q=%00", "/campaigns?moved=1-2-3-4-" + ENDLESS,
    ],
)  # fmt: skip
def test_an_odd_address_is_no_crash(browser: Browser, path: str) -> None:
    assert browser("lu").get(path).status_code < 500


@pytest.mark.parametrize("cookie", ["a/b=1", "path/x=1; bihuan_language=en", "bihuan_session=; a,b=2"])
def test_cookies_of_other_sites_do_no_harm(browser: Browser, cookie: str) -> None:
    assert browser().get("/login", headers={"cookie": cookie}).status_code == 200


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/campaigns", {"town": "abc"}),
        ("/campaigns", {"town": HUGE}),
        ("/campaigns", {"town": ENDLESS}),
        ("/campaigns", {"p.x": ENDLESS}),
        ("/campaigns", {"template": "nothing"}),
        ("/overdue/urge", {"late": f"obligation:{HUGE}"}),
        ("/overdue/urge", {"late": "obligation:²"}),
        ("/overdue/urge", {"late": f"hazard:{ENDLESS}"}),
        ("/overdue/urge", {"campaign": ENDLESS, "all": "1"}),
        ("/hazards", {"photos": HUGE, "title": "裸露电线", "place": "一车间", "enterprise": "1"}),
        ("/hazards", {"photos": ENDLESS, "title": "裸露电线", "place": "一车间", "enterprise": "1"}),
        (f"/notices/{HUGE}/read", {}),
        ("/me/email", {"address": ENDLESS, "mode": "off"}),
        ("/me/email", {"address": "a@b.cn", "mode": "never"}),
        ("/me/email/confirm", {"code": "²" * 6}),
        ("/me/chat", {"address": "https://" + ENDLESS, "mode": "off"}),
        ("/me/digest", {"hour": HUGE}),
        ("/me/channels/fax/remove", {}),
        ("/clock", {"to": "never"}),
    ],
)
def test_an_odd_form_is_no_crash(browser: Browser, path: str, fields: dict[str, str]) -> None:
    lu = browser("lu")
    answer = lu.post(path, data={"csrf_token": token_of(lu, "/me"), **fields})
    assert answer.status_code < 500
    assert answer.status_code != 403
