"""Every table of the product in one metadata, for migrations and tests."""

from __future__ import annotations

from engine.models import Base
from workflows import clock
from workflows.accounts import models as accounts
from workflows.audit import models as audit
from workflows.calendar import models as calendar
from workflows.campaigns import models as campaigns
from workflows.escalation import models as escalation
from workflows.evidence import models as evidence
from workflows.hazards import models as hazards
from workflows.notifications import models as notifications
from workflows.obligations import models as obligations
from workflows.organizations import models as organizations
from workflows.register import models as register
from workflows.submissions import models as submissions

metadata = Base.metadata

__all__ = [
    "accounts",
    "audit",
    "calendar",
    "campaigns",
    "clock",
    "escalation",
    "evidence",
    "hazards",
    "metadata",
    "notifications",
    "obligations",
    "organizations",
    "register",
    "submissions",
]
