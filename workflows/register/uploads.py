"""Register files between the dry run and the import: kept by their sha256, so that nothing is sent twice.

A workbook takes several times as long to take apart as to read, so its tables lie beside it for the second reading.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

from workflows.exceptions import NotFound
from workflows.register.files import sheets_of
from workflows.register.tables import Line, Sheet
from workflows.register.workbooks import MAGIC

_NAME = re.compile(r"[0-9a-f]{64}")


def keep(folder: Path, content: bytes) -> str:
    """Keep a file; returns its sha256. Sent again it is taken apart again."""
    folder.mkdir(parents=True, exist_ok=True)
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / sha256).write_bytes(content)
    _tables(folder, sha256).unlink(missing_ok=True)
    return sha256


def kept(folder: Path, sha256: str) -> bytes:
    """A file that was kept. Raises NotFound for any other name."""
    path = folder / sha256
    if not _NAME.fullmatch(sha256) or not path.is_file():
        raise NotFound(what="upload", id=sha256)
    return path.read_bytes()


def kept_sheets(folder: Path, sha256: str, take: Callable[[bytes], list[Sheet]] = sheets_of) -> list[Sheet]:
    """The tables of a file that was kept, as `take` finds them. Raises NotFound, and FileFlaw where it has none."""
    content, path = kept(folder, sha256), _tables(folder, sha256)
    if path.is_file():
        return [
            Sheet(name, tuple(Line(number, tuple(cells)) for number, cells in lines))
            for name, lines in json.loads(path.read_bytes())
        ]
    sheets = take(content)
    if not content.startswith(MAGIC):
        return sheets
    told = [(sheet.name, [(line.number, line.cells) for line in sheet.lines]) for sheet in sheets]
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(told), encoding="ascii")
    unfinished.replace(path)
    return sheets


def _tables(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.json"
