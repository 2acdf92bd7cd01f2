"""A district in the middle of the drive: until a given day everybody has worked, some late, some never."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from engine.handlers import handlers
from workflows import startup
from workflows.campaigns import service, templates
from workflows.campaigns.scope import Scope
from workflows.clock import set_clock
from workflows.database import make_engine, make_sessions
from workflows.organizations import queries as organizations
from workflows.settings import Settings
from workflows.simulation import WORKING_HOURS, Crowd
from workflows.sweep import advance
from workflows.times import day_of, morning_of

TEMPLATE = "hundred-day-drive"
SEED = "7"


def lay_out(folder: Path, *, until: date) -> None:
    """Fill a data folder for `bihuan serve`: the sample district, its drive launched on the first day and worked on."""
    settings = Settings(data_dir=folder, database_url="")
    machine_now = datetime.now(UTC)
    engine = make_engine(settings.url)
    sessions = make_sessions(engine)
    startup.prepare(settings, engine, sessions, machine_now=machine_now)
    template = templates.get(TEMPLATE)
    now = morning_of(template.starts_on)
    with sessions.begin() as session:
        service.launch(
            session, template, scope=Scope(), office_id=organizations.office_id(session),
            title=template.title, actor="rehearsal", now=now,
        )  # fmt: skip
    crowd = Crowd(sessions, SEED, settings.evidence_dir, template)
    for number in range((until - template.starts_on).days + 1):
        at = morning_of(template.starts_on + timedelta(days=number))
        advance(sessions, until=at, now=now)
        now = at
        if day_of(at) < until:
            now = at + WORKING_HOURS
            crowd.work(now)
    with sessions.begin() as session:
        set_clock(session, business_at=now, machine_now=machine_now)
    engine.dispose()


def let_a_step_fail(folder: Path, *, on: date) -> None:
    """Until noon of this day the steps of the ladder fail; what runs afterwards is sound again."""
    settings = Settings(data_dir=folder, database_url="")
    engine = make_engine(settings.url)
    noon = morning_of(on) + timedelta(hours=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(handlers, "escalation.act", _full)
        advance(make_sessions(engine), until=noon, now=noon)
    engine.dispose()


def _full(*_: object) -> None:
    raise OSError("disk full")
