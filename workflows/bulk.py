"""Decide many tasks at once: each in its own savepoint, one result line each, the same rules as one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.exceptions import EngineError, IncidentRaised
from engine.models import UserTask
from workflows import worklist
from workflows.exceptions import Conflict, DomainError, NotFound
from workflows.inbox import Person, complete, draft_of, find
from workflows.register.types import RiskLevel
from workflows.worklist import Row

MOST = 50  # one page
DECISIONS: Mapping[str, tuple[str, Any, Any, str]] = {
    "sign": ("signed", True, False, "opinion"),
    "town_review": ("town_decision", "accept", "return", "reason"),
    "department_review": ("department_decision", "accept", "return", "reason"),
    "approve_plan": ("approved", True, False, "reason"),
    "countersign": ("agreed", True, False, "opinion"),
}  # field, yes, no, where the reason goes
DRAFTED = ("self_check", "fix")  # done with what their drafts hold


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one task; `code` and `data` say why it was not done."""

    task_id: int
    title: str
    enterprise: str
    done: bool
    code: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def decide(
    session: Session, task_ids: Sequence[int], *, accept: bool, reason: str, person: Person, now: datetime
) -> list[Line]:
    """Every task once, in the given order; what is refused leaves nothing behind and does not stop the others.

    What needs a closer look is accepted one by one only: major risk, returned before, late before (`is_locked`).
    """
    return [
        _decide(session, number, accept=accept, reason=reason, person=person, now=now)
        for number in list(dict.fromkeys(task_ids))[:MOST]
    ]


def is_locked(row: Row) -> bool:
    """Whether a review has to be looked at alone."""
    if row.node not in worklist.REVIEW_NODES:
        return False
    return row.risk_level is RiskLevel.MAJOR or row.returned or row.was_late


def can_tick(row: Row) -> bool:
    """Whether a line of a list can be part of a bulk decision at all."""
    return row.node in DECISIONS or row.node in DRAFTED


def _decide(
    session: Session, task_id: int, *, accept: bool, reason: str, person: Person, now: datetime
) -> Line:
    row = None
    try:
        with session.begin_nested():
            task = find(session, task_id, person)
            row = worklist.row_of(session, task_id, now=now)
            if row is None:
                raise NotFound(what="task", id=task_id)
            if accept and is_locked(row):
                raise Conflict(what="look-closer")
            form = _form(session, task, accept=accept, reason=reason, person=person)
            try:
                complete(session, task_id, form=form, person=person, now=now)
            except IncidentRaised as broken:  # kept, as when it is done alone
                return _line(task_id, row, broken)
    except (DomainError, EngineError) as refused:
        return _line(task_id, row, refused)
    return _line(task_id, row, None)


def _form(session: Session, task: UserTask, *, accept: bool, reason: str, person: Person) -> dict[str, Any]:
    if task.node in DECISIONS:
        name, yes, no, why = DECISIONS[task.node]
        return {name: yes if accept else no} | ({why: reason} if reason else {})
    draft = draft_of(session, task.id, person.actor)
    if task.node not in DRAFTED or not accept or draft is None:
        raise Conflict(what="look-closer")
    return dict(draft.form)


def _line(task_id: int, row: Row | None, refused: DomainError | EngineError | None) -> Line:
    title, enterprise = (row.title, row.enterprise or "") if row else ("", "")
    if refused is None:
        return Line(task_id, title, enterprise, done=True)
    return Line(task_id, title, enterprise, done=False, code=refused.code, data=refused.data)
