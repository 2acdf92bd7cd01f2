"""What is open of an instance goes over to another office."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.models import UserTask
from engine.types import TaskStatus


def hand_over(session: Session, instance_id: int, old: str, new: str) -> None:
    """The open tasks of one candidate group become another one's, in nobody's hands."""
    theirs = (
        UserTask.instance_id == instance_id, UserTask.candidate_group == old,
        UserTask.status.in_((TaskStatus.OPEN, TaskStatus.SUSPENDED)),
    )  # fmt: skip
    values = {"candidate_group": new, "assignee": None, "version": UserTask.version + 1}
    session.execute(update(UserTask).where(*theirs).values(values))
