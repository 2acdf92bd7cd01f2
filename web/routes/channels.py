"""For the administrator: whether mail and chat work, what did not go out, and sending it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.inputs import Count, number_of
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.audit import service as audit
from workflows.notifications import chat, failures, outbox

router = APIRouter()
Manager = Annotated[Visitor, require(Permission.MANAGE_CHANNELS)]


@router.get("/admin/channels")
def channels_page(
    request: Request, visitor: Manager, session: Db, now: Now, settings: TheSettings, offset: Count = 0,
    again: Count | None = None,
) -> Response:  # fmt: skip
    """Does everybody get what they asked for?"""
    listed = failures.stuck(session, offset=offset)
    return render(
        request, "channels/index.html", figures=failures.figures(session, now=now), again=again, offset=offset,
        stuck=listed[: failures.PAGE], more=len(listed) > failures.PAGE, page_size=failures.PAGE,
        lost=failures.count_stuck(session), mail_works=bool(settings.smtp_host),
        chat_works=chat.is_installed(), private=settings.allow_private_webhooks,
    )  # fmt: skip


@router.post("/admin/channels/again")
def send_again(visitor: Manager, session: Db, now: Now, fields: Fields) -> Response:
    """Try one message again, or (without `id`) all that failed or are uncertain."""
    chosen = [number for one in fields.getlist("id") if (number := number_of(one)) is not None]
    number = outbox.send_again(session, chosen if "id" in fields else None, now=now)
    audit.record(
        session, at=now, actor=visitor.actor, action="channels.send-again", subject="channels",
        detail={"messages": number},
    )  # fmt: skip
    return RedirectResponse(f"/admin/channels?again={number}", 303)
