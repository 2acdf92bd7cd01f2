"""The sentence for each stable error code: what happened, where, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web import formats
from workflows.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Message:
    """`title` says what happened, `hint` what to do; `action` is a link with its label."""

    title: str
    hint: str = ""
    action: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sentence may be made of: the error's data, today, and the names of actors."""

    data: Mapping[str, Any]
    today: datetime | None
    names: Mapping[str, str]

    def who(self, key: str) -> str:
        return self.names.get(str(self.data.get(key)), _("有人"))

    def when(self, key: str) -> str:
        moment = self.data.get(key)
        return formats.instant(moment, self.today) if isinstance(moment, datetime) else _("刚才")


def of(
    code: str, data: Mapping[str, Any], *, today: datetime | None, names: Mapping[str, str] | None = None
) -> Message:
    """The message of a refusal of the domain or the engine."""
    return MESSAGES.get(code, _other)(Facts(data, today, names or {}))


def not_found() -> Message:
    return Message(
        _("没有这一页，或者它不在您的权限范围内。"), _("请从待办或左侧菜单进入。"), ("/", _("回到首页"))
    )


def not_allowed() -> Message:
    return Message(
        _("这一步不归您的岗位办理。"), _("如需权限，请联系本单位的系统管理员。"), ("/", _("回到首页"))
    )


def cross_site() -> Message:
    return Message(
        _("页面停留太久，或请求不是从本站发出的，没有保存。"),
        _("请返回上一页，刷新后再提交一次；已填的内容可以先复制。"),
    )


def malformed() -> Message:
    return Message(_("提交的内容不完整或格式不对，没有保存。"), _("请返回上一页检查后再提交。"))


def broken(number: str) -> Message:
    return Message(
        _("系统出了问题，这次操作没有保存。"),
        _("请稍后重试；仍然不行，请把编号 %(number)s 告诉系统管理员。") % {"number": number},
        ("/", _("回到首页")),
    )


def http(status: int) -> Message:
    if status == 413:
        return Message(_("文件大于20MB。请压缩后重传。"), _("其他已上传的文件都还在。"))
    if status == 403:
        return not_allowed()
    if status in (404, 405):
        return not_found()
    return malformed()


def _other(_facts: Facts) -> Message:
    return malformed()


def _closed(facts: Facts) -> Message:
    said = {"who": facts.who("actor"), "when": facts.when("closed_at")}
    return Message(
        _("%(who)s已于%(when)s办理了这一项，您的内容没有保存。") % said,
        _("刷新后可看到结果；您刚填的内容还在下面，可以复制。"),
    )


def _conflict(facts: Facts) -> Message:
    if facts.data.get("what") == "campaign-running":
        said = {"who": facts.who("by"), "when": facts.when("at")}
        return Message(
            _("同样模板的行动已由%(who)s于%(when)s发起，与这次的范围有重叠，没有重复发起。") % said,
            _("可以先看正在进行的行动，或换一个范围。"),
            (f"/campaigns/{facts.data['campaign_id']}", _("查看这个行动")),
        )
    if facts.data.get("what") == "extension-pending":
        return Message(_("已有一份延期申请在等部门决定，没有重复提交。"), _("决定后会通知您。"))
    said = {"who": facts.who("by"), "when": facts.when("at")}
    return Message(_("%(who)s已于%(when)s改动了这一项，您的内容没有保存。") % said, _("请刷新后再办理。"))


def _year_missing(facts: Facts) -> Message:
    return Message(
        _("%(year)s年工作日历未导入，无法计算期限。") % {"year": facts.data.get("year", "")},
        _("请联系系统管理员。"),
    )


MESSAGES: Mapping[str, Callable[[Facts], Message]] = {
    "not-found": lambda _facts: not_found(),
    "task_not_found": lambda _facts: not_found(),
    "instance_not_found": lambda _facts: not_found(),
    "not-allowed": lambda _facts: not_allowed(),
    "task_closed": _closed,
    "conflict": _conflict,
    "version_conflict": _conflict,
    "calendar-missing": _year_missing,
    "calendar_missing": _year_missing,
    "same_person": lambda _facts: Message(
        _("您办理过前面的步骤，这一步须由另一个人办理。"), _("它会留在同组其他人的待办里。")
    ),
    "instance_not_active": lambda _facts: Message(
        _("这一项已经结束或暂停，不能再办理。"), _("刷新后可看到现状。")
    ),
    "sample-only": lambda _facts: Message(_("只有样例环境可以拨动时间。")),
    "evidence-empty": lambda _facts: Message(_("文件是空的，没有保存。"), _("请重新选择文件。")),
    "evidence-too-large": lambda facts: Message(
        _("“%(name)s”大于20MB。请压缩后重传。") % {"name": facts.data.get("name", "")},
        _("其他已上传的文件都还在。"),
    ),
    "evidence-type": lambda facts: Message(
        _("“%(name)s”不是可以接收的文件。") % {"name": facts.data.get("name", "")},
        _("可以上传照片（JPG、PNG、WebP、HEIC）、PDF、Word、Excel 和 MP4 视频。"),
    ),
    "evidence-lies": lambda facts: Message(
        _("“%(name)s”的内容与扩展名不符，没有保存。") % {"name": facts.data.get("name", "")},
        _("请用原始文件重新上传，不要只改扩展名。"),
    ),
    "evidence-foreign": lambda _facts: Message(
        _("有一份材料不是本单位上传的，不能使用。"), _("请删去后重新上传。")
    ),
}
