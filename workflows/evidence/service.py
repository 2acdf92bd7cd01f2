"""Take in a file of evidence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workflows.evidence import storage
from workflows.evidence.models import Evidence
from workflows.evidence.sniffing import kind_of
from workflows.evidence.types import ANONYMOUS, MAX_SIZE

LONGEST_NAME = 120


def store(
    session: Session,
    stream: BinaryIO,
    *,
    filename: str,
    organization_id: int,
    uploaded_by: str,
    now: datetime,
    folder: Path,
    limit: int = MAX_SIZE,
) -> Evidence:
    """Keep the file and note it. The same content from the same organisation is the evidence it was before.

    Raises EmptyFile, FileTooLarge, FileTypeRefused or FileTypeLies; then nothing is kept. A file whose
    transaction fails later stays in the folder unnamed: harmless, and found again by the same upload.
    """
    name = clean_name(filename)
    with storage.receive(stream, folder=folder, name=name, limit=limit) as received:
        kind = kind_of(received.path, name=name)
        storage.keep(received, folder=folder)
    key = {"organization_id": organization_id, "sha256": received.sha256}
    values = key | {
        "media_type": kind.media_type,
        "size": received.size,
        "original_name": name,
        "uploaded_by": uploaded_by,
        "uploaded_at": now,
    }
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(Evidence).values(**values).on_conflict_do_nothing())
    kept = session.scalars(select(Evidence).filter_by(**key)).one()
    # Now somebody answers for it, and no retention takes it away.
    if kept.uploaded_by == ANONYMOUS != uploaded_by:
        kept.uploaded_by, kept.uploaded_at = uploaded_by, now
    return kept


def adopt(session: Session, files: Iterable[Evidence], *, organization_id: int) -> list[int]:
    """The same content as evidence of another organisation: what an official saw at an enterprise is the
    enterprise's to answer. Who uploaded it and when stay; the ids are those of the new owner's evidence."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    adopted = []
    for file in files:
        key = {"organization_id": organization_id, "sha256": file.sha256}
        kept = ("media_type", "size", "original_name", "uploaded_by", "uploaded_at")
        values = key | {name: getattr(file, name) for name in kept}
        session.execute(dialect.insert(Evidence).values(**values).on_conflict_do_nothing())
        adopted.append(session.scalars(select(Evidence.id).filter_by(**key)).one())
    return adopted


def clean_name(filename: str) -> str:
    """The bare name without folders and control characters, short enough, its extension kept."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C").strip()
    stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    return (stem[: LONGEST_NAME - len(suffix)] + suffix)[:LONGEST_NAME] or "file"
