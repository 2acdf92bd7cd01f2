"""Is the safety body and staff of an enterprise complete? Yes, no, or nobody knows until named facts are filled in.

Articles 11, 12 and 14 of Beijing's order no. 285 (seed 000); the numbers stand in the tables of `bpmn/safety_staff`.
One thing that is surely short settles it, as in any three-valued condition.
"""

from __future__ import annotations

from collections.abc import Iterator

from workflows.safetystaff.decisions import article_of, engineers_for, requirement_of
from workflows.safetystaff.types import (
    Assessment,
    Requirement,
    Staff,
    StaffKind,
    StaffLine,
    StaffState,
)

ENGINEERS_ARTICLE = "14"
ALL = "all"
FIRST_ASKED = ("employees", "full_time_officers")  # what every article depends on
FACTS = (
    "industry", "employees", "national_rule", "has_safety_department", "full_time_officers", "part_time_officers",
    "commissioned_agency", "registered_engineers",
)  # fmt: skip


def assess(staff: Staff) -> Assessment:
    """What is required, present and short, line by line."""
    found = article_of(staff.industry, national_rule=bool(staff.national_rule))
    lines = [*_officers(staff)]
    if found["engineers"]:
        lines.append(_engineers(staff, str(found["counted"])))
    open_facts = {name for line in lines for name in line.unknown} | set(
        _hidden(staff, bool(found["excepted"]))
    )
    is_short = any(line.missing for line in lines)
    state = StaffState.SHORT if is_short else StaffState.UNKNOWN if open_facts else StaffState.MET
    return Assessment(
        str(found["article"]), bool(found["excepted"]), state, tuple(lines), tuple(sorted(open_facts))
    )


def _hidden(staff: Staff, excepted: bool) -> Iterator[str]:
    """What is unknown before the numbers of article 11 or 12 can be told at all."""
    if staff.employees is None and not excepted:
        yield from (name for name in FIRST_ASKED if getattr(staff, name) is None)


def _officers(staff: Staff) -> Iterator[StaffLine]:
    if staff.employees is None:
        return
    asked = requirement_of(staff.industry, staff.employees, national_rule=bool(staff.national_rule))
    if asked.department:
        yield _counted(StaffKind.DEPARTMENT, asked, 1, staff.has_safety_department, "has_safety_department")
    if asked.full_time:
        yield _counted(
            StaffKind.FULL_TIME, asked, asked.full_time, staff.full_time_officers, "full_time_officers"
        )
    if asked.anyone:
        yield _anyone(staff, asked)


def _counted(kind: StaffKind, asked: Requirement, required: int, present: int | None, fact: str) -> StaffLine:
    unknown = (fact,) if present is None else ()
    return StaffLine(kind, asked.article, required, None if present is None else int(present), unknown)


def _anyone(staff: Staff, asked: Requirement) -> StaffLine:
    """Full-time or part-time officers, or an agency: any of them will do, so one that is known settles it."""
    names = ("full_time_officers", "part_time_officers", "commissioned_agency")
    known = [getattr(staff, name) for name in names]
    present = sum(int(value) for value in known if value is not None)
    unknown = tuple(name for name, value in zip(names, known, strict=True) if value is None)
    if present >= asked.anyone or not unknown:
        return StaffLine(StaffKind.ANYONE, asked.article, asked.anyone, present)
    return StaffLine(StaffKind.ANYONE, asked.article, asked.anyone, None, unknown)


def _engineers(staff: Staff, counted: str) -> StaffLine:
    """At least so many as the officers who are known ask for; more when there turn out to be more."""
    counts = ("full_time_officers", "part_time_officers") if counted == ALL else ("full_time_officers",)
    hidden = tuple(name for name in counts if getattr(staff, name) is None)
    required = engineers_for(
        counted, full_time=staff.full_time_officers or 0, part_time=staff.part_time_officers or 0
    )
    present, at_least = staff.registered_engineers, bool(hidden)
    if present is None:
        hidden = (*hidden, "registered_engineers")
    elif present < required:
        hidden = ()
    return StaffLine(StaffKind.ENGINEERS, ENGINEERS_ARTICLE, required, present, hidden, at_least)
