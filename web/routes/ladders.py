"""The ladder of a campaign, or the default: its steps, when they would act, a new version, earlier ones, a DMN file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from web import ladderwords
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.formats import local_day
from web.forms.ladder import SIDES, due_of, pressed, read_rows, side_of
from web.inputs import Count, Text, number_of
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.calendar.service import load
from workflows.campaigns import queries as campaigns
from workflows.campaigns.models import Campaign
from workflows.escalation import dmn, tables
from workflows.escalation.checking import actions_of, problems, recipients_of
from workflows.escalation.exceptions import LadderRefused
from workflows.escalation.preview import preview
from workflows.escalation.rules import Unit
from workflows.escalation.table import LADDERS, Problem, Row, rows_of, steps_of
from workflows.exceptions import Conflict, NotFound

Line = dict[str, str]  # of the summary: what is wrong, and the id of the field that it is about
router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Editor = Annotated[Visitor, require(Permission.EDIT_LADDER)]
DEFAULT = "default"
SHORTEST_REASON = 2  # characters
SAMPLE_DAYS = 14  # from today to the sample due date
SAMPLE_TIME = "17:00"
SEE_OTHER, STALE = 303, 409


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page opens with: the ladder, the version (0: the one in force), the sample due date, what was typed."""

    ladder: str = LADDERS[0]
    version: int = 0
    due: str = ""
    rows: Sequence[Row] | None = None
    reason: str = ""
    base: str = ""
    problems: Sequence[Line] = field(default=())
    file_problems: Sequence[Line] = field(default=())
    status: int = 200


@router.get("/ladders/{scope}")
def ladder_page(
    request: Request, scope: Text, visitor: Reader, session: Db, now: Now, ladder: Text = LADDERS[0],
    version: Count = 0, due: Text = "", saved: bool = False,
) -> Response:  # fmt: skip
    """Which steps follow on what is due, and when would they act?"""
    campaign = _campaign(session, scope)
    shown = Shown(_known(ladder), version, due)
    return _page(request, session, visitor, campaign, shown, now=now, saved=saved)


@router.post("/ladders/{scope}")
def change(
    request: Request, scope: Text, visitor: Editor, session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Change rows, look at their dates, or keep them as a new version."""
    campaign, do = _campaign(session, scope), str(fields.get("do", ""))
    ladder = _known(str(fields.get("ladder", "")))
    shown = Shown(
        ladder, due=str(fields.get("due", "")), rows=pressed(read_rows(fields, ladder), do),
        reason=str(fields.get("reason", "")).strip(), base=str(fields.get("base", "")),
    )  # fmt: skip
    if do == "save":
        shown = _saved(
            session, campaign, shown, {shown.ladder: shown.rows or []}, now=now, actor=visitor.actor
        )
        if shown.status == SEE_OTHER:
            return _back(scope, shown.ladder)
    elif do == "dates":
        found = problems(shown.ladder, shown.rows or [])
        shown = replace(shown, problems=_lines(found))
    return _page(request, session, visitor, campaign, shown, now=now)


@router.get("/ladders/{scope}/table.dmn")
def download(scope: Text, visitor: Reader, session: Db, version: Count = 0) -> Response:
    """The table, or an earlier version of it, as a DMN file."""
    campaign_id = _id(_campaign(session, scope))
    if version:
        table = tables.as_it_counts(session, tables.version_of(session, campaign_id, version))
    else:
        table = tables.table_of(session, campaign_id)
    headers = {"Content-Disposition": f'attachment; filename="ladder-{scope}.dmn"'}
    return Response(dmn.write(table, told=ladderwords.told), media_type="application/xml", headers=headers)


@router.post("/ladders/{scope}/file")
def upload(
    request: Request, scope: Text, visitor: Editor, session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Keep what a DMN file says as a new version; a file of another shape is refused by its place."""
    campaign, file = _campaign(session, scope), fields.get("file")
    shown = Shown(_known(str(fields.get("ladder", ""))), reason=str(fields.get("reason", "")).strip(),
                  base=str(fields.get("base", "")))  # fmt: skip
    content = file.file.read(dmn.LARGEST + 1) if isinstance(file, UploadFile) else b""
    try:
        if not content:
            raise LadderRefused([Problem("file-missing")])
        rows = dmn.read(content)
    except LadderRefused as refused:
        shown = _refused(shown, refused)
    else:
        shown = _saved(session, campaign, shown, rows, now=now, actor=visitor.actor)
        if shown.status == SEE_OTHER:
            return _back(scope, shown.ladder)
    shown = replace(shown, rows=None, base="", problems=(), file_problems=shown.problems)
    return _page(request, session, visitor, campaign, shown, now=now)


def _saved(
    session: Session, campaign: Campaign | None, shown: Shown, rows: dict[str, Any], *, now: datetime, actor: str
) -> Shown:  # fmt: skip
    """Kept (303), or what is wrong with it."""
    if not SHORTEST_REASON <= len(shown.reason) <= tables.LONGEST_REASON:
        found = [one for name in rows for one in problems(name, rows[name])]
        limits = {"least": SHORTEST_REASON, "most": tables.LONGEST_REASON}
        return _refused(shown, LadderRefused([*found, Problem("reason", data=limits)]))
    try:
        tables.save(
            session, rows, campaign_id=_id(campaign), base=shown.base, reason=shown.reason, now=now, actor=actor
        )  # fmt: skip
    except LadderRefused as refused:
        return _refused(shown, refused)
    except Conflict:
        return replace(shown, problems=_lines([Problem("stale")]), status=STALE)
    return replace(shown, status=SEE_OTHER)


def _refused(shown: Shown, refused: LadderRefused) -> Shown:
    return replace(shown, problems=_lines(refused.problems, is_file=shown.rows is None), status=422)


def _lines(found: Sequence[Problem], *, is_file: bool = False) -> list[Line]:
    """The lines of the summary; those about a row on the page lead to it."""
    return [
        {
            "id": f"step-{one.row}" if one.row and not is_file else "",
            "text": ladderwords.sentence(one, names_ladder=is_file),
        }
        for one in found
    ]


def _page(
    request: Request, session: Session, visitor: Visitor, campaign: Campaign | None, shown: Shown, *, now: datetime,
    saved: bool = False,
) -> Response:  # fmt: skip
    versions = tables.versions(session, _id(campaign))
    table = tables.table_of(session, _id(campaign))
    is_old = shown.version and (not versions or shown.version != versions[0].version)
    old = tables.version_of(session, _id(campaign), shown.version) if is_old else None
    rows = shown.rows
    if rows is None:
        rows = rows_of((tables.as_it_counts(session, old) if old else table).steps(shown.ladder))
    due = _due(shown.due, rows, now)
    due_at = due_of(due)
    complete = not problems(shown.ladder, rows)
    steps = steps_of(rows, known=(), fresh=iter(range(len(rows))).__next__) if complete else ()
    lines = preview(steps, due_at=due_at, calendar=load(session)) if due_at else []
    return render(
        request, "ladder/index.html", status=shown.status, campaign=campaign, shown=shown, rows=rows, old=old,
        key=DEFAULT if campaign is None else campaign.id, base=shown.base or table.hash, versions=versions,
        steps=steps, lines=lines, due=due, due_ok=due_at is not None,
        names=names_of(session, [one.saved_by for one in versions]), ladders=LADDERS, units=list(Unit), sides=SIDES,
        side_of=side_of, actions=actions_of(shown.ladder), recipients=_recipients(shown.ladder),
        when=ladderwords.when, may_edit=old is None and visitor.may(Permission.EDIT_LADDER), saved=saved,
    )  # fmt: skip


def _due(typed: str, rows: Sequence[Row], now: datetime) -> str:
    """The sample due date as its field takes it: with a time where the ladder counts minutes."""
    day = typed or (local_day(now) + timedelta(days=SAMPLE_DAYS)).isoformat()
    if rows and rows[0].unit == Unit.MINUTE:
        return day if "T" in day else f"{day}T{SAMPLE_TIME}"
    return day.partition("T")[0]


def _recipients(ladder: str) -> list[str]:
    """Everybody whom the steps of a ladder can tell."""
    return list(dict.fromkeys(one for action in actions_of(ladder) for one in recipients_of(ladder, action)))


def _campaign(session: Session, scope: str) -> Campaign | None:
    """The campaign of the address; None for the default of the house."""
    if scope == DEFAULT:
        return None
    number = number_of(scope)
    if number is None:
        raise NotFound(what="campaign", id=scope)
    return campaigns.get(session, number)


def _id(campaign: Campaign | None) -> int | None:
    return None if campaign is None else campaign.id


def _known(ladder: str) -> str:
    return ladder if ladder in LADDERS else LADDERS[0]


def _back(scope: str, ladder: str) -> Response:
    return RedirectResponse(f"/ladders/{scope}?ladder={ladder}&saved=1", SEE_OTHER)
