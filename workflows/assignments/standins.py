"""Name a stand-in for the days one is away, and end it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account
from workflows.accounts.types import Held
from workflows.assignments.models import StandIn
from workflows.assignments.queries import colleagues
from workflows.audit import service as audit
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.notifications.service import notify

LONGEST = timedelta(days=366)


def name(
    session: Session, absent: Account, *, held: Held | None, stand_in_id: int | None, from_on: date | None,
    to_on: date | None, today: date, now: datetime,
) -> StandIn:  # fmt: skip
    """From one day to another a colleague of the same organisation and role does what is assigned to `absent`.

    Raises InvalidForm (not a colleague, days that lie behind or in the wrong order, more than a year), Conflict when
    there is a stand-in for one of the days already, or the colleague is away on one of them.
    """
    _check(session, absent, held, stand_in_id, from_on, to_on, today)
    assert held is not None and stand_in_id is not None and from_on is not None and to_on is not None  # noqa: PT018
    if _away(session, absent.id, from_on, to_on, held):
        raise Conflict(what="stand-in-overlap")
    if _away(session, stand_in_id, from_on, to_on, held):
        raise Conflict(what="stand-in-away")
    named = StandIn(
        absent_id=absent.id, stand_in_id=stand_in_id, organization_id=held.organization_id, role=held.role,
        from_on=from_on, to_on=to_on, created_by=absent.actor, created_at=now,
    )  # fmt: skip
    session.add(named)
    session.flush()
    detail = {
        "stand_in": f"account:{stand_in_id}",
        "group": held.group,
        "from_on": from_on.isoformat(),
        "to_on": to_on.isoformat(),
    }
    audit.record(
        session, at=now, actor=absent.actor, action="stand-in.name", subject=absent.actor, detail=detail
    )
    notify(
        session, f"account:{stand_in_id}", kind="stand_in.named", subject=absent.actor,
        data={"by": absent.actor, "name": absent.display_name, **detail}, at=now,
    )  # fmt: skip
    return named


def end(session: Session, stand_in_id: int, *, absent: Account, now: datetime) -> None:
    """Back earlier: from now on nobody stands in. Twice is harmless. Raises NotFound for somebody else's."""
    named = session.get(StandIn, stand_in_id)
    if named is None or named.absent_id != absent.id:
        raise NotFound(what="stand-in", id=stand_in_id)
    if named.ended_at is None:
        named.ended_at = now
        detail = {"stand_in": f"account:{named.stand_in_id}", "group": named.group}
        audit.record(
            session, at=now, actor=absent.actor, action="stand-in.end", subject=absent.actor, detail=detail
        )
    session.flush()


def _check(
    session: Session, absent: Account, held: Held | None, stand_in_id: int | None, from_on: date | None,
    to_on: date | None, today: date,
) -> None:  # fmt: skip
    problems = []
    if held is None or held not in absent.held:
        problems.append(FieldProblem("role", "enum"))
    elif stand_in_id not in [one.id for one in colleagues(session, held, without=absent.actor)]:
        problems.append(FieldProblem("to", "enum"))
    if from_on is None or from_on < today:
        problems.append(FieldProblem("from_on", "not-past"))
    if to_on is None or (from_on is not None and to_on < from_on):
        problems.append(FieldProblem("to_on", "not-ordered"))
    elif from_on is not None and to_on - from_on > LONGEST:
        problems.append(FieldProblem("to_on", "too-late"))
    if problems:
        raise InvalidForm(problems=problems)


def _away(session: Session, account_id: int, from_on: date, to_on: date, held: Held) -> bool:
    """Whether somebody has a stand-in in this role on one of the days."""
    query = select(StandIn.id).where(
        StandIn.absent_id == account_id, StandIn.organization_id == held.organization_id, StandIn.role == held.role,
        StandIn.from_on <= to_on, StandIn.to_on >= from_on, StandIn.ended_at.is_(None),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None
