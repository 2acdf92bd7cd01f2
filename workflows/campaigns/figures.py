"""The figures of large campaigns as they were last counted; small ones have none and are counted when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from workflows.campaigns.models import CampaignFigures
from workflows.campaigns.views import View
from workflows.transactional import once

ALL = 0  # in place of the id of a town or a department
Slice = tuple[int, int]  # town and department
Row = list[Any]


class Part(StrEnum):
    """What is kept of a slice, with what a row of it holds."""

    TALLIES = "tallies"  # dimension, value, the numbers of a `Tally`
    TOKENS = "tokens"  # process, node, tokens, overdue tasks among them
    WAITS = "waits"  # process, node, column of `WAITS`, tasks
    HAZARDS = "hazards"  # all, open ones
    ENTERPRISES = "enterprises"  # those with obligations


@dataclass(frozen=True, slots=True)
class Kept:
    """What was counted for one view."""

    counted_at: datetime
    body: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, part: Part, *begin: str) -> Iterator[Row]:
        """What follows `begin` in the rows of a part that begin so."""
        many = len(begin)
        return (row[many:] for row in self.body.get(part, []) if tuple(row[:many]) == begin)


def kept(session: Session, view: View) -> Kept | None:
    """None where a page counts for itself: a small campaign, or what somebody with several offices sees."""
    home = slice_of(view)
    if home is None:
        return None
    return once(session, f"figures:{view.campaign_id}:{home}", lambda: _read(session, view.campaign_id, home))


def slice_of(view: View) -> Slice | None:
    """The whole, a town, a department, or a department in a town; None for a view that is none of these."""
    seen = view.sight
    if seen.everything:
        return (view.town_id or ALL, ALL)
    if seen.enterprise_ids or len(seen.town_ids) + len(seen.department_ids) != 1:
        return None
    if seen.department_ids:
        return (view.town_id or ALL, seen.department_ids[0])
    return (seen.town_ids[0], ALL) if view.town_id in (None, seen.town_ids[0]) else None


def counted_at(session: Session, view: View) -> datetime | None:
    """Of which instant the figures of a view are; None: of now."""
    found = kept(session, view)
    return found.counted_at if found else None


def _read(session: Session, campaign_id: int, home: Slice) -> Kept | None:
    whole = session.get(CampaignFigures, (campaign_id, ALL, ALL))
    if whole is None:
        return None
    found = session.get(CampaignFigures, (campaign_id, *home))
    return Kept(whole.counted_at, found.body if found else {})
