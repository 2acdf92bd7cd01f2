"""Read one cell of a register file: its value, or what is wrong with it."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from workflows.labelled import LabelledEnum
from workflows.register import uscc
from workflows.register.problems import ProblemCode
from workflows.register.types import RiskLevel

LONGEST = 200
MOST_EMPLOYEES = 5_000_000
UNKNOWN_WORDS = frozenset({"待核实", "未知", "不详"})
YES_WORDS = frozenset({"是", "有", "√", "✓", "✔", "1", "Y", "YES", "TRUE"})
NO_WORDS = frozenset({"否", "无", "×", "✗", "✘", "0", "N", "NO", "FALSE"})
RISK_WORDS = {"红": RiskLevel.MAJOR, "橙": RiskLevel.LARGER, "黄": RiskLevel.ORDINARY, "蓝": RiskLevel.LOW}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
TEXT_FORMULA = re.compile(r'="([^"]*)"')  # how people keep a spreadsheet from reading digits as a number
EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(\s+[0-9:.]+)?")
PACKED_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
SERIAL = re.compile(r"[1-9][0-9]{4}")  # days since 1899-12-30, as Excel counts: 1927 to 2173
EXCEL_EPOCH = date(1899, 12, 30)
FOR_EVER = frozenset({"长期", "永久", "长期有效"})
GROUPED = re.compile(r"\d{1,3}(,\d{3})+")


@dataclass(frozen=True, slots=True)
class Directory:
    """What a file is read against: ids by name of towns and departments, and who is registered (name -> code)."""

    towns: Mapping[str, int]
    departments: Mapping[str, int]
    registered: Mapping[str, str] = field(default_factory=dict)


class CellFlaw(Exception):
    """This cell cannot be read."""

    def __init__(self, code: ProblemCode, *, suggestion: str | None = None, **data: Any) -> None:
        super().__init__(code)
        self.code, self.suggestion, self.data = code, suggestion, data


Reader = Callable[[str, Directory], Any]


def closest(value: str, names: Collection[str]) -> str | None:
    """The name that was probably meant: the only one that contains the value, else the most similar."""
    return _closest(value[:LONGEST], tuple(names))


@lru_cache(4096)
def _closest(value: str, names: tuple[str, ...]) -> str | None:
    containing = [name for name in names if value and value in name]
    if len(containing) == 1:
        return containing[0]
    return next(iter(difflib.get_close_matches(value, names, n=1, cutoff=0.5)), None)


def tidy(text: str) -> str:
    """Full-width characters narrowed and outer spaces dropped."""
    return unicodedata.normalize("NFKC", text).strip()


def plain(value: str) -> str:
    """A cell without the formula that only says "this is text". Raises CellFlaw for any other formula or its error."""
    if literal := TEXT_FORMULA.fullmatch(value):
        return literal[1].strip()
    if value.startswith("=") and len(value) > 1:
        raise CellFlaw(ProblemCode.FORMULA)
    if value in EXCEL_ERRORS:
        raise CellFlaw(ProblemCode.EXCEL_ERROR)
    return value


def text_up_to(longest: int) -> Reader:
    """A reader of words on one line, at most so many characters."""

    def read(value: str, _: Directory) -> str:
        if len(value) > longest:
            raise CellFlaw(ProblemCode.TOO_LONG, limit=longest)
        if CONTROL.search(value):
            raise CellFlaw(ProblemCode.CONTROL_CHARACTER)
        return value

    return read


text = text_up_to(LONGEST)


def credit_code(value: str, _: Directory) -> str:
    code = uscc.normalise(value)
    if SCIENTIFIC.fullmatch(code):
        raise CellFlaw(ProblemCode.USCC_AS_NUMBER)
    flaw = uscc.flaw_of(code)
    if flaw is None:
        return code
    match flaw.code:
        case uscc.UsccFlawCode.LENGTH:
            raise CellFlaw(ProblemCode.USCC_LENGTH, length=len(code))
        case uscc.UsccFlawCode.CHARACTER:
            found = {"position": flaw.position, "found": flaw.found}
            raise CellFlaw(ProblemCode.USCC_CHARACTER, suggestion=flaw.expected, **found)
        case uscc.UsccFlawCode.AREA:
            raise CellFlaw(ProblemCode.USCC_AREA, position=flaw.position)
        case uscc.UsccFlawCode.CHECK:
            suggestion = code[:-1] + (flaw.expected or "")
            raise CellFlaw(ProblemCode.USCC_CHECK, suggestion=suggestion, expected=flaw.expected)


def town(value: str, directory: Directory) -> int:
    return _listed(value, directory.towns, ProblemCode.UNKNOWN_TOWN)


def department(value: str, directory: Directory) -> int:
    return _listed(value, directory.departments, ProblemCode.UNKNOWN_DEPARTMENT)


def _listed(value: str, ids: Mapping[str, int], code: ProblemCode) -> int:
    if value not in ids:
        raise CellFlaw(code, suggestion=closest(value, ids))
    return ids[value]


def headcount(value: str, _: Directory) -> int:
    digits = value.replace(",", "") if GROUPED.fullmatch(value) else value
    if not digits.isascii() or not digits.isdigit():
        inside = re.findall(r"[0-9]+", value)
        likely = inside[0] if len(inside) == 1 and not re.search(r"[-.][0-9]|[0-9]\.", value) else None
        raise CellFlaw(ProblemCode.NOT_A_NUMBER, suggestion=likely)
    if len(digits) > len(str(MOST_EMPLOYEES)) or int(digits) > MOST_EMPLOYEES:
        raise CellFlaw(ProblemCode.NUMBER_TOO_LARGE, limit=MOST_EMPLOYEES)
    return int(digits)


def day(value: str, _: Directory) -> date:
    """A day as people write it (2025-06-30, 2025/6/30, 2025年6月30日, 20250630) or as Excel counts it (45838)."""
    parts = DAY.fullmatch(value) or PACKED_DAY.fullmatch(value)
    try:
        if parts:
            return date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        raise CellFlaw(ProblemCode.NOT_A_DAY) from None
    if SERIAL.fullmatch(value):
        return EXCEL_EPOCH + timedelta(days=int(value))
    raise CellFlaw(ProblemCode.NOT_A_DAY)


def last_day(value: str, directory: Directory) -> date:
    """The day on which something ends; what has no end ends with the calendar."""
    return date.max if value in FOR_EVER else day(value, directory)


def yes_no(value: str, _: Directory) -> bool:
    if value.upper() in YES_WORDS | NO_WORDS:
        return value.upper() in YES_WORDS
    raise CellFlaw(ProblemCode.UNKNOWN_WORD, choices="是、否、待核实")


def word_of(kind: type[LabelledEnum], extra: Mapping[str, LabelledEnum] | None = None) -> Reader:
    """A reader of one of an enumeration's words, or of a few others that people use for them."""
    words: dict[str, LabelledEnum] = {**{tidy(member.label): member for member in kind}, **(extra or {})}

    def read(value: str, _: Directory) -> LabelledEnum:
        if value not in words:
            choices = "、".join(member.label for member in kind)
            raise CellFlaw(ProblemCode.UNKNOWN_WORD, suggestion=closest(value, words), choices=choices)
        return words[value]

    return read
