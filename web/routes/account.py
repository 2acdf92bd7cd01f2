"""Another password of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from web import cookies, formats
from web.auth import Visitor, require
from web.dependencies import Db, MachineNow, Now, transaction
from web.templating import render
from workflows.accounts import service, sessions
from workflows.accounts.exceptions import PasswordWrong, WeakPassword
from workflows.accounts.models import Account
from workflows.accounts.permissions import Permission
from workflows.accounts.rules import MAX_LENGTH, MIN_CLASSES, MIN_LENGTH
from workflows.audit import service as audit
from workflows.clock import business_now
from workflows.i18n import gettext as _

router = APIRouter()
Oneself = Annotated[Visitor, require(Permission.WORK, own_password=False)]


@router.get("/me/password")
def password(request: Request, visitor: Oneself, session: Db, now: Now) -> Response:
    """Which password do you want?"""
    return render(request, "account/password.html", errors={})


@router.post("/me/password")
def change_password(
    request: Request, visitor: Oneself, now: MachineNow, old: Annotated[str, Form()] = "",
    new: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Take another password; passwords are compared outside the write lock, as at sign-in."""
    try:
        errors = _change(request, visitor, now, old=old, new=new, again=again)
    except WeakPassword as weak:
        errors = {"new": _weak(weak.data["problem"])}
    if not errors:
        return RedirectResponse("/" if visitor.has_first_password else "/me?saved=password", 303)
    with transaction(request, reads=True) as session:
        request.state.now = business_now(session, machine_now=now)
        return render(request, "account/password.html", status=422, errors=errors)


def _change(
    request: Request, visitor: Visitor, now: MachineNow, *, old: str, new: str, again: str
) -> Mapping[str, str]:
    """What is wrong, by field; nothing when the password is changed. Raises WeakPassword."""
    if not old:
        return {"old": _("请填写现在的密码。")}
    if new == old:
        return {"new": _("新密码不能与现在的密码相同。")}
    if new != again:
        return {"again": _("两次填写的新密码不一样。")}
    with transaction(request, reads=True) as session:
        username = session.get_one(Account, visitor.account_id).username
        new_hash = service.checked_hash(new, username)
        checked = service.check_password(session, username=username, password=old)
    with transaction(request, reads=False) as session:
        at = business_now(session, machine_now=now)
        try:
            service.change_password(session, checked, new_hash=new_hash, now=now)
        except PasswordWrong as wrong:
            audit.record(
                session, at=at, actor=visitor.actor, action="account.password-refused", subject=visitor.actor
            )
            return {"old": _wrong(wrong)}
        sessions.close_all(
            session, account_id=visitor.account_id, but=request.cookies.get(cookies.SESSION, "")
        )
        audit.record(session, at=at, actor=visitor.actor, action="account.password", subject=visitor.actor)
    return {}


def _wrong(wrong: PasswordWrong) -> str:
    until = wrong.data["locked_until"]
    if until is None:
        return _("现在的密码不对，没有修改。")
    return _("密码错误多次，已锁定至%(at)s，没有修改。") % {"at": formats.clock(until)}


def _weak(problem: str) -> str:
    words = {
        "password-short": lambda: _("新密码至少%(n)s位。") % {"n": MIN_LENGTH},
        "password-long": lambda: _("新密码最多%(n)s位。") % {"n": MAX_LENGTH},
        "password-plain": lambda: _("新密码须含大写字母、小写字母、数字、符号中的至少%(n)s种。") % {"n": MIN_CLASSES},
        "password-has-name": lambda: _("新密码不能包含用户名。"),
    }  # fmt: skip
    return words[problem]()
