"""The composition root: settings in, application out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache

import structlog
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import Engine
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from web import auth, csrf, errors
from web.counts import menu_counts
from web.headers import SecureHeaders
from web.language import Language
from web.navigation import Counts, no_counts
from web.routes import ROUTERS
from web.templating import HERE, make_environment
from workflows import logs
from workflows.accounts.queries import count_sample_accounts
from workflows.database import make_engine, make_sessions
from workflows.settings import Settings, settings
from workflows.tips.limits import Limits

MAX_BODY = 24 * 1024 * 1024  # an evidence file of 20 MB and its form
MAX_FIELD = 2 * 1024 * 1024  # a BPMN file in a text field

log = structlog.get_logger()


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    routers: list[APIRouter] | None = None,
    counts: Counts = no_counts,
    machine_clock: Callable[[], datetime] = utc_now,
    engine: Engine | None = None,
) -> FastAPI:
    """The web application. `routers` replaces the pages (tests), `machine_clock` the time of sessions, `engine` the one
    that the settings ask for.
    """

    logs.configure()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        _warn_of_samples(app)
        yield
        app.state.engine.dispose()

    app = FastAPI(
        title="Bihuan",
        openapi_url=None,  # no /docs either: it would load scripts from elsewhere
        routes=_pages() if routers is None else _routes(routers),
        lifespan=lifespan,
        max_body_size=MAX_BODY,
        form_limits={"max_part_size": MAX_FIELD},
    )
    app.state.settings, app.state.machine_clock, app.state.counts = settings, machine_clock, counts
    app.state.engine = engine or make_engine(settings.url)
    app.state.sessions = make_sessions(app.state.engine)
    app.state.readers = make_sessions(app.state.engine.execution_options(reads_only=True))
    app.state.templates = make_environment()
    app.state.tip_limits = Limits()
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    errors.install(app)
    app.add_middleware(Language)
    app.add_middleware(SecureHeaders)
    return app


def application() -> FastAPI:
    """The application of this process's settings, as a server's factory."""
    return create_app(settings(), counts=menu_counts)


@cache
def _pages() -> list[BaseRoute]:
    """Every page, for all applications of a process: FastAPI takes a while to read what routes ask for."""
    return _routes(ROUTERS)


def _routes(routers: list[APIRouter]) -> list[BaseRoute]:
    whole = APIRouter(max_body_size=MAX_BODY, dependencies=[Depends(csrf.protect, scope="function")])
    for router in routers:
        whole.include_router(router)
    if missing := auth.routes_without_rule(whole.routes):
        raise RuntimeError(f"routes without a rule: {', '.join(missing)}")
    return whole.routes


def _warn_of_samples(app: FastAPI) -> None:
    """Production refuses sample people at sign-in; say at start that some are left."""
    if app.state.settings.is_sample:
        return
    with app.state.readers() as session:
        if left := count_sample_accounts(session):
            log.warning("sample accounts are in this database and are refused", accounts=left)
