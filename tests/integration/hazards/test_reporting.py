"""Who is told of a major hazard, and how often?"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.handlers import JobContext
from engine.types import Json
from workflows.hazards.service import report_at_once
from workflows.notifications.models import Notification

NOW = datetime(2025, 6, 16, 1, tzinfo=UTC)
PEOPLE: dict[str, Json] = {"enterprise_id": 40, "town_id": 3, "department_id": 5, "office_id": 1}


def job(**variables: Json) -> JobContext:
    return JobContext(
        instance_id=1,
        group_id=None,
        business_key="hazard:11",
        node="report_confirmed",
        topic="hazard.report_at_once",
        properties={},
        variables={**PEOPLE, "title": "护栏缺失", **variables},
        now=NOW,
    )


def told(session: Session) -> set[str]:
    return set(session.scalars(select(Notification.candidate_group)))


def test_department_town_lead_office_and_principal_are_told(session: Session) -> None:
    assert report_at_once(session, job()) == {"reported_at": "2025-06-16T01:00:00+00:00"}
    assert told(session) == {"5:department_officer", "3:town_officer", "1:lead_officer", "40:principal"}


def test_nobody_is_told_a_second_time(session: Session) -> None:
    assert report_at_once(session, job(reported_at="2025-06-16T00:00:00+00:00")) == {}
    assert told(session) == set()
