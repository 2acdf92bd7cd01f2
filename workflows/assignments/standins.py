"""Name a stand-in for the days one is away, and end it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account
from workflows.accounts.types import Held, Role
from workflows.assignments.models import StandIn
from workflows.assignments.queries import colleagues
from workflows.audit import service as audit
from workflows.exceptions import Conflict, InvalidForm, NotAllowed, NotFound
from workflows.forms import FieldProblem
from workflows.notifications.service import notify_all

LONGEST = timedelta(days=366)
OFFICIALS = frozenset({Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER, Role.LEAD_OFFICER})


def name(
    session: Session, absent: Account, *, held: Held | None, stand_in_id: int | None, from_on: date | None,
    to_on: date | None, today: date, now: datetime, by: Account | None = None,
) -> StandIn:  # fmt: skip
    """From one day to another a colleague of the same organisation and role does what is assigned to `absent`.

    `by` names it when that is not `absent`: somebody of the lead office, for officials only (else NotAllowed).
    Raises InvalidForm (not a colleague, days that lie behind or in the wrong order, more than a year), Conflict when
    there is a stand-in for one of the days already, or the colleague is away on one of them.
    """
    by = by or absent
    _check(session, absent, held, stand_in_id, from_on, to_on, today)
    assert held is not None and stand_in_id is not None and from_on is not None and to_on is not None  # noqa: PT018
    if by.id != absent.id and held.role not in OFFICIALS:
        raise NotAllowed(what="stand-in", role=held.role)
    _lock(session, absent.id, stand_in_id)
    if _away(session, absent.id, from_on, to_on, held):
        raise Conflict(what="stand-in-overlap")
    if _away(session, stand_in_id, from_on, to_on, held):
        raise Conflict(what="stand-in-away")
    named = StandIn(
        absent_id=absent.id, stand_in_id=stand_in_id, organization_id=held.organization_id, role=held.role,
        from_on=from_on, to_on=to_on, created_by=by.actor, created_at=now,
    )  # fmt: skip
    session.add(named)
    session.flush()
    days = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()}
    _note(session, named, "stand-in.name", absent=absent, by=by, now=now, **days)
    _tell(session, named, "stand_in.named", [stand_in_id], absent=absent, by=by, now=now)
    _tell(session, named, "stand_in.named_for", [absent.id], absent=absent, by=by, now=now)
    return named


def end(
    session: Session, stand_in_id: int, *, absent: Account, now: datetime, by: Account | None = None
) -> None:
    """From now on nobody stands in; twice is harmless. Raises NotFound for a stand-in of anybody but `absent`."""
    named = session.get(StandIn, stand_in_id, with_for_update=True, populate_existing=True)
    if named is None or named.absent_id != absent.id:
        raise NotFound(what="stand-in", id=stand_in_id)
    if named.ended_at is None:
        named.ended_at = now
        session.flush()
        _note(session, named, "stand-in.end", absent=absent, by=by or absent, now=now)
        _tell(
            session,
            named,
            "stand_in.ended",
            (named.stand_in_id, absent.id),
            absent=absent,
            by=by or absent,
            now=now,
        )


def absent_official(session: Session, stand_in_id: int) -> Account:
    """Whom somebody stands in for, in a role whose stand-ins the lead office ends. Raises NotFound."""
    named = session.get(StandIn, stand_in_id)
    if named is None or named.role not in OFFICIALS:
        raise NotFound(what="stand-in", id=stand_in_id)
    return session.get_one(Account, named.absent_id)


def _note(
    session: Session, named: StandIn, action: str, *, absent: Account, by: Account, now: datetime, **more: str
) -> None:
    detail = {"stand_in": f"account:{named.stand_in_id}", "group": named.group, **more}
    audit.record(session, at=now, actor=by.actor, action=action, subject=absent.actor, detail=detail)


def _tell(
    session: Session, named: StandIn, kind: str, account_ids: Iterable[int], *, absent: Account, by: Account,
    now: datetime,
) -> None:  # fmt: skip
    """Tell these accounts, but not the one whose doing it is."""
    stand_in = session.get_one(Account, named.stand_in_id)
    data = {
        "by": by.actor, "by_name": by.display_name, "name": absent.display_name, "stand_in": stand_in.actor,
        "stand_in_name": stand_in.display_name, "group": named.group, "is_own": by.id == absent.id,
        "from_on": named.from_on.isoformat(), "to_on": named.to_on.isoformat(),
    }  # fmt: skip
    told = [f"account:{one}" for one in account_ids if one != by.id]
    notify_all(session, told, kind=kind, subject=absent.actor, data=data, at=now)


def _lock(session: Session, *account_ids: int) -> None:
    """Two who name a stand-in for the same person, or each other's, take turns."""
    query = select(Account.id).where(Account.id.in_(account_ids)).order_by(Account.id)
    session.execute(query.with_for_update())


def _check(
    session: Session, absent: Account, held: Held | None, stand_in_id: int | None, from_on: date | None,
    to_on: date | None, today: date,
) -> None:  # fmt: skip
    problems = []
    if held is None or held not in absent.held:
        problems.append(FieldProblem("role", "enum"))
    else:
        problems += _wrong_person(session, absent, held, stand_in_id)
    if from_on is None or from_on < today:
        problems.append(FieldProblem("from_on", "not-past"))
    if to_on is None or (from_on is not None and to_on < from_on):
        problems.append(FieldProblem("to_on", "not-ordered"))
    elif from_on is not None and to_on - from_on > LONGEST:
        problems.append(FieldProblem("to_on", "too-late"))
    if problems:
        raise InvalidForm(problems=problems)


def _wrong_person(
    session: Session, absent: Account, held: Held, stand_in_id: int | None
) -> list[FieldProblem]:
    if stand_in_id is None:
        return [FieldProblem("to", "nobody-chosen")]
    if stand_in_id == absent.id:
        return [FieldProblem("to", "oneself")]
    known = [one.id for one in colleagues(session, held, without=absent.actor)]
    return [] if stand_in_id in known else [FieldProblem("to", "no-colleague")]


def _away(session: Session, account_id: int, from_on: date, to_on: date, held: Held) -> bool:
    """Whether somebody has a stand-in in this role on one of the days."""
    query = select(StandIn.id).where(
        StandIn.absent_id == account_id, StandIn.organization_id == held.organization_id, StandIn.role == held.role,
        StandIn.from_on <= to_on, StandIn.to_on >= from_on, StandIn.ended_at.is_(None),
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None
