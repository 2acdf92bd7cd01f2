"""What broke: who sees it, in which words, and what trying again tells and writes down."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from engine import runtime
from engine.handlers import handlers
from engine.models import Incident
from engine.types import IncidentKind
from tests.factories import world_in
from tests.web.house import NOW, ROLES, Place
from workflows import incidents
from workflows.audit.models import AuditEntry
from workflows.handlers import HANDLERS
from workflows.hazards.models import Hazard
from workflows.register.models import Enterprise

TOPIC = "hazard.schedule"


def breaks(*_: object) -> None:
    raise RuntimeError("disk <full>")


@pytest.fixture
def broken(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Incident:
    """The date of a hazard of the firm could not be set."""
    monkeypatch.setitem(handlers, TOPIC, breaks)
    with place.app.state.sessions.begin() as session:
        world = world_in(session, tmp_path)
        world.now = NOW
        world.planned(world.hazard(session.get_one(Enterprise, place.house.firm)), due_on="2025-09-01")
    with place.look() as session:
        return session.scalars(select(Incident)).one()


def repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(handlers, TOPIC, HANDLERS[TOPIC])


def audited(place: Place) -> list[AuditEntry]:
    with place.look() as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == "incident.retry")))


@pytest.mark.parametrize("who", sorted(ROLES))
def test_only_the_administrator_sees_and_retries(place: Place, broken: Incident, who: str) -> None:
    client, allowed = place.enter(who), who == "administrator"
    assert client.get("/incidents").status_code == (200 if allowed else 403)
    assert ('href="/incidents"' in client.get("/me").text) is allowed
    if not allowed:
        assert client.post(f"/incidents/{broken.id}/retry").status_code == 403
        assert audited(place) == []


def test_an_incident_is_told_in_plain_words_and_the_technical_text_is_folded(
    place: Place, broken: Incident
) -> None:
    page = place.enter("administrator").get("/incidents").text
    visible, _, folded = page.partition("<summary>技术详情</summary>")
    assert "系统自动办理的一步没有办成" in visible
    assert "disk" not in visible
    assert "RuntimeError: disk &lt;full&gt;" in folded
    with place.look() as session:
        hazard = session.scalars(select(Hazard).where(Hazard.instance_id == broken.instance_id)).one()
    assert f'href="/hazards/{hazard.id}"' in page
    assert "宏岳铸造" in page
    assert "8月18日 10:00" in page


def test_the_menu_counts_those_that_wait(place: Place, broken: Incident) -> None:
    assert '<span class="n" id="count-incidents">1</span>' in place.enter("administrator").get("/me").text


def test_a_retry_that_works_lets_the_process_go_on_and_is_written_down(
    place: Place, broken: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    repaired(monkeypatch)
    client = place.enter("administrator")
    answer = client.post(f"/incidents/{broken.id}/retry")
    page = client.get(answer.headers["location"]).text
    assert "已办成，流程接着走了" in page
    assert "没有待处理的故障" in page
    with place.look() as session:
        hazard = session.scalars(select(Hazard).where(Hazard.instance_id == broken.instance_id)).one()
        assert hazard.due_at is not None
    [entry] = audited(place)
    assert (entry.subject, entry.detail["outcome"]) == (f"incident:{broken.id}", "gone_on")
    assert entry.detail["about"] == f"hazard:{hazard.id}"
    assert "Administrator" in client.get("/incidents?resolved=1").text


def test_a_retry_that_fails_again_says_so_and_the_new_incident_waits(place: Place, broken: Incident) -> None:
    client = place.enter("administrator")
    answer = client.post(f"/incidents/{broken.id}/retry")
    page = client.get(answer.headers["location"]).text
    assert "又失败了" in page
    with place.look() as session:
        waiting = incidents.listed(session, resolved=False)
    assert [one.incident.id for one in waiting] == [broken.id + 1]
    assert [one.detail["outcome"] for one in audited(place)] == ["failed_again"]


def test_who_retries_what_somebody_has_settled_is_told_who_and_when(place: Place, broken: Incident) -> None:
    client = place.enter("administrator")
    client.post(f"/incidents/{broken.id}/retry")
    answer = client.post(f"/incidents/{broken.id}/retry")
    assert answer.status_code == 409
    assert "Administrator已于8月18日 10:00处理了这个故障" in answer.text
    assert len(audited(place)) == 1


def test_an_incident_that_never_was_does_not_exist(place: Place) -> None:
    assert place.enter("administrator").post("/incidents/4711/retry").status_code == 404


def test_an_incident_of_a_process_that_is_over_waits_for_nobody(place: Place, broken: Incident) -> None:
    with place.app.state.sessions.begin() as session:
        runtime.cancel(session, broken.instance_id, reason="作废", now=NOW, actor="account:1")
    client = place.enter("administrator")
    assert "没有待处理的故障" in client.get("/incidents").text
    assert "流程已结束，无须处理" in client.get("/incidents?resolved=1").text
    assert client.post(f"/incidents/{broken.id}/retry").status_code == 409


def test_the_older_ones_are_a_page_away(place: Place, broken: Incident) -> None:
    with place.app.state.sessions.begin() as session:
        for _ in range(incidents.PAGE):
            session.add(
                Incident(
                    instance_id=broken.instance_id, kind=IncidentKind.TIMER, node="round/wait", code="x", message="",
                    data={}, created_at=NOW,
                )
            )  # fmt: skip
    client = place.enter("administrator")
    first = client.get("/incidents").text
    assert f"#{broken.id}<" not in first
    assert f"/incidents?before={broken.id + 1}" in first
    assert f"#{broken.id}<" in client.get(f"/incidents?before={broken.id + 1}").text


@pytest.mark.parametrize(
    ("token", "node"), [("round/self_check", "self_check"), ("a/b[2]#1", "b"), ("plain", "plain"), (None, "")]
)
def test_the_node_is_the_end_of_the_tokens_path(token: str | None, node: str) -> None:
    assert incidents.node_of(token) == node
