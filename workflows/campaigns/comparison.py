"""Towns, departments, industries or items of a campaign side by side."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, Session

from workflows.campaigns.tallies import Tally, counted
from workflows.campaigns.views import View
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise


class Dimension(StrEnum):
    """What is compared; the keys are ids of organisations, an industry, the code of an item."""

    TOWN = "town"
    DEPARTMENT = "department"
    INDUSTRY = "industry"
    ITEM = "item"


COLUMNS: dict[Dimension, InstrumentedAttribute[Any]] = {
    Dimension.TOWN: Obligation.town_id, Dimension.DEPARTMENT: Obligation.department_id,
    Dimension.INDUSTRY: Enterprise.industry, Dimension.ITEM: Obligation.item_code,
}  # fmt: skip


def compare(session: Session, view: View, by: Dimension, *, now: datetime) -> list[tuple[Any, Tally]]:
    """Each with its tally; the lowest share of closed obligations first, then the most that are overdue."""
    found: dict[Any, Tally] = defaultdict(Tally)
    for state, number, late, (key,) in counted(session, view, COLUMNS[by], now=now):
        found[key].add(state, number, late=late)
    owed = [(key, tally) for key, tally in found.items() if tally.total]
    return sorted(owed, key=lambda one: (one[1].share_done, -one[1].overdue, str(one[0])))
