"""What the calendar cannot answer."""

from __future__ import annotations

from workflows.exceptions import DomainError


class CalendarMissing(DomainError):
    """No calendar is published for `year`: a working day in it cannot be known, and nothing guesses."""

    code = "calendar-missing"

    @property
    def year(self) -> int:
        """The year that has to be loaded."""
        return int(self.data["year"])
