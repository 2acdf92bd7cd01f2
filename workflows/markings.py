"""Which nodes are open in which marking: a few dozen rows per process, however many instances there are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Marking, ProcessDefinition
from workflows.database import only_reads
from workflows.transactional import once


def open_nodes_by_marking(session: Session, key: str) -> dict[int, frozenset[str]]:
    """Marking id -> ids of the nodes that hold a token, over all versions of a process; a page reads it once."""
    if only_reads(session):
        return once(session, f"markings:{key}", lambda: _read(session, key))
    return _read(session, key)


def _read(session: Session, key: str) -> dict[int, frozenset[str]]:
    query = select(Marking.id, Marking.tokens).join(ProcessDefinition).where(ProcessDefinition.key == key)
    return {number: frozenset(node for _, node, _ in tokens) for number, tokens in session.execute(query)}


def markings_at(session: Session, key: str, nodes: Iterable[str]) -> list[int]:
    """The markings of a process in which one of these nodes is open."""
    wanted = frozenset(nodes)
    return [
        number for number, open_nodes in open_nodes_by_marking(session, key).items() if open_nodes & wanted
    ]
