"""Which ladder table counts for a campaign, and its versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count
from typing import Final

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.deployment import latest, latest_version
from workflows.audit import service as audit
from workflows.escalation import dmn
from workflows.escalation.checking import problems
from workflows.escalation.exceptions import LadderRefused
from workflows.escalation.models import LadderVersion
from workflows.escalation.rules import LadderStep
from workflows.escalation.table import LADDERS, Problem, Row, Table, completed, from_json, steps_of, to_json
from workflows.escalation.table import table_of as of_steps
from workflows.exceptions import Conflict, NotFound
from workflows.transactional import changed, once

HOUSE: Final = "house"
FILE: Final = "ladder.dmn"
PROCESS: Final = "escalation"
KEY: Final = "ladders"
LONGEST_REASON: Final = 200  # characters
MOST_VERSIONS: Final = 50  # that a page lists
_NEWEST: Final = (
    select(LadderVersion.id, LadderVersion.hash)
    .where(LadderVersion.scope.in_((bindparam("scope"), HOUSE)))
    .order_by(LadderVersion.scope == HOUSE, LadderVersion.version.desc())
    .limit(1)
)
_tables: dict[str, Table] = {}  # by the hash of what they were read from: never stale


def scope_of(campaign_id: int | None) -> str:
    """The key under which versions are kept."""
    return HOUSE if campaign_id is None else f"campaign:{campaign_id}"


def table_of(session: Session, campaign_id: int | None) -> Table:
    """The campaign's own newest table, else the newest of the house, else the file that is deployed."""
    found: dict[int | None, Table] = once(session, KEY, dict)
    if campaign_id not in found:
        found[campaign_id] = _read(session, campaign_id)
    return found[campaign_id]


def _read(session: Session, campaign_id: int | None) -> Table:
    newest = session.execute(_NEWEST, {"scope": scope_of(campaign_id)}).one_or_none()
    if newest is None:
        return _deployed(session)
    if newest.hash not in _tables:
        version = session.get_one(LadderVersion, newest.id)
        if not _is_whole(version):
            return as_it_counts(session, version)
        _tables[newest.hash] = from_json(version.content)
    return _tables[newest.hash]


def as_it_counts(session: Session, version: LadderVersion) -> Table:
    """A version; ladders that there were not yet when it was saved have the steps of the default table."""
    if _is_whole(version):
        return from_json(version.content)
    default = _deployed(session) if version.scope == HOUSE else table_of(session, None)
    return completed(version.content, default, hash_=version.hash)


def _is_whole(version: LadderVersion) -> bool:
    return version.content.keys() >= set(LADDERS)


def _deployed(session: Session) -> Table:
    _, version = latest_version(session, PROCESS)
    if version not in _tables:
        _tables[version] = of_file(latest(session, PROCESS).files[FILE].encode())
    return _tables[version]


def of_file(content: bytes) -> Table:
    """The table of the house's file. Raises LadderRefused for one of another shape."""
    return of_steps({name: _as_written(rows) for name, rows in dmn.read(content).items()})


def _as_written(rows: Sequence[Row]) -> tuple[LadderStep, ...]:
    """The rows with the numbers of their own rules."""
    numbers = {row.number for row in rows if row.number is not None}
    return steps_of(rows, known=numbers, fresh=count(max(numbers, default=-1) + 1).__next__)


def version_of(session: Session, campaign_id: int | None, version: int) -> LadderVersion:
    """One version of this scope. Raises NotFound."""
    query = select(LadderVersion).where(
        LadderVersion.scope == scope_of(campaign_id), LadderVersion.version == version
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(what="ladder-version", version=version)
    return found


def versions(session: Session, campaign_id: int | None) -> Sequence[LadderVersion]:
    """The versions of this scope, the newest first."""
    query = select(LadderVersion).where(LadderVersion.scope == scope_of(campaign_id))
    return session.scalars(query.order_by(LadderVersion.version.desc()).limit(MOST_VERSIONS)).all()


def save(
    session: Session,
    rows: Mapping[str, Sequence[Row]],
    *,
    campaign_id: int | None,
    base: str,
    reason: str,
    now: datetime,
    actor: str,
) -> LadderVersion:
    """Keep a new version in which these ladders say something else; `base` is the hash of what they were made from.

    Raises LadderRefused for rows that are wrong, and when nothing is different; Conflict when another version came
    in between.
    """
    before = table_of(session, campaign_id)
    wrong = [one for name, written in rows.items() for one in problems(name, written)]
    if wrong:
        raise LadderRefused(wrong)
    newest = next(iter(versions(session, campaign_id)), None)
    if base != before.hash or (newest is not None and newest.hash != base):
        raise Conflict(what="ladder", **_who(newest))
    table = _changed(session, before, rows, campaign_id)
    if table.ladders == before.ladders:
        raise LadderRefused([Problem("no-change")])
    version = LadderVersion(
        scope=scope_of(campaign_id), version=newest.version + 1 if newest else 1, hash=table.hash,
        content=to_json(table.ladders), reason=reason, saved_at=now, saved_by=actor,
    )  # fmt: skip
    _add(session, version)
    subject = "ladder:" if campaign_id is None else f"campaign:{campaign_id}"
    detail = {
        "version": version.version,
        "hash": table.hash,
        "ladders": _differing(before, table),
        "reason": reason,
    }
    audit.record(session, at=now, actor=actor, action="ladder.save", subject=subject, detail=detail)
    return version


def _add(session: Session, version: LadderVersion) -> None:
    """Write the version down; another one of the same number means that somebody was quicker."""
    try:
        with session.begin_nested():
            session.add(version)
    except IntegrityError as error:
        raise Conflict(what="ladder") from error
    changed(session, KEY)


def _who(newest: LadderVersion | None) -> dict[str, object]:
    return {} if newest is None else {"by": newest.saved_by, "at": newest.saved_at}


def _changed(
    session: Session, before: Table, rows: Mapping[str, Sequence[Row]], campaign_id: int | None
) -> Table:
    highest = _highest(session, before, campaign_id)
    return of_steps(
        {
            name: _numbered(rows[name], before, name, highest.get(name, -1) + 1) if name in rows else steps
            for name, steps in before.ladders.items()
        }
    )


def _numbered(rows: Sequence[Row], before: Table, name: str, first: int) -> tuple[LadderStep, ...]:
    known = {step.number for step in before.steps(name)}
    return steps_of(rows, known=known, fresh=count(first).__next__)


def _highest(session: Session, before: Table, campaign_id: int | None) -> dict[str, int]:
    """The highest number that each ladder ever gave to a row here or in the house: none is given twice."""
    query = select(LadderVersion.content).where(LadderVersion.scope.in_((scope_of(campaign_id), HOUSE)))
    tables = [before, _deployed(session), *(from_json(content) for content in session.scalars(query))]
    found: dict[str, int] = {}
    for table in tables:
        for name, steps in table.ladders.items():
            found[name] = max([found.get(name, -1), *(step.number for step in steps)])
    return found


def _differing(before: Table, after: Table) -> list[str]:
    return [name for name in after.ladders if before.steps(name) != after.steps(name)]
