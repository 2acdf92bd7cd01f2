"""The sentence of each kind of notice, and the page it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from web import formats
from workflows.i18n import gettext as _
from workflows.notifications.models import Notification
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, parse_iso

PAGES = {
    SubjectKind.CAMPAIGN: "/campaigns/{}",
    SubjectKind.OBLIGATION: "/obligations/{}",
    SubjectKind.HAZARD: "/hazards/{}",
}


def words_of(notice: Notification, today: date) -> str:
    """What a notice says. A kind without a sentence of its own shows its title."""
    sentence = SENTENCES.get(notice.kind, _other)
    return sentence(notice.data, today)


def url_of(notice: Notification, *, sees_campaigns: bool) -> str | None:
    """Where a notice leads; the dispatch leads an enterprise to its own list."""
    subject = Subject.parse(notice.subject)
    if subject.kind is SubjectKind.CAMPAIGN and not sees_campaigns:
        return "/inbox"
    page = PAGES.get(subject.kind)
    return page.format(subject.id) if page else None


def mark_of(notice: Notification) -> str:
    """The shape before a notice: late, back, ok, warn, else open (the kinds of components/status.html)."""
    return MARKS.get(notice.kind) or ("late" if notice.kind.startswith("ladder.") else "open")


def _due(data: Mapping[str, Any], today: date) -> str:
    due_at = parse_iso(data.get("due_at"))
    return formats.day(day_of(due_at), today) if due_at else _("未定期限")


def _other(data: Mapping[str, Any], _today: date) -> str:
    return str(data.get("title", ""))


def _said(text: Callable[[], str]) -> Callable[[Mapping[str, Any], date], str]:
    """A sentence about the title and the due date."""

    def sentence(data: Mapping[str, Any], today: date) -> str:
        return text() % {"title": data.get("title", ""), "day": _due(data, today)}

    return sentence


def _reasoned(text: Callable[[], str]) -> Callable[[Mapping[str, Any], date], str]:
    """A sentence about the title, with the reason that was given, if any."""

    def sentence(data: Mapping[str, Any], _today: date) -> str:
        told = text() % {"title": data.get("title", "")}
        return (
            _("%(told)s原因：%(reason)s") % {"told": told, "reason": data["reason"]}
            if data.get("reason")
            else told
        )

    return sentence


def _granted(data: Mapping[str, Any], today: date) -> str:
    day = formats.day(date.fromisoformat(data["due_on"]), today) if data.get("due_on") else formats.NONE
    return _("“%(title)s”已准予延期至%(day)s。") % {"title": data.get("title", ""), "day": day}


def _dispatched(data: Mapping[str, Any], _today: date) -> str:
    return _("“%(campaign)s”%(phase)s阶段派发了%(count)s项应办事项。") % dict(data)


def _drafted(data: Mapping[str, Any], _today: date) -> str:
    return _("“%(campaign)s”未达标企业名单已拟稿，共%(count)s家，请审定。") % dict(data)


SENTENCES: Mapping[str, Callable[[Mapping[str, Any], date], str]] = {
    "campaign.dispatched": _dispatched,
    "failing_list.drafted": _drafted,
    "urged": _said(lambda: _("催办：“%(title)s”%(day)s到期，请抓紧办理。")),
    "hazard.major": _said(lambda: _("“%(title)s”疑似重大隐患，已同时报告镇街、部门和区安委办。")),
    "obligation.closed": _said(lambda: _("“%(title)s”已办结。")),
    "round.return": _reasoned(lambda: _("“%(title)s”被退回。")),
    "round.site_failed": _reasoned(lambda: _("“%(title)s”现场核查未通过。")),
    "round.verification_failed": _reasoned(lambda: _("“%(title)s”验收未通过，请继续整改。")),
    "round.extension": _said(lambda: _("“%(title)s”已延期，请按新期限办理。")),
    "extension.granted": _granted,
    "extension.refused": _reasoned(lambda: _("“%(title)s”的延期申请未获准。")),
    "ladder.remind": _said(lambda: _("提醒：“%(title)s”%(day)s到期。")),
    "ladder.notify": _said(lambda: _("“%(title)s”%(day)s到期，本单位尚未提交。")),
    "ladder.town_task": _said(lambda: _("“%(title)s”逾期，转镇街督办（%(day)s到期）。")),
    "ladder.department_task": _said(lambda: _("“%(title)s”逾期，请区部门约谈（%(day)s到期）。")),
    "ladder.district_task": _said(lambda: _("重大隐患“%(title)s”逾期，报区级督办（%(day)s到期）。")),
    "ladder.committee_task": _said(lambda: _("重大隐患“%(title)s”逾期，报区安委办（%(day)s到期）。")),
    "ladder.draft_circular": _said(lambda: _("“%(title)s”逾期，通报已拟稿，待审定（%(day)s到期）。")),
    "ladder.draft_enforcement": _said(lambda: _("“%(title)s”逾期，执法名单已拟稿，待审定（%(day)s到期）。")),
}

MARKS = {
    "urged": "late", "ladder.remind": "open", "hazard.major": "warn", "obligation.closed": "ok",
    "extension.granted": "ok", "extension.refused": "back", "round.return": "back", "round.site_failed": "back",
    "round.verification_failed": "back",
}  # fmt: skip
