"""What the register keeps of the safety staff rules: the state of each enterprise, judged when its file changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.orm import Session

from engine.among import among
from workflows.register.models import Enterprise
from workflows.safetystaff.rules import FACTS, assess
from workflows.safetystaff.types import Staff, StaffState

AT_ONCE = 1000
_KEPT = (
    Enterprise.id,
    Enterprise.staff_state,
    Enterprise.staff_open,
    *(getattr(Enterprise, n) for n in FACTS),
)


def judged(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the register with the state that its facts have."""
    state, open_facts = _judge(Staff(**{name: row[name] for name in FACTS}))
    return {**row, "staff_state": state, "staff_open": open_facts}


def is_touched(fields: Iterable[str]) -> bool:
    """Whether a change of these fields may change the state."""
    return not set(FACTS).isdisjoint(fields)


def refresh(session: Session, ids: Sequence[int]) -> list[int]:
    """Judge these enterprises again; those whose state changed."""
    return _store(session, session.execute(select(*_KEPT).where(among(Enterprise.id, ids))).mappings().all())


def refresh_all(session: Session) -> list[int]:
    """Judge everybody again, after the tables themselves may have changed; those whose state changed."""
    changed: list[int] = []
    last = 0
    while rows := _after(session, last):
        changed += _store(session, rows)
        last = rows[-1]["id"]
    return changed


def _after(session: Session, last: int) -> Sequence[RowMapping]:
    query = select(*_KEPT).where(Enterprise.id > last).order_by(Enterprise.id).limit(AT_ONCE)
    return session.execute(query).mappings().all()


def _store(session: Session, rows: Sequence[RowMapping]) -> list[int]:
    told = [(row, judged(dict(row))) for row in rows]
    moved = [(row, new) for row, new in told if (row["staff_state"], row["staff_open"]) != _kept(new)]
    if moved:
        values = [{name: new[name] for name in ("id", "staff_state", "staff_open")} for _, new in moved]
        session.execute(update(Enterprise), values)
    return [new["id"] for row, new in moved if row["staff_state"] != new["staff_state"]]


def _kept(row: Mapping[str, Any]) -> tuple[StaffState, str]:
    return row["staff_state"], row["staff_open"]


@lru_cache(65536)
def _judge(staff: Staff) -> tuple[StaffState, str]:
    found = assess(staff)
    return found.state, ",".join(found.unknown) if found.state is StaffState.UNKNOWN else ""
