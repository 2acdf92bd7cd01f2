"""What a person changes in a template: titles, dates, sets, parameters, which rows stay; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

GROUPS = ("items", "duties")


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row's title and due day (ISO text, `in_drive` or None), and whether it stays."""

    title: str
    due: str | None
    is_kept: bool = True


@dataclass(frozen=True, slots=True)
class SetChange:
    """A named set's industries (None: not defined) and headcount."""

    industries: tuple[str, ...] | None
    employees_at_least: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything the page sends; what is not named stays as it is."""

    title: str
    default_due_on: str
    phases: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # code -> first, last day
    rows: Mapping[str, RowChange] = field(default_factory=dict)
    sets: Mapping[str, SetChange] = field(default_factory=dict)
    parameters: Mapping[str, int | None] = field(default_factory=dict)


def apply(data: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    """The template's content with the changes; whether it is sound is for `templates.from_json` to say.

    A title that differs from the source's loses its English twin's meaning: both then carry the new title.
    """
    changed = {**data, **_titled(data, changes.title), "default_due_on": changes.default_due_on}
    changed["phases"] = [_phase(one, changes) for one in data["phases"]]
    for group in GROUPS:
        changed[group] = [
            _row(one, changes.rows.get(one["code"])) for one in data[group] if _stays(one, changes)
        ]
    changed["sets"] = [_set(one, changes.sets.get(one["code"])) for one in data.get("sets", [])]
    changed["parameters"] = [
        {**one, "value": changes.parameters.get(one["code"], one["value"])}
        for one in data.get("parameters", [])
    ]
    return changed


def _stays(row: Mapping[str, Any], changes: Changes) -> bool:
    change = changes.rows.get(row["code"])
    return change is None or change.is_kept


def _titled(data: Mapping[str, Any], title: str) -> dict[str, str]:
    return {} if title == data["title"] else {"title": title, "title_en": title}


def _phase(phase: Mapping[str, Any], changes: Changes) -> dict[str, Any]:
    starts_on, ends_on = changes.phases.get(phase["code"], (phase["starts_on"], phase["ends_on"]))
    return {**phase, "starts_on": starts_on, "ends_on": ends_on}


def _row(row: Mapping[str, Any], change: RowChange | None) -> dict[str, Any]:
    if change is None:
        return dict(row)
    return {**row, **_titled(row, change.title), "due": change.due}


def _set(one: Mapping[str, Any], change: SetChange | None) -> dict[str, Any]:
    if change is None:
        return dict(one)
    industries = None if change.industries is None else list(change.industries)
    changed = {**one, "industries": industries}
    if change.employees_at_least is not None or "employees_at_least" in one:
        changed["employees_at_least"] = change.employees_at_least
    return changed
