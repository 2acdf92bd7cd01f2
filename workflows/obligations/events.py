"""Obligations that come with an event: an accident, a hazardous job, a major hazard; opened by the enterprise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.campaigns.applicability import Applicability, evaluate
from workflows.campaigns.dispatch import insert_obligation
from workflows.campaigns.models import Campaign
from workflows.campaigns.planning import Member, phase_at
from workflows.campaigns.scope import Scope, member
from workflows.campaigns.service import template_of
from workflows.campaigns.types import RecurrenceKind, TemplateItem
from workflows.exceptions import InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.notifications.service import notify_all
from workflows.obligations.models import Obligation
from workflows.subjects import Subject, SubjectKind
from workflows.times import ZONE, day_of, iso

AHEAD = timedelta(days=30)  # [D] how far ahead a job may be announced
BACK = timedelta(days=30)  # [D] how far back an accident or a hazard may lie
SLACK = timedelta(minutes=5)  # clocks differ


@dataclass(frozen=True, slots=True)
class Choice:
    """One item of a running campaign that an enterprise may open."""

    campaign: Campaign
    item: TemplateItem
    member: Member

    @property
    def key(self) -> str:
        """`3:20`: campaign and item, as a form sends it."""
        return f"{self.campaign.id}:{self.item.code}"


def choices(session: Session, enterprise_id: int) -> list[Choice]:
    """What this enterprise can open now; an item whose applicability is unknown is offered too."""
    is_over = Campaign.archived_at.is_not(None) | Campaign.cancelled_at.is_not(None)
    query = select(Campaign).where(~is_over).order_by(Campaign.id)
    return [one for campaign in session.scalars(query) for one in _of(session, campaign, enterprise_id)]


def _of(session: Session, campaign: Campaign, enterprise_id: int) -> Iterator[Choice]:
    concerned = member(session, Scope.from_json(campaign.scope), enterprise_id)
    if concerned is None:
        return
    for item in template_of(campaign).items:
        verdict = evaluate(item.applies, concerned.facts).result
        if item.recurrence.kind is RecurrenceKind.EACH_EVENT and verdict is not Applicability.NOT_APPLICABLE:
            yield Choice(campaign, item, concerned)


def open_event(
    session: Session,
    enterprise_id: int,
    *,
    key: str,
    what: str,
    place: str,
    at: datetime,
    actor: str,
    now: datetime,
) -> Obligation:
    """Open an item for something that happened, or is planned, at `at`; an accident is told to everybody at once.

    Raises NotFound for an item that is not this enterprise's to open, InvalidForm for an impossible time.
    """
    chosen = next((one for one in choices(session, enterprise_id) if one.key == key), None)
    if chosen is None:
        raise NotFound(what="event", key=key)
    _check_time(chosen.item, at, now)
    obligation = insert_obligation(
        session, chosen.campaign, chosen.member, now=now, row=_row(session, chosen, what=what, at=at, now=now),
        ladder=ladder_of(chosen.item),
    )  # fmt: skip
    audit.record(
        session, at=now, actor=actor, action="event.open", subject=f"obligation:{obligation.id}",
        detail={"item": chosen.item.code, "at": iso(at), "place": place, "what": what},
    )  # fmt: skip
    if chosen.item.recurrence.within_minutes is not None:
        _tell(session, chosen, obligation, what=what, place=place, at=at, now=now)
    return obligation


def ladder_of(item: TemplateItem) -> str:
    """The ladder of an event: in minutes where the event has a clock, else the usual one."""
    if item.recurrence.within_minutes is not None:
        return "accident"
    return "work_permit" if item.recurrence.due_at_start else "obligation"


def due_of(item: TemplateItem, at: datetime) -> datetime | None:
    """An accident: so many minutes after it happened. A job: when it begins. Else the source names no time."""
    if item.recurrence.within_minutes is not None:
        return at + timedelta(minutes=item.recurrence.within_minutes)
    return at if item.recurrence.due_at_start else None


def _check_time(item: TemplateItem, at: datetime, now: datetime) -> None:
    latest = now + (AHEAD if item.recurrence.due_at_start else SLACK)
    if at > latest:
        raise InvalidForm(problems=[FieldProblem("at", "too-late", {"latest": iso(latest)})])
    if at < now - BACK:
        raise InvalidForm(problems=[FieldProblem("at", "too-early", {"earliest": iso(now - BACK)})])


def _row(session: Session, chosen: Choice, *, what: str, at: datetime, now: datetime) -> dict[str, Any]:
    template, item = template_of(chosen.campaign), chosen.item
    return {
        "item_code": item.code,
        "period": _period(session, chosen, at),
        "title": f"{item.title}：{what}",
        "phase": phase_at(template, day_of(now)),
        "due_at": due_of(item, at),
    }


def _period(session: Session, chosen: Choice, at: datetime) -> str:
    """The minute it happened; a second event of that minute is told apart."""
    minute = at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M")
    same = (
        Obligation.campaign_id == chosen.campaign.id,
        Obligation.item_code == chosen.item.code,
        Obligation.enterprise_id == chosen.member.enterprise_id,
        Obligation.period.startswith(minute),
    )
    number = session.scalar(select(func.count()).select_from(Obligation).where(*same)) or 0
    return f"{minute}#{number + 1}" if number else minute


def _tell(
    session: Session,
    chosen: Choice,
    obligation: Obligation,
    *,
    what: str,
    place: str,
    at: datetime,
    now: datetime,
) -> None:
    member, office = chosen.member, chosen.campaign.office_id
    groups = [
        f"{member.enterprise_id}:principal",
        f"{member.town_id}:town_officer",
        f"{member.department_id}:department_officer",
        f"{office}:lead_officer",
    ]
    data = {
        "title": what,
        "place": place,
        "happened_at": iso(at),
        "due_at": obligation.due_at and iso(obligation.due_at),
    }
    subject = str(Subject(SubjectKind.OBLIGATION, obligation.id))
    notify_all(session, groups, kind="accident.reported", subject=subject, data=data, at=now)
