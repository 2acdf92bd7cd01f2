"""Safety staff: which enterprises lack what they must have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from web import registerwords, staffwords, words
from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import Choice
from web.people import sight
from web.templating import render
from workflows import spreadsheets
from workflows.accounts.permissions import Permission
from workflows.i18n import gettext as _
from workflows.register import shortfalls
from workflows.register.models import Enterprise
from workflows.register.shortfalls import By, View
from workflows.register.types import Industry
from workflows.safetystaff.types import StaffState
from workflows.times import day_of

router = APIRouter()
Official = Annotated[Visitor, require(Permission.SEE_ENTERPRISES)]


@router.get("/enterprises/staff")
def staff_page(
    request: Request, visitor: Official, session: Db, now: Now, state: StaffState = StaffState.SHORT,
    by: By = By.TOWN, town: Choice = None, department: Choice = None, industry: Industry | None = None,
    after: Choice = None,
) -> Response:  # fmt: skip
    """Who lacks a safety body, officers or registered engineers?"""
    view = View(state, by, town, department, industry, after)
    found = shortfalls.listed(session, sight=sight(visitor), view=view)
    numbers = shortfalls.counts(session, sight=sight(visitor), by=by)
    places = registerwords.places(session)
    context: dict[str, Any] = {
        "rows": found[: shortfalls.PAGE], "more": len(found) > shortfalls.PAGE, "view": view, "places": places,
        "totals": {one: sum(row[one] for row in numbers.values()) for one in StaffState},
        "groups": [
            (_key_words(by, key, places), key, row)
            for key, row in sorted(numbers.items(), key=lambda one: (-one[1][StaffState.SHORT], str(one[0])))
        ],
        "chosen": [_key_words(one, key, places) for one, key in _chosen(view).items()],
        "address": _address(view), "ways": list(By), "states": list(StaffState),
    }  # fmt: skip
    return render(request, "enterprises/staff.html", **context)


@router.get("/enterprises/staff.xlsx")
def staff_file(
    visitor: Official, session: Db, now: Now, state: StaffState = StaffState.SHORT, town: Choice = None,
    department: Choice = None, industry: Industry | None = None,
) -> Response:  # fmt: skip
    """The same list, whole, as a workbook."""
    view = View(state, town_id=town, department_id=department, industry=industry)
    rows = _rows(session, visitor, view)
    body = spreadsheets.workbook(_("安全机构和人员"), _header(), rows)
    name = f"safety-staff-{state}-{day_of(now):%Y%m%d}.xlsx"
    return Response(body, media_type=spreadsheets.MEDIA_TYPE, headers=spreadsheets.as_file(name))


def _header() -> list[str]:
    return [
        _("企业"), _("统一社会信用代码"), _("镇街"), _("部门"), _("行业"), _("从业人数"), _("适用条款"), _("状态"),
        _("待核实"), _("差额"),
    ]  # fmt: skip


def _rows(session: Session, visitor: Visitor, view: View) -> Iterator[list[object]]:
    places = registerwords.places(session)
    for firm in shortfalls.everyone(session, sight=sight(visitor), view=view):
        yield _row(firm, places)


def _row(firm: Enterprise, places: Mapping[int, str]) -> list[object]:
    found = staffwords.staff_of(firm)
    return [
        firm.name, firm.uscc, places.get(firm.town_id), places.get(firm.department_id), words.label(firm.industry),
        firm.employees, _("第%(n)s条") % {"n": found.article}, words.label(firm.staff_state),
        staffwords.unknown(found), staffwords.summary(found),
    ]  # fmt: skip


def _key_words(by: By, key: Any, places: Mapping[int, str]) -> str:
    return words.label(Industry(key)) if by is By.INDUSTRY else places.get(key, "—")


def _chosen(view: View) -> dict[By, Any]:
    keys = {By.TOWN: view.town_id, By.DEPARTMENT: view.department_id, By.INDUSTRY: view.industry}
    return {by: key for by, key in keys.items() if key is not None}


def _address(view: View) -> Any:
    """A function from changed parts of the view to the address that shows them."""
    now = {
        "state": str(view.state),
        "by": str(view.by),
        **{str(by): key for by, key in _chosen(view).items()},
    }

    def address(path: str = "/enterprises/staff", **changed: Any) -> str:
        told = {name: value for name, value in {**now, **changed}.items() if value is not None}
        return f"{path}?{urlencode(told)}"

    return address
