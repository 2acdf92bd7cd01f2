"""Tables of the years that were published after the library, with their exceptions, and of days that a district set."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base, UtcDateTime


class CalendarYear(Base):
    """A year whose calendar somebody loaded: what the library says of it counts no more."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    loaded_by: Mapped[str]


class CalendarOverride(Base):
    """One day of a loaded year that works or rests other than its weekday."""

    __tablename__ = "calendar_override"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(100))


class CalendarLocalDay(Base):
    """One day that the district itself lets work or rest; it wins over everything published, and may be taken back.

    A day alone does not make its year known.
    """

    __tablename__ = "calendar_local_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(80))
