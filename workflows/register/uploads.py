"""Register files between the dry run and the import: kept by their sha256, so that nothing is sent twice."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from workflows.exceptions import NotFound

_NAME = re.compile(r"[0-9a-f]{64}")


def keep(folder: Path, content: bytes) -> str:
    """Keep a file; returns its sha256."""
    folder.mkdir(parents=True, exist_ok=True)
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / sha256).write_bytes(content)
    return sha256


def kept(folder: Path, sha256: str) -> bytes:
    """A file that was kept. Raises NotFound for any other name."""
    path = folder / sha256
    if not _NAME.fullmatch(sha256) or not path.is_file():
        raise NotFound(what="upload", id=sha256)
    return path.read_bytes()
