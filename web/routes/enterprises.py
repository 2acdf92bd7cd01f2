"""The register: which enterprises there are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response

from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import Choice, Count, Text
from web.people import sight
from web.templating import render
from workflows import enterprisefile
from workflows.accounts.permissions import Permission
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register import queries

router = APIRouter()


@router.get("/enterprises")
def enterprises_page(
    request: Request,
    visitor: Annotated[Visitor, require(Permission.SEE_ENTERPRISES)],
    session: Db,
    now: Now,
    q: Text = "",
    town: Choice = None,
    account: Literal["", "none"] = "",
    offset: Count = 0,
) -> Response:
    """Which enterprises are registered?"""
    found = queries.search(
        session, sight=sight(visitor), text=q.strip(), town_id=town, without_account=bool(account), offset=offset
    )  # fmt: skip
    context: dict[str, Any] = {
        "rows": found[: queries.PAGE],
        "more": len(found) > queries.PAGE,
        "offset": offset,
        "q": q,
        "undecided": enterprisefile.waiting_firms(session, sight(visitor))
        if visitor.may(Permission.EDIT_FILE)
        else (),
        "town": town,
        "account": account,
        "towns": {one.id: one.name for one in organizations.of_kind(session, OrganizationKind.TOWN)},
    }
    return render(request, "enterprises/index.html", nav="enterprises", **context)
