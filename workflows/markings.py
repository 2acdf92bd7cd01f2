"""Which nodes are open in which marking: a few dozen rows per process, however many instances there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import Marking, ProcessDefinition
from workflows.database import only_reads
from workflows.transactional import once

PARTS: Final = frozenset({"control", "acceptance"})  # call activities that are a place of work of their own


def open_nodes_by_marking(session: Session, key: str) -> dict[int, frozenset[str]]:
    """Marking id -> ids of the nodes that hold a token, with the parts around them, over all versions of a process.

    A page reads it once.
    """
    if only_reads(session):
        return once(session, f"markings:{key}", lambda: _read(session, key))
    return _read(session, key)


def _read(session: Session, key: str) -> dict[int, frozenset[str]]:
    query = select(Marking.id, Marking.tokens).join(ProcessDefinition).where(ProcessDefinition.key == key)
    return {number: _nodes(tokens) for number, tokens in session.execute(query)}


def parts_of(path: str) -> frozenset[str]:
    """The parts of a process that a token's path lies in: `control` for `control/controlling/interim`."""
    return PARTS.intersection(path.split("/"))


def _nodes(tokens: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    found: set[str] = set()
    for path, node, _kind in tokens:
        found |= {node, *parts_of(path)}
    return frozenset(found)


def markings_at(session: Session, key: str, nodes: Iterable[str]) -> list[int]:
    """The markings of a process in which one of these nodes is open."""
    wanted = frozenset(nodes)
    return [
        number for number, open_nodes in open_nodes_by_marking(session, key).items() if open_nodes & wanted
    ]
