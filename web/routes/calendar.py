"""The working calendar: which days work, loading a year, days that the district sets itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData, UploadFile

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.formats import local_day
from web.inputs import Count, Text, plain
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.calendar import queries, reading, service
from workflows.i18n import gettext as _

router = APIRouter()
Keeper = Annotated[Visitor, require(Permission.MANAGE_CALENDAR)]
SHORTEST_REASON = 2  # characters
LARGEST_FILE = 200_000  # bytes; a year has a few thousand
AnYear = Annotated[int | None, Query(ge=reading.FIRST_YEAR, le=reading.LAST_YEAR)]


@router.get("/calendar")
def calendar_page(
    request: Request, visitor: Keeper, session: Db, now: Now, year: AnYear = None, went_on: Count | None = None,
    told: Text = "",
) -> Response:  # fmt: skip
    """Which days work?"""
    return _page(request, session, now, year or local_day(now).year, went_on=went_on, told=told)


@router.post("/calendar")
def load_year(
    request: Request, visitor: Keeper, session: Db, now: Now, fields: Fields, days: Annotated[Text, Form()] = "",
    source: Annotated[Text, Form()] = "", apply: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Check the list, typed or from a file, and show what it means; load it when that was seen."""
    days = _of_file(fields) or days
    found, document = reading.read(days), source.strip()
    problems = [reading.sentence(one) for one in found.problems]
    if not 0 < len(document) <= service.LONGEST_REASON:
        problems.append(_("请写明依据的文件，最多%(n)s个字。") % {"n": service.LONGEST_REASON})
    if problems or not apply or found.year is None:
        year = found.year or local_day(now).year
        return _page(request, session, now, year, read=found, typed=days, source=source, problems=problems)
    went_on = service.load_year(
        session, found.year, days=found.days, source=document, now=now, actor=visitor.actor
    )
    return RedirectResponse(f"/calendar?year={found.year}&went_on={went_on}", 303)


@router.post("/calendar/days")
def set_day(
    request: Request, visitor: Keeper, session: Db, now: Now, day: Annotated[Text, Form()] = "",
    works: Annotated[Text, Form()] = "", reason: Annotated[Text, Form()] = "",
) -> Response:  # fmt: skip
    """Let one day work or rest."""
    on, why = _day(day), reason.strip()
    problems = [] if on else [_("请填写日期，如2025-08-20。")]
    if works not in ("0", "1"):
        problems.append(_("请选择这一天上班还是休息。"))
    problems += _reasoned(why)
    if problems or on is None:
        local = {"day": day, "works": works, "reason": reason}
        year = on.year if on else local_day(now).year
        return _page(request, session, now, year, local=local, local_problems=problems)
    service.set_local_day(session, on, is_workday=works == "1", reason=why, now=now, actor=visitor.actor)
    return RedirectResponse(f"/calendar?year={on.year}&told=set", 303)


@router.post("/calendar/days/{day}/remove")
def remove_day(
    request: Request, visitor: Keeper, session: Db, now: Now, day: Annotated[date, Path()],
    reason: Annotated[Text, Form()] = "",
) -> Response:  # fmt: skip
    """Let the day be again what was published."""
    why = reason.strip()
    if problems := _reasoned(why):
        return _page(request, session, now, day.year, local_problems=problems)
    service.remove_local_day(session, day, reason=why, now=now, actor=visitor.actor)
    return RedirectResponse(f"/calendar?year={day.year}&told=removed", 303)


def _of_file(fields: FormData) -> str:
    """The text of the file that was chosen; nothing without one."""
    file = fields.get("file")
    return plain(reading.text_of(file.file.read(LARGEST_FILE))) if isinstance(file, UploadFile) else ""


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if reading.FIRST_YEAR <= day.year <= reading.LAST_YEAR else None


def _reasoned(why: str) -> list[str]:
    if SHORTEST_REASON <= len(why) <= service.LONGEST_REASON:
        return []
    return [_("请写明理由，%(a)s至%(b)s个字。") % {"a": SHORTEST_REASON, "b": service.LONGEST_REASON}]


def _page(
    request: Request, session: Session, now: datetime, year: int, *, read: reading.YearRead | None = None,
    typed: str = "", source: str = "", problems: Sequence[str] = (), local_problems: Sequence[str] = (),
    local: dict[str, str] | None = None, **told: Any,
) -> Response:  # fmt: skip
    this = local_day(now).year
    known = service.load(session).years
    shown = queries.year_of(session, year)
    context: dict[str, Any] = {
        "year": shown, "years": sorted({this - 1, this, this + 1, year} | {one for one in known if one > this}),
        "missing": [one for one in (this, this + 1) if one not in known], "waiting": queries.waiting(session),
        "waits": queries.longest_waiting(session),
        "read": read, "typed": typed, "source": source, "problems": problems, "local_problems": local_problems,
        "local": local or {}, "names": names_of(session, [one.decided_by for one in shown.local]),
        "was_known": year in known,
    }  # fmt: skip
    wrong = problems or local_problems
    return render(request, "calendar/index.html", status=422 if wrong else 200, **context, **told)
