"""Whether an uploaded file can be a template: a Word file of ordinary size that does nothing by itself, fetches nothing
from elsewhere, and comes out right when it is filled.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from workflows.documents.exceptions import Flaw, TemplateRefused
from workflows.documents.library import sample
from workflows.documents.rendering import render
from workflows.documents.types import Kind

LARGEST = 2 * 1024 * 1024  # bytes; an office's template with an emblem takes a tenth
UNPACKED = 20 * 1024 * 1024
PARTS = 300
MARKS = 500  # placeholders of one part
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ACTIVE = re.compile(r"vbaProject|activeX|embeddings/|\.(bin|exe|js|vbs|html?|mht|rtf)$", re.I)
_FETCHES = re.compile(
    r"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|LINK|IMPORT|DATABASE|HYPERLINK|QUOTE|MACROBUTTON)\b", re.I
)
_FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_HALF = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def check(content: bytes, kind: Kind, *, now: datetime) -> None:
    """Raises TemplateRefused, with what is wrong and where."""
    if len(content) > LARGEST:
        raise TemplateRefused(Flaw.TOO_LARGE, limit=LARGEST)
    parts = _parts(content)
    if _MAIN not in parts.get("[Content_Types].xml", b"") or "word/document.xml" not in parts:
        raise TemplateRefused(Flaw.NOT_DOCX)
    for name, part in parts.items():
        if _ACTIVE.search(name):
            raise TemplateRefused(Flaw.ACTIVE, name=name)
        if name.endswith((".xml", ".rels")):
            _check_part(name, _tree(part))
    render(content, kind, sample(kind), now=now)


def _parts(content: bytes) -> Mapping[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > PARTS or sum(one.file_size for one in entries) > UNPACKED:
                raise TemplateRefused(Flaw.SWOLLEN)
            return {one.filename: archive.read(one) for one in entries}
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise TemplateRefused(Flaw.NOT_DOCX) from error


def _tree(part: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateRefused(Flaw.BROKEN) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise TemplateRefused(Flaw.BROKEN)
    return root


def _check_part(name: str, root: Any) -> None:
    for one in root.iter("{*}Relationship"):
        if one.get("TargetMode") == "External":
            raise TemplateRefused(Flaw.EXTERNAL, name=one.get("Target", ""))
    for said in _fields(root):
        if _FETCHES.search(said):
            raise TemplateRefused(Flaw.EXTERNAL, name=said.strip())
    if _FILLED.fullmatch(name):
        _check_marks(root)


def _fields(root: Any) -> Iterator[str]:
    """What fields do: a field may be spread over runs, so those of a paragraph are read together."""
    for paragraph in root.iter(f"{_W}p"):
        yield "".join(one.text or "" for one in paragraph.iter(f"{_W}instrText"))
    for one in root.iter(f"{_W}fldSimple"):
        yield one.get(f"{_W}instr", "")


def _check_marks(root: Any) -> None:
    """Each placeholder begins and ends in the text of one paragraph."""
    number = 0
    for paragraph in root.iter(f"{_W}p"):
        text = "".join(one.text or "" for one in paragraph.iter(f"{_W}t"))
        number += len(_MARK.findall(text))
        if _HALF.search(_MARK.sub("", text)):
            raise TemplateRefused(Flaw.UNFINISHED, name=text[:60])
    for one in root.iter():
        for said in (*one.attrib.values(), "" if one.tag == f"{_W}t" else one.text or ""):
            if _HALF.search(said):
                raise TemplateRefused(Flaw.UNFINISHED, name=said[:60])
    if number > MARKS:
        raise TemplateRefused(Flaw.SWOLLEN)
