"""Who gets what, pure: the occurrences of a row, the phase they open in, what is already past, whom it concerns."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflows.campaigns.applicability import Applicability, evaluate
from workflows.campaigns.types import (
    Body,
    CampaignTemplate,
    Duty,
    Recurrence,
    RecurrenceKind,
    TemplateItem,
    TemplateRow,
)
from workflows.register.types import EnterpriseFacts
from workflows.times import end_of_day

UNDATED_PHASE = 2


@dataclass(frozen=True, slots=True)
class Member:
    """One enterprise in scope, with the facts that decide what applies to it."""

    enterprise_id: int
    town_id: int
    department_id: int
    facts: EnterpriseFacts


@dataclass(frozen=True, slots=True)
class BodyTarget:
    """One organisation that answers for a body of a duty; `stands_in` when the district has no such body."""

    organization_id: int
    role: str
    town_id: int | None = None
    department_id: int | None = None
    enterprise_id: int | None = None
    stands_in: bool = False


Bodies = Mapping[Body, Sequence[BodyTarget]]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A row once: for one period (`2020-08`, `2020`; empty for what comes once).

    `opens_on` is None for what opens with its phase.
    """

    row: TemplateRow
    period: str
    phase: int
    opens_on: date | None
    due_on: date | None

    @property
    def title(self) -> str:
        """The row's title; a period is told apart by its name."""
        return f"{self.row.title}（{self.period}）" if self.period else self.row.title

    @property
    def due_at(self) -> datetime | None:
        """The end of the day on which it is due."""
        return end_of_day(self.due_on) if self.due_on else None


def phase_at(template: CampaignTemplate, day: date) -> int:
    """The phase (from 1) that contains a day: after the end, the last."""
    for number, phase in enumerate(template.phases, start=1):
        if day <= phase.ends_on:
            return number
    return len(template.phases)


def phase_of(template: CampaignTemplate, row: TemplateRow) -> int:
    """The phase that contains the row's due day: undated in the second, due after the end in the last."""
    return UNDATED_PHASE if row.due_on is None else phase_at(template, row.due_on)


def occurrences(template: CampaignTemplate, row: TemplateRow) -> Iterator[Occurrence]:
    """Every time a row comes in a campaign; none for what is tied to an event.

    A row that names the day of each period comes once per period whose day lies in the campaign. A continuous
    duty of a body stays open to the campaign's last day.
    """
    if not row.dispatched:
        return
    if row.due_on is None and row.recurrence.is_per_period:
        for period, first, due_on in periods(row.recurrence, template.starts_on, template.ends_on):
            yield Occurrence(row, period, phase_at(template, first), first, due_on)
        return
    opens_on = row.opens_on if isinstance(row, Duty) else None
    goes_on = isinstance(row, Duty) and is_continuous(row)
    due = template.ends_on if goes_on else row.due_on
    yield Occurrence(row, "", phase_of(template, row), opens_on, due)


def is_continuous(duty: Duty) -> bool:
    """Filed again and again until the campaign ends."""
    return duty.recurrence.kind is RecurrenceKind.CONTINUOUS and duty.due_on is None


def periods(recurrence: Recurrence, first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """(name, opens, due) of each month or year whose day lies from `first` to `last`; days beyond a month's end
    are its last day. A period that began before `first` opens then."""
    for year in range(first.year, last.year + 1):
        if recurrence.kind is RecurrenceKind.YEARLY:
            months = [(str(year), date(year, 1, 1), recurrence.month or 12)]
        else:
            months = [(f"{year}-{month:02}", date(year, month, 1), month) for month in range(1, 13)]
        for name, begins, month in months:
            due_on = clamped(year, month, recurrence.day or 31)
            if first <= due_on <= last:
                yield name, max(begins, first), due_on


def clamped(year: int, month: int, day: int) -> date:
    """The day of a month, at most its last one."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def is_past(one: Occurrence, *, launched_on: date) -> bool:
    """Due before the launch: not created, and the preview says so."""
    return one.due_on is not None and one.due_on < launched_on


def to_do(
    template: CampaignTemplate, rows: Iterable[TemplateRow], *, launched_on: date
) -> Iterator[Occurrence]:
    """The occurrences that a launch on that day hands out, sooner or later."""
    for row in rows:
        yield from (one for one in occurrences(template, row) if not is_past(one, launched_on=launched_on))


def answering(duty: Duty, bodies: Bodies) -> list[BodyTarget]:
    """The organisations that a duty falls to, each once."""
    found: dict[int, BodyTarget] = {}
    for body in duty.bodies:
        for one in bodies.get(body, ()):
            found.setdefault(one.organization_id, one)
    return list(found.values())


def concerned(item: TemplateItem, members: Iterable[Member]) -> Iterator[Member]:
    """The enterprises an item applies to. Unknown ones are not included: the preview names them."""
    return (m for m in members if evaluate(item.applies, m.facts).result is Applicability.APPLIES)
