"""The audit log as a page: who reads it, what the filters leave, page by page, and nothing to change."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.web.house import NOW, ROLES, Place
from web import words
from workflows.accounts.models import Account
from workflows.audit.models import AuditEntry
from workflows.audit.queries import PAGE
from workflows.audit.service import record


def written(place: Place, *entries: tuple[str, str, str]) -> None:
    """Entries of (actor, action, subject), one a day, the last today."""
    with place.app.state.sessions.begin() as session:
        people = {one.username: one.actor for one in session.scalars(select(Account))}
        for back, (actor, action, subject) in enumerate(reversed(entries)):
            at = NOW - timedelta(days=back)
            record(
                session,
                at=at,
                actor=people.get(actor, actor),
                action=action,
                subject=subject,
                detail={"n": back},
            )


ENTRIES = (
    ("lead", "campaign.launch", "campaign:1"),
    ("town", "task.town_review", "obligation:12"),
    ("system", "x.unheard", "obligation:1"),
    ("town", "sign-in", "account:3"),
)


def listed(place: Place, **wanted: object) -> list[str]:
    """The subjects in the table, top to bottom."""
    page = place.enter("administrator").get("/audit", params=wanted)
    assert page.status_code == 200
    return re.findall(r'data-label="关于" title="([\w:-]+)"', page.text)


@pytest.fixture(autouse=True)
def _nothing_else(place: Place) -> None:
    """The newest entries are those of the test: what the house wrote is older."""
    written(place, *ENTRIES)


@pytest.mark.parametrize("who", sorted(set(ROLES) - {"administrator"}))
def test_only_the_administrator_reads_it(place: Place, who: str) -> None:
    assert place.enter(who).get("/audit").status_code == 403


def test_the_newest_comes_first_with_names_and_words(place: Place) -> None:
    with place.look() as session:
        newest = session.scalars(select(AuditEntry.subject).order_by(AuditEntry.id.desc())).all()
    assert listed(place) == list(newest[:PAGE])
    page = place.enter("administrator").get("/audit").text
    assert all(
        told in page for told in ("发起行动", "办理：镇街审核", "x.unheard", "应办事项 12", "Town", "system")
    )
    assert all(f'href="{url}"' in page for url in ("/obligations/12", "/people/3", "/campaigns/1"))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"person": "LEAD", "action": "campaign.launch", "subject": "campaign:1", "day": "2025-08-15"}, ["campaign:1"]),
        ({"person": "system", "action": "x.unheard"}, ["obligation:1"]),
        ({"subject": "obligation:1", "action": "x.unheard"}, ["obligation:1"]),
        ({"subject": "obligation", "action": "task.town_review", "day": "2025-08-16"}, ["obligation:12"]),
        ({"person": "town", "day": "2025-08-16", "action": "task.town_review"}, ["obligation:12"]),
        ({"action": "x.unheard", "day": "2025-08-18"}, []),
        ({"person": "%", "action": "x.unheard"}, []),
    ],
)  # fmt: skip
def test_filters_leave_what_they_say(place: Place, wanted: dict[str, str], expected: list[str]) -> None:
    assert listed(place, **wanted) == expected


def test_further_pages_go_on_where_the_last_one_ended(place: Place) -> None:
    written(place, *[("system", "many", f"import:{number}") for number in range(PAGE + 3)])
    client = place.enter("administrator")
    first = client.get("/audit?action=many").text
    found = re.search(r'href="(/audit\?before=\d+&amp;action=many)"', first)
    assert found is not None
    second = client.get(found[1].replace("&amp;", "&")).text
    seen = [re.findall(r'title="(import:\d+)"', page) for page in (first, second)]
    assert [len(one) for one in seen] == [PAGE, 3]
    assert len(set(seen[0] + seen[1])) == PAGE + 3


def test_nothing_found_says_so(place: Place) -> None:
    assert "没有找到记录" in place.enter("administrator").get("/audit?person=nobody-at-all").text


@pytest.mark.parametrize("query", ["day=soon", "before=x"])
def test_a_filter_that_makes_no_sense_does_not_mean_all(place: Place, query: str) -> None:
    assert place.enter("administrator").get(f"/audit?{query}").status_code >= 400


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_for_reading_only(place: Place, method: str) -> None:
    assert getattr(place.enter("administrator"), method)("/audit").status_code == 405


def test_every_action_that_the_pages_write_has_words() -> None:
    assert words.action_name("account.roles") == "改岗位"
    assert words.action_name("task.unheard") == "办理：unheard"
