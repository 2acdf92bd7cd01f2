"""Does a checklist item apply to an enterprise? Yes, no, or nobody knows until a named fact is filled in.

Three-valued (Kleene) logic over the facts of the register: an unknown fact never excludes an enterprise
silently, and a fact that cannot change the answer is never asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Any, Protocol

from workflows.register.types import EnterpriseFacts, Flag, Industry, RiskLevel
from workflows.safetystaff.rules import FIRST_ASKED
from workflows.safetystaff.types import StaffState

STAFF = "safety_staff"  # the name under which a condition reads it


class Applicability(StrEnum):
    """The answer for one item and one enterprise."""

    APPLIES = "applies"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer, and when it is UNKNOWN the names of the facts that would settle it, sorted."""

    result: Applicability
    unknown: tuple[str, ...] = ()


APPLIES = Assessment(Applicability.APPLIES)
NOT_APPLICABLE = Assessment(Applicability.NOT_APPLICABLE)


class Predicate(Protocol):
    """A condition on the facts of one enterprise."""

    def assess(self, facts: EnterpriseFacts) -> Assessment: ...


def evaluate(predicate: Predicate, facts: EnterpriseFacts) -> Assessment:
    """Whether what `predicate` guards applies to an enterprise with these facts."""
    return predicate.assess(facts)


@dataclass(frozen=True, slots=True)
class Everyone:
    """Applies to every enterprise."""

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        return APPLIES


@dataclass(frozen=True, slots=True)
class AllOf:
    """One part that does not hold settles it; else one unknown part leaves it open."""

    parts: tuple[Predicate, ...]

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        found = [part.assess(facts) for part in self.parts]
        return NOT_APPLICABLE if NOT_APPLICABLE in found else _open(found) or APPLIES


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part that holds settles it; else one unknown part leaves it open."""

    parts: tuple[Predicate, ...]

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        found = [part.assess(facts) for part in self.parts]
        return APPLIES if APPLIES in found else _open(found) or NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Predicate

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        found = self.part.assess(facts)
        opposite = {Applicability.APPLIES: NOT_APPLICABLE, Applicability.NOT_APPLICABLE: APPLIES}
        return opposite.get(found.result, found)


@dataclass(frozen=True, slots=True)
class IndustryIn:
    """The enterprise's industry is one of these."""

    industries: frozenset[Industry]

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        return _settle("industry", None if facts.industry is None else facts.industry in self.industries)


@dataclass(frozen=True, slots=True)
class RiskIn:
    """The enterprise's risk level is one of these."""

    levels: frozenset[RiskLevel]

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        return _settle("risk_level", None if facts.risk_level is None else facts.risk_level in self.levels)


@dataclass(frozen=True, slots=True)
class HasFlag:
    """The enterprise has this trait."""

    flag: Flag

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        return _settle(self.flag.value, facts.flags.get(self.flag))


@dataclass(frozen=True, slots=True)
class AboveScale:
    """The enterprise is (or is not) above the statistical scale (规上)."""

    expected: bool

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        return _settle("above_scale", _same(facts.above_scale, self.expected))


@dataclass(frozen=True, slots=True)
class StateOwned:
    """The enterprise is (or is not) owned or led by the state."""

    expected: bool

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        return _settle("state_owned", _same(facts.state_owned, self.expected))


@dataclass(frozen=True, slots=True)
class EmployeesAtLeast:
    """It has `minimum` people or more. Without a minimum the template's `parameter` is still open."""

    minimum: int | None
    parameter: str | None = None

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        if self.minimum is None:
            return Assessment(Applicability.UNKNOWN, (f"parameter:{self.parameter}",))
        return _settle("employees", None if facts.employees is None else facts.employees >= self.minimum)


@dataclass(frozen=True, slots=True)
class SafetyStaffShort:
    """It lacks (or does not lack) safety staff that the rules of `safetystaff` ask for, as the register judged."""

    expected: bool

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        if facts.staff_state is StaffState.UNKNOWN:
            return Assessment(Applicability.UNKNOWN, facts.staff_open or FIRST_ASKED)
        return APPLIES if (facts.staff_state is StaffState.SHORT) is self.expected else NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class InSet:
    """It belongs to a set that the template names: one of its industries, or at least so many people.

    A set with neither is not defined by its source: membership stays open until somebody defines it. An empty
    list of industries is a definition: nobody.
    """

    code: str
    industries: frozenset[Industry] | None
    employees_at_least: int | None

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        ways: list[Predicate] = []
        if self.industries is not None:
            ways.append(IndustryIn(self.industries))
        if self.employees_at_least is not None:
            ways.append(EmployeesAtLeast(self.employees_at_least))
        if not ways:
            return Assessment(Applicability.UNKNOWN, (f"set:{self.code}",))
        return AnyOf(tuple(ways)).assess(facts)


@dataclass(frozen=True, slots=True)
class Reads:
    """What a condition tells enterprises apart by: facts by name, flags, and the headcounts from which it differs."""

    facts: frozenset[str] = frozenset()
    flags: frozenset[Flag] = frozenset()
    headcounts: frozenset[int] = frozenset()

    def __or__(self, other: Reads) -> Reads:
        return Reads(
            self.facts | other.facts, self.flags | other.flags, self.headcounts | other.headcounts
        )  # fmt: skip


def reads(predicate: Predicate) -> Reads:
    """What a predicate reads of the facts; two enterprises that agree in it get the same answer."""
    match predicate:
        case AllOf(parts) | AnyOf(parts):
            return reduce(or_, map(reads, parts), Reads())
        case Not(part):
            return reads(part)
        case HasFlag(flag):
            return Reads(flags=frozenset({flag}))
        case EmployeesAtLeast(minimum, _):
            return _reads_headcount(minimum)
        case InSet(_, _, minimum):
            return _reads("industry") | _reads_headcount(minimum)
        case IndustryIn():
            return _reads("industry")
        case RiskIn():
            return _reads("risk_level")
        case AboveScale():
            return _reads("above_scale")
        case StateOwned():
            return _reads("state_owned")
        case SafetyStaffShort():
            return _reads(STAFF)
        case Everyone():
            return Reads()
    raise TypeError(f"what does {predicate!r} read?")


def _reads(fact: str) -> Reads:
    return Reads(facts=frozenset({fact}))


def _reads_headcount(minimum: int | None) -> Reads:
    return Reads() if minimum is None else _reads("employees") | Reads(headcounts=frozenset({minimum}))


def _same(value: bool | None, expected: bool) -> bool | None:
    return None if value is None else value is expected


def _settle(fact: str, holds: bool | None) -> Assessment:
    if holds is None:
        return Assessment(Applicability.UNKNOWN, (fact,))
    return APPLIES if holds else NOT_APPLICABLE


def _open(found: Iterable[Assessment]) -> Assessment | None:
    names = {name for one in found if one.result is Applicability.UNKNOWN for name in one.unknown}
    return Assessment(Applicability.UNKNOWN, tuple(sorted(names))) if names else None


def parse(
    data: object, parameters: Mapping[str, int | None], sets: Mapping[str, InSet] | None = None
) -> Predicate:
    """Read a predicate as templates write it: `everyone`, or a mapping with one condition.

    `parameters` are the template's numbers that a launcher may have to supply (None while open), `sets` its
    named sets of enterprises.
    Raises ValueError, saying what is wrong, for anything else; the schema lets little of it through.
    """
    if data == "everyone":
        return Everyone()
    if not isinstance(data, dict) or len(data) != 1:
        raise ValueError(f"one condition expected, found {data!r}")
    [(kind, value)] = data.items()
    match kind:
        case "all":
            return AllOf(tuple(parse(part, parameters, sets) for part in value))
        case "any":
            return AnyOf(tuple(parse(part, parameters, sets) for part in value))
        case "not":
            return Not(parse(value, parameters, sets))
        case "industry":
            return IndustryIn(frozenset(Industry(name) for name in value))
        case "risk_level":
            return RiskIn(frozenset(RiskLevel(name) for name in value))
        case "flag":
            return HasFlag(Flag(value))
        case "above_scale":
            return AboveScale(value)
        case "state_owned":
            return StateOwned(value)
        case "employees_at_least":
            return _at_least(value, parameters)
        case "safety_staff_short":
            return SafetyStaffShort(value)
        case "in_set":
            return _in_set(value, sets or {})
    raise ValueError(f"unknown condition {kind!r}")


def _at_least(value: int | str, parameters: Mapping[str, int | None]) -> Predicate:
    if isinstance(value, int):
        return EmployeesAtLeast(value)
    if value not in parameters:
        raise ValueError(f"unknown parameter {value!r}")
    return EmployeesAtLeast(parameters[value], value)


def _in_set(code: str, sets: Mapping[str, InSet]) -> Predicate:
    if code not in sets:
        raise ValueError(f"unknown set {code!r}")
    return sets[code]


def read_set(data: Mapping[str, Any]) -> InSet:
    """A set as templates write it. Raises ValueError for an industry that the register does not know."""
    names = data["industries"]
    industries = None if names is None else frozenset(Industry(name) for name in names)
    return InSet(data["code"], industries, data.get("employees_at_least"))
