"""Turn the checked data of a template into read-only values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.campaigns.applicability import InSet, parse, read_set
from workflows.campaigns.types import (
    Body,
    CampaignTemplate,
    Duty,
    EvidenceSlot,
    EvidenceType,
    FailingListRule,
    NamedSet,
    Parameter,
    Phase,
    Recurrence,
    RecurrenceKind,
    TemplateItem,
)

IN_DRIVE = "in_drive"


def template_from(data: dict[str, Any]) -> CampaignTemplate:
    """The template that `data` describes; its flaws were looked for before."""
    parameters = {p["code"]: p["value"] for p in data.get("parameters", [])}
    sets = {one["code"]: read_set(one) for one in data.get("sets", [])}
    default = date.fromisoformat(data["default_due_on"])
    return CampaignTemplate(
        code=data["code"],
        title=data["title"],
        title_en=data["title_en"],
        issuer=data["issuer"],
        source=data["source"],
        phases=tuple(_phase(number, phase) for number, phase in enumerate(data["phases"], start=1)),
        items=tuple(_item(item, parameters, sets, default) for item in data["items"]),
        duties=tuple(_duty(duty, default) for duty in data["duties"]),
        parameters=tuple(_parameter(parameter) for parameter in data.get("parameters", [])),
        sets=tuple(_set(one, sets[one["code"]]) for one in data.get("sets", [])),
        failing_list=_failing_list(data.get("failing_list")),
        key_dates=tuple(map(date.fromisoformat, data.get("key_dates", []))),
        gaps=tuple(data.get("gaps", [])),
        data=data,
    )


def _phase(number: int, data: dict[str, Any]) -> Phase:
    return Phase(
        number=number,
        code=data["code"],
        name=data["name"],
        name_en=data["name_en"],
        starts_on=date.fromisoformat(data["starts_on"]),
        ends_on=date.fromisoformat(data["ends_on"]),
    )


def _item(
    data: dict[str, Any], parameters: Mapping[str, int | None], sets: Mapping[str, InSet], default: date
) -> TemplateItem:
    recurrence = _recurrence(data["recurrence"])
    return TemplateItem(
        code=data["code"],
        number=data["number"],
        title=data["title"],
        title_en=data["title_en"],
        requirement=data["requirement"],
        requirement_en=data.get("requirement_en", data["requirement"]),
        applies=parse(data["applies"], parameters, sets),
        due_on=_due(data["due"], default),
        due_is_default=data["due"] == IN_DRIVE,
        recurrence=recurrence,
        evidence=tuple(map(_slot, data["evidence"])),
        legal_refs=tuple(data["legal_refs"]),
        source=data["source"],
        source_gap=data.get("source_gap", False),
        gap_note=data.get("gap_note"),
        dispatched=recurrence.kind is not RecurrenceKind.EACH_EVENT,
    )


def _duty(data: dict[str, Any], default: date) -> Duty:
    recurrence = _recurrence(data["recurrence"])
    return Duty(
        code=data["code"],
        title=data["title"],
        title_en=data["title_en"],
        requirement=data["requirement"],
        requirement_en=data.get("requirement_en", data["requirement"]),
        bodies=tuple(Body(body) for body in data["bodies"]),
        opens_on=_due(data.get("opens_on"), default),
        due_on=_due(data["due"], default),
        due_is_default=data.get("due_is_default", data["due"] == IN_DRIVE),
        recurrence=recurrence,
        evidence=tuple(map(_slot, data["evidence"])),
        legal_refs=tuple(data.get("legal_refs", [])),
        source=data["source"],
        source_gap=data.get("source_gap", False),
        gap_note=data.get("gap_note"),
        dispatched=recurrence.kind is not RecurrenceKind.EACH_EVENT,
    )


def _due(due: str | None, default: date) -> date | None:
    if due is None:
        return None
    return default if due == IN_DRIVE else date.fromisoformat(due)


def _recurrence(data: dict[str, Any]) -> Recurrence:
    return Recurrence(
        kind=RecurrenceKind(data["kind"]),
        month=data.get("month"),
        day=data.get("day"),
        within_minutes=data.get("within_minutes"),
        due_at_start=data.get("due_at_start", False),
        gap=data.get("gap", False),
    )


def _slot(data: dict[str, Any]) -> EvidenceSlot:
    return EvidenceSlot(
        code=data["code"],
        type=EvidenceType(data["type"]),
        title=data["title"],
        title_en=data["title_en"],
        required=data.get("required", True),
    )


def _parameter(data: dict[str, Any]) -> Parameter:
    return Parameter(data["code"], data["title"], data["title_en"], data["value"], data.get("gap_note"))


def _set(data: dict[str, Any], members: InSet) -> NamedSet:
    return NamedSet(data["code"], data["title"], data["title_en"], members, data.get("gap_note"))


def _failing_list(data: dict[str, Any] | None) -> FailingListRule | None:
    if data is None:
        return None
    return FailingListRule(date.fromisoformat(data["cutoff_on"]), date.fromisoformat(data["supplement_on"]))
