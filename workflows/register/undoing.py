"""Take an import back, whole or not at all: refused, with the reasons, when something was built on it since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine.models import Base
from workflows.audit import service as audit
from workflows.organizations.models import Organization
from workflows.organizations.service import take_turn
from workflows.register.comparing import AT_ONCE
from workflows.register.facts import stored, touched
from workflows.register.models import Contact, Enterprise, Gram, Licence, RegisterChange, RegisterImport
from workflows.register.service import update_fields
from workflows.register.types import ImportStatus

# What belongs to the enterprise's file itself and goes with it.
OWN = ("enterprise_gram", "licence", "register_change", "contact", "file_task", "enterprise")
SHOWN = 20  # reasons that are told


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an import stays: `code` is `changed-since` or `built-on`; `what` names the table that refers to it."""

    code: str
    enterprise_id: int
    name: str
    what: str = ""


def undo(session: Session, one: RegisterImport, *, now: datetime) -> list[Reason]:
    """Remove what the import added, put back what it changed, for `undone_by`. With reasons nothing was done."""
    take_turn(session)
    actor = str(one.undone_by)
    query = select(RegisterChange).where(
        RegisterChange.import_id == one.id, RegisterChange.source == "import"
    )
    changes = list(session.scalars(query.order_by(RegisterChange.id)))
    if reasons := _reasons(session, changes):
        return reasons
    added = [change.enterprise_id for change in changes if change.before is None]
    for start in range(0, len(added), AT_ONCE):
        _remove(session, added[start : start + AT_ONCE])
    _put_back(session, [change for change in changes if change.before is not None], now=now, actor=actor)
    one.status, one.undone_at = ImportStatus.UNDONE, now
    audit.record(session, at=now, actor=actor, action="register.undo", subject=f"import:{one.id}")
    session.flush()
    return []


def _reasons(session: Session, changes: Sequence[RegisterChange]) -> list[Reason]:
    found: list[tuple[str, int, str]] = []
    for start in range(0, len(changes), AT_ONCE):
        some = changes[start : start + AT_ONCE]
        found += [("changed-since", firm, "") for firm in _changed_since(session, some)]
        found += [("built-on", firm, table) for firm, table in _built_on(session, some)]
        if len(found) >= SHOWN:
            break
    told = found[:SHOWN]
    query = select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_([firm for _, firm, _ in told]))
    names = {row.id: row.name for row in session.execute(query)}
    return [Reason(code, firm, names.get(firm, ""), table) for code, firm, table in told]


def _changed_since(session: Session, changes: Sequence[RegisterChange]) -> Iterator[int]:
    """Firms of which a later change touches the same fields (any field, when the import had added the firm)."""
    mine = {change.enterprise_id: change for change in changes}
    later = select(RegisterChange).where(
        RegisterChange.enterprise_id.in_(mine), RegisterChange.id > min(change.id for change in changes)
    )
    told = set()
    for other in session.scalars(later):
        change = mine[other.enterprise_id]
        if other.id > change.id and (change.before is None or set(change.after) & set(other.after)):
            if other.enterprise_id not in told:
                yield other.enterprise_id
            told.add(other.enterprise_id)


def _built_on(session: Session, changes: Sequence[RegisterChange]) -> Iterator[tuple[int, str]]:
    """Firms added that some other table refers to, and firms whose facts were changed and led to obligations."""
    added = [change.enterprise_id for change in changes if change.before is None]
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if table.name not in OWN and key.column.table.name in ("enterprise", "organization") and added:
                for firm in session.scalars(select(key.parent).where(key.parent.in_(added)).distinct()):
                    yield firm, table.name
    decided = {change.enterprise_id: change for change in changes if change.before is not None}
    decided = {firm: change for firm, change in decided.items() if _decides(change)}
    if decided:
        yield from _obligations_since(session, decided)


def _decides(change: RegisterChange) -> bool:
    moved = {"town_id", "department_id", "status"} & set(change.after)
    return bool(moved or touched(change.before, change.after))


def _obligations_since(session: Session, changes: dict[int, RegisterChange]) -> Iterator[tuple[int, str]]:
    """Obligations that began, or were adjusted, at or after the change."""
    tables = Base.metadata.tables
    obligation, instance, adjustment = tables["obligation"], tables["process_instance"], tables["adjustment"]
    began = (
        select(obligation.c.enterprise_id, instance.c.started_at)
        .join_from(obligation, instance, instance.c.id == obligation.c.instance_id)
        .where(obligation.c.enterprise_id.in_(changes))
    )
    adjusted = select(adjustment.c.enterprise_id, adjustment.c.at).where(
        adjustment.c.enterprise_id.in_(changes)
    )
    rows = [*session.execute(began), *session.execute(adjusted)]
    yield from {(firm, "obligation") for firm, at in rows if at >= changes[firm].at}


def _remove(session: Session, ids: Sequence[int]) -> None:
    file_task = Base.metadata.tables["file_task"]
    session.execute(delete(file_task).where(file_task.c.enterprise_id.in_(ids)))
    for model in (Gram, Licence, Contact, RegisterChange):
        session.execute(delete(model).where(model.enterprise_id.in_(ids)))
    session.execute(delete(Enterprise).where(Enterprise.id.in_(ids)))
    session.execute(delete(Organization).where(Organization.id.in_(ids)))


def _put_back(session: Session, changes: Sequence[RegisterChange], *, now: datetime, actor: str) -> None:
    wanted = [
        (change.enterprise_id, {name: stored(name, value) for name, value in (change.before or {}).items()})
        for change in changes
    ]
    for start in range(0, len(wanted), AT_ONCE):
        update_fields(session, wanted[start : start + AT_ONCE], now=now)
    if changes:
        rows = [
            {
                "enterprise_id": change.enterprise_id, "at": now, "actor": actor, "source": "undo",
                "import_id": change.import_id, "before": change.after, "after": change.before,
            }
            for change in changes
        ]  # fmt: skip
        session.execute(insert(RegisterChange), rows)
