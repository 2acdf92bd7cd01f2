"""What a named person does with a drafted list: strike a line, sign the list. Nobody adds a line."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.exceptions import Conflict, NotAllowed, NotFound
from workflows.failing import issuing, queries
from workflows.failing.rules import may_decide
from workflows.failing.telling import tell_enterprises
from workflows.failing.texts import check_text
from workflows.inbox import Person
from workflows.subjects import Subject, SubjectKind


def strike(
    session: Session, entry_id: int, *, reason: str, person: Person, now: datetime
) -> FailingListEntry:
    """Take an enterprise off a draft, for good, with the reason it is told.

    Raises NotFound, NotAllowed for somebody of another department, InvalidForm without a reason, Conflict when the
    list is signed, the line struck already, or an objection to it waits for its answer.
    """
    listed, entry = locked(session, entry_id)
    _check_decider(listed, person)
    check_text("reason", reason)
    check_draft(listed)
    check_stands(entry)
    if queries.has_open_objection(session, entry.id):
        raise Conflict(what="objection-waits")
    take_off(session, listed, entry, reason=reason.strip(), actor=person.actor, now=now)
    return entry


def take_off(
    session: Session, listed: FailingList, entry: FailingListEntry, *, reason: str, actor: str, now: datetime
) -> None:
    """Strike the line and tell its enterprise; the caller has checked and locked."""
    entry.struck_at, entry.struck_by, entry.strike_reason = now, actor, reason
    audit.record(
        session, at=now, actor=actor, action="failing_list.strike", subject=_key(listed),
        detail={"enterprise_id": entry.enterprise_id, "reason": reason},
    )  # fmt: skip
    campaign = session.get_one(Campaign, listed.campaign_id)
    tell_enterprises(
        session, listed, [entry.enterprise_id],
        campaign=campaign, kind="failing_list.struck", at=now, reason=reason,
    )  # fmt: skip


def sign(session: Session, list_id: int, *, opinion: str, person: Person, now: datetime) -> FailingList:
    """Sign a list, for good: everybody had time to object, and each objection is answered.

    Raises NotFound, NotAllowed for somebody of another department, InvalidForm without an opinion, CalendarMissing
    while the time to object is unknown, Conflict when it is signed, while that time runs or an objection waits.
    """
    listed = session.get(FailingList, list_id, with_for_update=True, populate_existing=True)
    if listed is None:
        raise NotFound(what="failing_list", id=list_id)
    _check_decider(listed, person)
    check_text("opinion", opinion)
    check_draft(listed)
    until = queries.objections_until(session, listed)
    if now <= until:
        raise Conflict(what="objections-run", until=until)
    if waiting := queries.count_waiting(session, list_id):
        raise Conflict(what="objections-wait", count=waiting)
    listed.signed_at, listed.signed_by, listed.opinion = now, person.actor, opinion.strip()
    numbers = queries.numbers(session, listed)
    issuing.begin(session, listed, firms=numbers.standing)
    audit.record(
        session, at=now, actor=person.actor, action="failing_list.sign", subject=_key(listed),
        detail={"opinion": opinion.strip(), "standing": numbers.standing, "struck": numbers.struck},
    )  # fmt: skip
    return listed


def locked(session: Session, entry_id: int) -> tuple[FailingList, FailingListEntry]:
    """A line with its list; the list's row stays locked, so that nobody signs meanwhile. Raises NotFound."""
    entry = session.get(FailingListEntry, entry_id)
    if entry is None:
        raise NotFound(what="failing_list_entry", id=entry_id)
    listed = session.get_one(FailingList, entry.list_id, with_for_update=True, populate_existing=True)
    session.refresh(entry)
    return listed, entry


def check_draft(listed: FailingList) -> None:
    """Raises Conflict for a list that is signed: it never changes."""
    if listed.signed_at is not None:
        raise Conflict(what="failing-list-signed", by=listed.signed_by, at=listed.signed_at)


def check_stands(entry: FailingListEntry) -> None:
    """Raises Conflict for a line that is struck."""
    if entry.struck_at is not None:
        raise Conflict(what="line-struck", by=entry.struck_by, at=entry.struck_at)


def _check_decider(listed: FailingList, person: Person) -> None:
    if not may_decide(person.groups, department_id=listed.department_id):
        raise NotAllowed(what="failing_list", id=listed.id)


def _key(listed: FailingList) -> str:
    return str(Subject(SubjectKind.FAILING_LIST, listed.id))
