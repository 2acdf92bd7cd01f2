"""The working days of 2025, written down from the State Council's notice of 12 November 2024 and from nothing else."""

from __future__ import annotations

from datetime import date, timedelta

DAY = timedelta(days=1)


def _days(first: str, last: str) -> set[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return {begin + DAY * n for n in range((end - begin).days + 1)}


DAYS_OFF = (
    _days("2025-01-01", "2025-01-01")  # 元旦
    | _days("2025-01-28", "2025-02-04")  # 春节
    | _days("2025-04-04", "2025-04-06")  # 清明节
    | _days("2025-05-01", "2025-05-05")  # 劳动节
    | _days("2025-05-31", "2025-06-02")  # 端午节
    | _days("2025-10-01", "2025-10-08")  # 国庆节、中秋节
)
DAYS_ON = {date.fromisoformat(f"2025-{day}") for day in ("01-26", "02-08", "04-27", "09-28", "10-11")}


def works(day: date) -> bool:
    """Whether somebody sits at a desk on this day of 2025."""
    assert day.year == 2025, f"no other year is written down: {day}"
    return day in DAYS_ON or (day.weekday() < 5 and day not in DAYS_OFF)


def workday(day: date, n: int) -> date:
    """Counted with a finger on the calendar: the n-th working day after `day`, before it for a negative n."""
    while n:
        day += DAY if n > 0 else -DAY
        if works(day):
            n -= 1 if n > 0 else -1
    return day
