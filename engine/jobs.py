"""Which service tasks wait for their handler, and who runs them.

A job runs in the transaction that opened it, unless its extension property `background` is true: then
`run_due` does it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.handlers import Handler, JobContext, handlers, register
from engine.locking import LOCK_FREE
from engine.models import Job, ProcessInstance
from engine.types import InstanceStatus, JobStatus
from engine.units import PendingJob
from engine.work import SYSTEM, Work

__all__ = ["Handler", "JobContext", "handlers", "register", "run_due"]


_WAITING: Final = (
    select(Job)
    .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
    .where(Job.status == JobStatus.WAITING, ProcessInstance.status == InstanceStatus.ACTIVE)
)
_FIRST: Final = _WAITING.with_only_columns(Job.id).limit(1)
_NEXT: Final = _WAITING.order_by(Job.id).limit(bindparam("limit"))


def is_waiting(session: Session) -> bool:
    """Whether `run_due` would find something to do."""
    return session.scalar(_FIRST) is not None


def run_due(session: Session, *, now: datetime, limit: int = 200) -> int:
    """Run up to `limit` waiting jobs of active instances, oldest first; returns how many succeeded.

    Each runs in a savepoint; one that raises becomes an incident. What somebody else has locked is left to
    him.
    """
    done = 0
    with Work(session, now=now, actor=SYSTEM) as work:
        jobs = session.scalars(_NEXT, {"limit": limit}).all()
        ids = sorted({job.instance_id for job in jobs})
        units = work.lock_found(LOCK_FREE, {"ids": ids}) if ids else []
        locked = {unit.id: unit for unit in units}
        for job in jobs:
            unit = locked.get(job.instance_id)
            session.refresh(job)
            if unit is None or job.status is not JobStatus.WAITING or not unit.is_open(job.token):
                continue
            properties = dict(job.properties)
            done += work.run_job(unit, PendingJob(job.id, job.token, job.node, job.topic, properties))
            work.drain()
    return done
