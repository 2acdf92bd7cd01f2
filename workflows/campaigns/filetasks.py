"""Which enterprise has to complete its file (补全档案), with which questions, and which items wait for the answers.

One task per enterprise, whatever the number of items and campaigns: the questions are the facts that would settle
an item of a running campaign.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.among import among
from workflows.campaigns.applicability import Applicability, evaluate
from workflows.campaigns.models import Campaign, FileTask
from workflows.campaigns.planning import Occurrence
from workflows.campaigns.scope import Scope
from workflows.campaigns.service import coming, template_of
from workflows.campaigns.types import TemplateItem
from workflows.notifications.service import notify_each
from workflows.register.models import Enterprise
from workflows.register.types import FACT_LABELS, EnterpriseStatus
from workflows.subjects import Subject, SubjectKind

AT_ONCE = 500
Questions = Mapping[str, Sequence[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One item of a running campaign that waits for a fact."""

    campaign: Campaign
    item: TemplateItem


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign under way with what it hands out to enterprises, as it was launched; each item once per period.

    `on_event` are the items that enterprises open themselves when something happens.
    """

    campaign: Campaign
    scope: Scope
    items: tuple[TemplateItem, ...]
    occurrences: Mapping[str, Sequence[Occurrence]]  # by the item's code
    on_event: Mapping[str, TemplateItem]  # by its code

    def reaches(self, firm: Enterprise) -> bool:
        """Whether an enterprise is in operation and in scope."""
        return firm.status is EnterpriseStatus.OPERATING and self.scope.fault(firm) is None


def running(session: Session) -> list[Running]:
    """The campaigns that are neither archived nor cancelled nor suspended: a suspended one asks and changes nothing."""
    under_way = (Campaign.archived_at, Campaign.cancelled_at, Campaign.suspended_at)
    query = select(Campaign).where(*(at.is_(None) for at in under_way)).order_by(Campaign.id)
    return [_running(one) for one in session.scalars(query)]


def _running(campaign: Campaign) -> Running:
    items: dict[str, TemplateItem] = {}
    occurrences: dict[str, list[Occurrence]] = {}
    for one in coming(campaign):
        if isinstance(one.row, TemplateItem):
            items[one.row.code] = one.row
            occurrences.setdefault(one.row.code, []).append(one)
    on_event = {item.code: item for item in template_of(campaign).items if not item.dispatched}
    return Running(campaign, Scope.from_json(campaign.scope), tuple(items.values()), occurrences, on_event)


def questions_of(firm: Enterprise, campaigns: Iterable[Running]) -> dict[str, list[tuple[int, str]]]:
    """Unknown fact -> (campaign, item) that wait for it. A number that the launcher owes is no question to a firm."""
    facts = firm.facts
    found: dict[str, list[tuple[int, str]]] = {}
    for one in campaigns:
        if one.reaches(firm):
            for item in one.items:
                verdict = evaluate(item.applies, facts)
                if verdict.result is Applicability.UNKNOWN:
                    for fact in verdict.unknown:
                        if fact in FACT_LABELS:
                            found.setdefault(fact, []).append((one.campaign.id, item.code))
    return found


def refresh(session: Session, enterprise_ids: Sequence[int], *, now: datetime) -> None:
    """Open, change or close the tasks of these enterprises; one notice when a task opens."""
    campaigns = running(session)
    for start in range(0, len(enterprise_ids), AT_ONCE):
        some = enterprise_ids[start : start + AT_ONCE]
        query = select(Enterprise).where(among(Enterprise.id, some))
        ask(session, session.scalars(query).all(), campaigns, now=now)


def ask(
    session: Session, firms: Sequence[Enterprise], campaigns: Sequence[Running], *, now: datetime
) -> None:
    """The same for a few hundred enterprises at most, with the campaigns under way."""
    wanted = {firm.id: questions_of(firm, campaigns) for firm in firms}
    query = select(FileTask).where(among(FileTask.enterprise_id, wanted))
    _store(session, wanted, {one.enterprise_id: one for one in session.scalars(query)}, now=now)


def _store(
    session: Session, wanted: Mapping[int, dict[str, Any]], tasks: Mapping[int, FileTask], *, now: datetime
) -> None:
    opened = [
        firm
        for firm, questions in wanted.items()
        if questions and (firm not in tasks or tasks[firm].closed_at is not None)
    ]
    fresh = [firm for firm in opened if firm not in tasks]
    if fresh:
        rows = [{"enterprise_id": firm, "questions": wanted[firm], "opened_at": now} for firm in fresh]
        session.execute(insert(FileTask), rows)
    changes = list(_changes(wanted, tasks, now))
    if changes:
        session.execute(update(FileTask), changes)
        for task in tasks.values():
            session.expire(task)
    notices = [
        (f"{firm}:safety_officer", str(Subject(SubjectKind.ENTERPRISE, firm)), {"count": len(wanted[firm])})
        for firm in opened
    ]
    notify_each(session, notices, kind="file.incomplete", at=now)


def _changes(
    wanted: Mapping[int, dict[str, Any]], tasks: Mapping[int, FileTask], now: datetime
) -> Iterator[dict[str, Any]]:
    for firm, task in tasks.items():
        questions = wanted.get(firm, {})
        told = {fact: [list(pair) for pair in pairs] for fact, pairs in questions.items()}
        if told and (task.questions != told or task.closed_at is not None):
            opened_at = now if task.closed_at is not None else task.opened_at
            yield {"enterprise_id": firm, "questions": told, "opened_at": opened_at, "closed_at": None}
        elif not told and task.closed_at is None:
            yield {"enterprise_id": firm, "questions": {}, "opened_at": task.opened_at, "closed_at": now}


def open_questions(session: Session, enterprise_id: int) -> dict[str, list[Waiting]]:
    """Unknown fact -> the items of running campaigns that wait for it, as the task has them."""
    task = session.get(FileTask, enterprise_id)
    if task is None or task.closed_at is not None:
        return {}
    known = {
        (one.campaign.id, item.code): Waiting(one.campaign, item)
        for one in running(session)
        for item in one.items
    }
    found = {
        fact: [known[campaign, code] for campaign, code in pairs if (campaign, code) in known]
        for fact, pairs in task.questions.items()
    }
    return {fact: waiting for fact, waiting in found.items() if waiting}
