"""Tell enterprises what becomes of their line on a failing list: to the safety officer and to the principal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from workflows.accounts.types import Role
from workflows.campaigns.models import Campaign, FailingList
from workflows.notifications.service import notify_each
from workflows.subjects import Subject, SubjectKind
from workflows.times import iso

TOLD = (Role.SAFETY_OFFICER, Role.PRINCIPAL)


def tell_enterprises(
    session: Session,
    listed: FailingList,
    enterprise_ids: Iterable[int],
    *,
    campaign: Campaign,
    kind: str,
    at: datetime,
    reason: str = "",
) -> None:
    """One notice per person in charge; it leads to the enterprise's own line."""
    subject = str(Subject(SubjectKind.FAILING_LIST, listed.id))
    until = listed.objections_until and iso(listed.objections_until)
    data = {"campaign": campaign.title, "until": until, "reason": reason}
    notices = [(f"{firm}:{role}", subject, data) for firm in sorted(enterprise_ids) for role in TOLD]
    notify_each(session, notices, kind=kind, at=at)
