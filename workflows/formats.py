"""How dates, numbers and lateness read, in Chinese and in English. Pure: today is an argument."""

from __future__ import annotations

from datetime import date, datetime

from workflows import i18n
from workflows.i18n import gettext as _
from workflows.i18n import ngettext
from workflows.times import ZONE

_WEEKDAYS = "一二三四五六日"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NONE = "—"
MOST_IN_MENU = 999  # a higher number says no more there


def local_day(moment: date | datetime) -> date:
    """The day in Shanghai of an instant; a plain date stays as it is."""
    return moment.astimezone(ZONE).date() if isinstance(moment, datetime) else moment


def day(moment: date | datetime | None, today: date | None = None, *, weekday: bool = False) -> str:
    """8月20日 (周三); another year 2026年1月5日. English: 20 Aug 2025."""
    if moment is None:
        return NONE
    on = local_day(moment)
    if i18n.language.get() == "en":
        return f"{_DAYS[on.weekday()] + ' ' if weekday else ''}{on.day} {_MONTHS[on.month - 1]} {on.year}"
    year = "" if today is not None and on.year == local_day(today).year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日{' 周' + _WEEKDAYS[on.weekday()] if weekday else ''}"


def clock(moment: datetime | None) -> str:
    """10:58, Shanghai time, 24 hours."""
    return NONE if moment is None else moment.astimezone(ZONE).strftime("%H:%M")


def instant(moment: datetime | None, today: date | None = None) -> str:
    """8月20日 10:58."""
    return NONE if moment is None else f"{day(moment, today)} {clock(moment)}"


def short(moment: date | datetime | None) -> str:
    """8/20, for phones and ranges."""
    if moment is None:
        return NONE
    on = local_day(moment)
    return f"{on.month}/{on.day}"


def number(value: int | float | None) -> str:
    """1,483; nothing is a dash."""
    return NONE if value is None else f"{value:,}"


def of_menu(value: int) -> str:
    """7, 999, 999+: the number at the end of a menu entry; nothing for nothing."""
    return f"{MOST_IN_MENU}+" if value > MOST_IN_MENU else str(value or "")


def percent(part: int, whole: int, digits: int = 1) -> str:
    """73.2%; a denominator of 0 is a dash."""
    return NONE if whole == 0 else f"{100 * part / whole:.{digits}f}%"


def lateness(due_on: date, today: date, workdays: int | None) -> str:
    """还有5个工作日 · 明天到期 · 今天到期 · 逾期3个工作日 · 逾期不足1个工作日.

    `workdays` is the number of working days between the two days, never negative; None when a year's
    calendar is missing, and then only the date is told.
    """
    gap = (due_on - today).days
    if gap == 0:
        return _("今天到期")
    if gap == 1:
        return _("明天到期")
    if workdays is None:
        return _("%(day)s到期") % {"day": day(due_on, today)}
    if gap > 0:
        return ngettext("还有%(n)s个工作日", "还有%(n)s个工作日", workdays) % {"n": number(workdays)}
    if workdays == 0:
        return _("逾期不足1个工作日")
    return ngettext("逾期%(n)s个工作日", "逾期%(n)s个工作日", workdays) % {"n": number(workdays)}


def extended(due_on: date, originally: date, today: date) -> str:
    """已延期至8月29日（原8月15日）."""
    return _("已延期至%(day)s（原%(before)s）") % {
        "day": day(due_on, today),
        "before": day(originally, today),
    }
