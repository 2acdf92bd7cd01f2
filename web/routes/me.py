"""The page about oneself: who I am here, how I am told, my calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web.auth import Visitor, require
from web.dependencies import Db, MachineNow, Now, TheSettings
from web.inputs import Text
from web.templating import render
from workflows.accounts import queries
from workflows.accounts.models import Account
from workflows.accounts.permissions import Permission
from workflows.assignments import queries as assignments
from workflows.notifications import channels, chat, feed, rules
from workflows.notifications.exceptions import ChannelRefused
from workflows.notifications.types import ChannelKind, Mode
from workflows.times import day_of

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]
Typed = Annotated[Text, Form()]


@router.get("/me")
def me(request: Request, visitor: Worker, session: Db, now: Now, saved: Text = "") -> Response:
    """Who am I here, and how am I told?"""
    return page(request, visitor, session, now, saved=saved)


@router.post("/me/email")
def set_email(
    request: Request, visitor: Worker, session: Db, now: Now, machine_now: MachineNow,
    address: Typed = "", mode: Annotated[Mode, Form()] = Mode.AT_ONCE,
) -> Response:  # fmt: skip
    """Where mail goes, and when; a new address gets a code."""
    account = _account(session, visitor)
    try:
        channels.set_email(session, account, address=address, mode=mode, now=now, machine_now=machine_now)
    except ChannelRefused as refused:
        return _refused(request, visitor, session, now, "email", refused, {"address": address, "mode": mode})
    return _saved("email")


@router.post("/me/email/code")
def send_code(request: Request, visitor: Worker, session: Db, now: Now, machine_now: MachineNow) -> Response:
    """Mail another code."""
    try:
        channels.send_code(session, _account(session, visitor), now=now, machine_now=machine_now)
    except ChannelRefused as refused:
        return _refused(request, visitor, session, now, "code", refused, {})
    return _saved("code")


@router.post("/me/email/confirm")
def confirm(
    request: Request, visitor: Worker, session: Db, now: Now, machine_now: MachineNow, code: Typed = ""
) -> Response:
    """The code came back: the mailbox is theirs."""
    account = _account(session, visitor)
    if channels.confirm(session, account, code=code, now=now, machine_now=machine_now):
        return _saved("confirmed")
    return _refused(
        request, visitor, session, now, "code", ChannelRefused(problem="code-wrong"), {"code": code}
    )


@router.post("/me/chat")
def set_chat(
    request: Request, visitor: Worker, session: Db, now: Now, settings: TheSettings,
    address: Typed = "", mode: Annotated[Mode, Form()] = Mode.AT_ONCE,
) -> Response:  # fmt: skip
    """Which chat robot repeats notices, and when. What was typed is a secret and is not shown again."""
    try:
        channels.set_chat(
            session, _account(session, visitor), address=address, mode=mode,
            allow_private=settings.allow_private_webhooks, now=now,
        )  # fmt: skip
    except ChannelRefused as refused:
        return _refused(request, visitor, session, now, "chat", refused, {"address": address, "mode": mode})
    return _saved("chat")


@router.post("/me/channels/{kind}/remove")
def remove(kind: ChannelKind, visitor: Worker, session: Db, now: Now) -> Response:
    """Forget the address."""
    channels.remove(session, _account(session, visitor), kind, now=now)
    return _saved("removed")


@router.post("/me/digest")
def set_digest_hour(
    request: Request, visitor: Worker, session: Db, now: Now, hour: Annotated[int, Form()]
) -> Response:
    """When the daily digest comes."""
    try:
        channels.set_digest_hour(session, _account(session, visitor), hour)
    except ChannelRefused as refused:
        return _refused(request, visitor, session, now, "digest", refused, {})
    return _saved("digest")


@router.post("/me/calendar")
def make_calendar(request: Request, visitor: Worker, session: Db, now: Now) -> Response:
    """A calendar address of one's own, shown this once."""
    secret = feed.make(session, _account(session, visitor), now=now)
    return page(request, visitor, session, now, saved="calendar", secret=secret)


@router.post("/me/calendar/revoke")
def revoke_calendar(visitor: Worker, session: Db, now: Now) -> Response:
    """The address stops working."""
    feed.revoke(session, _account(session, visitor))
    return _saved("revoked")


def _account(session: Session, visitor: Visitor) -> Account:
    return session.get_one(Account, visitor.account_id)


def _saved(what: str) -> Response:
    return RedirectResponse(f"/me?saved={what}#channels", 303)


def _refused(
    request: Request, visitor: Visitor, session: Session, now: datetime, part: str, refused: ChannelRefused,
    typed: Mapping[str, Any],
) -> Response:  # fmt: skip
    """The page again, with what is wrong beside the field and what was typed in it."""
    problem = {part: str(refused.data["problem"])}
    return page(request, visitor, session, now, status=422, problems=problem, typed={part: dict(typed)})


def page(
    request: Request, visitor: Visitor, session: Session, now: datetime, *, status: int = 200,
    saved: str = "", secret: str = "", problems: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:  # fmt: skip
    """The page; `problems` are those of channels by part."""
    settings = request.app.state.settings
    own = channels.channels_of(session, visitor.account_id)
    robot = own.get(ChannelKind.CHAT)
    return render(
        request, "account/index.html", status=status, saved=saved, problems=problems or {}, typed=typed or {},
        names=queries.organization_names(session, visitor.organizations()), modes=list(Mode),
        **_stand_ins(session, visitor, now),
        email=own.get(ChannelKind.EMAIL), robot=robot,
        robot_address=rules.masked(ChannelKind.CHAT, robot.address) if robot else "",
        preference=channels.preference_of(session, visitor.account_id), hours=rules.DIGEST_HOURS,
        mail_works=bool(settings.smtp_host), chat_works=chat.is_installed(),
        feed_url=f"{settings.address}/calendar/{secret}.ics" if secret else "",
    )  # fmt: skip


def _stand_ins(session: Session, visitor: Visitor, now: datetime) -> Mapping[str, Any]:
    """Who stands in for the visitor, who could, and for whom the visitor stands in today."""
    people = {held: assignments.colleagues(session, held, without=visitor.actor) for held in visitor.held}
    absent = assignments.absent_for(session, visitor.account_id, on=day_of(now))
    return {
        "stand_ins": assignments.stand_ins_of(session, visitor.account_id, on=day_of(now)),
        "colleagues": people,
        "known": {one.id: one.display_name for found in people.values() for one in found},
        "absent": queries.names_of(session, [actor for actor, _ in absent]),
    }
