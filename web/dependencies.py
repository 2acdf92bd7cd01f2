"""What routes ask for: the database session of the request, the time, the fields of a form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from engine.exceptions import IncidentRaised
from web.csrf import SAFE_METHODS
from web.inputs import plain_form
from workflows.clock import business_now
from workflows.settings import Settings


@contextmanager
def transaction(request: Request, *, reads: bool) -> Iterator[Session]:
    """A session of its own: committed when the block ends well, rolled back when it does not."""
    state = request.app.state
    with (state.readers if reads else state.sessions)() as session:
        try:
            yield session
        except IncidentRaised:  # what went wrong in the engine is worth keeping
            session.commit()
            raise
        session.commit()


def _db(request: Request) -> Iterator[Session]:
    with transaction(request, reads=request.method in SAFE_METHODS) as session:
        request.state.session = session
        try:
            yield session
        finally:
            request.state.session = None


def machine_now(request: Request) -> datetime:
    """The machine's clock (UTC), for sessions and locks; never for deadlines."""
    now: datetime = request.app.state.machine_clock()
    return now


def _business_now(request: Request, session: Db) -> datetime:
    request.state.now = business_now(session, machine_now=machine_now(request))
    now: datetime = request.state.now
    return now


async def _form(request: Request) -> FormData:
    return plain_form(await request.form())


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


# scope="function": the commit comes before the response is sent. A GET takes a snapshot, anything else a lock.
Db = Annotated[Session, Depends(_db, scope="function")]
Now = Annotated[datetime, Depends(_business_now)]
MachineNow = Annotated[datetime, Depends(machine_now)]
Fields = Annotated[FormData, Depends(_form)]
TheSettings = Annotated[Settings, Depends(_settings)]
