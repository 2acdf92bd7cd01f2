"""Which documents there are, and what can stand in the template of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Facts: TypeAlias = Mapping[str, "str | list[dict[str, str]]"]  # by placeholder; a list is rows of a table


class Kind(StrEnum):
    """The documents; the keys name their files in `seeds/documents/`."""

    MONTHLY = "monthly"
    PHASE_REVIEW = "phase_review"
    SUMMARY = "summary"
    RANKING = "ranking"
    CHECKLIST = "checklist"
    FAILING_LIST = "failing_list"
    CIRCULAR = "circular"
    PLATE_NOTICE = "plate_notice"
    FIX_ORDER = "fix_order"
    RECHECK = "recheck_opinion"
    WRITE_OFF = "write_off_opinion"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What `{{ name }}` stands for; with `rows` it is a list that a row of a table or a paragraph is repeated for."""

    name: str
    means: str
    means_en: str
    sample: str
    rows: tuple[Placeholder, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of document: its placeholders by name, and the blocks of the template that comes with the product."""

    kind: Kind
    title: str
    title_en: str
    placeholders: Mapping[str, Placeholder]
    layout: tuple[Mapping[str, Any], ...] = field(repr=False)
    landscape: bool = False
    by_departments: bool = False  # departments send it out too, in a form of their own
