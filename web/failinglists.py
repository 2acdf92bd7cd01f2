"""What the pages of failing lists show: a list, its lines, one line with its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from web.auth import Visitor
from web.forms import schemas
from web.people import is_enterprise, sight
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.enforcement import queries as enforcement
from workflows.evidence.queries import by_ids
from workflows.failing import facts, queries
from workflows.failing.models import Objection
from workflows.failing.rules import may_decide
from workflows.forms import FieldProblem
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.times import day_of


def of_list(session: Session, listed: FailingList, *, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """What every page about a list says of it."""
    until = _until(session, listed)
    return {
        "listed": listed,
        "campaign": session.get_one(Campaign, listed.campaign_id),
        "department": session.get_one(Organization, listed.department_id),
        "numbers": queries.numbers(session, listed),
        "until": until,
        "may_decide": visitor.may(Permission.DECIDE_FAILING_LIST)
        and may_decide(visitor.groups, department_id=listed.department_id),
        "heard": until is not None and now > until,
        "drafted_on": day_of(listed.drafted_at),
        "calendar": load(session),
        "is_enterprise": is_enterprise(visitor),
        "signer": names_of(session, [listed.signed_by]).get(listed.signed_by or "", ""),
        "circular_signer": names_of(session, [listed.circular_by]).get(listed.circular_by or "", ""),
    }


def _until(session: Session, listed: FailingList) -> datetime | None:
    try:
        return queries.objections_until(session, listed)
    except CalendarMissing:
        return None


def lines(session: Session, listed: FailingList, *, visitor: Visitor, offset: int) -> dict[str, Any]:
    """One page of a list's lines with their facts and objections."""
    found = queries.lines(session, listed.id, sight=sight(visitor), offset=offset)
    shown = found[: queries.PAGE]
    entries = [entry for entry, _ in shown]
    return {
        "rows": shown, "more": len(found) > queries.PAGE, "offset": offset, "page": queries.PAGE,
        "facts": facts.of_lines(session, entries, drafted_at=listed.drafted_at),
        "objections": queries.objections_of(session, [one.id for one in entries]),
        "late_since": facts.late_since, **_enforced(session, entries),
    }  # fmt: skip


def _enforced(session: Session, entries: Sequence[FailingListEntry]) -> dict[str, Any]:
    followed = enforcement.of_lines(session, [one.id for one in entries])
    return {"enforced": followed, "enforced_steps": enforcement.steps(session, followed.values())}


def line(
    session: Session, listed: FailingList, entry: FailingListEntry, *, visitor: Visitor, now: datetime,
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (),
) -> dict[str, Any]:  # fmt: skip
    """One line: its facts, its objections, and the form that the visitor may fill in."""
    objections = queries.objections_of(session, [entry.id]).get(entry.id, [])
    waits = any(one.answered_at is None for one in objections)
    stands = queries.stands(listed, entry)
    over = listed.objections_until is not None and now > listed.objections_until
    about = of_list(session, listed, visitor=visitor, now=now)
    files = _files(session, objections, typed)
    may_object = visitor.may(Permission.OBJECT) and stands and not waits and not over
    return about | {
        "entry": entry, "firm": session.get_one(Enterprise, entry.enterprise_id), "stands": stands,
        "items": facts.of_lines(session, [entry], drafted_at=listed.drafted_at)[entry.id],
        "objections": objections, "waits": waits, "may_object": may_object,
        "may_strike": about["may_decide"] and stands and not waits,
        **_enforced(session, [entry]),
        "names": _names(session, entry, objections), "files": files,
        "attached": {one.id: [files[n] for n in one.evidence if n in files] for one in objections},
        "schema": schemas.objection() if may_object else schemas.strike(), "typed": typed or {}, "problems": problems,
    }  # fmt: skip


def _names(session: Session, entry: FailingListEntry, objections: Sequence[Objection]) -> Mapping[str, str]:
    actors = [actor for one in objections for actor in (one.filed_by, one.answered_by)]
    return names_of(session, [*actors, entry.struck_by])


def _files(
    session: Session, objections: Sequence[Objection], typed: Mapping[str, Any] | None
) -> dict[int, Any]:
    ids = {number for one in objections for number in one.evidence}
    ids.update(number for number in (typed or {}).get("evidence", ()) if isinstance(number, int))
    return by_ids(session, ids)
