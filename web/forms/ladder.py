"""The rows of a ladder as they were typed, and what the buttons beside them change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from starlette.datastructures import FormData

from web.inputs import number_of
from workflows.escalation.checking import MOST_STEPS, recipients_of
from workflows.escalation.rules import LadderAction, Unit
from workflows.escalation.table import Row
from workflows.times import ZONE, end_of_day

BEFORE, ON, AFTER = "before", "on", "after"
SIDES = (BEFORE, ON, AFTER)


def read_rows(fields: FormData, ladder: str) -> list[Row]:
    """The rows of a ladder in the order in which they stand on the page."""
    return list(_rows(fields, ladder))


def _rows(fields: FormData, ladder: str) -> Iterator[Row]:
    unit = str(fields.get("unit", Unit.WORKDAY))
    for at in range(MOST_STEPS + 1):
        if f"action.{at}" not in fields:
            return
        action = str(fields[f"action.{at}"])
        yield Row(
            number=number_of(fields.get(f"number.{at}", "")),
            action=action,
            offset=_offset(str(fields.get(f"side.{at}", "")), str(fields.get(f"count.{at}", ""))),
            unit=unit,
            recipient=str(fields.get(f"recipient.{at}", "")) or _only_recipient(ladder, action),
        )


def _offset(side: str, count: str) -> int | None:
    number = 0 if side == ON else number_of(count.strip())
    if number is None or side not in SIDES:
        return None
    return -number if side == BEFORE else number


def _only_recipient(ladder: str, action: str) -> str:
    """Whom an action tells when it leaves no choice."""
    allowed = recipients_of(ladder, LadderAction(action)) if action in set(LadderAction) else ()
    return allowed[0] if len(allowed) == 1 else ""


def side_of(row: Row) -> str:
    """Before, on or after the due date; a new row comes after it."""
    offset = 1 if row.offset is None else row.offset
    return BEFORE if offset < 0 else ON if offset == 0 else AFTER


def pressed(rows: list[Row], do: str) -> list[Row]:
    """The rows after one of the buttons `add`, `sort` or `remove-<place from 0>`; anything else changes nothing."""
    if do == "add":
        return [*rows, _another(rows)]
    if do == "sort":
        return sorted(rows, key=lambda row: row.offset if row.offset is not None else 0)
    at = number_of(do.removeprefix("remove-")) if do.startswith("remove-") else None
    return rows if at is None else rows[:at] + rows[at + 1 :]


def _another(rows: list[Row]) -> Row:
    empty = Row(None, "", None, Unit.WORKDAY, "")
    return replace(empty, unit=rows[0].unit) if rows else empty


def due_of(typed: str) -> datetime | None:
    """The due instant that somebody typed: a day to its end, or a day with a time in Shanghai."""
    try:
        found = datetime.fromisoformat(typed.strip())
    except ValueError:
        return None
    if found.tzinfo is not None or not 2000 <= found.year <= 2100:
        return None
    return found.replace(tzinfo=ZONE) if "T" in typed else end_of_day(found.date())
