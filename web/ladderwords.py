"""The sentences of the ladder's page: when a step acts, what is wrong with a row or with a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from web import words
from workflows.escalation.rules import LadderStep, Unit
from workflows.escalation.table import Problem
from workflows.i18n import gettext as _
from workflows.i18n import ngettext


def when(step: LadderStep) -> str:
    """When a step acts, seen from the due date."""
    count = abs(step.offset)
    if step.unit is Unit.MINUTE:
        return _minutes(step.offset, count)
    if step.offset == 0:
        return _("期限当日")
    if step.offset < 0:
        return ngettext("期限前%(num)s个工作日", "期限前%(num)s个工作日", count) % {"num": count}
    return ngettext("逾期%(num)s个工作日", "逾期%(num)s个工作日", count) % {"num": count}


def _minutes(offset: int, count: int) -> str:
    if offset == 0:
        return _("到期时")
    if offset < 0:
        return ngettext("到期前%(num)s分钟", "到期前%(num)s分钟", count) % {"num": count}
    return ngettext("逾期%(num)s分钟", "逾期%(num)s分钟", count) % {"num": count}


def told(step: LadderStep) -> str:
    """A step in one line: when, what, to whom."""
    what = words.word(step.action, "ladder_action")
    whom = words.word(step.recipient, "recipient")
    return _("%(when)s：%(what)s（%(whom)s）") % {"when": when(step), "what": what, "whom": whom}


def sentence(problem: Problem, *, names_ladder: bool = False) -> str:
    """What is wrong and where; `names_ladder` says in which ladder, for a file that holds them all."""
    said = _SENTENCES[problem.code]() % _said(problem)
    if problem.row is not None:
        said = _("第%(row)s步：%(told)s") % {"row": problem.row, "told": said}
    if names_ladder and problem.ladder is not None:
        said = _("%(ladder)s，%(told)s") % {"ladder": words.word(problem.ladder, "ladder_kind"), "told": said}
    return said


def _said(problem: Problem) -> dict[str, Any]:
    data = dict(problem.data)
    if "allowed" in data:
        data["allowed"] = _("、").join(words.word(one, "recipient") for one in data["allowed"])
        data["action"] = words.word(data["action"], "ladder_action")
    return data


_SENTENCES: Mapping[str, Callable[[], str]] = {
    "action": lambda: _("请选择这类事项可用的动作。"),
    "recipient": lambda: _("对象不对，“%(action)s”的对象是%(allowed)s。"),
    "unit": lambda: _("单位只能是工作日或分钟。"),
    "offset": lambda: _("请填写天数或分钟数，只填数字。"),
    "too-far": lambda: _("离期限太远，最多%(limit)s。"),
    "draft-early": lambda: _("通报和执法名单只能在逾期之后起草。"),
    "task-early": lambda: _("督办和约谈不能在期限之前。"),
    "mixed-units": lambda: _("单位与第1步不同，一类事项只能用一种单位。"),
    "order": lambda: _("比第%(before)s步还早，请按时间先后排列。"),
    "twice": lambda: _("与第%(before)s步相同。"),
    "no-steps": lambda: _("至少要有一步，否则逾期没有人知道。"),
    "too-many": lambda: _("步骤太多，最多%(limit)s步。"),
    "no-change": lambda: _("与现行的表相同，没有保存。"),
    "reason": lambda: _("请写明修改的理由，%(least)s至%(most)s个字。"),
    "stale": lambda: _("您打开以后已有人保存了新的一版，请打开现行的表核对后再改。"),
    "file-missing": lambda: _("请选择要导入的DMN文件。"),
    "file-large": lambda: _("文件太大，最多%(limit)s KB。"),
    "file-xml": lambda: _("不是可读的XML文件，第%(line)s行出错。"),
    "file-doctype": lambda: _("文件里有文档类型声明（DOCTYPE），不能导入。"),
    "file-table": lambda: _("应有且只有一张决策表，文件里有%(count)s张。"),
    "file-policy": lambda: _("决策表的命中策略应为FIRST，文件里是%(given)s。"),
    "file-inputs": lambda: _("决策表的输入栏应为ladder、step，文件里是“%(given)s”。"),
    "file-outputs": lambda: _("决策表的输出栏应为action、offset、unit、recipient，文件里是“%(given)s”。"),
    "rule-cells": lambda: _("第%(rule)s条规则（%(id)s）的栏数不对，应有2个输入、4个输出。"),
    "rule-value": lambda: _(
        "第%(rule)s条规则（%(id)s）的%(output)s应是一个带引号的词或一个整数，文件里是“%(given)s”。"
    ),
    "rule-ladder": lambda: _("第%(rule)s条规则（%(id)s）的升级类别“%(given)s”没有。"),
    "rule-step": lambda: _("第%(rule)s条规则（%(id)s）应是第%(expected)s步，文件里是第%(given)s步。"),
}
