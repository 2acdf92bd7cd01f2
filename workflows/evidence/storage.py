"""Files by content: `<folder>/<aa>/<sha256>`, written whole or not at all, once per content."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from workflows.evidence.exceptions import EmptyFile, FileTooLarge
from workflows.evidence.types import MAX_SIZE

CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """A file that has arrived in full but has no place yet."""

    path: Path
    sha256: str
    size: int


@contextmanager
def receive(stream: BinaryIO, *, folder: Path, name: str, limit: int = MAX_SIZE) -> Iterator[Received]:
    """Copy a stream to a temporary file beside its later place. Raises EmptyFile or FileTooLarge.

    The temporary file is gone after the block unless `keep` moved it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix="incoming-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            digest, size = _copy(stream, file, name=name, limit=limit)
        yield Received(Path(temporary), digest, size)
    finally:
        Path(temporary).unlink(missing_ok=True)


def keep(received: Received, *, folder: Path) -> Path:
    """Give the file its place, in one step; the same content is there only once, as new as its last arrival."""
    place = path_of(folder, received.sha256)
    place.parent.mkdir(exist_ok=True)
    received.path.replace(place)
    return place


def discard(sha256: str, *, folder: Path, before: datetime) -> None:
    """Delete a file that nobody names any more, unless it has come in again since `before` (of the machine)."""
    place = path_of(folder, sha256)
    if place.exists() and place.stat().st_mtime < before.timestamp():
        place.unlink(missing_ok=True)


def path_of(folder: Path, sha256: str) -> Path:
    """Where the content with this sha256 lies."""
    return folder / sha256[:2] / sha256


def _copy(stream: BinaryIO, file: BinaryIO, *, name: str, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(name=name, limit=limit)
        digest.update(chunk)
        file.write(chunk)
    if size == 0:
        raise EmptyFile(name=name)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size
