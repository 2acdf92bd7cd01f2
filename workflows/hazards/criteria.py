"""The lists of criteria that tell a major hazard from a general one: which of them concern an enterprise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from workflows.register.models import Enterprise
from workflows.settings import ROOT
from workflows.yamlfile import read

FILE = ROOT / "seeds" / "hazard_criteria.yaml"


@dataclass(frozen=True, slots=True)
class CriteriaList:
    """One list of a trade or of a kind of work; `count` is how many criteria the source says it has.

    `criteria` is empty where the source does not print them (`source_gap`): nothing is made up in their place.
    """

    code: str
    title: str
    title_en: str
    count: int
    criteria: tuple[str, ...]
    source_gap: bool
    industries: frozenset[str]
    flags: frozenset[str]


@cache
def lists() -> tuple[CriteriaList, ...]:
    """All of them, in the order of the file."""
    return tuple(_list(one) for one in read(FILE.read_text("utf-8")).data["lists"])


def _list(one: dict[str, Any]) -> CriteriaList:
    return CriteriaList(
        one["code"], one["title"], one["title_en"], one["count"], tuple(one["criteria"]), one["source_gap"],
        frozenset(one.get("industries", ())), frozenset(one.get("flags", ())),
    )  # fmt: skip


def of_enterprise(firm: Enterprise) -> list[CriteriaList]:
    """Those of its trade and of the kinds of work it is known to do."""
    does = {flag for flag, holds in firm.flags.items() if holds}
    return [one for one in lists() if firm.industry in one.industries or one.flags & does]
