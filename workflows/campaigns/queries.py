"""Read campaigns: the list, what was dispatched, and where the tokens of their processes stand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.markings import tokens_by_node
from engine.models import ProcessInstance, UserTask
from engine.types import InstanceStatus, TaskStatus
from workflows.campaigns.models import Campaign, PhaseDispatch
from workflows.exceptions import NotFound

DIAGRAMS = ("obligation", "unit_task", "hazard", "campaign")
ENDS = {
    "obligation": "closed",
    "unit_task": "closed",
    "hazard": "closed",
    "campaign": "archived",
}  # the end event of each
LISTENING = frozenset(
    {"extended", "wait", "await_calendar"}
)  # beside the work of every open round, not its place


def newest_first(session: Session) -> list[Campaign]:
    """Every campaign."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def get(session: Session, campaign_id: int) -> Campaign:
    """Raises NotFound."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound(what="campaign", id=campaign_id)
    return campaign


def dispatches(session: Session, campaign_id: int) -> dict[int, PhaseDispatch]:
    """Phase number -> what its dispatch created."""
    found = session.scalars(select(PhaseDispatch).where(PhaseDispatch.campaign_id == campaign_id))
    return {one.phase: one for one in found}


def tokens(session: Session, campaign_id: int, key: str, *, now: datetime) -> dict[str, list[int]]:
    """Node id -> [tokens that stand there, tasks among them that are overdue], of one process of the campaign."""
    standing = tokens_by_node(session, group_id=campaign_id, key=key)
    kind = ProcessInstance.business_key.like(f"{key}:%")
    query = (
        select(UserTask.node, func.count())
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .where(
            UserTask.group_id == campaign_id, UserTask.status == TaskStatus.OPEN, UserTask.due_at < now, kind
        )
        .group_by(UserTask.node)
    )
    late = dict(session.execute(query).all())
    found = {node: [number, late.get(node, 0)] for node, number in standing.items() if node not in LISTENING}
    if ended := _ended(session, campaign_id, key):
        found[ENDS[key]] = [ended, 0]
    return found


def _ended(session: Session, campaign_id: int, key: str) -> int:
    """Instances that came to their end."""
    ended = ProcessInstance.group_id == campaign_id, ProcessInstance.status == InstanceStatus.COMPLETED
    query = select(func.count()).select_from(ProcessInstance).where(*ended)
    return session.scalar(query.where(ProcessInstance.business_key.like(f"{key}:%"))) or 0
