"""The workbook to fill in: a sheet of hazards that offers what may stand in its cells, and a sheet that says so."""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from workflows.hazardimports.columns import ASKED, GENERAL, LONGEST_SOURCE, SUSPECTED, kinds
from workflows.hazardimports.reading import GUIDE, MOST
from workflows.i18n import N_, gettext, language
from workflows.processes import form_schema
from workflows.spreadsheets import bytes_of, sheet_of, text_cell

SHEET = N_("隐患")
_FIELDS = form_schema("hazard_report")["properties"]
_SAID = {
    "uscc": N_("18位。和企业名称至少填一项；两项都填时要对得上。"),
    "name": N_("台账里的全称。"),
    "title": N_("%(least)s至%(most)s个字。"),
    "place": N_("车间、岗位或设备，最多%(most)s个字。"),
    "description": N_("%(least)s至%(most)s个字。"),
    "kind": N_("可以不填，由企业填写。"),
    "looks_major": N_("可以不填。是不是重大隐患，由企业对照标准填报、镇街和部门评估后确定。"),
    "found_on": N_("如2025-08-20，不能晚于今天。"),
    "told_source": N_("可以不填，如：部门检查、上级交办。最多%(most)s个字。"),
    "due_on": N_("可以不填。填了就写进企业的整改方案，不能早于今天；方案里的期限以规定为准。"),
}


def template() -> bytes:
    """In the reader's language; a file in either is read."""
    book = Workbook(write_only=True)
    header = [gettext(column.header) for column in ASKED]
    sheet = sheet_of(book, gettext(SHEET), header)
    for place, column in enumerate(ASKED, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = 40 if column.name == "description" else 18
        if words := list(_words(column.name)):
            offer = DataValidation(type="list", formula1=f'"{",".join(words)}"', allow_blank=True)
            offer.add(f"{get_column_letter(place)}2:{get_column_letter(place)}{MOST + 1}")
            sheet.data_validations.append(offer)
    guide = sheet_of(
        book, gettext(GUIDE), [gettext(one) for one in (N_("列"), N_("必填"), N_("可填的内容"), N_("说明"))]
    )
    for column in ASKED:
        needed = gettext("必填") if column.required else ""
        said = "、".join(_words(column.name)), _said(column.name)
        cells = (gettext(column.header), needed, *said)
        guide.append([text_cell(guide, cell) for cell in cells])
    guide.append([])
    for line in _remarks():
        guide.append([text_cell(guide, line)])
    return bytes_of(book)


def _words(name: str) -> Iterator[str]:
    """What may stand in a column that takes a few words only, in the reader's language."""
    in_english = language.get() == "en"
    if name == "kind":
        yield from _FIELDS["kind"]["x-en"]["labels"].values() if in_english else kinds()
    elif name == "looks_major":
        yield from ("General", "Suspected major") if in_english else (GENERAL, SUSPECTED)


def _said(name: str) -> str:
    field = _FIELDS.get(name, {"maxLength": LONGEST_SOURCE})
    return gettext(_SAID[name]) % {"least": field.get("minLength"), "most": field.get("maxLength")}


def _remarks() -> Iterator[str]:
    yield gettext("只填还没有闭环的隐患；已经闭环的历史隐患不导入。")
    yield gettext("一行一处隐患，一个文件最多%(most)s行。单元格里填内容，不用公式，不带宏。") % {"most": MOST}
    yield gettext("同一企业、同一地点、同样情况、同一发现日期的隐患只登记一次，重复上传不会重复登记。")
    yield gettext("导入后由企业确认填报，再按隐患整改流程办理，五个工作日内定出方案。")
