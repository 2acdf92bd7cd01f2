"""Which control states exist, and where the tokens of an instance stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Engine, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.among import among_given
from engine.exceptions import InstanceNotFound
from engine.machines import machine_of
from engine.models import Marking, ProcessDefinition, ProcessInstance
from engine.transitions import Machine
from engine.types import InstanceStatus, Token

_KNOWN: Final = (
    select(Marking.hash, Marking.id)
    .where(Marking.definition_id == bindparam("definition_id"))
    .where(among_given(Marking.hash, "names"))
)
_NAMES: Final = (
    select(Marking.hash, ProcessDefinition.hash)
    .join(ProcessDefinition, ProcessDefinition.id == Marking.definition_id)
    .where(Marking.id == bindparam("id"))
)


@dataclass(slots=True)
class _Index:
    """Committed markings of one database; rows of markings never change and are never deleted."""

    ids: dict[tuple[int, str], int] = field(default_factory=dict)
    names: dict[int, tuple[str, str]] = field(default_factory=dict)


_INDEXES: Final[WeakKeyDictionary[Engine, _Index]] = WeakKeyDictionary()
_WRITERS: Final[WeakSet[object]] = WeakSet()  # transactions that may still take back a marking


def _index(connection: Connection) -> tuple[_Index, bool]:
    """The index of the database, and whether what this transaction reads may be kept in it."""
    return _INDEXES.setdefault(connection.engine, _Index()), connection.get_transaction() not in _WRITERS


def names_of(connection: Connection, marking_id: int) -> tuple[str, str]:
    """Name of a marking row and the hash of its definition."""
    index, keep = _index(connection)
    found = index.names.get(marking_id)
    if found is None:
        row = connection.execute(_NAMES, {"id": marking_id}).one()
        found = (row[0], row[1])
        if keep:
            index.names[marking_id] = found
    return found


def intern(
    connection: Connection, definition_id: int, machine: Machine, names: Iterable[str]
) -> dict[str, int]:
    """Row ids of markings by name; the missing ones are written (by any number of writers at once)."""
    index, keep = _index(connection)
    wanted = set(names)
    found = {name: index.ids[definition_id, name] for name in wanted if (definition_id, name) in index.ids}
    unknown = sorted(wanted - found.keys())
    if unknown:
        read = _intern(connection, definition_id, machine, unknown)
        found |= read
        if keep and connection.get_transaction() not in _WRITERS:
            index.ids |= {(definition_id, name): row_id for name, row_id in read.items()}
    return found


def _intern(connection: Connection, definition_id: int, machine: Machine, names: list[str]) -> dict[str, int]:
    query = {"definition_id": definition_id, "names": names}
    found: dict[str, int] = dict(connection.execute(_KNOWN, query).all())
    missing = [name for name in names if name not in found]
    if missing:
        transaction = connection.get_transaction()
        if transaction is not None:
            _WRITERS.add(transaction)
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        rows = [
            {
                "definition_id": definition_id,
                "hash": name,
                "body": machine.blob(name),
                "tokens": [[t.key, t.node, t.kind] for t in machine.tokens(name).values()],
            }
            for name in missing
        ]
        connection.execute(dialect.insert(Marking).on_conflict_do_nothing(), rows)
        found |= dict(connection.execute(_KNOWN, query).all())
    return found


def open_nodes(session: Session, instance_id: int) -> list[Token]:
    """Open tokens of an instance, in canonical order; none when it is over."""
    row = session.execute(
        select(ProcessInstance.status, ProcessInstance.definition_id, Marking.hash, Marking.body)
        .join(Marking, Marking.id == ProcessInstance.marking_id)
        .where(ProcessInstance.id == instance_id)
    ).one_or_none()
    if row is None:
        raise InstanceNotFound(instance_id=instance_id)
    if row.status not in (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED):
        return []
    machine = machine_of(session, row.definition_id)
    return list(machine.tokens(machine.learn(row.body)).values())
