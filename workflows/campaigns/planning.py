"""Who gets what, pure: the occurrences of a row, the phase they open in, what is already past, whom it concerns."""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

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
from workflows.register.types import EnterpriseFacts, Industry

UNDATED_PHASE = 2


@dataclass(frozen=True, slots=True)
class Member:
    """One enterprise in scope, with the facts that decide what applies to it."""

    enterprise_id: int
    town_id: int
    department_id: int
    facts: EnterpriseFacts


@dataclass(frozen=True, slots=True)
class Alike:
    """Enterprises of one town and department that a template cannot tell apart, and how many of them nobody has an
    account for: no safety officer to check, no principal to sign.
    """

    town_id: int
    department_id: int
    facts: EnterpriseFacts
    number: int = 1
    without_officer: int = 0
    without_principal: int = 0
    without_account: int = 0  # one of the two, or both


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


@dataclass(slots=True)
class DutyCount:
    """What a launch does with one duty of government bodies."""

    bodies: int
    tasks: int
    past: int
    stands_in: bool


@dataclass(slots=True)
class Preview:
    """What a launch would do; counts of obligations unless said otherwise.

    `by_item`, `unknown_by_item`, `unknown_facts` and `waiting` count enterprises. `reviews` are those a town or a
    department has to expect: body -> Monday of the week they are due in (None: no due date) -> how many.
    """

    enterprises: int = 0
    obligations: int = 0
    by_item: Counter[str] = field(default_factory=Counter)
    by_phase: Counter[int] = field(default_factory=Counter)
    by_town: Counter[int] = field(default_factory=Counter)
    by_department: Counter[int] = field(default_factory=Counter)
    by_industry: Counter[Industry | None] = field(default_factory=Counter)
    unknown_by_item: Counter[str] = field(default_factory=Counter)
    unknown_facts: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    without_officer: int = 0
    without_principal: int = 0
    without_account: Counter[int] = field(default_factory=Counter)  # enterprises by town
    reviews: dict[int, Counter[date | None]] = field(default_factory=dict)
    past: list[TemplateItem] = field(default_factory=list)
    past_periods: Counter[str] = field(default_factory=Counter)
    periods: Counter[str] = field(default_factory=Counter)
    on_event: list[TemplateItem] = field(default_factory=list)
    duties: dict[str, DutyCount] = field(default_factory=dict)

    @property
    def unit_tasks(self) -> int:
        """Tasks for government bodies."""
        return sum(one.tasks for one in self.duties.values())


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


def preview(
    template: CampaignTemplate, firms: Iterable[Alike], *, launched_on: date, bodies: Bodies | None = None
) -> Preview:
    """Count what a launch on that day would create."""
    found = Preview(on_event=[item for item in template.items if not item.dispatched])
    coming = _coming(found, template, launched_on)
    expected: Counter[tuple[int, str]] = Counter()  # (body, item) -> enterprises
    for one in firms:
        _count_firms(found, one)
        for code in _count_items(found, coming, one):
            expected[one.town_id, code] += one.number
            expected[one.department_id, code] += one.number
    ahead_of = {item.code: ahead for item, ahead in coming}
    for (body, code), number in expected.items():
        weeks = found.reviews.setdefault(body, Counter())
        for each in ahead_of[code]:
            weeks[week_of(each.due_on) if each.due_on else None] += number
    for duty in template.duties:
        found.duties[duty.code] = _duty_count(template, duty, bodies or {}, launched_on)
    return found


def week_of(day: date) -> date:
    """The Monday of its calendar week."""
    return day - timedelta(days=day.weekday())


Coming = list[tuple[TemplateItem, list[Occurrence]]]


def _coming(found: Preview, template: CampaignTemplate, launched_on: date) -> Coming:
    """The items that a launch hands out, with their occurrences; what is past is noted."""
    coming: Coming = []
    for item in template.items:
        every = list(occurrences(template, item))
        ahead = [one for one in every if not is_past(one, launched_on=launched_on)]
        if every and not ahead:
            found.past.append(item)
        found.past_periods[item.code] = len(every) - len(ahead)
        found.periods[item.code] = len(ahead)
        if ahead:
            coming.append((item, ahead))
    return coming


def _count_firms(found: Preview, one: Alike) -> None:
    found.enterprises += one.number
    found.without_officer += one.without_officer
    found.without_principal += one.without_principal
    if one.without_account:
        found.without_account[one.town_id] += one.without_account


def _count_items(found: Preview, coming: Coming, one: Alike) -> list[str]:
    """The codes of the items that apply; what is not known is noted."""
    applying: list[str] = []
    unknown: set[str] = set()
    for item, ahead in coming:
        verdict = evaluate(item.applies, one.facts)
        if verdict.result is Applicability.APPLIES:
            applying.append(item.code)
            _count_obligations(found, item, ahead, one)
        elif verdict.result is Applicability.UNKNOWN:
            found.unknown_by_item[item.code] += one.number
            unknown.update(verdict.unknown)
    for fact in unknown:
        found.unknown_facts[fact] += one.number
    found.waiting += one.number if unknown else 0
    return applying


def _count_obligations(found: Preview, item: TemplateItem, ahead: Sequence[Occurrence], one: Alike) -> None:
    number = len(ahead) * one.number
    found.obligations += number
    found.by_item[item.code] += one.number
    found.by_town[one.town_id] += number
    found.by_department[one.department_id] += number
    found.by_industry[one.facts.industry] += number
    for each in ahead:
        found.by_phase[each.phase] += one.number


def _duty_count(template: CampaignTemplate, duty: Duty, bodies: Bodies, launched_on: date) -> DutyCount:
    targets = answering(duty, bodies)
    every = list(occurrences(template, duty))
    ahead = [one for one in every if not is_past(one, launched_on=launched_on)]
    return DutyCount(
        bodies=len(targets),
        tasks=len(targets) * len(ahead),
        past=len(every) - len(ahead),
        stands_in=any(one.stands_in for one in targets),
    )


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
