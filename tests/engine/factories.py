"""Short ways to deploy, start and look, for the tests of the engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployment, runtime
from engine.linting import lint
from engine.memo import Memo
from engine.models import HistoryEntry, Incident, ProcessInstance, UserTask
from engine.spiff.parser import load
from engine.transitions import Machine
from engine.types import Completion, TaskStatus, Transition
from tests.engine import bpmn as b
from tests.engine.samples import Files, one

NOW: Final = datetime(2026, 11, 22, 8, tzinfo=UTC)


def machine(key: str, files: Files, memo: Memo | None = None) -> Machine:
    """A machine past the linter."""
    return Machine(load(key, files), memo)


def scripted(code: str, memo: Memo | None = None) -> Machine:
    """user task `u`, then a script, then user task `z`."""
    files = one(
        "p", b.start(), b.user("u"), b.script("s", code), b.user("z"), b.end(),
        flow="start>u u>s s>z z>done",
    )  # fmt: skip
    return machine("p", files, memo)


def run(m: Machine, variables: Mapping[str, Any]) -> Transition:
    """Start and complete `u`."""
    marking = m.fire("", ("start",), variables).marking
    return m.fire(marking, ("complete", "u", ""), variables)


def codes(key: str, files: Files) -> set[str]:
    """Codes of the linter's errors."""
    return {f.code for f in lint(key, files)[1] if f.level == "error"}


def deploy(session: Session, key: str, files: Files) -> int:
    """Deploy; returns the id of the definition."""
    return deployment.deploy(session, key=key, files=files, now=NOW).id


def begin(session: Session, key: str, files: Files, *, group_id: int | None = None, **variables: Any) -> int:
    """Deploy and start one instance; returns its id."""
    deploy(session, key, files)
    more = {"business_key": key, "group_id": group_id, "variables": variables}
    return runtime.start(session, key=key, now=NOW, **more).id


def tasks(session: Session, instance_id: int) -> dict[str, UserTask]:
    """User tasks that are not over, by token."""
    query = select(UserTask).where(UserTask.instance_id == instance_id)
    query = query.where(UserTask.status.in_([TaskStatus.OPEN, TaskStatus.SUSPENDED]))
    return {task.token: task for task in session.scalars(query.order_by(UserTask.id))}


def complete(
    session: Session, instance_id: int, token: str, form: Mapping[str, Any] | None = None, **options: Any
) -> Completion:
    """Complete an open task by its token."""
    arguments = {"actor": "account:1", "now": NOW, **options}
    return runtime.complete(
        session, task_id=tasks(session, instance_id)[token].id, form=form or {}, **arguments
    )


def instance(session: Session, instance_id: int) -> ProcessInstance:
    """The row as it is in the database."""
    return session.get_one(ProcessInstance, instance_id, populate_existing=True)


def incidents(session: Session, instance_id: int) -> list[Incident]:
    """All incidents of an instance."""
    query = select(Incident).where(Incident.instance_id == instance_id).order_by(Incident.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def kinds(session: Session, instance_id: int) -> list[str]:
    """Kinds of the history, in order."""
    query = select(HistoryEntry.kind).where(HistoryEntry.instance_id == instance_id).order_by(HistoryEntry.id)
    return list(session.scalars(query))
