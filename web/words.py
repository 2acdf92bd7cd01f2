"""The word for each code that pages show: states, steps, rounds, ladder actions, notices, history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.i18n import N_
from workflows.i18n import gettext as _
from workflows.labelled import LabelledEnum

WORDS: Mapping[str, Mapping[str, str]] = {
    "state": {
        "pending": N_("待派发"), "in_progress": N_("办理中"), "returned": N_("被退回"), "submitted": N_("待审核"),
        "accepted": N_("已通过"), "sampled": N_("待现场核查"), "closed": N_("已办结"),
        "not_applicable": N_("不适用"), "cancelled": N_("已作废"),
    },
    "step": {
        "report": N_("上报"), "assess": N_("评估定级"), "plan": N_("整改方案"), "fix": N_("整改"),
        "verify": N_("验收"), "closed": N_("已闭环"),
    },
    "task": {
        "self_check": N_("自查填报"), "sign": N_("主要负责人签字"), "town_review": N_("镇街审核"),
        "department_review": N_("部门审核"), "site_check": N_("现场核查"), "await_hazards": N_("等待隐患闭环"),
        "decide": N_("延期审批"), "report": N_("上报隐患"), "assess": N_("评估定级"), "plan": N_("制定整改措施"),
        "plan_major": N_("重大隐患整改方案"), "approve_plan": N_("审批整改方案"), "fix": N_("整改"),
        "verify": N_("复查验证"), "accept": N_("验收"), "summary": N_("总结行动"),
        "review_1": N_("第一阶段评议"), "review_2": N_("第二阶段评议"), "review_3": N_("第三阶段评议"),
        "review_4": N_("第四阶段评议"),
    },
    "level": {"general": N_("一般隐患"), "major": N_("重大隐患")},
    "round": {
        "first": N_("首次办理"), "return": N_("退回重办"), "site_failed": N_("现场核查未通过"),
        "extension": N_("延期"), "reopened": N_("重新办理"), "verification_failed": N_("验收未通过"),
    },
    "ladder": {
        "remind": N_("提醒安全员"), "notify": N_("提醒主要负责人"), "town_task": N_("转镇街督办"),
        "department_task": N_("区部门约谈"), "district_task": N_("报区级督办"), "committee_task": N_("报区安委办"),
        "draft_circular": N_("通报拟稿"), "draft_enforcement": N_("执法名单拟稿"),
    },
    "urgency": {
        "overdue": N_("逾期"), "returned": N_("被退回"), "today": N_("今天"), "week": N_("7天内"), "later": N_("以后"),
    },
    "history": {
        "started": N_("开始"), "task_completed": N_("办理"), "timer_fired": N_("到时"),
        "message_received": N_("收到"), "incident": N_("系统故障，待处理"), "cancelled": N_("作废"),
        "suspended": N_("暂停"), "resumed": N_("恢复"), "ended": N_("结束"),
    },
    "result": {
        "compliant": N_("符合"), "defects": N_("有问题"), "not_applicable": N_("不适用"), "accept": N_("通过"),
        "return": N_("退回"), "pass": N_("合格"), "fail": N_("不合格"),
    },
    "recurrence": {
        "once": N_("一次"), "continuous": N_("持续"), "periodic": N_("定期"), "monthly": N_("每月"),
        "half_yearly": N_("每半年"), "yearly": N_("每年"), "each_event": N_("每次发生"),
        "key_dates": N_("重要时间节点"),
    },
    "problem": {
        "required": N_("必须填写"), "unknown": N_("没有这个栏目"), "minLength": N_("至少%(limit)s个字"),
        "maxLength": N_("最多%(limit)s个字"), "enum": N_("请从列出的选项中选择"), "const": N_("请从列出的选项中选择"),
        "format": N_("日期格式不对，应为2025-08-15"), "pattern": N_("格式不对"), "minItems": N_("至少填写%(limit)s项"),
        "maxItems": N_("最多%(limit)s项"), "minimum": N_("不能小于%(limit)s"), "maximum": N_("不能大于%(limit)s"),
        "type": N_("填写的内容类型不对"), "evidence-missing": N_("还缺这份材料，上传后再提交"),
        "evidence-unknown": N_("材料不存在或不是本单位上传的，请重新上传"), "uniqueItems": N_("同一份材料重复了"),
        "not-later": N_("新的期限须晚于现在的期限"), "not-future": N_("日期不能早于今天"),
        "too-far": N_("须在%(limit)s天之内"),
        "nobody-in-scope": N_("所选范围内没有在业企业"), "template-over": N_("这个模板的各阶段都已过期"),
        "nobody-ticked": N_("请先勾选要催办的事项"),
    },
}  # fmt: skip


def word(code: object, family: str) -> str:
    """The word for a code in the reader's language. Raises KeyError for a code that has none."""
    return _(WORDS[family][str(code)])


def step(node: str) -> str | None:
    """The word for a node of a process, if it has one here; the diagram has the Chinese name."""
    found = WORDS["task"].get(node)
    return _(found) if found else None


def label(member: LabelledEnum | None) -> str:
    """The label of an enumeration of the register, or a dash."""
    return _(member.label) if member is not None else "—"


def problem(found: Any) -> str:
    """What is wrong with a field, from its problem's code and data."""
    return _(WORDS["problem"][found.code]) % dict(found.data)
