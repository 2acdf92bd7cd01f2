"""The sentence of each kind of notice, and the page it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflows import formats
from workflows.i18n import gettext as _
from workflows.notifications.models import Notification
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, parse_iso
from workflows.titles import titled

PAGES = {
    SubjectKind.CAMPAIGN: "/campaigns/{}",
    SubjectKind.OBLIGATION: "/obligations/{}",
    SubjectKind.HAZARD: "/hazards/{}",
    SubjectKind.LAUNCH: "/launches/{}",
    SubjectKind.UNIT_TASK: "/duties/{}",
    SubjectKind.ENTERPRISE: "/enterprises/{}#complete",
    SubjectKind.COSIGN: "/inbox",
    SubjectKind.FAILING_LIST: "/failing-lists/{}",
    SubjectKind.ENFORCEMENT: "/enforcement/{}",
    SubjectKind.SELF_EVALUATION: "/appraisal/evaluations/{}",
    SubjectKind.TIP: "/tips/{}",
}


TITLES = ("title", "campaign", "phase")
IN_INBOX = (
    "task.assigned",
    "task.delegated",
    "task.resolved",
    "task.urged",
    "cosign.agreed",
    "cosign.refused",
)


def words_of(notice: Notification, today: date) -> str:
    """What a notice says. A kind without a sentence of its own shows its title."""
    sentence = SENTENCES.get(notice.kind, _other)
    return sentence(_translated(notice.data), today)


def url_of(notice: Notification, *, sees_campaigns: bool) -> str | None:
    """Where a notice leads; the dispatch leads an enterprise to its own list."""
    if notice.subject.startswith("account:"):
        return "/me"
    if notice.subject.startswith("import:"):
        return f"/enterprises/{notice.subject.replace(':', '/')}"
    if notice.subject.startswith("hazard_import:"):
        return f"/hazards/import/{notice.subject.partition(':')[2]}"
    subject = Subject.parse(notice.subject)
    if notice.kind in IN_INBOX and notice.data.get("task_id"):
        return f"/inbox?task={notice.data['task_id']}"
    if subject.kind is SubjectKind.CAMPAIGN and not sees_campaigns:
        return "/inbox"
    page = PAGES.get(subject.kind)
    return page.format(subject.id) if page else None


def mark_of(notice: Notification) -> str:
    """The shape before a notice: late, back, ok, warn, else open (the kinds of components/status.html)."""
    return MARKS.get(notice.kind) or ("late" if notice.kind.startswith("ladder.") else "open")


def _translated(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: titled(value) if name in TITLES else value for name, value in data.items()}


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


def _numbered(text: Callable[[], str]) -> Callable[[Mapping[str, Any], date], str]:
    """A sentence about the title, with the number of the document, if there is one."""

    def sentence(data: Mapping[str, Any], _today: date) -> str:
        told = text() % {"title": data.get("title", "")}
        return (
            _("%(told)s文号：%(number)s") % {"told": told, "number": data["number"]}
            if data.get("number")
            else told
        )

    return sentence


def _granted(data: Mapping[str, Any], today: date) -> str:
    day = formats.day(date.fromisoformat(data["due_on"]), today) if data.get("due_on") else formats.NONE
    return _("“%(title)s”已准予延期至%(day)s。") % {"title": data.get("title", ""), "day": day}


def _dispatched(data: Mapping[str, Any], _today: date) -> str:
    return _("“%(campaign)s”%(phase)s阶段派发了%(count)s项应办事项。") % dict(data)


def _phase_dispatched(data: Mapping[str, Any], _today: date) -> str:
    return _("“%(campaign)s”%(phase)s阶段已派发完毕，共%(count)s项应办事项。") % dict(data)


def _unit_dispatched(data: Mapping[str, Any], _today: date) -> str:
    return _("“%(campaign)s”派发了%(count)s项责任单位任务。") % dict(data)


def _drafted(data: Mapping[str, Any], _today: date) -> str:
    return _("“%(campaign)s”未达标企业名单已拟稿，共%(count)s家，请审定。") % dict(data)


def _listed(data: Mapping[str, Any], today: date) -> str:
    until = parse_iso(data.get("until"))
    if until is None:
        return _("本企业被列入“%(campaign)s”未达标企业名单草稿，可以提出异议。") % dict(data)
    said = {**data, "day": formats.day(day_of(until), today)}
    return _("本企业被列入“%(campaign)s”未达标企业名单草稿，%(day)s及以前可以提出异议。") % said


def _standing(text: Callable[[], str]) -> Callable[[Mapping[str, Any], date], str]:
    """A sentence about a campaign, with the reason."""
    return lambda data, _today: text() % dict(data)


def _incomplete(data: Mapping[str, Any], _today: date) -> str:
    return _("请补全档案：有%(count)s个问题待答，答完即可确定哪些事项适用。") % dict(data)


def _opened(data: Mapping[str, Any], _today: date) -> str:
    return _("档案变化后，“%(campaign)s”新增%(count)s项应办事项。") % dict(data)


def _noted(text: Callable[[], str]) -> Callable[[Mapping[str, Any], date], str]:
    """A sentence about the title, with the note that came along, if any."""

    def sentence(data: Mapping[str, Any], _today: date) -> str:
        told = text() % {"title": data.get("title", "")}
        return (
            _("%(told)s说明：%(note)s") % {"told": told, "note": data["note"]} if data.get("note") else told
        )

    return sentence


def _promised(text: Callable[[], str]) -> Callable[[Mapping[str, Any], date], str]:
    """A sentence about what was promised, with the day in words."""

    def sentence(data: Mapping[str, Any], today: date) -> str:
        return text() % {**data, "by": formats.day(date.fromisoformat(data["by_on"]), today)}

    return sentence


def _stands_in(data: Mapping[str, Any], today: date) -> str:
    days = [formats.day(date.fromisoformat(data[name]), today) for name in ("from_on", "to_on")]
    said = {**data, "from": days[0], "to": days[1]}
    if data.get("is_own", True):
        return _("%(name)s请您在%(from)s至%(to)s代办分给他的事项。") % said
    return _("%(by_name)s请您在%(from)s至%(to)s代办分给%(name)s的事项。") % said


def _is_stood_in_for(data: Mapping[str, Any], today: date) -> str:
    days = [formats.day(date.fromisoformat(data[name]), today) for name in ("from_on", "to_on")]
    said = {**data, "from": days[0], "to": days[1]}
    return _("%(by_name)s安排%(stand_in_name)s在%(from)s至%(to)s代办分给您的事项。") % said


SENTENCES: Mapping[str, Callable[[Mapping[str, Any], date], str]] = {
    "task.assigned": _noted(lambda: _("“%(title)s”转给您办理。")),
    "task.delegated": _noted(lambda: _("请您先办“%(title)s”，办好后交回。")),
    "task.resolved": _noted(lambda: _("“%(title)s”已经办好交回，请您核对后提交。")),
    "task.urged": _noted(lambda: _("催办：“%(title)s”还在您手上，请抓紧办理。")),
    "task.taken_back": _noted(lambda: _("“%(title)s”已收回，不用您办了。")),
    "cosign.asked": _noted(lambda: _("请您为“%(title)s”加签。")),
    "cosign.agreed": _noted(lambda: _("“%(title)s”的加签人同意。")),
    "cosign.refused": _noted(lambda: _("“%(title)s”的加签人不同意。")),
    "comment.mentioned": _noted(lambda: _("“%(title)s”的讨论里提到了您。")),
    "copied": _noted(lambda: _("“%(title)s”抄送给您。")),
    "duty.withdrawn": _noted(lambda: _("“%(title)s”已由责任单位撤回，暂不用办。")),
    "submission.withdrawn": _noted(lambda: _("“%(title)s”已由企业撤回，暂不用办。")),
    "stand_in.named": _stands_in,
    "stand_in.named_for": _is_stood_in_for,
    "stand_in.ended": _standing(
        lambda: _("分给%(name)s的事项不再由%(stand_in_name)s代办：%(by_name)s已取消。")
    ),
    "campaign.dispatched": _dispatched,
    "campaign.phase_dispatched": _phase_dispatched,
    "campaign.suspended": _standing(lambda: _("“%(campaign)s”已暂停，暂不办理。原因：%(reason)s")),
    "campaign.resumed": _standing(lambda: _("“%(campaign)s”已恢复，请继续办理。%(reason)s")),
    "campaign.cancelled": _standing(
        lambda: _("“%(campaign)s”已取消，未办结的事项已撤回，隐患照常整改。原因：%(reason)s")
    ),
    "unit.dispatched": _unit_dispatched,
    "self_evaluation.set": _said(lambda: _("请于%(day)s前报送“%(title)s”。")),
    "report.drafted": _said(lambda: _("“%(title)s”已按今日数字起草，请核对、修改后报送。")),
    "failing_list.drafted": _drafted,
    "failing_list.listed": _listed,
    "failing_list.struck": _standing(
        lambda: _("本企业已从“%(campaign)s”未达标企业名单中剔除。理由：%(reason)s")
    ),
    "failing_list.signed": _standing(lambda: _("“%(campaign)s”未达标企业名单已签发，本企业在列。")),
    "failing_list.handed_over": _standing(
        lambda: _("“%(campaign)s”%(department)s未达标企业名单已签发，共%(count)s家，请组织执法检查。")
    ),
    "circular.published": _standing(lambda: _("“%(campaign)s”未达标企业通报已签发，本企业在列。")),
    "enforcement.ordered": _said(lambda: _("“%(title)s”：责令限期整改，%(day)s前报告结果。")),
    "enforcement.closed": _said(lambda: _("“%(title)s”已结案。")),
    "enforcement.penalty": _reasoned(
        lambda: _("“%(title)s”：已决定给予行政处罚。可以依法陈述申辩、申请行政复议或者提起行政诉讼。")
    ),
    "enforcement.suspension": _reasoned(
        lambda: _("“%(title)s”：已责令停产停业整顿。可以依法陈述申辩、申请行政复议或者提起行政诉讼。")
    ),
    "tip.received": _said(lambda: _("有人扫码反映“%(title)s”的情况，%(day)s前核实。")),
    "objection.refused": _standing(lambda: _("对“%(campaign)s”未达标企业名单的异议不成立。答复：%(reason)s")),
    "register.done": _standing(
        lambda: _("台账文件“%(title)s”已导入：新增%(inserted)s家，变更%(updated)s家。")
    ),
    "register.failed": _said(lambda: _("台账文件“%(title)s”处理中断，已写入的不会丢失，请再试一次。")),
    "hazards.imported": _standing(lambda: _("隐患文件“%(title)s”已导入，新登记%(number)s处隐患。")),
    "hazards.failed": _said(lambda: _("隐患文件“%(title)s”处理中断，已登记的不会丢失，请再试一次。")),
    "file.incomplete": _incomplete,
    "file.opened": _opened,
    "file.withdrawn": _said(lambda: _("档案变化后，“%(title)s”不再适用，已结束。")),
    "file.asked": _said(
        lambda: _("档案变化后，“%(title)s”可能不再适用；企业已提交过材料，请决定是否继续办理。")
    ),
    "urged": _said(lambda: _("催办：“%(title)s”%(day)s到期，请抓紧办理。")),
    "promise.made": _promised(lambda: _("%(whose)s答复催办：“%(title)s”承诺%(by)s前办好。%(words)s")),
    "promise.broken": _promised(lambda: _("%(whose)s承诺%(by)s前办好“%(title)s”，没有兑现。")),
    "hazard.upgraded": _reasoned(lambda: _("“%(title)s”已升级为重大隐患，请先控制、再定方案。")),
    "hazard.plated": _numbered(lambda: _("“%(title)s”已由部门挂牌督办。")),
    "hazard.accounted": _numbered(lambda: _("“%(title)s”已由政府挂账督办。")),
    "hazard.written_off": _said(lambda: _("“%(title)s”现场审查合格，已核销。")),
    "hazard.suspended": _reasoned(
        lambda: _("“%(title)s”审查不合格，责令停产整顿。可以依法陈述申辩、申请行政复议或者提起行政诉讼。")
    ),
    "hazard.shut_down": _reasoned(
        lambda: _("“%(title)s”：已决定关闭企业。可以依法陈述申辩、申请行政复议或者提起行政诉讼。")
    ),
    "hazard.effective": _said(lambda: _("“%(title)s”的整改效果已核查，措施有效。")),
    "hazard.not_effective": _reasoned(lambda: _("“%(title)s”的整改措施没有起作用，须重新整改。")),
    "hazard.merged": _standing(lambda: _("“%(title)s”与第%(other)s号隐患重复，已并入一起办理。")),
    "hazard.transferred": _standing(lambda: _("“%(title)s”已移交%(department)s办理。理由：%(reason)s")),
    "round.reopened": _reasoned(lambda: _("“%(title)s”重新打开，请按新的期限整改。")),
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
    "ladder.remind_body": _said(lambda: _("提醒：“%(title)s”%(day)s到期。")),
    "ladder.notify_body": _said(lambda: _("“%(title)s”%(day)s到期，本单位尚未报送。")),
    "ladder.office_task": _said(lambda: _("“%(title)s”逾期，请牵头单位督办（%(day)s到期）。")),
    "accident.reported": _said(lambda: _("事故首报：%(title)s，书面报告一小时内送达。")),
    "ladder.town_task": _said(lambda: _("“%(title)s”逾期，转镇街督办（%(day)s到期）。")),
    "ladder.department_task": _said(lambda: _("“%(title)s”逾期，请区部门约谈（%(day)s到期）。")),
    "ladder.district_task": _said(lambda: _("重大隐患“%(title)s”逾期，报区级督办（%(day)s到期）。")),
    "ladder.committee_task": _said(lambda: _("重大隐患“%(title)s”逾期，报区安委办（%(day)s到期）。")),
    "ladder.draft_circular": _said(lambda: _("“%(title)s”逾期，通报已拟稿，待审定（%(day)s到期）。")),
    "ladder.draft_enforcement": _said(lambda: _("“%(title)s”逾期，执法名单已拟稿，待审定（%(day)s到期）。")),
}

MARKS = {
    "register.done": "ok", "register.failed": "warn", "hazards.imported": "ok", "hazards.failed": "warn",
    "promise.broken": "late",
    "urged": "late", "ladder.remind": "open", "hazard.major": "warn", "obligation.closed": "ok",
    "extension.granted": "ok", "extension.refused": "back", "round.return": "back", "round.site_failed": "back",
    "round.verification_failed": "back", "failing_list.listed": "warn", "failing_list.signed": "warn",
    "failing_list.struck": "ok", "objection.refused": "back", "enforcement.ordered": "late", "enforcement.closed": "ok",
    "enforcement.penalty": "late", "enforcement.suspension": "late", "circular.published": "warn",
    "campaign.phase_dispatched": "ok", "hazard.upgraded": "warn", "hazard.plated": "warn", "hazard.accounted": "warn",
    "hazard.written_off": "ok", "hazard.suspended": "late", "hazard.shut_down": "late", "hazard.effective": "ok",
    "hazard.not_effective": "back", "round.reopened": "back", "tip.received": "warn",
}  # fmt: skip
