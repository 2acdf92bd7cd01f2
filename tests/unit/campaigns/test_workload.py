"""Reviews of a week against what reviewers can do in it."""

from __future__ import annotations

from datetime import date

from workflows.campaigns.workload import load_of

JUNE, JULY = date(2025, 6, 23), date(2025, 7, 7)  # Mondays


def test_a_week_is_over_when_it_holds_more_than_all_reviewers_can_do() -> None:
    load = load_of({JUNE: 200, JULY: 201}, reviewers=2, per_reviewer=100)
    assert [(week.monday, week.is_over) for week in load.weeks] == [(JUNE, False), (JULY, True)]


def test_the_worst_week_says_how_many_reviewers_it_takes() -> None:
    load = load_of({JUNE: 120, JULY: 201}, reviewers=1, per_reviewer=100)
    assert load.worst is not None
    assert (load.worst.monday, load.worst.sunday, load.wanted) == (JULY, date(2025, 7, 13), 3)


def test_of_two_weeks_as_full_the_first_is_the_worst() -> None:
    load = load_of({JULY: 5, JUNE: 5}, reviewers=1, per_reviewer=100)
    assert load.worst is not None
    assert load.worst.monday == JUNE


def test_what_has_no_due_date_counts_in_no_week() -> None:
    load = load_of({None: 900, JUNE: 3}, reviewers=1, per_reviewer=100)
    assert (load.undated, load.reviews, load.over) == (900, 903, ())


def test_every_week_is_too_much_for_nobody() -> None:
    load = load_of({JUNE: 1}, reviewers=0, per_reviewer=100)
    assert [week.monday for week in load.over] == [JUNE]
