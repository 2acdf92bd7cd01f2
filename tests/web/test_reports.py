"""Reports: drafted on the 25th, refreshed without losing what was typed, filed in versions, archived with their figures."""

from __future__ import annotations

import io
import re
from datetime import datetime

import pytest
from docx import Document
from fastapi.testclient import TestClient
from sqlalchemy import select

from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import at
from tests.web.house import Place
from tests.web.test_documents import text_of
from workflows.campaigns.models import Campaign
from workflows.clock import Clock
from workflows.duties.models import UnitTask
from workflows.notifications.models import Notification
from workflows.sweep import advance


def launched(place: Place) -> int:
    """The hundred-day drive of 2025, launched on 18 August."""
    place.enter("lead").post("/campaigns", data={"template": "hundred-day-drive", "year": "2025"})
    campaign = place.approve()
    until(place, at("2025-08-18 10:30"))
    return campaign


def until(place: Place, instant: datetime) -> None:
    """Let time pass."""
    with place.look() as session, session.begin():
        clock = session.get_one(Clock, 1)
        before, clock.business_at = clock.business_at, instant
    advance(place.app.state.sessions, until=instant, now=before)


def august(place: Place, campaign: int) -> tuple[int, int]:
    """The department's report for August: its unit task, and the open task of its form."""
    with place.look() as session:
        of = UnitTask.campaign_id == campaign, UnitTask.duty_code == "D8", UnitTask.period == "2025-08"
        duty = session.scalars(select(UnitTask).where(*of, UnitTask.body_id == place.house.department)).one()
        return duty.id, task_at(place, duty.instance_id or 0, "file")


def task_at(place: Place, instance_id: int, node: str) -> int:
    with place.look() as session:
        of = UserTask.instance_id == instance_id, UserTask.node == node, UserTask.status == TaskStatus.OPEN
        return session.scalars(select(UserTask.id).where(*of)).one()
