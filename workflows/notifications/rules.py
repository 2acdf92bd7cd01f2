"""Rules of sending, pure: quiet hours, retries, the daily digest, what of an address may be shown.

Figures marked [D] are our own defaults; no source gives one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from workflows.calendar.exceptions import CalendarMissing
from workflows.notifications.types import ChannelKind
from workflows.times import ZONE

QUIET_FROM, QUIET_UNTIL = time(22), time(7)  # issue 3: 22:00-07:00 Shanghai time
URGENT = frozenset(
    {"hazard.major", "hazard.upgraded", "ladder.district_task", "ladder.committee_task"}
)  # about major hazards
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=6)  # [D]
MAX_ATTEMPTS = 10  # [D] with the intervals about 29 hours: a night and a day of outage
LEASE = timedelta(minutes=15)  # longer than any exchange with its timeouts [D]
KEPT = timedelta(days=30)  # how long what was sent is kept [D]
DIGEST_HOURS = range(7, 21)
DIGEST_HOUR = 8
CODE_LIFE = timedelta(minutes=30)  # [D]
CODE_TRIES = 5
CODE_PAUSE = timedelta(minutes=1)
CODES_A_DAY = 10  # nobody floods a stranger's mailbox through us
LONGEST_ADDRESS = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
SATURDAY = 5

_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


def is_quiet(now: datetime) -> bool:
    """Whether people sleep: only what concerns a major hazard goes out then."""
    at = now.astimezone(ZONE).time()
    return at >= QUIET_FROM or at < QUIET_UNTIL


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after the n-th failed attempt (1, 4, 16, 64, 256 minutes, then 6 hours); None: give up."""
    if attempts >= MAX_ATTEMPTS:
        return None
    wait: timedelta = FIRST_RETRY * int(4 ** (attempts - 1))
    return min(wait, LONGEST_RETRY)


def digest_is_due(now: datetime, *, hour: int, is_workday: Callable[[date], bool]) -> bool:
    """Whether the digest's hour of a working day has come.

    In a year whose calendar nobody published Monday to Friday count: a summary on a holiday harms nobody, a
    summary that stays away unnoticed does.
    """
    local = now.astimezone(ZONE)
    if local.hour < hour or is_quiet(now):
        return False
    try:
        return is_workday(local.date())
    except CalendarMissing:
        return local.weekday() < SATURDAY


def email_problem(address: str) -> str | None:
    """The stable code of what is wrong with an e-mail address, or None."""
    if len(address) > LONGEST_ADDRESS or not _EMAIL.fullmatch(address):
        return "email-malformed"
    local = address.partition("@")[0]
    return "email-malformed" if local.startswith(".") or local.endswith(".") or ".." in local else None


def masked(kind: ChannelKind, address: str) -> str:
    """What others may see of an address: zh…@example.com; https://qyapi.weixin.qq.com/…"""
    if not address:
        return ""
    if kind is ChannelKind.EMAIL:
        local, _, domain = address.partition("@")
        return f"{local[:2] if len(local) > 2 else local[:1]}…@{domain}"
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme}://…"
    return f"{parts.scheme}://{parts.hostname or ''}/…"
