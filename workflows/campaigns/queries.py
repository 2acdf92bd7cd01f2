"""Read campaigns: the list, and what was dispatched."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.campaigns.models import Campaign, PhaseDispatch
from workflows.exceptions import NotFound


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
