"""The words of the register's pages: names of fields and their values, reasons of adjustments and of a kept import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from web import formats
from workflows.i18n import N_
from workflows.i18n import gettext as _
from workflows.organizations.queries import of_kind
from workflows.organizations.types import OrganizationKind
from workflows.register.columns import REGISTER
from workflows.register.facts import stored
from workflows.register.types import FACT_LABELS, EnterpriseStatus, Flag, LicenceKind

SOURCES: Mapping[str, str] = {
    "import": N_("导入台账"), "edit": N_("修改档案"), "answer": N_("企业补全档案"), "undo": N_("撤销导入"),
}  # fmt: skip
ACTIONS: Mapping[str, str] = {
    "opened": N_("新增"), "reopened": N_("恢复办理"), "withdrawn": N_("不再适用，已结束"),
    "asked": N_("可能不再适用，待镇街决定"), "moved": N_("移交"),
}  # fmt: skip
OUTCOME: Mapping[str, str] = {
    "opened": N_("新增应办事项"), "reopened": N_("恢复办理"), "withdrawn": N_("不再适用，已结束"),
    "moved": N_("移交新的镇街或部门"), "asked": N_("待镇街决定"),
}  # fmt: skip
BUILT_ON: Mapping[str, str] = {
    "obligation": N_("应办事项"), "hazard": N_("隐患"), "account": N_("账号"), "role_assignment": N_("账号"),
    "evidence": N_("证明材料"),
}  # fmt: skip


def places(session: Session) -> dict[int, str]:
    """Names of towns and departments."""
    kinds = (OrganizationKind.TOWN, OrganizationKind.DEPARTMENT)
    return {one.id: one.name for kind in kinds for one in of_kind(session, kind)}


def field_name(name: str) -> str:
    """What people call a field of the file."""
    if name == "flags":
        return _("特征")
    if name == "contact":
        return _("联系人")
    if name.startswith("licence:"):
        _licence, kind, part = name.split(":")
        held = {"licence": _(LicenceKind(kind).label)}
        return _("%(licence)s编号") % held if part == "number" else _("%(licence)s有效期至") % held
    return _(REGISTER.by_name[name].header) if name in REGISTER.by_name else _(FACT_LABELS.get(name, name))


def field_value(name: str, value: Any, places: Mapping[int, str]) -> str:
    """A field's value as people read it; `value` is as a change wrote it down, or as it is stored."""
    if value is None or value == "":
        return "—" if name == "contact" else _("待核实")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name in ("town_id", "department_id"):
        return places.get(value, "—")
    told = stored(name, value) if isinstance(value, str) else value
    if isinstance(told, date):
        return _("长期") if told == date.max else told.isoformat()
    return _(told.label) if hasattr(told, "label") else str(told)


def differences(change: Any, places: Mapping[int, str]) -> list[tuple[str, str, str]]:
    """(field, before, after) of a change, each flag on its own; `change` has `before` and `after`."""
    before, after = _get(change, "before") or {}, _get(change, "after") or {}
    told = []
    for name in after:
        if name != "flags":
            values = (field_value(name, before.get(name), places), field_value(name, after[name], places))
            told.append((field_name(name), *values))
    old, new = before.get("flags") or {}, after.get("flags") or {}
    for flag in Flag:
        if old.get(flag) != new.get(flag):
            values = (field_value(flag, old.get(flag), places), field_value(flag, new.get(flag), places))
            told.append((_(flag.label), *values))
    return told


def _get(change: Any, name: str) -> Any:
    return change.get(name) if isinstance(change, Mapping) else getattr(change, name)


def reason(said: Mapping[str, Any], places: Mapping[int, str]) -> str:
    """Why an adjustment was made."""
    if "status" in said:
        return _("企业状态为“%(status)s”") % {"status": _(EnterpriseStatus(said["status"]).label)}
    if "scope" in said:
        return _("企业已不在行动范围内")
    if "to" in said:
        town, department = (places.get(said["to"][name], "—") for name in ("town_id", "department_id"))
        return _("现归%(town)s、%(department)s") % {"town": town, "department": department}
    facts = said.get("facts") or []
    return _("档案变化：%(facts)s") % {"facts": "、".join(map(field_name, facts))} if facts else _("档案变化")


def kept(why: Any) -> str:
    """Why an import cannot be taken back, for one enterprise."""
    if why.code == "changed-since":
        return _("“%(name)s”在导入之后又改过。") % {"name": why.name}
    what = _(BUILT_ON[why.what]) if why.what in BUILT_ON else _("其他记录")
    return _("“%(name)s”已有%(what)s。") % {"name": why.name, "what": what}


def mapping_problem(columns: Mapping[str, str]) -> str:
    """What is still wrong with what a person said columns mean, or nothing."""
    counts = Counter(name for name in columns.values() if name)
    missing = [field_name(column.name) for column in REGISTER.required if not counts[column.name]]
    if missing:
        return _("还没有列对应：%(names)s。") % {"names": _listed(missing)}
    twice = [field_name(name) for name, number in counts.items() if number > 1 and name in REGISTER.by_name]
    return _("有两列对应同一项：%(names)s。") % {"names": _listed(twice)} if twice else ""


def _listed(headers: Iterable[str]) -> str:
    return "、".join(headers)


def expiry(expires_on: date | None, today: date) -> tuple[str, str]:
    """(kind, words) of a last day: late when over, back when within ninety days."""
    if expires_on is None:
        return "idle", _("有效期待核实")
    if expires_on == date.max:
        return "ok", _("长期有效")
    left = (expires_on - today).days
    day = formats.day(expires_on, today)
    if left < 0:
        return "late", _("已于%(day)s过期") % {"day": day}
    if left <= SOON:
        return "back", _("%(day)s到期，还有%(n)s天") % {"day": day, "n": left}
    return "ok", _("%(day)s到期") % {"day": day}


SOON = 90  # days before the last day in which renewal is due (安全生产许可证条例 第九条: three months before)

GLOBALS = {
    "field_name": field_name, "field_value": field_value, "differences": differences, "adjust_reason": reason,
    "kept_reason": kept, "expiry": expiry, "change_sources": SOURCES, "adjust_actions": ACTIONS,
    "adjust_outcome": OUTCOME,
}  # fmt: skip
