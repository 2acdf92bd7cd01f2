"""Which reports a campaign has and which it still waits for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.campaigns.types import RecurrenceKind
from workflows.duties import queries as duties
from workflows.duties.models import UnitTask
from workflows.duties.queries import FILE
from workflows.obligations.rules import ObligationState
from workflows.organizations.models import Organization
from workflows.reports.reported import REVIEW, SUMMARY
from workflows.sight import Sight
from workflows.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Monthly:
    """One department's report of one month; `versions` counts its filings."""

    task: UnitTask
    body: Organization
    state: ObligationState
    versions: int


@dataclass(frozen=True, slots=True)
class Review:
    """The review of a phase (`summary`: of the campaign), and when it was filed, if it was."""

    node: str
    filed_at: datetime | None


def monthly(session: Session, campaign: Campaign, *, sight: Sight) -> list[Monthly]:
    """The reports of each month that were asked for so far, the newest month first."""
    codes = [
        one.code for one in template_of(campaign).duties if one.recurrence.kind is RecurrenceKind.MONTHLY
    ]
    query = (
        select(UnitTask, Organization)
        .join(Organization, Organization.id == UnitTask.body_id)
        .where(
            UnitTask.campaign_id == campaign.id, UnitTask.duty_code.in_(codes), sight.of(UnitTask),
            UnitTask.department_id.is_not(None),
        )
        .order_by(UnitTask.period.desc(), UnitTask.body_id)
    )  # fmt: skip
    found = [(task, body) for task, body in session.execute(query)]
    states = duties.states(session, [task for task, _ in found])
    filed = _filed(session, [task.instance_id for task, _ in found if task.instance_id])
    return [Monthly(task, body, states[task.id], filed.get(task.instance_id or 0, 0)) for task, body in found]


def reviews(session: Session, campaign: Campaign) -> list[Review]:
    """Phase by phase, the summary at last."""
    of = Submission.instance_id == campaign.instance_id
    filed = dict(session.execute(select(Submission.node, Submission.submitted_at).where(of)).all())
    nodes = [f"{REVIEW}{number}" for number, _ in enumerate(template_of(campaign).phases, start=1)]
    return [Review(node, filed.get(node)) for node in (*nodes, SUMMARY)]


def _filed(session: Session, instances: Sequence[int]) -> dict[int, int]:
    of = among(Submission.instance_id, instances), Submission.node == FILE
    counted = select(Submission.instance_id, func.count()).where(*of).group_by(Submission.instance_id)
    return dict(session.execute(counted).all())
