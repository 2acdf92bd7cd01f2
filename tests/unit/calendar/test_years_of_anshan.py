"""The working days of 2020 to 2022, written down from the State Council's notices and from nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from workflows.calendar.published import published

# 国办发明电〔2019〕16号 (2020; the Spring Festival was extended to 2 February by 国办发明电〔2020〕1号),
# 〔2020〕27号 (2021), 〔2021〕11号 (2022), and 〔2022〕16号, whose New Year holiday begins on 2022-12-31.
DAYS_OFF = {
    2020: [("01-01", "01-01"), ("01-24", "02-02"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-25", "06-27"),
           ("10-01", "10-08")],
    2021: [("01-01", "01-03"), ("02-11", "02-17"), ("04-03", "04-05"), ("05-01", "05-05"), ("06-12", "06-14"),
           ("09-19", "09-21"), ("10-01", "10-07")],
    2022: [("01-01", "01-03"), ("01-31", "02-06"), ("04-03", "04-05"), ("04-30", "05-04"), ("06-03", "06-05"),
           ("09-10", "09-12"), ("10-01", "10-07"), ("12-31", "12-31")],
}  # fmt: skip
DAYS_ON = {  # weekends that work; 1 February 2020 did too, until the extension took it back
    2020: ["01-19", "04-26", "05-09", "06-28", "09-27", "10-10"],
    2021: ["02-07", "02-20", "04-25", "05-08", "09-18", "09-26", "10-09"],
    2022: ["01-29", "01-30", "04-02", "04-24", "05-07", "10-08", "10-09"],
}
WORKDAYS = {2020: 249, 2021: 250, 2022: 249}
CALENDAR = published()


def days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def works(day: date) -> bool:
    text = day.strftime("%m-%d")
    off = any(first <= text <= last for first, last in DAYS_OFF[day.year])
    return text in DAYS_ON[day.year] or (day.weekday() < 5 and not off)


@pytest.mark.parametrize("year", WORKDAYS)
def test_every_day_is_what_the_notice_says(year: int) -> None:
    assert [day for day in days(year) if CALENDAR.is_workday(day) != works(day)] == []


@pytest.mark.parametrize(("year", "number"), WORKDAYS.items())
def test_the_year_has_so_many_working_days(year: int, number: int) -> None:
    assert sum(map(works, days(year))) == number
    assert CALENDAR.count(date(year, 1, 1), date(year, 12, 31)) == number


@pytest.mark.parametrize("year", WORKDAYS)
def test_every_swapped_day_is_a_weekend(year: int) -> None:
    swapped = [date.fromisoformat(f"{year}-{text}") for text in DAYS_ON[year]]
    assert [day for day in swapped if day.weekday() < 5] == []


def test_counting_jumps_over_the_extended_spring_festival_of_2020() -> None:
    assert CALENDAR.add(date(2020, 1, 23), 1) == date(2020, 2, 3)
