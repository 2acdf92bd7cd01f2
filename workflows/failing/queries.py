"""Read failing lists: which there are, their lines, how many stand, what was objected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from engine.among import among
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.exceptions import NotFound
from workflows.failing.models import Objection
from workflows.failing.rules import OBJECTION_WORKDAYS, last_moment
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.sight import Sight

PAGE = 50


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one list: lines that stand, struck ones, items on standing lines, objections that wait for an answer."""

    standing: int = 0
    struck: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with what its line in the list of lists says."""

    list: FailingList
    campaign: Campaign
    department: Organization
    numbers: Numbers


def lists(session: Session, *, sight: Sight) -> list[Listed]:
    """Every list with a line in sight, drafts first, then the newest: a campaign has two per department."""
    query = (
        select(FailingList, Campaign, Organization)
        .join(Campaign, Campaign.id == FailingList.campaign_id)
        .join(Organization, Organization.id == FailingList.department_id)
        .where(_in_sight(sight))
        .order_by(FailingList.signed_at.is_not(None), FailingList.cutoff_on.desc(), FailingList.id)
    )
    found = session.execute(query).all()
    counted = _numbers(session, [listed.id for listed, _, _ in found], sight=sight)
    return [Listed(*row, counted.get(row[0].id, Numbers())) for row in found]


def count_drafts(session: Session, *, sight: Sight) -> int:
    """How many lists with a line in sight that stands are not signed yet."""
    drafts = select(func.count()).select_from(FailingList).where(FailingList.signed_at.is_(None))
    return session.scalar(drafts.where(_in_sight(sight, standing=True))) or 0


def find(session: Session, list_id: int, *, sight: Sight) -> FailingList:
    """Raises NotFound for a list without a line of theirs."""
    query = select(FailingList).where(FailingList.id == list_id, _in_sight(sight))
    listed = session.scalar(query)
    if listed is None:
        raise NotFound(what="failing_list", id=list_id)
    return listed


def find_line(session: Session, entry_id: int, *, sight: Sight) -> FailingListEntry:
    """Raises NotFound for a line that is not theirs to see."""
    entry = session.get(FailingListEntry, entry_id)
    if entry is None or not sight.allows(entry):
        raise NotFound(what="failing_list_entry", id=entry_id)
    return entry


def lines(
    session: Session, list_id: int, *, sight: Sight, offset: int = 0, limit: int | None = PAGE + 1,
    standing: bool = False,
) -> list[tuple[FailingListEntry, Enterprise]]:  # fmt: skip
    """One page of a list's lines with their enterprises, one more than `PAGE` when there are further ones; with
    `standing` only those that nobody struck.
    """
    query = (
        select(FailingListEntry, Enterprise)
        .join(Enterprise, Enterprise.id == FailingListEntry.enterprise_id)
        .where(FailingListEntry.list_id == list_id, sight.of(FailingListEntry))
        .order_by(FailingListEntry.id)
    )
    if standing:
        query = query.where(FailingListEntry.struck_at.is_(None))
    found = session.execute(query.offset(offset).limit(limit))
    return [(entry, firm) for entry, firm in found]


def of_enterprise(session: Session, enterprise_ids: Iterable[int]) -> list[tuple[FailingListEntry, Listed]]:
    """The lines that an enterprise stands on or stood on, the newest first."""
    query = (
        select(FailingListEntry, FailingList, Campaign, Organization)
        .join(FailingList, FailingList.id == FailingListEntry.list_id)
        .join(Campaign, Campaign.id == FailingList.campaign_id)
        .join(Organization, Organization.id == FailingList.department_id)
        .where(FailingListEntry.enterprise_id.in_(list(enterprise_ids)))
        .order_by(FailingListEntry.id.desc())
    )
    found = session.execute(query)
    return [(entry, Listed(listed, campaign, home, Numbers())) for entry, listed, campaign, home in found]


def numbers(session: Session, listed: FailingList) -> Numbers:
    """Of the whole list, whoever asks."""
    return _numbers(session, [listed.id], sight=Sight(everything=True)).get(listed.id, Numbers())


def count_waiting(session: Session, list_id: int) -> int:
    """Objections that nobody has answered yet."""
    waiting = Objection.list_id == list_id, Objection.answered_at.is_(None)
    return session.scalar(select(func.count()).select_from(Objection).where(*waiting)) or 0


def objections_of(session: Session, entry_ids: Iterable[int]) -> dict[int, list[Objection]]:
    """Every objection to these lines, oldest first, by line."""
    found: dict[int, list[Objection]] = {}
    query = select(Objection).where(among(Objection.entry_id, entry_ids)).order_by(Objection.id)
    for one in session.scalars(query):
        found.setdefault(one.entry_id, []).append(one)
    return found


def objections_until(session: Session, listed: FailingList) -> datetime:
    """Until when its enterprises may object. Raises CalendarMissing while that cannot be known."""
    if listed.objections_until is not None:
        return listed.objections_until
    return last_moment(listed.drafted_at, OBJECTION_WORKDAYS, load(session).add)


def moment_after(session: Session, told_at: datetime, *, workdays: int) -> datetime | None:
    """The end of the last of so many working days; None while a year on the way has no calendar."""
    try:
        return last_moment(told_at, workdays, load(session).add)
    except CalendarMissing:
        return None


def has_open_objection(session: Session, entry_id: int) -> bool:
    """Whether an objection to a line waits for its answer."""
    waiting = Objection.entry_id == entry_id, Objection.answered_at.is_(None)
    return session.scalar(select(Objection.id).where(*waiting).limit(1)) is not None


def standing(session: Session, listed: FailingList) -> list[FailingListEntry]:
    """The lines that nobody struck, in the order of the list."""
    query = select(FailingListEntry).where(
        FailingListEntry.list_id == listed.id, FailingListEntry.struck_at.is_(None)
    )
    return list(session.scalars(query.order_by(FailingListEntry.id)))


def stands(listed: FailingList, entry: FailingListEntry) -> bool:
    """Whether a line is neither struck nor signed."""
    return listed.signed_at is None and entry.struck_at is None


def _in_sight(sight: Sight, *, standing: bool = False) -> ColumnElement[bool]:
    """A department's own lists; for towns and enterprises those with a line of theirs (`standing`: not struck)."""
    if sight.everything:
        return true()
    homes = (FailingListEntry.town_id, sight.town_ids), (FailingListEntry.enterprise_id, sight.enterprise_ids)
    seen = select(FailingListEntry.list_id).where(
        or_(false(), *(column.in_(ids) for column, ids in homes if ids))
    )
    if standing:
        seen = seen.where(FailingListEntry.struck_at.is_(None))
    return or_(FailingList.department_id.in_(sight.department_ids), FailingList.id.in_(seen))


def _numbers(session: Session, list_ids: list[int], *, sight: Sight) -> dict[int, Numbers]:
    struck = func.sum(case((FailingListEntry.struck_at.is_not(None), 1), else_=0))
    query = (
        select(FailingListEntry.list_id, func.count(), struck)
        .where(FailingListEntry.list_id.in_(list_ids), sight.of(FailingListEntry))
        .group_by(FailingListEntry.list_id)
    )
    waiting = (
        select(Objection.list_id, func.count())
        .join(FailingListEntry, FailingListEntry.id == Objection.entry_id)
        .where(Objection.list_id.in_(list_ids), Objection.answered_at.is_(None), sight.of(FailingListEntry))
        .group_by(Objection.list_id)
    )
    open_ones = dict(session.execute(waiting).all())
    return {
        number: Numbers(whole - gone, gone, open_ones.get(number, 0))
        for number, whole, gone in session.execute(query)
    }
