"""Tables of what was published after the library: whole years, and single days that differ from it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base, UtcDateTime


class CalendarYear(Base):
    """A year whose calendar somebody loaded. Single days alone do not make a year known."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(String(200))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    loaded_by: Mapped[str]


class CalendarOverride(Base):
    """One day that works or rests other than its weekday, or other than the library says; it wins."""

    __tablename__ = "calendar_override"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(100))
