"""The form of an enterprise's file: fields as text, read by the same readers as the cells of a register file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from workflows.i18n import N_
from workflows.i18n import gettext as _
from workflows.labelled import LabelledEnum
from workflows.organizations.queries import of_kind
from workflows.organizations.types import OrganizationKind
from workflows.register.cells import UNKNOWN_WORDS, CellFlaw, Directory, plain, tidy
from workflows.register.columns import BASE, REGISTER
from workflows.register.models import Enterprise
from workflows.register.problems import ProblemCode
from workflows.register.types import EnterpriseStatus, Flag, Industry, RiskLevel

EDITABLE = tuple(column.name for column in BASE if column.name != "uscc")
LICENCES = tuple(column.name for column in REGISTER.columns if column not in BASE)
ALWAYS = {column.name for column in BASE if column.required} | {"status"}  # never unknown
TICKS = {
    "above_scale", "state_owned", "has_safety_department", "commissioned_agency", "national_rule",
    *(str(flag) for flag in Flag),
}  # fmt: skip
COUNTED = ("employees", "full_time_officers", "part_time_officers", "registered_engineers")
KINDS: Mapping[str, type[LabelledEnum]] = {
    "industry": Industry, "risk_level": RiskLevel, "status": EnterpriseStatus,
}  # fmt: skip
FLAWS: Mapping[ProblemCode, str] = {
    ProblemCode.REQUIRED: N_("必须填写"),
    ProblemCode.NOT_A_NUMBER: N_("应为整数"),
    ProblemCode.NUMBER_TOO_LARGE: N_("数字太大"),
    ProblemCode.TOO_LONG: N_("最多200个字"),
    ProblemCode.CONTROL_CHARACTER: N_("有换行或不可见字符，请删去"),
    ProblemCode.NOT_A_DAY: N_("日期格式不对，应为2025-08-15"),
    ProblemCode.FORMULA: N_("不能是公式"),
    ProblemCode.EXCEL_ERROR: N_("不能是公式"),
}


def directory(session: Session) -> Directory:
    """Towns and departments by name."""
    return Directory(
        towns={one.name: one.id for one in of_kind(session, OrganizationKind.TOWN)},
        departments={one.name: one.id for one in of_kind(session, OrganizationKind.DEPARTMENT)},
    )


def read(
    fields: Mapping[str, Any], names: Iterable[str], within: Directory
) -> tuple[dict[str, Any], dict[str, str]]:
    """(values, what is wrong), both by field; only fields that the form sent. Empty says that nobody knows."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name in names:
        if name not in fields:
            continue
        try:
            values[name] = _read(name, tidy(str(fields[name])), within)
        except CellFlaw as flaw:
            problems[name] = _(FLAWS.get(flaw.code, N_("请从列出的选项中选择")))
    return values, problems


def _read(name: str, text: str, within: Directory) -> Any:
    text = plain(text)
    if text and text not in UNKNOWN_WORDS:
        return REGISTER.by_name[name].read(text, within)
    if name in ALWAYS:
        raise CellFlaw(ProblemCode.REQUIRED)
    return None


def wanted(firm: Enterprise, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields to store: flags that differ in one, the rest as they are."""
    flags = {name: value for name, value in values.items() if name in set(Flag)}
    changed = {name: value for name, value in flags.items() if firm.flags.get(name) != value}
    found = {name: value for name, value in values.items() if name not in flags}
    return {**found, "flags": {**firm.flags, **changed}} if changed else found


def options(name: str, within: Directory) -> list[str] | None:
    """What can be chosen, as the readers take it; None for a field to type in."""
    if name == "town_id":
        return list(within.towns)
    if name == "department_id":
        return list(within.departments)
    if name in TICKS:
        return ["是", "否"]
    return [member.label for member in KINDS[name]] if name in KINDS else None


def contact_flaw() -> str:
    """What a contact needs."""
    return _("请填写姓名和电话，并选择身份。")


def text_of(name: str, value: Any, places: Mapping[int, str]) -> str:
    """A stored value as the form shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if name in ("town_id", "department_id"):
        return places.get(value, "")
    return value.label if isinstance(value, LabelledEnum) else str(value)
