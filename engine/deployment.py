"""Which definitions may run: parsed, linted, explored, and versioned by the hash of their content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine.exceptions import DefinitionRefused, UnknownDefinition
from engine.exploration import Explorer
from engine.handlers import handlers
from engine.linting import lint
from engine.markings import intern
from engine.models import ProcessDefinition
from engine.spiff.parser import ENGINE_VERSION, Definition, content_hash
from engine.transitions import machine_for
from engine.types import Finding

_LATEST: Final = (
    select(ProcessDefinition)
    .where(ProcessDefinition.key == bindparam("key"))
    .order_by(ProcessDefinition.deployed_at.desc(), ProcessDefinition.version.desc())
    .limit(1)
)
_LATEST_VERSION: Final = _LATEST.with_only_columns(ProcessDefinition.id, ProcessDefinition.hash)


def examine(key: str, files: Mapping[str, bytes]) -> tuple[Definition | None, list[str], list[Finding]]:
    """The definition, its reachable markings and everything that is wrong or doubtful with it."""
    definition, blobs, findings = _examined(key, frozenset(files.items()), frozenset(handlers))
    if definition is None:
        return None, [], list(findings)
    machine = machine_for(definition.hash, lambda: definition)
    return definition, [machine.learn(blob) for blob in blobs], list(findings)


@lru_cache(maxsize=64)
def _examined(
    key: str, files: frozenset[tuple[str, bytes]], topics: frozenset[str]
) -> tuple[Definition | None, tuple[bytes, ...], tuple[Finding, ...]]:
    """The same sources say the same in every database."""
    definition, findings = lint(key, dict(sorted(files)), topics)
    if definition is None or any(f.level == "error" for f in findings):
        return None, (), tuple(findings)
    explorer = Explorer(definition)
    report = explorer.run()
    blobs = tuple(explorer.machine.blob(name) for name in explorer.markings)
    return definition, blobs, (*findings, *report.findings())


def deploy(session: Session, *, key: str, files: Mapping[str, bytes], now: datetime) -> ProcessDefinition:
    """Make the process `key` of these files the latest version; the same content again is the same version.

    `files` holds BPMN and DMN sources by name (and the forms that belong to them). Raises DefinitionRefused
    with findings unless the linter has no error and every reachable marking can still end.
    """
    digest = content_hash(key, files)
    known = session.scalar(
        select(ProcessDefinition).where(ProcessDefinition.key == key, ProcessDefinition.hash == digest)
    )
    if known is not None:
        if latest(session, key) is not known:
            known.deployed_at = now
            session.flush()
        return known
    definition, names, findings = examine(key, files)
    if definition is None or any(f.level == "error" for f in findings):
        raise DefinitionRefused(key, [f for f in findings if f.level == "error"])
    version = session.scalar(select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key))
    row = ProcessDefinition(
        key=key,
        version=(version or 0) + 1,
        hash=digest,
        name=definition.name,
        files={name: content.decode() for name, content in files.items()},
        findings=[asdict(f) for f in findings],
        engine_version=ENGINE_VERSION,
        deployed_at=now,
    )
    session.add(row)
    session.flush()
    machine = machine_for(digest, lambda: definition)
    intern(session.connection(), row.id, machine, names)
    return row


def latest(session: Session, key: str) -> ProcessDefinition:
    """The version that new instances run. Raises UnknownDefinition."""
    row = session.scalar(_LATEST, {"key": key})
    if row is None:
        raise UnknownDefinition(key=key)
    return row


def latest_version(session: Session, key: str) -> tuple[int, str]:
    """Its id and the hash of its content, without reading its files. Raises UnknownDefinition."""
    found = session.execute(_LATEST_VERSION, {"key": key}).one_or_none()
    if found is None:
        raise UnknownDefinition(key=key)
    return found.id, found.hash
