"""How well hazards are remedied: rates, trends, what is frequent, the list behind each number, the ledger as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BeforeValidator
from sqlalchemy.orm import Session

from web import words
from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import Choice, Count, Text
from web.people import sight
from web.templating import render
from workflows import spreadsheets
from workflows.accounts.permissions import Permission
from workflows.exceptions import InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.hazards import analysis, ledger, queries
from workflows.hazards.analysis import Cohort, Dimension
from workflows.hazards.rates import Counts, Part, pareto
from workflows.hazards.rules import HazardLevel, Source
from workflows.i18n import gettext as _
from workflows.i18n import language
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.processes import form_schema
from workflows.times import day_of, end_of_day

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Day = Annotated[date | None, BeforeValidator(lambda text: None if text == "" else text)]
Names = Mapping[Any, str]


def _cohort(
    visitor: Reader, now: Now, first: Day = None, last: Day = None, at: Day = None, town: Choice = None,
    department: Choice = None,
) -> Cohort:  # fmt: skip
    """Found this month unless a time is chosen, as of the end of `at` (or `last`) or now.

    Raises InvalidForm for an end before it begins.
    """
    today = day_of(now)
    until = min(last or today, today)
    since = first or until.replace(day=1)
    if since > until:
        raise InvalidForm(problems=[FieldProblem("last", "not-later")])
    counted = min(end_of_day(max(at or until, until)), now)
    return Cohort(since, until, counted, sight(visitor), town, department)


Chosen = Annotated[Cohort, Depends(_cohort)]


@router.get("/hazards/analysis")
def analysis_page(request: Request, cohort: Chosen, session: Db) -> Response:
    """How many were found, fixed in time, closed; what is frequent; where it lags."""
    parts = {by: analysis.counts_by(session, cohort, by) for by in Dimension}
    whole = sum(parts[Dimension.TOWN].values(), Counts())
    kinds = pareto({key: one.found for key, one in parts[Dimension.KIND].items()})
    context: dict[str, Any] = {
        "cohort": cohort, "whole": whole, "parts": parts, "names": {by: _names(session, by) for by in Dimension},
        "months": [(urlencode(_query(one)), one.first, counts) for one, counts in analysis.months(session, cohort)],
        "pareto": kinds, "query": urlencode(_query(cohort)),
        "Part": Part, "Dimension": Dimension,
    }  # fmt: skip
    return render(request, "hazards/analysis.html", **context)


@router.get("/hazards/analysis/behind")
def behind(
    request: Request, cohort: Chosen, session: Db, part: Part = Part.FOUND, by: Dimension | None = None,
    key: Text = "", offset: Count = 0,
) -> Response:  # fmt: skip
    """Which hazards are behind a number?"""
    names = _names(session, by) if by else {}
    chosen = _chosen(names, key) if by and key else None
    found = analysis.rows(session, cohort, part, by=by, key=chosen, offset=offset)
    query = {**_query(cohort), "part": part.value, **({"by": by.value, "key": key} if by else {})}
    context: dict[str, Any] = {
        "cohort": cohort, "part": part, "rows": found[: analysis.PAGE], "more": len(found) > analysis.PAGE,
        "offset": offset, "query": urlencode(query), "whole_query": urlencode(_query(cohort)),
        "chosen": names.get(chosen, _("未填")) if by else "",
        "steps": queries.steps_of(session, [one for one, _firm in found]),
    }  # fmt: skip
    return render(request, "hazards/behind.html", **context)


@router.get("/hazards/ledger.xlsx")
def ledger_file(cohort: Chosen, session: Db, listed: bool = False) -> Response:
    """Every hazard found in the time, or only the listed ones."""
    title = _("挂牌挂账隐患台账") if listed else _("隐患台账")
    names = {**_names(session, Dimension.TOWN), **_names(session, Dimension.DEPARTMENT)}
    found = ledger.entries(session, cohort, Part.LISTED if listed else Part.FOUND)
    body = spreadsheets.workbook(title, _header(), _rows(found, names, _names(session, Dimension.KIND)))
    name = f"{'listed-' if listed else ''}hazards-{cohort.first:%Y%m%d}-{cohort.last:%Y%m%d}.xlsx"
    return Response(body, media_type=spreadsheets.MEDIA_TYPE, headers=spreadsheets.as_file(name))


def _chosen(names: Names, key: str) -> Any:
    """Raises NotFound for what no dimension has."""
    for one in names:
        if str(one) == key:
            return one
    raise NotFound(what="hazards", key=key)


def _header() -> list[str]:
    return [
        _("编号"), _("企业"), _("统一社会信用代码"), _("镇街"), _("部门"), _("隐患"), _("地点"), _("类别"), _("级别"),
        _("来源"), _("发现"), _("原期限"), _("期限"), _("整改完成"), _("验收"), _("闭环"), _("现状"), _("逾期"),
        _("挂牌"), _("挂牌文号"), _("挂账"), _("挂账文号"), _("核销"), _("原因"), _("纠正"), _("防止再发"), _("情况"),
    ]  # fmt: skip


def _rows(found: Iterator[ledger.Entry], names: Names, kinds: Names) -> Iterator[list[object]]:
    for entry in found:
        one, firm = entry.hazard, entry.enterprise
        times = (one.found_at, one.original_due_at, one.due_at, one.fixed_at, one.verified_at, one.closed_at)
        yield [
            one.id, firm.name, firm.uscc, names.get(one.town_id), names.get(one.department_id), one.title, one.place,
            kinds.get(one.kind), words.word(one.level, "level") if one.level else "",
            words.word(one.source, "source"), *map(_day, times), words.word(entry.step, "step"),
            _("逾期") if entry.overdue else "", _day(one.plated_at), one.plate_no, _day(one.accounted_at),
            one.account_no, _day(one.written_off_at), one.cause, one.correction, one.prevention, one.description,
        ]  # fmt: skip


def _day(at: datetime | None) -> date | None:
    return day_of(at) if at else None


def _query(cohort: Cohort) -> dict[str, str]:
    named = {
        "first": cohort.first.isoformat(), "last": cohort.last.isoformat(), "at": day_of(cohort.at).isoformat(),
        "town": cohort.town_id, "department": cohort.department_id,
    }  # fmt: skip
    return {name: str(value) for name, value in named.items() if value is not None}


def _names(session: Session, by: Dimension) -> Names:
    """What the keys of a dimension are called."""
    if by is Dimension.LEVEL:
        return {level.value: words.word(level, "level") for level in HazardLevel}
    if by is Dimension.SOURCE:
        return {source.value: words.word(source, "source") for source in Source}
    if by is Dimension.KIND:
        field = form_schema("hazard_report")["properties"]["kind"]
        labels: Names = field["x-en"]["labels"] if language.get() == "en" else field["x-labels"]
        return labels
    kind = OrganizationKind.TOWN if by is Dimension.TOWN else OrganizationKind.DEPARTMENT
    return {one.id: one.name for one in organizations.of_kind(session, kind)}
