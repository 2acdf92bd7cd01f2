"""The template of a document as a Word file, built from the blocks of `seeds/documents/`: nothing opaque is kept.

Form of official papers: A4, title in 宋体 22 pt, body in 仿宋 16 pt on 28 pt lines, headings in 黑体, pages numbered.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document as new_file
from docx.document import Document as File
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from workflows.documents.library import document
from workflows.documents.types import Document, Kind

SONG, FANG, HEI = "宋体", "仿宋", "黑体"
TITLE, BODY, CELL, SMALL = 22, 16, 12, 10.5
LINE, CELL_LINE = 28, 18
MARGINS = Mm(37), Mm(26), Mm(35), Mm(28)  # top, right, bottom, left
INDENT = Pt(2 * BODY)  # two characters


@cache
def house_template(kind: Kind) -> bytes:
    """The template that counts until an office has one of its own."""
    described = document(kind)
    file = new_file()
    _page(file, described)
    for block in described.layout:
        [(name, content)] = block.items()
        BLOCKS[name](file, content)
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _page(file: File, described: Document) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    if described.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = MARGINS
    properties = file.core_properties
    properties.author, properties.comments, properties.title = "", "", described.title
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = FANG, Pt(BODY)
    _east_asian(normal.element.get_or_add_rPr(), FANG)
    _page_number(section.footer.paragraphs[0])


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = ALIGN.CENTER
    _write(paragraph, "— ", font=SONG, size=14)
    run = _write(paragraph, "", font=SONG, size=14)
    for kind in ("begin", None, "end"):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = "PAGE"
        run._r.append(mark)
    _write(paragraph, " —", font=SONG, size=14)


def _write(
    paragraph: Paragraph, text: str, *, font: str = FANG, size: float = BODY, bold: bool = False
) -> Any:
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.bold = font, Pt(size), bold
    _east_asian(run._r.get_or_add_rPr(), font)
    return run


def _east_asian(properties: Any, font: str) -> None:
    """The font of Chinese letters, which python-docx does not know of."""
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _paragraph(file: File, *, align: Any = None, line: float = LINE, indent: bool = False) -> Paragraph:
    above = file.element.body[-2] if len(file.element.body) > 1 else None
    paragraph = file.add_paragraph()
    shape = paragraph.paragraph_format
    shape.line_spacing, shape.space_after = Pt(line), Pt(0)
    shape.space_before = Pt(6 if above is not None and above.tag == qn("w:tbl") else 0)
    shape.alignment = align
    shape.first_line_indent = INDENT if indent else None
    return paragraph


def _title(file: File, text: str) -> None:
    for line in text.split("\n"):
        paragraph = _paragraph(file, align=ALIGN.CENTER, line=36)
        _write(paragraph, line, font=SONG, size=TITLE, bold=True)
    paragraph.paragraph_format.space_after = Pt(12)


def _number(file: File, text: str) -> None:
    _write(_paragraph(file, align=ALIGN.RIGHT), text, size=14)


def _line(file: File, text: str) -> None:
    _write(_paragraph(file, align=ALIGN.CENTER), text)


def _heading(file: File, text: str) -> None:
    paragraph = _paragraph(file, indent=True)
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, text, font=HEI)


def _body(file: File, text: str) -> None:
    _write(_paragraph(file, indent=True), text)


def _address(file: File, text: str) -> None:
    """Whom it is for: a line that begins at the margin."""
    _write(_paragraph(file), text)


def _tag(file: File, text: str) -> None:
    """A paragraph that vanishes: a condition or a repetition of paragraphs."""
    _write(_paragraph(file), f"{{%p {text} %}}")


def _note(file: File, text: str) -> None:
    paragraph = _paragraph(file, line=CELL_LINE)
    paragraph.paragraph_format.space_before = Pt(6)
    _write(paragraph, text, size=SMALL)


def _signed(file: File, lines: Sequence[str]) -> None:
    """Who and when, below on the right, never alone on a page."""
    file.paragraphs[-1].paragraph_format.keep_with_next = True
    for place, text in enumerate(lines):
        paragraph = _paragraph(file, align=ALIGN.RIGHT)
        paragraph.paragraph_format.space_before = Pt(LINE if place == 0 else 0)
        paragraph.paragraph_format.right_indent = INDENT
        paragraph.paragraph_format.keep_with_next = place + 1 < len(lines)
        _write(paragraph, text)


def _by_hand(file: File, words: Sequence[str]) -> None:
    """What is signed on paper: words with room behind them, never alone on a page."""
    if file.element.body[-2].tag == qn("w:p"):
        file.paragraphs[-1].paragraph_format.keep_with_next = True
    paragraph = _paragraph(file)
    paragraph.paragraph_format.space_before = Pt(LINE)
    _write(paragraph, "".join(f"{one}{' ' * 16}" for one in words), size=14)


def _table(file: File, content: Mapping[str, Any]) -> None:
    """`columns`: head, content, width in mm; `each`: the list that the row is repeated for."""
    columns = content["columns"]
    file.paragraphs[-1].paragraph_format.space_after = Pt(6)
    table = file.add_table(rows=0, cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for place, column in enumerate(columns):
        table.columns[place].width = Mm(int(column["width"]))
    head = _row(table, [column["head"] for column in columns], columns, font=HEI)
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    _row(table, [f"{{%tr for 行 in {content['each']} %}}"], columns)
    _row(table, [column["cell"] for column in columns], columns)
    _row(table, ["{%tr endfor %}"], columns)


def _row(
    table: Table, texts: Sequence[str], columns: Sequence[Mapping[str, Any]], *, font: str = FANG
) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, column in zip(row.cells, columns, strict=True):
        cell.width = Mm(int(column["width"]))
    for cell, text, column in zip(row.cells, texts, columns, strict=False):
        is_left = font == FANG and column.get("left") is True
        _cell(cell, text, font=font, align=ALIGN.LEFT if is_left else ALIGN.CENTER)
    return row


def _cell(cell: _Cell, text: str, *, font: str, align: Any) -> None:
    paragraph = cell.paragraphs[0]
    shape = paragraph.paragraph_format
    shape.line_spacing, shape.space_before, shape.space_after = Pt(CELL_LINE), Pt(2), Pt(2)
    shape.alignment = align
    cell.vertical_alignment = 1  # type: ignore[assignment]
    _write(paragraph, text, font=font, size=CELL)


BLOCKS: Mapping[str, Callable[[File, Any], None]] = {
    "title": _title, "number": _number, "line": _line, "heading": _heading, "body": _body, "tag": _tag,
    "address": _address, "note": _note, "signed": _signed, "by_hand": _by_hand, "table": _table,
}  # fmt: skip
