"""Launch a campaign, and archive it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from workflows.audit import service as audit
from workflows.campaigns import templates
from workflows.campaigns.models import Campaign
from workflows.campaigns.planning import Occurrence, to_do
from workflows.campaigns.scope import Scope, members, overlap
from workflows.campaigns.templates import CampaignTemplate
from workflows.exceptions import Conflict, InvalidForm
from workflows.forms import FieldProblem
from workflows.organizations.service import take_turn
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, end_of_day, iso, next_midnight


def launch(
    session: Session,
    template: CampaignTemplate,
    *,
    scope: Scope,
    office_id: int,
    title: str,
    actor: str,
    now: datetime,
    approved_by: str | None = None,
) -> Campaign:
    """Start a campaign's process; its first phase dispatches in the background.

    Launches take turns. Raises InvalidForm when nobody is in scope or the template is over, Conflict when the same
    template already runs for some of the same enterprises: they would get everything twice.
    """
    take_turn(session)
    check_launch(session, template, scope=scope, office_id=office_id, now=now)
    campaign = Campaign(
        template_code=template.code,
        title=title,
        template=templates.to_json(template),
        scope=scope.as_json(),
        office_id=office_id,
        launched_at=now,
        launched_by=actor,
        approved_by=approved_by,
    )
    session.add(campaign)
    session.flush()
    instance = runtime.start(
        session,
        key="campaign",
        business_key=str(Subject(SubjectKind.CAMPAIGN, campaign.id)),
        group_id=campaign.id,
        variables=_variables(campaign, template),
        now=now,
        actor=actor,
    )
    campaign.instance_id = instance.id
    audit.record(
        session,
        at=now,
        actor=actor,
        action="campaign.launch",
        subject=f"campaign:{campaign.id}",
        detail={"template": template.code, "scope": scope.as_json(), "approved_by": approved_by},
    )
    return campaign


def check_launch(
    session: Session, template: CampaignTemplate, *, scope: Scope, office_id: int, now: datetime
) -> None:
    """Raises what `launch` would raise."""
    if not members(session, scope, limit=1):
        raise InvalidForm(problems=[FieldProblem("scope", "nobody-in-scope")])
    if end_of_day(template.phases[-1].ends_on) < now:
        raise InvalidForm(
            problems=[
                FieldProblem(
                    "template", "template-over", {"ends_on": template.phases[-1].ends_on.isoformat()}
                )
            ]
        )
    same = (
        Campaign.template_code == template.code,
        Campaign.office_id == office_id,
        Campaign.archived_at.is_(None),
        Campaign.cancelled_at.is_(None),
    )
    for running in session.scalars(select(Campaign).where(*same).order_by(Campaign.id)):
        if overlap(session, scope, Scope.from_json(running.scope)):
            raise Conflict(
                what="campaign-running",
                campaign_id=running.id,
                at=running.launched_at,
                by=running.launched_by,
            )


def _variables(campaign: Campaign, template: CampaignTemplate) -> dict[str, Any]:
    ends = {
        f"phase_{n}_ends_at": iso(next_midnight(phase.ends_on))
        for n, phase in enumerate(template.phases, start=1)
    }
    cutoff = template.failing_list_on
    if cutoff is not None and cutoff < day_of(campaign.launched_at):
        cutoff = (
            None  # whoever got the work after the cut-off has not failed by then; the supplement names them
        )
    return {
        "campaign_id": campaign.id,
        "office_id": campaign.office_id,
        **ends,
        "failing_list_at": iso(end_of_day(cutoff)) if cutoff else None,
    }


@lru_cache(maxsize=64)
def _template(_campaign_id: int, _launched_at: datetime, text: bytes) -> CampaignTemplate:
    return templates.from_json(orjson.loads(text))


def template_of(campaign: Campaign) -> CampaignTemplate:
    """The template as it was launched; read once, since a launched copy never changes."""
    return _template(campaign.id, campaign.launched_at, orjson.dumps(campaign.template))


def coming(campaign: Campaign) -> list[Occurrence]:
    """Everything that the campaign hands out, sooner or later: each row once per period, without what was past at the
    launch.
    """
    template = template_of(campaign)
    return list(to_do(template, template.rows, launched_on=day_of(campaign.launched_at)))


def archive(session: Session, job: JobContext) -> None:
    """The campaign is over; obligations that are due later stay open."""
    session.get_one(Campaign, Subject.parse(job.business_key).id).archived_at = job.now
