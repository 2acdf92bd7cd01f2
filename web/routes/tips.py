"""Tips: what people reported by scanning a code, for the town that looks into them and for the lead office."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from engine.models import ProcessInstance
from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import Count, RowId
from web.people import sight
from web.subjectpage import story
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.evidence.models import Evidence
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind
from workflows.tips import queries

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_TIPS)]


@router.get("/tips")
def tips_page(
    request: Request, visitor: Reader, session: Db, now: Now, decided: bool = False, offset: Count = 0
) -> Response:
    """What is to be looked into, and what became of the rest?"""
    found = queries.listed(session, sight=sight(visitor), decided=decided, offset=offset)
    rows = found[: queries.PAGE]
    context: dict[str, Any] = {
        "rows": rows, "more": len(found) > queries.PAGE, "decided": decided, "offset": offset, "page": queries.PAGE,
        "states": queries.states(session, [tip for tip, _ in rows]), "calendar": load(session),
        "open_count": queries.count_open(session, sight=sight(visitor)),
    }  # fmt: skip
    return render(request, "tips/index.html", **context)


@router.get("/tips/{tip_id}")
def tip_page(request: Request, tip_id: RowId, visitor: Reader, session: Db, now: Now) -> Response:
    """What was seen, and what was made of it?"""
    tip = queries.find(session, tip_id, sight=sight(visitor))
    instance = session.get_one(ProcessInstance, tip.instance_id)
    context: dict[str, Any] = {
        "tip": tip, "firm": session.get_one(Enterprise, tip.enterprise_id),
        "state": queries.states(session, [tip])[tip.id],
        "picture": session.get(Evidence, tip.evidence_id) if tip.evidence_id else None,
    }  # fmt: skip
    context |= story(session, instance, Subject(SubjectKind.TIP, tip.id), visitor=visitor, now=now)
    return render(request, "tips/tip.html", **context)
