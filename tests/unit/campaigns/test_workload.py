"""Reviews of a week against what reviewers can do in it."""

from __future__ import annotations

from datetime import date

from workflows.campaigns.workload import load_of

JUNE, JULY = date(2025, 6, 23), date(2025, 7, 7)  # Mondays
FIVE = {JUNE: 5, JULY: 5}


def test_a_week_is_over_when_it_holds_more_than_all_reviewers_can_do() -> None:
    load = load_of({JUNE: 200, JULY: 201}, reviewers=2, per_reviewer=100, workdays=FIVE)
    assert [(week.monday, week.is_over) for week in load.weeks] == [(JUNE, False), (JULY, True)]


def test_the_worst_week_says_how_many_reviewers_it_takes() -> None:
    load = load_of({JUNE: 120, JULY: 201}, reviewers=1, per_reviewer=100, workdays=FIVE)
    assert load.worst is not None
    assert (load.worst.monday, load.worst.sunday, load.wanted) == (JULY, date(2025, 7, 13), 3)


def test_of_two_weeks_as_full_the_first_is_the_worst() -> None:
    load = load_of({JULY: 5, JUNE: 5}, reviewers=1, per_reviewer=100, workdays=FIVE)
    assert load.worst is not None
    assert load.worst.monday == JUNE


def test_what_has_no_due_date_counts_in_no_week() -> None:
    load = load_of({None: 900, JUNE: 3}, reviewers=1, per_reviewer=100, workdays=FIVE)
    assert (load.undated, load.reviews, load.over) == (900, 903, ())


def test_every_week_is_too_much_for_nobody() -> None:
    load = load_of({JUNE: 1}, reviewers=0, per_reviewer=100, workdays=FIVE)
    assert [week.monday for week in load.over] == [JUNE]


def test_a_week_with_two_working_days_holds_two_fifths_rounded_down() -> None:
    load = load_of({JUNE: 41, JULY: 41}, reviewers=1, per_reviewer=104, workdays={JUNE: 2, JULY: 2})
    assert [(week.capacity, week.is_over) for week in load.weeks] == [
        (41, False),
        (41, False),
    ]  # 104 * 2 / 5 = 41.6


def test_reviewers_share_what_is_left_over_before_it_is_rounded_down() -> None:
    load = load_of({JUNE: 1}, reviewers=3, per_reviewer=7, workdays={JUNE: 1})
    assert load.weeks[0].capacity == 4  # 21 / 5


def test_a_week_with_a_swapped_sunday_holds_more() -> None:
    load = load_of({JUNE: 120, JULY: 120}, reviewers=1, per_reviewer=100, workdays={JUNE: 6, JULY: 5})
    assert [week.monday for week in load.over] == [JULY]


def test_a_week_that_nobody_knows_counts_as_five_working_days() -> None:
    load = load_of({JUNE: 100, JULY: 101}, reviewers=1, per_reviewer=100, workdays={})
    assert [(week.workdays, week.is_over) for week in load.weeks] == [(5, False), (5, True)]


def test_the_worst_week_has_most_reviews_on_a_working_day() -> None:
    load = load_of({JUNE: 90, JULY: 100}, reviewers=1, per_reviewer=100, workdays={JUNE: 2, JULY: 5})
    assert load.worst is not None
    assert (load.worst.monday, load.wanted) == (JUNE, 3)  # 40 can be done by each


def test_no_number_of_reviewers_is_enough_for_a_week_without_a_working_day() -> None:
    load = load_of({JUNE: 1, JULY: 900}, reviewers=9, per_reviewer=100, workdays={JUNE: 0, JULY: 5})
    assert load.worst is not None
    assert (load.worst.monday, load.wanted, [week.monday for week in load.over]) == (JUNE, None, [JUNE])
