"""The daily digest: what is late, returned, due soon or waits for one's review, on working days at the chosen hour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from workflows import facets, worklist
from workflows.accounts.models import Account
from workflows.assignments.queries import person_of
from workflows.calendar.service import load
from workflows.inbox import Person
from workflows.notifications import outbox, rules
from workflows.notifications.models import Channel, Preference
from workflows.notifications.types import Mode, Topic
from workflows.times import ZONE, iso
from workflows.worklist import Filter, Row, Urgency

BATCH = 100  # people per transaction
LISTED = 5  # tasks per section
OWN = {"overdue": (Urgency.OVERDUE,), "returned": (Urgency.RETURNED,), "soon": (Urgency.TODAY, Urgency.WEEK)}


def write_digests(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Write the digests whose hour has come; returns how many people have something in theirs."""
    written = 0
    while True:
        with sessions.begin() as session:
            people = _waiting(session, now)
            written += sum(_write(session, one, now=now) for one in people)
        if len(people) < BATCH:
            return written


def _waiting(session: Session, now: datetime) -> list[Preference]:
    """Who wants a digest and has not had today's. Nobody's hour has come: not even the calendar is read."""
    local = now.astimezone(ZONE)
    daily = select(Channel.account_id).join(Account, Account.id == Channel.account_id)
    daily = daily.where(Channel.mode == Mode.DAILY, Channel.confirmed_at.is_not(None), Account.active)
    query = (
        select(Preference)
        .where(Preference.account_id.in_(daily), Preference.digest_hour <= local.hour)
        .where(or_(Preference.digest_on.is_(None), Preference.digest_on < local.date()))
        .order_by(Preference.account_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    people = list(session.scalars(query))
    if not people:
        return []
    is_workday = load(session).is_workday
    return [one for one in people if rules.digest_is_due(now, hour=one.digest_hour, is_workday=is_workday)]


def _write(session: Session, preference: Preference, *, now: datetime) -> bool:
    today = now.astimezone(ZONE).date()
    preference.digest_on = today
    account = session.get_one(Account, preference.account_id)
    sections = sections_of(session, account, now=now)
    if not sections:
        return False
    wanted = Channel.account_id == account.id, Channel.mode == Mode.DAILY, Channel.confirmed_at.is_not(None)
    for channel in session.scalars(select(Channel).where(*wanted)):
        data = {"on": today.isoformat(), "sections": sections}
        outbox.put(session, channel, Topic.DIGEST, key=_key(today), data=data, urgent=False, at=now)
    return True


def _key(day: date) -> str:
    return day.isoformat()


def sections_of(session: Session, account: Account, *, now: datetime) -> Mapping[str, Any]:
    """What there is to say, section by section, the empty ones left out: {"overdue": {"number", "rows"}}."""
    person = person_of(session, account, now=now)
    found: dict[str, Any] = {}
    counts = facets.by_urgency(session, person, reviews=False, now=now)
    for name, urgencies in OWN.items():
        number = sum(counts.get(one, 0) for one in urgencies)
        if number:
            found[name] = {"number": number, "rows": _rows(session, person, urgencies, now=now)}
    reviews = facets.count(session, person, reviews=True, now=now)
    if reviews:
        rows = worklist.rows(session, person, wanted=Filter(reviews=True), now=now)[:LISTED]
        found["reviews"] = {"number": reviews, "rows": [_shown(one, "/reviews") for one in rows]}
    return found


def _rows(
    session: Session, person: Person, urgencies: tuple[Urgency, ...], *, now: datetime
) -> list[dict[str, Any]]:
    rows: list[Row] = []
    for urgency in urgencies:
        rows += worklist.rows(session, person, wanted=Filter(urgency=urgency), now=now)
    return [_shown(one, "/inbox") for one in rows[:LISTED]]


def _shown(row: Row, page: str) -> dict[str, Any]:
    return {
        "title": row.title, "enterprise": row.enterprise or "", "path": f"{page}?task={row.task_id}",
        "due_at": iso(row.due_at) if row.due_at else None,
    }  # fmt: skip
