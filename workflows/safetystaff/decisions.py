"""What the decision tables of `bpmn/safety_staff` answer; each different question is asked once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from engine.tables import Tables, read
from workflows.safetystaff.types import Requirement

KEY = "safety_staff"
FOLDER = Path(__file__).resolve().parents[2] / "bpmn" / KEY


@lru_cache
def tables() -> Tables:
    """The tables as they are shipped. Raises DefinitionRefused."""
    return read(KEY, {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.dmn"))})


@lru_cache(16384)
def article_of(industry: str, *, national_rule: bool) -> dict[str, object]:
    """`article`, whether a national rule takes its place (`excepted`), whether article 14 asks for `engineers`, and
    which officers it counts (`counted`)."""
    return tables().decide("staff_article", {"industry": str(industry), "national_rule": national_rule})


@lru_cache(16384)
def requirement_of(industry: str, employees: int, *, national_rule: bool) -> Requirement:
    """What article 11 or 12 asks of an enterprise with so many people."""
    found = article_of(industry, national_rule=national_rule)
    inputs = {"article": found["article"], "excepted": found["excepted"], "employees": employees}
    asked = tables().decide("staff_officers", inputs)
    return Requirement(str(found["article"]), bool(found["excepted"]), **asked)


@lru_cache(4096)
def engineers_for(counted: str, *, full_time: int, part_time: int) -> int:
    """How many registered engineers article 14 asks for, beside the officers that are there."""
    inputs = {"counted": counted, "full_time": full_time, "part_time": part_time}
    return int(tables().decide("staff_engineers", inputs)["engineers"])
