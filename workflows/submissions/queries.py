"""Read what was submitted in an instance: the last time at a node, and everything in order."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.submissions.models import Submission


def of_instance(session: Session, instance_id: int) -> list[Submission]:
    """Every submission of an instance, oldest first."""
    query = select(Submission).where(Submission.instance_id == instance_id).order_by(Submission.id)
    return list(session.scalars(query))


def last(submissions: Iterable[Submission], *nodes: str) -> Submission | None:
    """The newest one at one of these nodes."""
    found = [one for one in submissions if one.node in nodes]
    return found[-1] if found else None


def previous(submissions: Iterable[Submission], node: str) -> Submission | None:
    """The newest but one at a node: what is compared with the newest."""
    found = [one for one in submissions if one.node == node]
    return found[-2] if len(found) > 1 else None


def last_of_instance(session: Session, instance_id: int) -> Submission | None:
    """The newest submission of an instance, at whatever node."""
    query = select(Submission).where(Submission.instance_id == instance_id).order_by(Submission.id.desc())
    return session.scalars(query.limit(1)).first()


def last_at(session: Session, instance_id: int, node: str) -> Submission | None:
    """The newest submission at a node of an instance."""
    query = select(Submission).where(Submission.instance_id == instance_id, Submission.node == node)
    return session.scalars(query.order_by(Submission.id.desc()).limit(1)).first()


def attachment_ids(submission: Submission) -> list[int]:
    """The evidence files that a submission names."""
    found: list[int] = []
    for name, value in submission.form.items():
        if isinstance(value, list) and name.endswith(("evidence", "photos", "documents")):
            found += [number for number in value if isinstance(number, int)]
        elif name == "evidence" and isinstance(value, dict):
            found += [number for numbers in value.values() for number in numbers]
    return found
