"""Is this template sound? Its JSON schema first, then the rules that span fields; every flaw with its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

from workflows.campaigns.applicability import parse, read_set
from workflows.settings import ROOT

SCHEMA = ROOT / "seeds" / "templates" / "template.schema.json"
LIST_PHASE = 1  # index of the phase in which the campaign process waits for the cut-off of the failing list

Place: TypeAlias = tuple[str | int, ...]
Data: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong: where in the file's data, a stable code, and the facts."""

    place: Place
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")), format_checker=FormatChecker())


def flaws(data: object) -> list[Flaw]:
    """Everything that is wrong with a template's data; cross-rules are looked at once the shape is right."""
    if not isinstance(data, dict):
        return [Flaw((), "schema", {"message": "a mapping is expected"})]
    return list(_schema_flaws(data)) or [flaw for rule in RULES for flaw in rule(data)]


def _schema_flaws(data: Data) -> Iterator[Flaw]:
    for error in _validator().iter_errors(data):
        deepest = best_match([error]) or error
        yield Flaw(tuple(deepest.absolute_path), "schema", {"message": deepest.message})


def _something_is_asked(data: Data) -> Iterator[Flaw]:
    if not data["items"] and not data.get("duties"):
        yield Flaw(("items",), "nothing-is-asked")


def _phases_adjoin(data: Data) -> Iterator[Flaw]:
    days = [(_day(phase["starts_on"]), _day(phase["ends_on"])) for phase in data["phases"]]
    for index, (starts_on, ends_on) in enumerate(days):
        if ends_on < starts_on:
            yield Flaw(("phases", index, "ends_on"), "ends-before-it-starts")
        if index and starts_on != days[index - 1][1] + timedelta(days=1):
            expected = days[index - 1][1] + timedelta(days=1)
            yield Flaw(("phases", index, "starts_on"), "phases-do-not-adjoin", {"expected": str(expected)})


def _cutoff_in_second_phase(data: Data) -> Iterator[Flaw]:
    rule = data.get("failing_list")
    if rule is None:
        return
    phase = data["phases"][LIST_PHASE]
    first, last = _day(phase["starts_on"]), _day(phase["ends_on"])
    for name in ("cutoff_on", "supplement_on"):
        if not first <= _day(rule[name]) <= last:
            yield Flaw(("failing_list", name), "outside-second-phase", {"from": str(first), "to": str(last)})
    if rule["supplement_on"] <= rule["cutoff_on"]:  # one list per department and day
        yield Flaw(("failing_list", "supplement_on"), "supplement-before-cutoff")


def _default_inside_campaign(data: Data) -> Iterator[Flaw]:
    first, last = data["phases"][0]["starts_on"], data["phases"][-1]["ends_on"]
    if not first <= data["default_due_on"] <= last:
        yield Flaw(("default_due_on",), "outside-campaign", {"from": first, "to": last})


def _codes_are_unique(data: Data) -> Iterator[Flaw]:
    yield from _repeated((("phases", i, "code"), p["code"]) for i, p in enumerate(data["phases"]))
    yield from _repeated(
        (("parameters", i, "code"), p["code"]) for i, p in enumerate(data.get("parameters", []))
    )
    yield from _repeated((("sets", i, "code"), one["code"]) for i, one in enumerate(data.get("sets", [])))
    yield from _repeated(((*place, "code"), entry["code"]) for place, entry in _entries(data))
    for place, entry in _entries(data):
        slots = enumerate(entry["evidence"])
        yield from _repeated(((*place, "evidence", i, "code"), slot["code"]) for i, slot in slots)


def _codes_follow_numbers(data: Data) -> Iterator[Flaw]:
    for index, item in enumerate(data["items"]):
        if item["code"].rstrip("abcdefghijklmnopqrstuvwxyz") != str(item["number"]):
            yield Flaw(("items", index, "code"), "code-without-number", {"number": item["number"]})


def _conditions_are_known(data: Data) -> Iterator[Flaw]:
    parameters = {p["code"]: p["value"] for p in data.get("parameters", [])}
    sets = {}
    for index, one in enumerate(data.get("sets", [])):
        try:
            sets[one["code"]] = read_set(one)
        except ValueError as error:
            yield Flaw(("sets", index, "industries"), "unknown-condition", {"message": str(error)})
            return
    for index, item in enumerate(data["items"]):
        try:
            parse(item["applies"], parameters, sets)
        except ValueError as error:
            yield Flaw(("items", index, "applies"), "unknown-condition", {"message": str(error)})


def _gaps_say_what(data: Data) -> Iterator[Flaw]:
    for place, entry in _entries(data):
        if entry.get("source_gap", False) != ("gap_note" in entry):
            yield Flaw((*place, "gap_note"), "gap-and-note-belong-together")


def _recurrences_make_sense(data: Data) -> Iterator[Flaw]:
    for place, entry in _entries(data):
        recurrence = entry["recurrence"]
        is_event = recurrence["kind"] == "each_event"
        if is_event and entry["due"] is not None:
            yield Flaw((*place, "due"), "event-with-date")
        for name in ("within_minutes", "due_at_start"):
            if name in recurrence and not is_event:
                yield Flaw((*place, "recurrence", name), "limit-without-event")
        if "month" in recurrence and "day" not in recurrence:
            yield Flaw((*place, "recurrence", "month"), "month-without-day")
        if "month" in recurrence and recurrence["kind"] == "monthly":
            yield Flaw((*place, "recurrence", "month"), "month-every-month")


def _sets_undefined_say_so(data: Data) -> Iterator[Flaw]:
    for index, one in enumerate(data.get("sets", [])):
        undefined = one["industries"] is None and one.get("employees_at_least") is None
        if undefined and "gap_note" not in one:
            yield Flaw(("sets", index, "gap_note"), "gap-and-note-belong-together")


def _days_inside_campaign(data: Data) -> Iterator[Flaw]:
    """A duty opens within the campaign, and not after it is due."""
    last = data["phases"][-1]["ends_on"]
    for index, duty in enumerate(data["duties"]):
        opens_on, due = duty.get("opens_on"), duty["due"]
        if opens_on is not None and (opens_on > last or (due not in (None, "in_drive") and opens_on > due)):
            yield Flaw(("duties", index, "opens_on"), "opens-after-due", {"due": due or last})


RULES = (
    _something_is_asked,
    _phases_adjoin,
    _cutoff_in_second_phase,
    _default_inside_campaign,
    _codes_are_unique,
    _codes_follow_numbers,
    _conditions_are_known,
    _gaps_say_what,
    _recurrences_make_sense,
    _sets_undefined_say_so,
    _days_inside_campaign,
)


def _entries(data: Data) -> Iterator[tuple[Place, Data]]:
    for group in ("items", "duties"):
        yield from (((group, index), entry) for index, entry in enumerate(data[group]))


def _repeated(codes: Iterable[tuple[Place, str]]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for place, code in codes:
        if code in seen:
            yield Flaw(place, "duplicate-code", {"value": code})
        seen.add(code)


def _day(text: str) -> date:
    return date.fromisoformat(text)
