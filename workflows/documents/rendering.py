"""Fill a template with facts: the only place that knows docxtpl."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docx import Document
from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateError
from lxml import etree

from workflows.documents.exceptions import Flaw, TemplateRefused
from workflows.documents.library import document
from workflows.documents.types import Facts, Kind
from workflows.documents.wording import Wording

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_ROWS = 1_000  # of one list: three seconds of work, thirty pages; more is for a workbook
PARAGRAPH = "\a"  # docxtpl makes a new paragraph of it
_BROKEN = (
    TemplateError, etree.LxmlError, OpcError, ValueError, KeyError, AttributeError, TypeError, IndexError,
)  # fmt: skip  # what docxtpl and python-docx raise for a file that is not as Word writes it
_UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def render(template: bytes, kind: Kind, facts: Facts, *, now: datetime) -> bytes:
    """The document as a file. Raises TemplateRefused for a template that says more than it may or that Word did not
    write, and for a list that is too long for a document.
    """
    check_length(*(len(value) for value in facts.values() if isinstance(value, list)))
    try:
        return _filled(template, kind, facts, now)
    except _BROKEN as error:
        raise TemplateRefused(Flaw.BROKEN) from error


def check_length(*rows: int) -> None:
    """Raises TemplateRefused for a list of more rows than a document takes: before anybody gathers their facts."""
    if any(number > MOST_ROWS for number in rows):
        raise TemplateRefused(Flaw.TOO_LONG, limit=MOST_ROWS)


def _filled(template: bytes, kind: Kind, facts: Facts, now: datetime) -> bytes:
    filled = DocxTemplate(io.BytesIO(template))
    filled.render(_clean(facts), jinja_env=Wording(document(kind).placeholders), autoescape=True)
    filled.docx.core_properties.created = filled.docx.core_properties.modified = now
    file = io.BytesIO()
    filled.save(file)
    Document(io.BytesIO(file.getvalue()))
    return file.getvalue()


def _clean(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cleaned(value) for name, value in facts.items()}


def _cleaned(value: str | list[dict[str, str]]) -> Any:
    """Text without what no document can hold, its lines as paragraphs."""
    if isinstance(value, list):
        return [_clean(row) for row in value]
    return _UNWRITABLE.sub("", value.replace("\r\n", "\n")).strip("\n").replace("\n", PARAGRAPH)
