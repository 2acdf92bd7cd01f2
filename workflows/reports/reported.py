"""Which tasks are reports: a department's of each month, the review of a phase, the summary of a campaign."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.campaigns.types import RecurrenceKind
from workflows.documents.types import Kind
from workflows.duties.models import UnitTask
from workflows.duties.queries import FILE
from workflows.reports.snapshots import Reported
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of

DRAFT_DAY = 25  # [D] domain.md, P5
REVIEW, SUMMARY = "review_", "summary"  # nodes of campaign.bpmn
TEXT = {Kind.MONTHLY: "statement", Kind.PHASE_REVIEW: "assessment", Kind.SUMMARY: "summary"}


def reported(session: Session, subject: Subject, node: str) -> Reported | None:
    """What a task at this node of the subject's process reports; None for a task that is no report."""
    if subject.kind is SubjectKind.UNIT_TASK and node == FILE:
        return of_duty(session, session.get_one(UnitTask, subject.id))
    if subject.kind is SubjectKind.CAMPAIGN and (node == SUMMARY or node.startswith(REVIEW)):
        return of_campaign(session.get_one(Campaign, subject.id), node)
    return None


def of_duty(session: Session, task: UnitTask) -> Reported | None:
    """A department's report of a month. Its period stays, however often it is returned."""
    if task.department_id is None or not task.period:
        return None
    campaign = session.get_one(Campaign, task.campaign_id)
    if template_of(campaign).duty(task.duty_code).recurrence.kind is not RecurrenceKind.MONTHLY:
        return None
    first = date.fromisoformat(f"{task.period}-01")
    return Reported(
        Kind.MONTHLY, campaign.id, task.instance_id or 0, FILE, since=first, department_id=task.department_id,
        drafted_on=first.replace(day=DRAFT_DAY),
    )  # fmt: skip


def of_campaign(campaign: Campaign, node: str) -> Reported:
    """The review of a phase counts what is new since the phase began, the summary since the launch."""
    instance_id = campaign.instance_id or 0
    launched_on = day_of(campaign.launched_at)
    if node == SUMMARY:
        return Reported(Kind.SUMMARY, campaign.id, instance_id, node, since=launched_on)
    began = template_of(campaign).phases[phase_number(node) - 1].starts_on
    since = max(began, launched_on)
    return Reported(Kind.PHASE_REVIEW, campaign.id, instance_id, node, since=since)


def phase_number(node: str) -> int:
    """The phase (from 1) that a node reviews."""
    return int(node.removeprefix(REVIEW))
