"""What kind of file it is by its content; the name is only held against it."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePath

import puremagic

from workflows.evidence.exceptions import FileTypeLies, FileTypeRefused
from workflows.evidence.types import BY_MEDIA_TYPE, DOCX, HEIC, XLSX, Kind

HEAD = 4096
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_ALIASES = {"image/heif": "image/heic", "image/heic-sequence": "image/heic", "video/x-m4v": "video/mp4"}
_MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
_MACROS = ("word/vbaProject.bin", "xl/vbaProject.bin")


def kind_of(path: Path, *, name: str) -> Kind:
    """The kind of the file at `path`. Raises FileTypeRefused, or FileTypeLies when `name` has another type.

    A name without an extension (some cameras) is taken at its content's word.
    """
    kind = _kind(path)
    if kind is None:
        raise FileTypeRefused(name=name)
    extension = PurePath(name).suffix.lower()
    if extension and extension not in kind.extensions:
        raise FileTypeLies(name=name, found=kind.media_type)
    return kind


def _kind(path: Path) -> Kind | None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return HEIC
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return None
    best = matches[0].mime_type  # the surest first
    return BY_MEDIA_TYPE.get(_ALIASES.get(best, best))


def _office(path: Path) -> Kind | None:
    """A .docx or .xlsx by its main part; one with macros is refused."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if "[Content_Types].xml" not in names or names & set(_MACROS):
        return None
    return next((kind for part, kind in _MAIN_PARTS.items() if part in names), None)
