"""Who decides on a failing list and until when its enterprises may object, pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime

from workflows.accounts.types import Role
from workflows.times import day_of, end_of_day

OBJECTION_WORKDAYS = 3  # [D] no source gives a time; phase three begins four working days after the cut-off
ANSWER_WORKDAYS = 3  # [D]
MIN_TEXT = 5  # characters of a reason, an opinion, an answer
MIN_OBJECTION = 10  # characters
LONGEST = 2000  # characters


def last_moment(told_at: datetime, workdays: int, add_workdays: Callable[[date, int], date]) -> datetime:
    """The end of the last of so many working days after the day somebody was told. Raises CalendarMissing."""
    return end_of_day(add_workdays(day_of(told_at), workdays))


def may_decide(groups: Collection[str], *, department_id: int) -> bool:
    """The officers of the list's department, and those of the lead office."""
    return f"{department_id}:{Role.DEPARTMENT_OFFICER}" in groups or any(
        group.endswith(f":{Role.LEAD_OFFICER}") for group in groups
    )


def is_of_enterprise(groups: Collection[str], enterprise_id: int) -> bool:
    """The safety officer and the principal of the enterprise itself."""
    return any(f"{enterprise_id}:{role}" in groups for role in (Role.SAFETY_OFFICER, Role.PRINCIPAL))
