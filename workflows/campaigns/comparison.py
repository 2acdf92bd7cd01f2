"""Towns, departments, industries or items of a campaign side by side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workflows.campaigns.tallies import Dimension, Tally, tallied
from workflows.campaigns.views import View


def compare(session: Session, view: View, by: Dimension, *, now: datetime) -> list[tuple[Any, Tally]]:
    """Each with its tally; the lowest share of closed obligations first, then the most that are overdue."""
    found = tallied(session, view, by, now=now)
    owed = [(key, tally) for key, tally in found.items() if tally.total]
    return sorted(owed, key=lambda one: (one[1].share_done, -one[1].overdue, str(one[0])))
