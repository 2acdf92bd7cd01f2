"""A launch takes two: one official proposes it, another one approves; then it begins at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from engine.models import UserTask
from engine.types import TaskStatus
from workflows import inbox
from workflows.accounts.models import Account, RoleAssignment
from workflows.accounts.types import Role
from workflows.campaigns import templates
from workflows.campaigns.models import LaunchProposal
from workflows.campaigns.scope import Scope, overlap
from workflows.campaigns.service import check_launch, launch
from workflows.campaigns.types import CampaignTemplate
from workflows.campaigns.workload import CAPACITY
from workflows.exceptions import Conflict, NotFound
from workflows.inbox import Person
from workflows.organizations.service import take_turn
from workflows.subjects import Subject, SubjectKind


def propose(
    session: Session,
    template: CampaignTemplate,
    *,
    scope: Scope,
    office_id: int,
    title: str,
    note: str,
    template_key: str = "",
    per_reviewer: int = CAPACITY,
    person: Person,
    now: datetime,
) -> LaunchProposal:
    """Put a launch before the other officials of the office; a reviewer is taken to do `per_reviewer` reviews a week.

    `template_key` names the offer that the template was made from, unless that is the product's own. Proposals take
    turns. Raises what a launch raises, and Conflict while the same is proposed for some of the same enterprises.
    """
    take_turn(session)
    check_launch(session, template, scope=scope, office_id=office_id, now=now)
    _only_one(session, template, scope=scope)
    proposal = LaunchProposal(
        template_code=template.code,
        template_key=template_key or template.code,
        title=title,
        template=templates.to_json(template),
        scope=scope.as_json(),
        office_id=office_id,
        per_reviewer=per_reviewer,
        proposed_at=now,
        proposed_by=person.actor,
    )
    session.add(proposal)
    session.flush()
    instance = runtime.start(
        session,
        key="launch",
        business_key=str(Subject(SubjectKind.LAUNCH, proposal.id)),
        variables={"proposal_id": proposal.id, "office_id": office_id, "title": title},
        now=now,
        actor=person.actor,
    )
    proposal.instance_id = instance.id
    session.flush()
    task = select(UserTask.id).where(UserTask.instance_id == instance.id, UserTask.status == TaskStatus.OPEN)
    form = {"action": "submit", "note": note}
    inbox.complete(session, session.scalars(task).one(), form=form, person=person, now=now)
    return proposal


def begin(session: Session, job: JobContext) -> None:
    """It is approved: launch it."""
    proposal = _of(session, job)
    campaign = launch(
        session,
        templates.from_json(proposal.template),
        scope=Scope.from_json(proposal.scope),
        office_id=proposal.office_id,
        title=proposal.title,
        actor=proposal.proposed_by,
        now=job.now,
        approved_by=job.variables["actor"],
    )
    proposal.campaign_id = campaign.id


def withdraw(session: Session, job: JobContext) -> None:
    """Its proposer lets it go."""
    _of(session, job).withdrawn_at = job.now


def get(session: Session, proposal_id: int) -> LaunchProposal:
    """Raises NotFound."""
    proposal = session.get(LaunchProposal, proposal_id)
    if proposal is None:
        raise NotFound(what="launch", id=proposal_id)
    return proposal


def open_ones(session: Session) -> list[LaunchProposal]:
    """What waits for its approval or its proposer, the newest first."""
    waiting = LaunchProposal.campaign_id.is_(None), LaunchProposal.withdrawn_at.is_(None)
    return list(session.scalars(select(LaunchProposal).where(*waiting).order_by(LaunchProposal.id.desc())))


def approvers(session: Session, *, office_id: int, but: int) -> list[str]:
    """The names of the officials who may approve what this account proposes."""
    query = (
        select(Account.display_name)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(RoleAssignment.organization_id == office_id, RoleAssignment.role == Role.LEAD_OFFICER)
        .where(Account.active, Account.id != but)
    )
    return list(session.scalars(query.order_by(Account.id)))


def _only_one(session: Session, template: CampaignTemplate, *, scope: Scope) -> None:
    for waiting in open_ones(session):
        same = waiting.template_code == template.code
        if same and overlap(session, scope, Scope.from_json(waiting.scope)):
            raise Conflict(
                what="launch-proposed", proposal_id=waiting.id, at=waiting.proposed_at, by=waiting.proposed_by
            )


def _of(session: Session, job: JobContext) -> LaunchProposal:
    return session.get_one(LaunchProposal, job.variables["proposal_id"])
