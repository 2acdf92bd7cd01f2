"""Which files are evidence, and how each is recognised and served."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SIZE = 20 * 1024 * 1024
ANONYMOUS = "anonymous"  # who uploaded what came in through a code on a wall


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is accepted. `shown` may be displayed in the page; the others are downloads."""

    media_type: str
    extensions: tuple[str, ...]
    shown: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
JPEG = Kind("image/jpeg", (".jpg", ".jpeg", ".jfif", ".jpe"), shown=True)
PNG = Kind("image/png", (".png",), shown=True)
WEBP = Kind("image/webp", (".webp",), shown=True)
HEIC = Kind("image/heic", (".heic", ".heif"))  # telephones send it; few browsers show it
PDF = Kind("application/pdf", (".pdf",))
DOCX = Kind(f"{_OFFICE}.wordprocessingml.document", (".docx",))
XLSX = Kind(f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",))
MP4 = Kind("video/mp4", (".mp4", ".m4v"), shown=True)
KINDS = (JPEG, PNG, WEBP, HEIC, PDF, DOCX, XLSX, MP4)
BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}
EXTENSIONS = tuple(extension for kind in KINDS for extension in kind.extensions)
