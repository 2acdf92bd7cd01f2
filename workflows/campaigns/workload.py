"""How many reviews a town or a department has to expect week by week, beside what its reviewers can do; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

CAPACITY = 100  # reviews of one reviewer in a week, unless the launcher says otherwise [D]
MOST = 10_000
Reviews = Mapping[date | None, int]  # Monday of a week -> reviews due in it; None: no due date


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, and the reviews that are due in it."""

    monday: date
    reviews: int
    is_over: bool

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Load:
    """What one body has before it; a reviewer does `per_reviewer` reviews a week, `undated` ones are due in no week."""

    reviewers: int
    per_reviewer: int
    undated: int
    weeks: tuple[Week, ...]

    @property
    def capacity(self) -> int:
        """What all its reviewers can do in a week."""
        return self.reviewers * self.per_reviewer

    @property
    def reviews(self) -> int:
        return self.undated + sum(week.reviews for week in self.weeks)

    @property
    def worst(self) -> Week | None:
        """The week with most reviews, of several the first."""
        return max(self.weeks, key=lambda week: week.reviews, default=None)

    @property
    def over(self) -> tuple[Week, ...]:
        """The weeks with more reviews than the body can do."""
        return tuple(week for week in self.weeks if week.is_over)

    @property
    def wanted(self) -> int:
        """How many reviewers the worst week takes."""
        return -(-self.worst.reviews // self.per_reviewer) if self.worst else 0


def load_of(reviews: Reviews, *, reviewers: int, per_reviewer: int) -> Load:
    """The weeks in their order, each against what `reviewers` can do who do `per_reviewer` reviews a week."""
    weeks = sorted((monday, number) for monday, number in reviews.items() if monday is not None)
    capacity = reviewers * per_reviewer
    return Load(
        reviewers=reviewers,
        per_reviewer=per_reviewer,
        undated=reviews.get(None, 0),
        weeks=tuple(Week(monday, number, number > capacity) for monday, number in weeks),
    )
