"""Read a year's calendar from a list: one line per day that differs from its weekday, `day,is_workday,name`.

2027-01-01,否,元旦
2027-01-30,是,春节调休上班
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.calendar.rules import SATURDAY, WorkdayCalendar
from workflows.i18n import gettext as _

WORKS = frozenset({"是", "上班", "工作日", "1", "true", "yes"})
RESTS = frozenset({"否", "放假", "休息", "0", "false", "no"})
HEADERS = frozenset({"day", "date", "日期"})
MOST_LINES = 366
LONGEST_NAME = 100
FIRST_YEAR, LAST_YEAR = 2000, 2100
CELLS = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line; `line` counts from 1, None for the list as a whole."""

    line: int | None
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YearRead:
    """The exceptions of one year, each (works?, name), and what cannot be read. No problems: it may be loaded."""

    year: int | None
    days: Mapping[date, tuple[bool, str]]
    problems: tuple[Problem, ...]

    @property
    def calendar(self) -> WorkdayCalendar:
        """The year alone."""
        known = WorkdayCalendar(frozenset({self.year} if self.year else ()), frozenset(), frozenset())
        return known.with_days((day, works) for day, (works, _name) in self.days.items())

    @property
    def workdays(self) -> int:
        """How many working days the year has."""
        return self.calendar.count(date(self.year, 1, 1), date(self.year, 12, 31)) if self.year else 0

    @property
    def swapped(self) -> list[date]:
        """The weekends on which people work."""
        return [day for day, (works, _name) in self.days.items() if works]

    @property
    def off(self) -> list[date]:
        """The days off."""
        return [day for day, (works, _name) in self.days.items() if not works]


def text_of(content: bytes) -> str:
    """The text of a file in UTF-8 or, as Excel writes it in China, in GB 18030."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def read(text: str) -> YearRead:
    """Take a list apart; commas, Chinese commas and tabs part the cells, a header and empty lines are skipped."""
    days: dict[date, tuple[bool, str]] = {}
    problems: list[Problem] = []
    lines = text.lstrip("\ufeff").replace("，", ",").replace("\t", ",").splitlines()
    for number, line in enumerate(lines[: MOST_LINES + 2], start=1):
        cells = [cell.strip() for cell in next(csv.reader(io.StringIO(line)), [])]
        if not any(cells) or (number == 1 and cells[0].lower() in HEADERS):
            continue
        problem = _take(cells, days, number)
        if problem is not None:
            problems.append(problem)
    if len(lines) > MOST_LINES + 2:
        problems.append(Problem(None, "too-many", {"limit": MOST_LINES}))
    if not days and not problems:
        problems.append(Problem(None, "empty"))
    year = next(iter(days)).year if days else None
    return YearRead(year, dict(sorted(days.items())), tuple(problems))


def _take(cells: list[str], days: dict[date, tuple[bool, str]], line: int) -> Problem | None:
    """Note the day of one line, or say what is wrong with it."""
    if len(cells) != CELLS:
        return Problem(line, "cells")
    try:
        day = date.fromisoformat(cells[0].replace("/", "-"))
    except ValueError:
        return Problem(line, "day", {"given": cells[0]})
    works = _is_workday(cells[1])
    if works is None:
        return Problem(line, "is-workday", {"given": cells[1]})
    if not 0 < len(cells[2]) <= LONGEST_NAME:
        return Problem(line, "name", {"limit": LONGEST_NAME})
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return Problem(line, "year-odd", {"given": day.year})
    first = next(iter(days), day)
    if day.year != first.year:
        return Problem(line, "other-year", {"given": day.year, "year": first.year})
    if day in days:
        return Problem(line, "twice", {"given": day.isoformat()})
    if works and day.weekday() < SATURDAY:  # a holiday's own weekend may be listed with it
        return Problem(line, "no-exception", {"given": day.isoformat()})
    days[day] = (works, cells[2])
    return None


def _is_workday(word: str) -> bool | None:
    told = word.lower()
    return True if told in WORKS else False if told in RESTS else None


def sentence(problem: Problem) -> str:
    """What is wrong and where, in the reader's language."""
    told = _SENTENCES[problem.code]() % dict(problem.data)
    return (
        told if problem.line is None else _("第%(line)s行：%(told)s") % {"line": problem.line, "told": told}
    )


_SENTENCES: Mapping[str, Callable[[], str]] = {
    "cells": lambda: _("应有三栏：日期、是否上班、名称。"),
    "day": lambda: _("“%(given)s”不是日期，应如2027-01-01。"),
    "is-workday": lambda: _("“%(given)s”不清楚，上班填“是”，放假填“否”。"),
    "name": lambda: _("名称须有1至%(limit)s个字，如“元旦”。"),
    "year-odd": lambda: _("年份%(given)s不在可以载入的范围内。"),
    "other-year": lambda: _("%(given)s年的日子不能和%(year)s年的放在一张表里。"),
    "twice": lambda: _("%(given)s出现了两次。"),
    "no-exception": lambda: _("%(given)s是平日，本来就上班；只列放假的日子和上班的周末。"),
    "empty": lambda: _("表里没有一个日子。"),
    "too-many": lambda: _("行数太多，一年最多%(limit)s行。"),
}
