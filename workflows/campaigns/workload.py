"""How many reviews a town or a department has to expect week by week, beside what its reviewers can do; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

CAPACITY = (
    100  # reviews of one reviewer in a week of five working days, unless the launcher says otherwise [D]
)
MOST = 10_000
FULL = 5  # working days of an ordinary week
Reviews = Mapping[date | None, int]  # Monday of a week -> reviews due in it; None: no due date


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, the reviews that are due in it, and how many can be done on its working days."""

    monday: date
    reviews: int
    workdays: int
    capacity: int

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def is_over(self) -> bool:
        return self.reviews > self.capacity

    @property
    def is_full(self) -> bool:
        """Whether it has as many working days as any week."""
        return self.workdays == FULL

    @property
    def burden(self) -> Fraction | float:
        """Reviews on each working day; without one they are more than anybody can do."""
        return Fraction(self.reviews, self.workdays) if self.workdays else float("inf")


@dataclass(frozen=True, slots=True)
class Load:
    """What one body has before it; a reviewer does `per_reviewer` reviews in five working days, `undated` ones are due
    in no week.
    """

    reviewers: int
    per_reviewer: int
    undated: int
    weeks: tuple[Week, ...]

    @property
    def capacity(self) -> int:
        """What all its reviewers can do in a week of five working days."""
        return self.reviewers * self.per_reviewer

    @property
    def reviews(self) -> int:
        return self.undated + sum(week.reviews for week in self.weeks)

    @property
    def worst(self) -> Week | None:
        """The week with most reviews on a working day, of several the first."""
        return max(self.weeks, key=lambda week: week.burden, default=None)

    @property
    def over(self) -> tuple[Week, ...]:
        """The weeks with more reviews than the body can do."""
        return tuple(week for week in self.weeks if week.is_over)

    @property
    def wanted(self) -> int | None:
        """How many reviewers the worst week takes; None when it has no working day and none would be enough."""
        if self.worst is None:
            return 0
        able = self.per_reviewer * self.worst.workdays
        return -(-self.worst.reviews * FULL // able) if able else None


def load_of(reviews: Reviews, *, reviewers: int, per_reviewer: int, workdays: Mapping[date, int]) -> Load:
    """The weeks in their order, each against what `reviewers` can do on its working days, `per_reviewer` in five.

    `workdays` maps the Monday of a week to its working days; one that it does not name counts as having five.
    """
    due = sorted((monday, number) for monday, number in reviews.items() if monday is not None)
    weeks = [(monday, number, workdays.get(monday, FULL)) for monday, number in due]
    able = reviewers * per_reviewer
    return Load(
        reviewers=reviewers,
        per_reviewer=per_reviewer,
        undated=reviews.get(None, 0),
        weeks=tuple(Week(monday, number, days, able * days // FULL) for monday, number, days in weeks),
    )
