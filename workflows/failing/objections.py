"""Objections: filed by the enterprise on its line, answered by the department; one that is upheld strikes the line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from workflows.audit import service as audit
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.evidence.queries import check_usable
from workflows.exceptions import Conflict, NotFound
from workflows.failing import queries, service
from workflows.failing.models import Objection
from workflows.failing.rules import ANSWER_WORKDAYS, MIN_OBJECTION, is_of_enterprise
from workflows.failing.telling import tell_enterprises
from workflows.failing.texts import check_text
from workflows.inbox import Person
from workflows.subjects import Subject, SubjectKind
from workflows.times import iso


def file(
    session: Session, entry_id: int, *, text: str, evidence: Sequence[int], person: Person, now: datetime
) -> Objection:
    """Object to one's own line while the list is a draft and the time for it runs; the department gets a task.

    Raises NotFound for somebody else's line, InvalidForm for a text that is too short or too long, ForeignEvidence,
    Conflict when the list is signed, the line struck, the time over, or an objection of theirs waits already.
    """
    listed, entry = service.locked(session, entry_id)
    if not is_of_enterprise(person.groups, entry.enterprise_id):
        raise NotFound(what="failing_list_entry", id=entry_id)
    check_text("text", text, least=MIN_OBJECTION)
    check_usable(session, evidence, organization_id=person.organization_id)
    service.check_draft(listed)
    service.check_stands(entry)
    if listed.objections_until is not None and now > listed.objections_until:
        raise Conflict(what="objections-over", at=listed.objections_until)
    if queries.has_open_objection(session, entry.id):
        raise Conflict(what="objection-pending")
    filed = Objection(
        entry_id=entry.id, list_id=listed.id, text=text.strip(), evidence=list(evidence), answer="",
        filed_by=person.actor, filed_at=now,
    )  # fmt: skip
    session.add(filed)
    session.flush()
    _start(session, filed, listed, entry, now=now)
    audit.record(
        session, at=now, actor=person.actor, action="objection.file",
        subject=str(Subject(SubjectKind.FAILING_LIST, listed.id)), detail={"enterprise_id": entry.enterprise_id},
    )  # fmt: skip
    return filed


def _start(
    session: Session, filed: Objection, listed: FailingList, entry: FailingListEntry, *, now: datetime
) -> None:
    campaign = session.get_one(Campaign, listed.campaign_id)
    due_at = queries.moment_after(session, now, workdays=ANSWER_WORKDAYS)
    variables: dict[str, Any] = {
        "objection_id": filed.id, "list_id": listed.id, "entry_id": entry.id, "title": campaign.title,
        "enterprise_id": entry.enterprise_id, "department_id": listed.department_id,
        "due_at": due_at and iso(due_at),
    }  # fmt: skip
    started = runtime.start(
        session, key="objection", business_key=str(Subject(SubjectKind.OBJECTION, filed.id)),
        group_id=campaign.id, variables=variables, now=now, actor=filed.filed_by,
    )  # fmt: skip
    filed.instance_id = started.id


def record(session: Session, job: JobContext) -> None:
    """Write the answer down and tell the enterprise; what is upheld strikes its line."""
    filed = session.get_one(Objection, job.variables["objection_id"])
    listed, entry = service.locked(session, filed.entry_id)
    filed.upheld, filed.answer = bool(job.variables["upheld"]), str(job.variables["answer"])
    filed.answered_by, filed.answered_at = job.variables["actor"], job.now
    if filed.upheld and queries.stands(listed, entry):
        service.take_off(session, listed, entry, reason=filed.answer, actor=filed.answered_by, now=job.now)
        return
    campaign = session.get_one(Campaign, listed.campaign_id)
    tell_enterprises(
        session, listed, [entry.enterprise_id],
        campaign=campaign, kind="objection.refused", at=job.now, reason=filed.answer,
    )  # fmt: skip
