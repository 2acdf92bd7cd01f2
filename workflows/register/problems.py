"""What can be wrong with a file of enterprises or of hazards, as codes with facts, and the sentence for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workflows.i18n import N_, gettext


class ProblemCode(StrEnum):
    """Every code stands for one sentence of `MESSAGES`."""

    ENCODING = "encoding"
    OLD_WORKBOOK = "old-workbook"
    BROKEN_WORKBOOK = "broken-workbook"
    MACROS = "macros"
    SHEET_PASSED_OVER = "sheet-passed-over"
    TOO_LARGE = "too-large"
    NOT_CSV = "not-csv"
    EMPTY = "empty"
    UNKNOWN_COLUMN = "unknown-column"
    MISSING_COLUMN = "missing-column"
    REPEATED_COLUMN = "repeated-column"
    TOO_MANY_CELLS = "too-many-cells"
    REQUIRED = "required"
    TOO_LONG = "too-long"
    CONTROL_CHARACTER = "control-character"
    FORMULA = "formula"
    EXCEL_ERROR = "excel-error"
    USCC_LENGTH = "uscc-length"
    USCC_CHARACTER = "uscc-character"
    USCC_AREA = "uscc-area"
    USCC_CHECK = "uscc-check"
    USCC_ORGANISATION = "uscc-organisation"
    USCC_AS_NUMBER = "uscc-as-number"
    UNKNOWN_TOWN = "unknown-town"
    UNKNOWN_DEPARTMENT = "unknown-department"
    UNKNOWN_WORD = "unknown-word"
    NOT_A_NUMBER = "not-a-number"
    NOT_A_DAY = "not-a-day"
    NUMBER_TOO_LARGE = "number-too-large"
    DUPLICATE_ROW = "duplicate-row"
    NAME_IN_FILE = "name-in-file"
    NAME_IN_REGISTER = "name-in-register"
    NOT_REGISTERED = "not-registered"
    SEVERAL_FIRMS = "several-firms"
    NOT_A_WORKBOOK = "not-a-workbook"
    NO_HAZARDS = "no-hazards"
    TOO_SHORT = "too-short"
    NAMELESS = "nameless"
    OUT_OF_REACH = "out-of-reach"
    OTHER_NAME = "other-name"
    DEREGISTERED = "deregistered"
    FOUND_LATER = "found-later"
    FOUND_TOO_EARLY = "found-too-early"
    DUE_PASSED = "due-passed"
    CLOSED_HAZARD = "closed-hazard"
    SAME_HAZARD = "same-hazard"
    KNOWN_HAZARD = "known-hazard"


class Severity(StrEnum):
    """FILE: nothing of the file is taken. ROW: this row is not taken. WARNING: it is, and somebody should look."""

    FILE = "file"
    ROW = "row"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; `row` counts as spreadsheets do, `column` is the header, `sheet` told when there are several."""

    code: ProblemCode
    severity: Severity
    row: int | None = None
    column: str | None = None
    value: str | None = None
    suggestion: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    sheet: str | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """What fills the sentence."""
        named = {"row": self.row, "column": self.column, "value": self.value, "suggestion": self.suggestion}
        return {**named, **self.data}

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Problem:
        """The problem that `as_json` wrote down."""
        own = {name: said.get(name) for name in ("row", "column", "value", "suggestion", "sheet")}
        rest = {name: value for name, value in said.items() if name not in {*own, "code", "severity"}}
        return cls(ProblemCode(said["code"]), Severity(said["severity"]), **own, data=rest)

    def as_json(self) -> dict[str, Any]:
        """For the record of an import and for `--json`."""
        where = {"sheet": self.sheet} if self.sheet else {}
        return {"code": self.code.value, "severity": self.severity.value, **self.fields, **where}


# One sentence per code; `{named}` fields come from Problem.fields.
MESSAGES: Mapping[ProblemCode, str] = {
    ProblemCode.ENCODING: N_("文件编码无法识别。请另存为“CSV UTF-8”后重新上传。"),
    ProblemCode.OLD_WORKBOOK: N_(
        "这是旧版（.xls）或设了打开密码的Excel工作簿。请去掉密码，另存为“Excel工作簿（.xlsx）”后上传。"
    ),
    ProblemCode.BROKEN_WORKBOOK: N_(
        "工作簿无法读取，可能已损坏。请在Excel里打开，另存为“Excel工作簿（.xlsx）”后上传。"
    ),
    ProblemCode.MACROS: N_("工作簿带有宏，不能接收。请另存为不带宏的“Excel工作簿（.xlsx）”后上传。"),
    ProblemCode.SHEET_PASSED_OVER: N_("工作表“{value}”里没有认得的表头，没有读取。"),
    ProblemCode.TOO_LARGE: N_("文件过大，最多{limit}行。请分成几个文件上传。"),
    ProblemCode.NOT_CSV: N_("第{row}行不是有效的CSV：引号没有成对，或单元格过长。请检查后重新上传。"),
    ProblemCode.EMPTY: N_("文件里没有企业。请确认有一行表头，下面每行一家企业。"),
    ProblemCode.UNKNOWN_COLUMN: N_("表头“{column}”不认识。请改名或删去这一列。"),
    ProblemCode.MISSING_COLUMN: N_("缺少表头“{column}”。请补上这一列。"),
    ProblemCode.REPEATED_COLUMN: N_("表头“{column}”出现了不止一次。请只留一列。"),
    ProblemCode.TOO_MANY_CELLS: N_("第{row}行比表头多出内容“{value}”。请检查是否多了逗号。"),
    ProblemCode.REQUIRED: N_("第{row}行：“{column}”没有填。请补上。"),
    ProblemCode.TOO_LONG: N_("第{row}行：“{column}”超过{limit}个字。请缩短。"),
    ProblemCode.CONTROL_CHARACTER: N_("第{row}行：“{column}”里有换行或不可见字符。请删去。"),
    ProblemCode.FORMULA: N_("第{row}行：“{column}”是公式，文件里没有它的结果。请复制后“选择性粘贴—值”。"),
    ProblemCode.EXCEL_ERROR: N_("第{row}行：“{column}”是Excel的错误值“{value}”。请改成实际内容。"),
    ProblemCode.USCC_LENGTH: N_("第{row}行：统一社会信用代码应为18位，现为{length}位。请核对原件。"),
    ProblemCode.USCC_CHARACTER: N_(
        "第{row}行：统一社会信用代码第{position}位“{found}”不能使用。请核对原件。"
    ),
    ProblemCode.USCC_AREA: N_("第{row}行：统一社会信用代码第{position}位应为数字。请核对原件。"),
    ProblemCode.USCC_CHECK: N_("第{row}行：统一社会信用代码第18位不对，应为“{expected}”。请核对原件。"),
    ProblemCode.USCC_ORGANISATION: N_("第{row}行：统一社会信用代码第9至17位不像组织机构代码。请核对原件。"),
    ProblemCode.USCC_AS_NUMBER: N_(
        "第{row}行：统一社会信用代码被存成了数字，后几位已经丢失。请把这一列设为“文本”后重新填写。"
    ),
    ProblemCode.UNKNOWN_TOWN: N_("第{row}行：镇街“{value}”不在名录中。"),
    ProblemCode.UNKNOWN_DEPARTMENT: N_("第{row}行：监管部门“{value}”不在名录中。"),
    ProblemCode.UNKNOWN_WORD: N_("第{row}行：“{column}”不能填“{value}”，可填：{choices}。"),
    ProblemCode.NOT_A_NUMBER: N_("第{row}行：“{column}”应为整数，现为“{value}”。"),
    ProblemCode.NOT_A_DAY: N_("第{row}行：“{column}”应为日期（如2027-06-30），现为“{value}”。"),
    ProblemCode.NUMBER_TOO_LARGE: N_("第{row}行：“{column}”不能超过{limit}，现为“{value}”。"),
    ProblemCode.DUPLICATE_ROW: N_(
        "第{row}行与第{first_row}行是同一个统一社会信用代码，只采用第{first_row}行。"
    ),
    ProblemCode.NAME_IN_FILE: N_("第{row}行与第{first_row}行企业名称相同、代码不同。请确认是否两家企业。"),
    ProblemCode.NAME_IN_REGISTER: N_("第{row}行：台账中已有同名企业，代码为{uscc}。请确认是否两家企业。"),
    ProblemCode.NOT_REGISTERED: N_("第{row}行：台账里没有“{value}”。"),
    ProblemCode.SEVERAL_FIRMS: N_("第{row}行：台账里有{number}家企业叫“{value}”。请改填统一社会信用代码。"),
    ProblemCode.NOT_A_WORKBOOK: N_(
        "这不是Excel工作簿（.xlsx）。请用本页的模板填写，存为“Excel工作簿（.xlsx）”后上传。"
    ),
    ProblemCode.NO_HAZARDS: N_("文件里没有隐患。请确认有一行表头，下面每行一处隐患。"),
    ProblemCode.TOO_SHORT: N_("第{row}行：“{column}”至少写{limit}个字。"),
    ProblemCode.NAMELESS: N_("第{row}行：没有填是哪家企业。请填统一社会信用代码或企业全称。"),
    ProblemCode.OUT_OF_REACH: N_(
        "第{row}行：您负责的企业里没有“{value}”。请核对代码或全称；属于别的镇街或部门的，请交给他们导入。"
    ),
    ProblemCode.OTHER_NAME: N_(
        "第{row}行：这个代码是“{registered}”的，名称却写“{value}”。请核对后改正其中一个。"
    ),
    ProblemCode.DEREGISTERED: N_("第{row}行：“{value}”已注销，不再登记隐患。请删去这一行。"),
    ProblemCode.FOUND_LATER: N_("第{row}行：发现日期{value}在今天（{today}）之后。请改成实际发现的日期。"),
    ProblemCode.FOUND_TOO_EARLY: N_("第{row}行：发现日期{value}太早。请核对年份。"),
    ProblemCode.DUE_PASSED: N_(
        "第{row}行：整改期限{value}已经过了。请与企业重新商定，填今天以后的日期，或者留空。"
    ),
    ProblemCode.CLOSED_HAZARD: N_(
        "第{row}行：“{column}”填了{value}，是已闭环的隐患。这里只收未闭环的，请删去这一行。"
    ),
    ProblemCode.SAME_HAZARD: N_(
        "第{row}行与第{first_row}行是同一处隐患（企业、地点、情况、日期都相同），只采用第{first_row}行。"
    ),
    ProblemCode.KNOWN_HAZARD: N_(
        "第{row}行：这处隐患已登记为第{hazard}号（企业、地点、情况、日期都相同），不再登记。"
    ),
}

# Follows the sentence when a problem carries a suggestion.
HINT = N_("您是指“{suggestion}”吗？")
IN_SHEET = N_("工作表“{sheet}”")  # goes before it when a file has several sheets


def sentence(problem: Problem) -> str:
    """What is wrong, where, what to do, in the reader's language."""
    said = gettext(MESSAGES[problem.code]).format(**problem.fields)
    if problem.sheet:
        said = gettext(IN_SHEET).format(sheet=problem.sheet) + said
    return said + (gettext(HINT).format(suggestion=problem.suggestion) if problem.suggestion else "")
