"""Every table of the product in one metadata, for migrations and tests."""

from __future__ import annotations

from engine.models import Base
from workflows import clock
from workflows.accounts import models as accounts
from workflows.appraisal import models as appraisal
from workflows.assignments import models as assignments
from workflows.audit import models as audit
from workflows.calendar import models as calendar
from workflows.campaigns import models as campaigns
from workflows.cosigning import models as cosigning
from workflows.discussion import models as discussion
from workflows.documents import models as documents
from workflows.duties import models as duties
from workflows.enforcement import models as enforcement
from workflows.escalation import models as escalation
from workflows.evidence import models as evidence
from workflows.failing import models as failing
from workflows.hazardimports import models as hazardimports
from workflows.hazards import models as hazards
from workflows.lateness import models as lateness
from workflows.notifications import models as notifications
from workflows.obligations import models as obligations
from workflows.organizations import models as organizations
from workflows.promises import models as promises
from workflows.register import models as register
from workflows.reports import models as reports
from workflows.savedfilters import models as savedfilters
from workflows.submissions import models as submissions
from workflows.tips import models as tips

metadata = Base.metadata

__all__ = [
    "accounts",
    "appraisal",
    "assignments",
    "audit",
    "calendar",
    "campaigns",
    "clock",
    "cosigning",
    "discussion",
    "documents",
    "duties",
    "enforcement",
    "escalation",
    "evidence",
    "failing",
    "hazardimports",
    "hazards",
    "lateness",
    "metadata",
    "notifications",
    "obligations",
    "organizations",
    "promises",
    "register",
    "reports",
    "savedfilters",
    "submissions",
    "tips",
]
