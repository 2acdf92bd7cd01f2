"""What only the sample does: its people are listed, its clock moves. In production neither exists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select

from tests.web.house import NOW, Place, place_on
from workflows.campaigns.models import Campaign
from workflows.clock import business_now
from workflows.obligations.models import Obligation
from workflows.settings import Mode
from workflows.sweep import sweep


@pytest.fixture
def production(place: Place, tmp_path: Path) -> Iterator[Place]:
    """The same database, served in production."""
    found = place_on(place.app.state.settings.url, tmp_path, place.house, Mode.PRODUCTION)
    yield found
    found.app.state.engine.dispose()


def test_production_has_no_clock_to_move(production: Place) -> None:
    client = production.enter("officer")
    assert client.post("/clock", data={"to": "day"}).status_code == 403
    page = client.get("/inbox?moved=1-2-3-4-5").text
    assert "clock-menu" not in page
    assert "时间已到" not in page
    assert "样例" not in page


def test_the_sample_shows_its_clock(place: Place) -> None:
    assert 'action="/clock"' in place.enter("officer").get("/inbox").text


@pytest.mark.parametrize(("to", "days"), [("day", 1), ("week", 7)])
def test_the_clock_moves_and_the_page_says_what_happened(place: Place, to: str, days: int) -> None:
    client = place.enter("officer")
    answer = client.post("/clock", data={"to": to, "next": "/obligations?item=3"})
    assert answer.status_code == 303
    address = urlsplit(answer.headers["location"])
    assert (address.netloc, address.path) == ("", "/obligations")
    assert parse_qs(address.query)["item"] == ["3"]
    assert "时间已到" in client.get(answer.headers["location"]).text
    with place.look() as session:
        assert business_now(session, machine_now=NOW) == NOW + timedelta(days=days)


def test_an_unknown_way_to_move_the_clock_moves_nothing(place: Place) -> None:
    assert place.enter("officer").post("/clock", data={"to": "yesterday"}).status_code == 422
    with place.look() as session:
        assert business_now(session, machine_now=NOW) == NOW


ELSEWHERE = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)",
    "http:evil.example", "\\\\evil.example",
)  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_redirect_leads_to_another_site(place: Place, target: str) -> None:
    client = place.enter("officer")
    answers = [
        client.post("/clock", data={"to": "day", "next": target}),
        client.get("/login", params={"next": target}),
        client.post(
            "/hazards", params={"next": target, "back": target}, data={"title": "裸露电线", "place": "一车间"}
        ),
        client.post("/notices/read", data={"next": target}),
    ]
    assert [one.status_code for one in answers] == [303] * 4
    for one in answers:
        address = urlsplit(one.headers["location"])
        assert (address.scheme, address.netloc) == ("", "")
        assert "evil" not in one.headers["location"]


def test_urging_leads_back_to_the_same_part_of_the_board(place: Place) -> None:
    form = {"town": str(place.house.town), "bucket": "0", "all": "1", "next": "//evil.example"}
    answer = place.enter("town").post("/overdue/urge", data=form)
    assert answer.headers["location"] == f"/overdue?town={place.house.town}&bucket=0&urged=1"


def test_only_what_is_still_overdue_is_urged(place: Place) -> None:
    ids = place.house.late, place.house.submitted, 99999
    form = {"late": [f"obligation:{number}" for number in ids]}
    answer = place.enter("town").post("/overdue/urge", data=form)
    assert answer.headers["location"] == "/overdue?urged=1"
    page = place.enter("officer").get("/notices").text
    assert page.count("催办：") == 1


# --- the preview counts what the launch does


def numbers(page: str) -> tuple[int, int]:
    """Enterprises and obligations on the button of the preview."""
    words = page.split("提交审批：")[1].split("</button>")[0]
    firms, items = words.split(" 家企业、")
    return int(firms.replace(",", "")), int(items.removesuffix(" 项").replace(",", ""))


@pytest.mark.parametrize("typed", ["", "10", "1000"])
@pytest.mark.parametrize("scope", ["all", "town"])
def test_a_launch_creates_what_its_preview_counted(place: Place, typed: str, scope: str) -> None:
    lead = place.enter("lead")
    form = {"template": "hundred-day-drive", "p.safety_director_employees": typed}
    if scope == "town":
        form["town"] = str(place.house.town)
    firms, items = numbers(lead.get("/campaigns/new", params=form).text)
    lead.post("/campaigns", data=form)
    campaign = place.approve()
    sweep(place.app.state.sessions, now=NOW)
    for _ in range(10):  # ten weeks: the drive ends on 2025-10-15
        lead.post("/clock", data={"to": "week"})
    with place.look() as session:
        mine = Obligation.campaign_id == campaign
        counted = session.execute(
            select(func.count(Obligation.enterprise_id.distinct()), func.count()).where(mine)
        ).one()
        assert session.get_one(Campaign, campaign).launched_at == NOW
    assert tuple(counted) == (firms, items)
