"""Read one cell of a register file: the columns there are, and the value or the problem in each."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from workflows.labelled import LabelledEnum
from workflows.register import uscc
from workflows.register.problems import ProblemCode
from workflows.register.types import EnterpriseStatus, Flag, Industry, RiskLevel

LONGEST = 200
MOST_EMPLOYEES = 5_000_000
UNKNOWN_WORDS = frozenset({"待核实", "未知", "不详"})
YES_WORDS = frozenset({"是", "有", "√", "1", "Y"})
NO_WORDS = frozenset({"否", "无", "×", "0", "N"})
RISK_WORDS = {"红": RiskLevel.MAJOR, "橙": RiskLevel.LARGER, "黄": RiskLevel.ORDINARY, "蓝": RiskLevel.LOW}
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
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


def text(value: str, _: Directory) -> str:
    if len(value) > LONGEST:
        raise CellFlaw(ProblemCode.TOO_LONG, limit=LONGEST)
    if CONTROL.search(value):
        raise CellFlaw(ProblemCode.CONTROL_CHARACTER)
    return value


def credit_code(value: str, _: Directory) -> str:
    code = uscc.normalise(value)
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


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the field it fills (a model's column or a flag), how it is read."""

    header: str
    name: str
    read: Reader
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("统一社会信用代码", "uscc", credit_code, required=True),
    Column("企业名称", "name", text, required=True),
    Column("镇街", "town_id", town, required=True),
    Column("监管部门", "department_id", department, required=True),
    Column("行业", "industry", word_of(Industry), required=True),
    Column("企业简称", "short_name", text),
    Column("从业人数", "employees", headcount),
    Column("规上企业", "above_scale", yes_no),
    Column("国有企业", "state_owned", yes_no),
    Column("风险等级", "risk_level", word_of(RiskLevel, RISK_WORDS)),
    *(Column(flag.label, flag.value, yes_no) for flag in Flag),
    Column("地址", "address", text),
    Column("主要负责人", "principal_name", text),
    Column("安全员", "safety_officer_name", text),
    Column("联系电话", "phone", text),
    Column("状态", "status", word_of(EnterpriseStatus)),
)
BY_HEADER: Mapping[str, Column] = {column.header: column for column in COLUMNS}
REQUIRED = tuple(column for column in COLUMNS if column.required)
IGNORED_HEADERS = frozenset({"", "序号", "备注"})
