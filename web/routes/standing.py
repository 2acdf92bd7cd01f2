"""Suspend, resume or cancel a campaign: what each step means is said before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web import formats, words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms import schemas
from web.forms.reading import read_form
from web.inputs import RowId, Text
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.campaigns import queries, service, standing
from workflows.campaigns.models import Campaign, CampaignChange
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem, problems_of
from workflows.i18n import gettext as _

router = APIRouter()
Launcher = Annotated[Visitor, require(Permission.LAUNCH)]
DONE = {"suspend": "suspended", "resume": "resumed", "cancel": "cancelled"}
COMMANDS: Mapping[str, Callable[..., int]] = {
    "suspend": standing.suspend, "resume": standing.resume, "cancel": standing.cancel,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the page offers it."""

    name: str
    title: str
    note: str
    lines: tuple[str, ...]
    button: str
    schema: Mapping[str, Any]


@router.get("/campaigns/{campaign_id}/standing")
def standing_page(
    request: Request, campaign_id: RowId, visitor: Launcher, session: Db, now: Now, done: Text = ""
) -> Response:
    """Does it go on?"""
    return _page(request, session, queries.get(session, campaign_id), now, done=done)


@router.post("/campaigns/{campaign_id}/suspend")
def suspend(
    request: Request, campaign_id: RowId, visitor: Launcher, session: Db, now: Now, fields: Fields
) -> Response:
    """Stop it for a while."""
    return _take(request, session, campaign_id, "suspend", visitor, now, fields)


@router.post("/campaigns/{campaign_id}/resume")
def resume(
    request: Request, campaign_id: RowId, visitor: Launcher, session: Db, now: Now, fields: Fields
) -> Response:
    """Let it go on."""
    return _take(request, session, campaign_id, "resume", visitor, now, fields)


@router.post("/campaigns/{campaign_id}/cancel")
def cancel(
    request: Request, campaign_id: RowId, visitor: Launcher, session: Db, now: Now, fields: Fields
) -> Response:
    """Withdraw it for good."""
    return _take(request, session, campaign_id, "cancel", visitor, now, fields)


def _take(
    request: Request, session: Session, campaign_id: int, step: str, visitor: Visitor, now: datetime,
    fields: Any,
) -> Response:  # fmt: skip
    schema = schemas.standing(confirms=step == "cancel")
    form = read_form(schema, fields)
    try:
        if problems := list(problems_of(schema, form)):
            raise InvalidForm(problems=problems)
        COMMANDS[step](session, campaign_id, reason=form["reason"], actor=visitor.actor, now=now)
    except InvalidForm as refused:
        campaign = queries.get(session, campaign_id)
        wrong = refused.data["problems"]
        return _page(request, session, campaign, now, chosen=step, typed=form, problems=wrong)
    return RedirectResponse(f"/campaigns/{campaign_id}/standing?done={DONE[step]}", 303)


def _page(
    request: Request, session: Session, campaign: Campaign, now: datetime, *, chosen: str = "",
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (), done: str = "",
) -> Response:  # fmt: skip
    changes = standing.changes(session, campaign.id)
    names = names_of(session, [one.actor for one in changes])
    context = {
        "campaign": campaign, "template": service.template_of(campaign), "steps": _steps(session, campaign),
        "changes": changes, "entries": [_entry(one, names, now) for one in changes], "chosen": chosen,
        "typed": typed or {}, "problems": problems, "done": done if done in DONE.values() else "",
    }  # fmt: skip
    return render(request, "campaigns/standing.html", status=422 if problems else 200, **context)


def _steps(session: Session, campaign: Campaign) -> list[Step]:
    if campaign.cancelled_at or campaign.archived_at:
        return []
    left = formats.number(standing.count_open(session, campaign.id))
    suspend = Step(
        "suspend", _("暂停行动"), _("可以恢复"),
        (
            _("%(n)s 项未办结的应办事项停止办理，草稿都在。") % {"n": left},
            _("不提醒、不升级、不进入下一阶段；期限不变。"),
            _("隐患照常整改。"),
        ),
        _("暂停行动"), schemas.standing(confirms=False),
    )  # fmt: skip
    resume = Step(
        "resume", _("恢复行动"), "",
        (
            _("%(n)s 项未办结的应办事项继续办理。") % {"n": left},
            _("暂停期间到期的提醒和升级，恢复后按规定补办或略过。"),
            _("暂停期间企业档案的变化，恢复后随即核对：该补派的补派，不再适用的结束。"),
        ),
        _("恢复行动"), schemas.standing(confirms=False),
    )  # fmt: skip
    cancel = Step(
        "cancel", _("取消行动"), _("不能恢复"),
        (
            _("%(n)s 项未办结的应办事项全部撤回。") % {"n": left},
            _("已提交、已办结的内容和材料都保留。"),
            _("隐患照常整改，直到闭环。"),
        ),
        _("取消行动"), schemas.standing(confirms=True),
    )  # fmt: skip
    return [resume if campaign.suspended_at else suspend, cancel]


def _entry(one: CampaignChange, names: Mapping[str, str], now: datetime) -> dict[str, str]:
    return {
        "at": formats.instant(one.at, now), "title": words.word(one.kind, "change"),
        "who": names.get(one.actor, ""), "note": one.reason, "kind": "back" if one.kind == "cancelled" else "",
    }  # fmt: skip
