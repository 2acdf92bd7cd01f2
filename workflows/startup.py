"""What has to be there before anything is served: schema, process definitions, in sample mode the sample district."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from workflows import clock, enterprisefile, handlers, processes, sample
from workflows.database import taking_turns
from workflows.migration import upgrade
from workflows.organizations.queries import office
from workflows.register.sample import SEED
from workflows.settings import Settings

log = structlog.get_logger()


def prepare(
    settings: Settings, engine: Engine, sessions: sessionmaker[Session], *, machine_now: datetime
) -> None:
    """Migrate, register handlers, deploy what is new, load the sample district on the first start in sample mode.

    Processes that start side by side take turns: the second finds everything there.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    handlers.register()
    with taking_turns(engine):
        with engine.begin() as connection:
            upgrade(connection)
        with sessions.begin() as session:
            processes.deploy_all(session, now=machine_now)
            enterprisefile.judge_again(session, now=clock.business_now(session, machine_now=machine_now))
        if settings.is_sample:
            _load_sample(sessions, machine_now=machine_now)


def _load_sample(sessions: sessionmaker[Session], *, machine_now: datetime) -> None:
    with sessions.begin() as session:
        if office(session) is not None:
            return
        log.info("loading the sample district", enterprises=sample.ENTERPRISES)
        clock.start_sample_clock(session, machine_now=machine_now)
        now = clock.business_now(session, machine_now=machine_now)
        sample.load_district(session, enterprises=sample.ENTERPRISES, seed=SEED, now=now)
        sample.load_people(session, now=machine_now)
