"""Files that a page hands out: documents and workbooks under a name that people read."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response

from workflows.documents.rendering import MEDIA_TYPE


def docx(body: bytes, name: str) -> Response:
    """A Word file under this name (without extension)."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name + '.docx', safe='')}"}
    return Response(body, media_type=MEDIA_TYPE, headers=headers)
