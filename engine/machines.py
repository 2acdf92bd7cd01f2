"""Which machine runs a deployed definition: found by the content hash of its row."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.exceptions import DefinitionOutdated, UnknownDefinition
from engine.models import ProcessDefinition
from engine.spiff.parser import ENGINE_VERSION, Definition, load
from engine.transitions import Machine, machine_for


def machine_of(session: Session, definition_id: int, definition_hash: str | None = None) -> Machine:
    """Machine of a definition row; without the hash it is looked up (ids may differ between databases)."""
    if definition_hash is None:
        definition_hash = session.scalar(
            select(ProcessDefinition.hash).where(ProcessDefinition.id == definition_id)
        )
    if definition_hash is None:
        raise UnknownDefinition(definition_id=definition_id)
    return machine_for(definition_hash, lambda: _load(session, definition_id))


def _load(session: Session, definition_id: int) -> Definition:
    row = session.execute(
        select(ProcessDefinition.key, ProcessDefinition.files, ProcessDefinition.engine_version).where(
            ProcessDefinition.id == definition_id
        )
    ).one()
    if row.engine_version != ENGINE_VERSION:  # its markings may mean something else to this SpiffWorkflow
        raise DefinitionOutdated(key=row.key, deployed_for=row.engine_version, running=ENGINE_VERSION)
    return load(row.key, {name: text.encode() for name, text in row.files.items()})
