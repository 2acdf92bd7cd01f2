"""What a message says, in its reader's language: a notice, the digest, a code, a robot's first word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from workflows import formats
from workflows.accounts.models import Account
from workflows.accounts.permissions import Permission, granted
from workflows.i18n import N_, ngettext, spoken
from workflows.i18n import gettext as _
from workflows.notifications import rules
from workflows.notifications.models import Notification, Outgoing
from workflows.notifications.sentences import url_of, words_of
from workflows.notifications.types import Letter, Topic
from workflows.times import day_of, parse_iso
from workflows.titles import titled

Lines = tuple[tuple[str, str | None], ...]
SECTIONS: Mapping[str, str] = {
    "overdue": N_("已逾期"),
    "returned": N_("被退回"),
    "soon": N_("7天内到期"),
    "reviews": N_("待我审核"),
}


def letter_of(session: Session, message: Outgoing, *, home: str, today: date) -> Letter:
    """The letter of a message; `home` is the address of the pages, without a slash at the end."""
    account = message.channel.account
    with spoken(account.language):
        title, lines = _WRITERS[message.topic](session, message, home, today)
        told = _("%(name)s的通知方式可在“我的”页面更改：%(address)s") % {
            "name": account.display_name,
            "address": f"{home}/me",
        }
        return Letter(_("【闭环】%(title)s") % {"title": title}, lines, told, account.language)


def _notice(session: Session, message: Outgoing, home: str, today: date) -> tuple[str, Lines]:
    notice = session.get_one(Notification, message.notification_id)
    words = words_of(notice, today)
    path = url_of(notice, sees_campaigns=_may(message.channel.account, Permission.SEE_CAMPAIGNS))
    return words, ((words, None), (_("打开这一页"), f"{home}{path or '/notices'}"))


def _digest(session: Session, message: Outgoing, home: str, today: date) -> tuple[str, Lines]:
    sections: Mapping[str, Any] = message.data["sections"]
    numbers = "，".join(f"{_(SECTIONS[name])} {one['number']}" for name, one in sections.items())
    lines: list[tuple[str, str | None]] = []
    for name, one in sections.items():
        lines.append((f"{_(SECTIONS[name])}：{_items(one['number'])}", None))
        lines += [(_line(row, today), f"{home}{row['path']}") for row in one["rows"]]
        if one["number"] > len(one["rows"]):
            lines.append((_("其余的在页面上"), f"{home}{'/reviews' if name == 'reviews' else '/inbox'}"))
    day = formats.day(date.fromisoformat(message.data["on"]), today)
    return _("%(day)s待办：%(numbers)s") % {"day": day, "numbers": numbers}, tuple(lines)


def _items(number: int) -> str:
    return ngettext("%(num)s 件", "%(num)s 件", number) % {"num": number}


def _line(row: Mapping[str, Any], today: date) -> str:
    due_at = parse_iso(row["due_at"])
    due = formats.day(day_of(due_at), today) if due_at else _("未定期限")
    return " · ".join(part for part in (row["enterprise"], titled(row["title"]), due) if part)


def _code(_session: Session, message: Outgoing, home: str, _today: date) -> tuple[str, Lines]:
    minutes = int(rules.CODE_LIFE.total_seconds() // 60)
    return _("确认邮箱的验证码"), (
        (_("验证码：%(code)s") % {"code": message.data["code"]}, None),
        (_("请在%(minutes)s分钟内填到“我的”页面。") % {"minutes": minutes}, f"{home}/me"),
        (_("如果不是您本人操作，不必理会这封邮件，也不要把验证码告诉别人。"), None),
    )


def _hello(_session: Session, message: Outgoing, home: str, _today: date) -> tuple[str, Lines]:
    name = message.channel.account.display_name
    return _("群机器人已接通"), (
        (_("%(name)s的通知会发到这里。") % {"name": name}, None),
        (_("打开闭环"), home),
    )


def _may(account: Account, permission: Permission) -> bool:
    return permission in granted(held.role for held in account.held)


_WRITERS: Mapping[Topic, Callable[[Session, Outgoing, str, date], tuple[str, Lines]]] = {
    Topic.NOTICE: _notice,
    Topic.DIGEST: _digest,
    Topic.CODE: _code,
    Topic.HELLO: _hello,
}
