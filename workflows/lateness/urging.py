"""Urge: remind whose turn it is, one, the ticked ones or all of a part of the board."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from workflows.lateness.board import every, files_of
from workflows.lateness.rules import Kind
from workflows.lateness.turns import Moment, View
from workflows.notifications.service import notify_each
from workflows.subjects import Subject, SubjectKind
from workflows.times import iso


def urge(session: Session, *, view: View, moment: Moment, actor: str) -> int:
    """Remind whoever has what is late in a view now; returns how many enterprises, bodies or offices were reached."""
    found = every(session, view=view, moment=moment)
    files = files_of(session, [subject for subject, _ in found])
    told = [
        (group, str(subject), _told(files[subject], actor))
        for subject, holder in found
        for group in _groups(view.kind, subject, files[subject], holder)
    ]
    kind = "task.urged" if view.kind is Kind.REVIEW else "urged"
    notify_each(session, told, kind=kind, at=moment.at)
    return len({group.partition(":")[0] for group, _, _ in told})


def _told(file: Any, actor: str) -> dict[str, Any]:
    """The day is that of the work; the check of the effect of a closed hazard has another one."""
    due_at = None if file.closed_at else file.due_at
    return {"title": file.title, "due_at": due_at and iso(due_at), "by": actor}


def _groups(kind: Kind, subject: Subject, file: Any, holder: str | None) -> list[str]:
    """The candidate groups to tell: the enterprise and its principal, the body, or who has the open task."""
    if subject.kind is SubjectKind.UNIT_TASK and kind is Kind.DUTY:
        return [f"{file.body_id}:{file.body_role}"]
    if kind is Kind.OBLIGATION or holder == f"{file.enterprise_id}:safety_officer":
        return [f"{file.enterprise_id}:{role}" for role in ("safety_officer", "principal")]
    return [holder] if holder else []
