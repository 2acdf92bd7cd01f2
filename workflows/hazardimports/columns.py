"""Which columns a workbook of hazards may have, and what may stand in them.

The columns of our own ledger are among them: what it says of the rest of a hazard's way is passed over, since that way
is gone here; a row with the day of its closure is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.i18n import N_
from workflows.processes import form_schema
from workflows.register.catalogue import Catalogue, Column
from workflows.register.cells import (
    CONTROL,
    CellFlaw,
    Directory,
    Reader,
    closest,
    credit_code,
    day,
    text,
    text_up_to,
)
from workflows.register.problems import ProblemCode

SUSPECTED, GENERAL = "疑似重大", "一般"
LEVELS: Mapping[str, bool] = {
    GENERAL: False, "一般隐患": False, "General": False, SUSPECTED: True, "重大": True, "重大隐患": True,
    "疑似重大隐患": True, "Major": True, "Suspected major": True,
}  # fmt: skip  # whether it looks major: only the loop makes it so
LONGEST_SOURCE = 80
_REPORT: Mapping[str, Mapping[str, Any]] = form_schema("hazard_report")["properties"]


def kinds() -> dict[str, str]:
    """Chinese label of each kind -> its code."""
    return {label: code for code, label in _REPORT["kind"]["x-labels"].items()}


def _one_of(words: Mapping[str, Any], offered: str) -> Reader:
    """A reader of a few words; `offered` names those that the template lists."""

    def read(value: str, _: Directory) -> Any:
        if value not in words:
            raise CellFlaw(ProblemCode.UNKNOWN_WORD, suggestion=closest(value, words), choices=offered)
        return words[value]

    return read


def _prose(name: str) -> Reader:
    """A reader of words as long as the form of a report takes them; only a description has lines."""
    least, most = _REPORT[name]["minLength"], _REPORT[name]["maxLength"]

    def read(value: str, _: Directory) -> str:
        if len(value) > most:
            raise CellFlaw(ProblemCode.TOO_LONG, limit=most)
        if len(value) < least:
            raise CellFlaw(ProblemCode.TOO_SHORT, limit=least)
        if CONTROL.search(value.replace("\r\n", " ").replace("\n", " ") if name == "description" else value):
            raise CellFlaw(ProblemCode.CONTROL_CHARACTER)
        return value

    return read


def _closed(value: str, _: Directory) -> None:
    raise CellFlaw(ProblemCode.CLOSED_HAZARD)


_KINDS = kinds() | {label: code for code, label in _REPORT["kind"]["x-en"]["labels"].items()}

HAZARDS = Catalogue(
    (
        Column(
            N_("统一社会信用代码"), "uscc", credit_code,
            also=("社会信用代码", "信用代码", "USCC", "Unified social credit code"),
        ),
        Column(
            N_("企业名称"), "name", text,
            also=("企业", "单位名称", "企业全称", "生产经营单位", "被检查单位", "Enterprise name", "Enterprise"),
        ),
        Column(
            N_("隐患名称"), "title", _prose("title"), required=True, verbatim=True,
            also=("隐患", "存在问题", "隐患问题", "Hazard", "Hazards", "Name of the hazard"),
        ),
        Column(
            N_("地点"), "place", _prose("place"), required=True, verbatim=True,
            also=("隐患地点", "隐患部位", "部位", "位置", "Place"),
        ),
        Column(
            N_("具体情况"), "description", _prose("description"), required=True, verbatim=True,
            also=("情况", "隐患描述", "描述", "隐患内容", "具体描述", "Description", "Details", "Situation"),
        ),
        Column(
            N_("隐患类别"), "kind", _one_of(_KINDS, "、".join(kinds())),
            also=("类别", "隐患类型", "Kind", "Kind of hazard"),
        ),
        Column(
            N_("隐患级别"), "looks_major", _one_of(LEVELS, f"{GENERAL}、{SUSPECTED}"),
            also=("级别", "隐患等级", "Level", "Hazard level"),
        ),
        Column(
            N_("发现日期"), "found_on", day, required=True,
            also=("发现", "发现时间", "检查日期", "检查时间", "排查日期", "found", "Found on"),
        ),
        Column(
            N_("来源"), "told_source", text_up_to(LONGEST_SOURCE), verbatim=True,
            also=("隐患来源", "检查单位", "Source"),
        ),
        Column(
            N_("整改期限"), "due_on", day,
            also=("期限", "整改时限", "要求完成日期", "Due", "Due date", "Fix by"),
        ),
        Column(
            N_("闭环"), "closed", _closed,
            also=("闭环日期", "销号日期", "销号", "核销", "Closed", "Written off", "Write-off"),
        ),
    ),
    ignored=(
        "镇街", "部门", "原期限", "整改完成", "验收", "现状", "逾期", "挂牌", "挂牌文号", "挂账", "挂账文号",
        "原因", "纠正", "防止再发",
    ),
)  # fmt: skip
ASKED = tuple(column for column in HAZARDS.columns if column.name != "closed")  # in the template
EITHER = ("uscc", "name")  # one of them says whose hazard it is
