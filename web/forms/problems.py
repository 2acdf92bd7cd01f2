"""The sentence for each thing that can be wrong with a field."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workflows.campaigns.templates import FlawAt
from workflows.forms import FieldProblem
from workflows.i18n import gettext as _
from workflows.i18n import ngettext


def sentence(problem: FieldProblem, *, title: str, widget: str) -> str:
    """What is wrong with the field called `title`, and so what to do."""
    limit = problem.data.get("limit")
    said = {"title": title, "n": limit, "num": limit, "name": problem.data.get("name", "")}
    if problem.code in ("required", "minItems", "evidence-missing"):
        return _missing(widget, limit if problem.code == "minItems" else 1) % said
    if problem.code in ("minLength", "maxLength"):
        return _length(problem.code, limit) % said
    if problem.code == "const" and widget == "checkbox":
        return _("请先勾选“%(title)s”。") % said
    return _WORDS.get(problem.code, lambda: _("“%(title)s”填写不正确。"))() % said


def _missing(widget: str, limit: object) -> str:
    number = limit if isinstance(limit, int) else 1
    if widget in ("radio", "select"):
        return _("请选择“%(title)s”。")
    if widget == "evidence":
        return ngettext(
            "“%(title)s”还缺材料，至少%(num)s份。", "“%(title)s”还缺材料，至少%(num)s份。", number
        ).replace("%(num)s", str(number))
    if widget == "list":
        return _("“%(title)s”至少登记一条。")
    return _("请填写“%(title)s”。")


def _length(code: str, limit: object) -> str:
    number = limit if isinstance(limit, int) else 1
    if code == "minLength":
        return ngettext("“%(title)s”至少写%(num)s个字。", "“%(title)s”至少写%(num)s个字。", number)
    return ngettext("“%(title)s”最多写%(num)s个字。", "“%(title)s”最多写%(num)s个字。", number)


_WORDS = {
    "personal": lambda: _("“%(title)s”里不能有电话和身份证号码。"),
    "unknown": lambda: _("这张表没有“%(title)s”一栏，请刷新后重填。"),
    "enum": lambda: _("“%(title)s”请从列出的几项里选。"),
    "const": lambda: _("“%(title)s”请从列出的几项里选。"),
    "type": lambda: _("“%(title)s”格式不对，数字栏请只填数字。"),
    "format": lambda: _("“%(title)s”应为日期，如2025-08-20。"),
    "pattern": lambda: _("“%(title)s”格式不对。"),
    "minimum": lambda: _("“%(title)s”不能小于%(n)s。"),
    "maximum": lambda: _("“%(title)s”不能大于%(n)s。"),
    "maxItems": lambda: _("“%(title)s”最多%(n)s条。"),
    "evidence-empty": lambda: _("“%(title)s”里的“%(name)s”是空的，请重新选择文件。"),
    "evidence-too-large": lambda: _("“%(title)s”里的“%(name)s”大于20MB，请压缩后重传。"),
    "evidence-type": lambda: _("“%(title)s”里的“%(name)s”不是可以接收的文件。"),
    "evidence-lies": lambda: _("“%(title)s”里的“%(name)s”内容与扩展名不符，请用原始文件上传。"),
    "evidence-unknown": lambda: _("“%(title)s”里有一份材料不是本单位上传的，已去掉，请重新上传。"),
    "not-later": lambda: _("“%(title)s”须晚于现在的期限。"),
    "not-future": lambda: _("“%(title)s”不能早于今天。"),
    "too-far": lambda: _("“%(title)s”须在%(n)s天之内；需要更久的，定下措施后再申请延期。"),
    "too-late": lambda: _("“%(title)s”太晚，请核对日期和时间。"),
    "too-early": lambda: _("“%(title)s”太早，请核对日期和时间。"),
    "taken": lambda: _("“%(title)s”已有人使用，请换一个。"),
    "marked": lambda: _("勾选了“%(title)s”，不能通过；请退回，或取消勾选。"),
    "before-report": lambda: _("“%(title)s”不能早于发现隐患的那一天。"),
    "in-future": lambda: _("“%(title)s”不能晚于今天。"),
    "measure-none": lambda: _("临时措施至少采取一项；都不适用的，在“其他措施”里写明怎样处置。"),
    "no-enterprise": lambda: _("没有这家企业。请写全称或统一社会信用代码。"),
    "same-enterprise": lambda: _("“%(title)s”就是现在这家企业，不用转。"),
    "other-enterprise": lambda: _("这家企业没有这一处隐患，请核对编号。"),
    "not-open": lambda: _("请选另一处还没有闭环的隐患。"),
    "uniqueItems": lambda: _("“%(title)s”里有重复的材料。"),
}


@dataclass(frozen=True, slots=True)
class FlawWords:
    """What is wrong with a template: the group and row (from 1) it lies in, the row's code, the sentence."""

    group: str
    row: int | None
    code: str
    told: str


_PLACE = re.compile(
    r"(?P<group>items|duties|phases|sets|parameters)\[(?P<index>\d+)\](?: \((?P<code>[^)]*)\))?"
)
_FLAWS = {
    "schema": lambda: _("填写的内容不符合要求：%(message)s"),
    "ends-before-it-starts": lambda: _("结束日早于开始日。"),
    "nothing-is-asked": lambda: _("模板没有任何清单事项或者职责，至少要有一项。"),
    "phases-do-not-adjoin": lambda: _("阶段之间不衔接，这一阶段应从%(expected)s开始。"),
    "outside-second-phase": lambda: _("名单截止日应在第二阶段之内（%(from)s至%(to)s）。"),
    "supplement-before-cutoff": lambda: _("补充名单应晚于名单截止日。"),
    "outside-campaign": lambda: _("默认期限应在行动起止日期之内（%(from)s至%(to)s）。"),
    "duplicate-code": lambda: _("编号%(value)s重复。"),
    "code-without-number": lambda: _("编号应以%(number)s开头。"),
    "unknown-condition": lambda: _("适用条件读不懂：%(message)s"),
    "gap-and-note-belong-together": lambda: _("没有界定的内容要写明缺口，有缺口说明的要标为缺口。"),
    "event-with-date": lambda: _("随事发生的事项不能有固定期限。"),
    "limit-without-event": lambda: _("只有随事发生的事项才有限时。"),
    "month-without-day": lambda: _("写了月份，还要写日。"),
    "month-every-month": lambda: _("每月的事项不写月份。"),
    "opens-after-due": lambda: _("开始日晚于期限（%(due)s）。"),
}


def flaw_words(flaw: FlawAt) -> FlawWords:
    """A flaw of a template in the reader's language."""
    place = _PLACE.match(flaw.place)
    told = _FLAWS[flaw.code]() % dict(flaw.data)
    if place is None:
        return FlawWords("", None, flaw.place, told)
    return FlawWords(place["group"], int(place["index"]) + 1, place["code"] or "", told)
