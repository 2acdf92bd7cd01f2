"""A year's calendar as a list: what is read, and what is wrong with which line."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.calendar.reading import read, sentence, text_of

YEAR = "日期,是否上班,名称\n2027-01-01,否,元旦\n2027/02/06\t是\t春节调休上班\n\n2027-02-08，放假，春节\n"


def test_a_list_is_read_whatever_parts_its_cells() -> None:
    found = read("\ufeff" + YEAR)
    assert found.problems == ()
    assert found.year == 2027
    assert found.days == {
        date(2027, 1, 1): (False, "元旦"),
        date(2027, 2, 6): (True, "春节调休上班"),
        date(2027, 2, 8): (False, "春节"),
    }


def test_a_holiday_may_be_listed_with_its_weekend() -> None:
    found = read("2027-05-01,否,劳动节\n2027-05-03,否,劳动节")
    assert (found.problems, found.workdays) == ((), 260)


def test_the_working_days_of_the_year_are_counted() -> None:
    found = read(YEAR)
    assert found.workdays == 260  # 261 from Monday to Friday, less 2, plus 1
    assert (found.off, found.swapped) == ([date(2027, 1, 1), date(2027, 2, 8)], [date(2027, 2, 6)])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2027-01-04,否", "第2行：应有三栏"),
        ("2027-01-04,否,元旦,多余", "第2行：应有三栏"),
        ("2027-13-04,否,元旦", "第2行：“2027-13-04”不是日期"),
        ("元旦,否,元旦", "第2行：“元旦”不是日期"),
        ("2027-01-04,也许,元旦", "第2行：“也许”不清楚"),
        ("2027-01-04,否,", "第2行：名称须有1至100个字"),
        ("2028-01-03,否,元旦", "第2行：2028年的日子不能和2027年的放在一张表里"),
        ("2027-01-01,否,元旦", "第2行：2027-01-01出现了两次"),
        ("2027-01-04,是,上班", "第2行：2027-01-04是平日"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(line: str, words: str) -> None:
    [problem] = read(f"2027-01-01,否,元旦\n{line}").problems
    assert sentence(problem).startswith(words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "表里没有一个日子"),
        ("日期,是否上班,名称\n", "表里没有一个日子"),
        ("1066-10-14,否,x", "第1行：年份1066"),
        ('"unclosed', "第1行：应有三栏"),
        ("\n" * 500, "行数太多"),
    ],
)
def test_a_list_that_is_none_is_refused(text: str, words: str) -> None:
    assert sentence(read(text).problems[0]).startswith(words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_that_people_have(encoding: str) -> None:
    assert read(text_of(YEAR.encode(encoding))).days == read(YEAR).days
