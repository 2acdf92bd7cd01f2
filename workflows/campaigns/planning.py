"""Who gets what, pure: the phase an item opens in, what is already past, and whom it concerns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from workflows.campaigns.applicability import Applicability, evaluate
from workflows.campaigns.templates import CampaignTemplate, TemplateItem
from workflows.register.types import EnterpriseFacts

UNDATED_PHASE = 2


@dataclass(frozen=True, slots=True)
class Member:
    """One enterprise in scope, with the facts that decide what applies to it."""

    enterprise_id: int
    town_id: int
    department_id: int
    facts: EnterpriseFacts


@dataclass(slots=True)
class Preview:
    """What a launch would do; counts of obligations unless said otherwise."""

    enterprises: int = 0
    obligations: int = 0
    by_item: Counter[str] = field(default_factory=Counter)
    by_phase: Counter[int] = field(default_factory=Counter)
    by_town: Counter[int] = field(default_factory=Counter)
    unknown_by_item: Counter[str] = field(default_factory=Counter)
    unknown_facts: Counter[str] = field(default_factory=Counter)
    past: list[TemplateItem] = field(default_factory=list)
    on_event: list[TemplateItem] = field(default_factory=list)


def phase_of(template: CampaignTemplate, item: TemplateItem) -> int:
    """The phase (from 1) that contains the item's due day: undated in the second, due after the end in the last."""
    if item.due_on is None:
        return UNDATED_PHASE
    for number, phase in enumerate(template.phases, start=1):
        if item.due_on <= phase.ends_on:
            return number
    return len(template.phases)


def is_past(item: TemplateItem, *, launched_on: date) -> bool:
    """Due before the launch: not created, and the preview says so."""
    return item.due_on is not None and item.due_on < launched_on


def dispatched(template: CampaignTemplate, *, launched_on: date) -> Iterator[TemplateItem]:
    """The items that become obligations: neither past nor tied to an event."""
    return (item for item in template.items if item.dispatched and not is_past(item, launched_on=launched_on))


def preview(template: CampaignTemplate, members: Iterable[Member], *, launched_on: date) -> Preview:
    """Count what a launch on that day would create."""
    found = Preview(
        past=[item for item in template.items if is_past(item, launched_on=launched_on)],
        on_event=[item for item in template.items if not item.dispatched],
    )
    items = [(item, phase_of(template, item)) for item in dispatched(template, launched_on=launched_on)]
    for member in members:
        found.enterprises += 1
        for item, phase in items:
            _count(found, item, phase, member)
    return found


def _count(found: Preview, item: TemplateItem, phase: int, member: Member) -> None:
    verdict = evaluate(item.applies, member.facts)
    if verdict.result is Applicability.APPLIES:
        found.obligations += 1
        found.by_item[item.code] += 1
        found.by_phase[phase] += 1
        found.by_town[member.town_id] += 1
    elif verdict.result is Applicability.UNKNOWN:
        found.unknown_by_item[item.code] += 1
        found.unknown_facts.update(verdict.unknown)


def concerned(item: TemplateItem, members: Iterable[Member]) -> Iterator[Member]:
    """The enterprises an item applies to. Unknown ones are not included: the preview names them."""
    return (m for m in members if evaluate(item.applies, m.facts).result is Applicability.APPLIES)
