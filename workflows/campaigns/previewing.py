"""What a launch would create, counted over enterprises that a template cannot tell apart; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from workflows.campaigns.applicability import Applicability, Assessment, Predicate, evaluate, reads
from workflows.campaigns.planning import Bodies, Occurrence, answering, is_past, occurrences
from workflows.campaigns.types import CampaignTemplate, Duty, TemplateItem
from workflows.register.types import EnterpriseFacts, Flag, Industry


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


def preview(
    template: CampaignTemplate, firms: Iterable[Alike], *, launched_on: date, bodies: Bodies | None = None
) -> Preview:
    """Count what a launch on that day would create."""
    found = Preview(on_event=[item for item in template.items if not item.dispatched])
    coming = _coming(found, template, launched_on)
    rules = [_Rule(predicate) for predicate in dict.fromkeys(item.applies for item, _ in coming)]
    for one in firms:
        _count_firms(found, one)
        _judge(found, rules, one)
    rule_of = {rule.predicate: rule for rule in rules}
    for item, ahead in coming:
        _count_item(found, item, ahead, rule_of[item.applies])
    for duty in template.duties:
        found.duties[duty.code] = _duty_count(template, duty, bodies or {}, launched_on)
    return found


def week_of(day: date) -> date:
    """The Monday of its calendar week."""
    return day - timedelta(days=day.weekday())


@dataclass(slots=True)
class _Rule:
    """One condition, which several items may share: enterprises it applies to by (town, department, industry)."""

    predicate: Predicate
    applying: Counter[tuple[int, int, Industry | None]] = field(default_factory=Counter)
    unknown: int = 0
    _facts: tuple[str, ...] = field(init=False)
    _flags: tuple[Flag, ...] = field(init=False)
    _known: dict[tuple[Any, ...], Assessment] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        read = reads(self.predicate)
        self._facts, self._flags = tuple(sorted(read.facts)), tuple(sorted(read.flags))

    def verdict(self, facts: EnterpriseFacts) -> Assessment:
        """The answer for these facts, worked out once for all that agree in what is read."""
        key = (
            *[getattr(facts, name) for name in self._facts],
            *[facts.flags.get(one) for one in self._flags],
        )
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = evaluate(self.predicate, facts)
        return found


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


def _judge(found: Preview, rules: Iterable[_Rule], one: Alike) -> None:
    """What applies to these enterprises, and which facts they lack."""
    lacking: set[str] = set()
    place = (one.town_id, one.department_id, one.facts.industry)
    for rule in rules:
        verdict = rule.verdict(one.facts)
        if verdict.result is Applicability.APPLIES:
            rule.applying[place] += one.number
        elif verdict.result is Applicability.UNKNOWN:
            rule.unknown += one.number
            lacking.update(verdict.unknown)
    for fact in lacking:
        found.unknown_facts[fact] += one.number
    found.waiting += one.number if lacking else 0


def _count_item(found: Preview, item: TemplateItem, ahead: Sequence[Occurrence], rule: _Rule) -> None:
    if rule.unknown:
        found.unknown_by_item[item.code] += rule.unknown
    weeks = Counter(week_of(one.due_on) if one.due_on else None for one in ahead)
    phases = Counter(one.phase for one in ahead)
    for (town, department, industry), number in rule.applying.items():
        obligations = number * len(ahead)
        found.obligations += obligations
        found.by_item[item.code] += number
        found.by_town[town] += obligations
        found.by_department[department] += obligations
        found.by_industry[industry] += obligations
        for phase, times in phases.items():
            found.by_phase[phase] += number * times
        for body in (town, department):
            reviews = found.reviews.setdefault(body, Counter())
            for week, times in weeks.items():
                reviews[week] += number * times


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
