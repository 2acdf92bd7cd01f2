"""What broke in a process and waits for the administrator: the list, and trying again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine import runtime
from engine.models import Incident, ProcessInstance
from engine.types import IncidentKind, InstanceStatus
from workflows.accounts.queries import organization_names
from workflows.audit import service as audit
from workflows.exceptions import Conflict, NotFound
from workflows.subjects import Subject

PAGE = 50
_ENDED = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)


class Outcome(StrEnum):
    """What trying again came to."""

    GONE_ON = "gone_on"
    NEXT_TICK = "next_tick"  # the timer fires at the next sweep
    TO_REPEAT = "to_repeat"  # a person's own step: the person does it again
    FAILED_AGAIN = "failed_again"


@dataclass(frozen=True, slots=True)
class Listed:
    """One incident and what it is about. `ended` when its process is over, so that nothing is left to do."""

    incident: Incident
    subject: Subject
    title: str
    enterprise: str
    ended: bool

    @property
    def node(self) -> str:
        """The node of the diagram, "" when the whole instance could not be read."""
        return node_of(self.incident.node)


def node_of(token: str | None) -> str:
    """The node's id in a token's key such as `round/self_check`; `[item]` and `#n` tell tokens of one node apart."""
    return re.split(r"[\[#]", (token or "").rpartition("/")[2])[0]


def count_open(session: Session) -> int:
    """How many wait for somebody."""
    query = select(func.count()).select_from(Incident).join(ProcessInstance)
    return session.scalar(query.where(~_is_settled())) or 0


def listed(session: Session, *, resolved: bool, before: int | None = None, limit: int = PAGE) -> list[Listed]:
    """The newest first, one more than `limit` when there are further ones; `before` is the last id seen."""
    query = select(Incident, ProcessInstance).join(ProcessInstance)
    query = query.where(_is_settled() if resolved else ~_is_settled()).order_by(Incident.id.desc())
    if before is not None:
        query = query.where(Incident.id < before)
    rows = session.execute(query.limit(limit + 1)).all()
    homes = [instance.variables.get("enterprise_id") for _, instance in rows]
    names = organization_names(session, (home for home in homes if home is not None))
    return [_listed(incident, instance, names) for incident, instance in rows]


def every(session: Session) -> Iterator[Listed]:
    """All that wait for somebody, the newest first."""
    before = None
    while found := listed(session, resolved=False, before=before):
        yield from found[:PAGE]
        before = found[:PAGE][-1].incident.id


def retry(
    session: Session, incident_id: int, *, now: datetime, actor: str
) -> tuple[Outcome, Incident | None]:
    """Try again what failed; when it fails again, the new incident comes with the answer.

    Raises NotFound for an unknown incident, Conflict for one that somebody has resolved,
    InstanceNotActive when the process is suspended or over.
    """
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise NotFound(what="incident", id=incident_id)
    if incident.resolved_at is not None:
        raise Conflict(what="incident-resolved", by=incident.resolved_by, at=incident.resolved_at)
    runtime.retry(session, incident_id, now=now, actor=actor)
    newer = Incident.instance_id == incident.instance_id, Incident.id > incident_id
    again = session.scalars(select(Incident).where(*newer).order_by(Incident.id).limit(1)).first()
    outcome = Outcome.FAILED_AGAIN if again is not None else _outcome(incident.kind)
    audit.record(
        session, at=now, actor=actor, action="incident.retry", subject=f"incident:{incident_id}",
        detail={"kind": incident.kind, "code": incident.code, "outcome": outcome, "about": _about(session, incident)},
    )  # fmt: skip
    return outcome, again


def _is_settled() -> ColumnElement[bool]:
    """Those of a process that is over count too: there is nothing left to try."""
    return or_(Incident.resolved_at.is_not(None), ProcessInstance.status.in_(_ENDED))


def _listed(incident: Incident, instance: ProcessInstance, names: dict[int, str]) -> Listed:
    known = instance.variables
    return Listed(
        incident=incident,
        subject=Subject.parse(instance.business_key),
        title=str(known.get("title") or ""),
        enterprise=names.get(known.get("enterprise_id") or 0, ""),
        ended=instance.status in _ENDED,
    )


def _outcome(kind: IncidentKind) -> Outcome:
    return {IncidentKind.TIMER: Outcome.NEXT_TICK, IncidentKind.TRANSITION: Outcome.TO_REPEAT}.get(
        kind, Outcome.GONE_ON
    )


def _about(session: Session, incident: Incident) -> str:
    return session.get_one(ProcessInstance, incident.instance_id).business_key
