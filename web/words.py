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
        "plan_major": N_("重大隐患整改方案"), "approve_plan": N_("核查整改方案"), "fix": N_("整改"),
        "survey": N_("现状评估"), "interim": N_("采取临时措施"), "confirm_interim": N_("核实临时措施"),
        "list_plate": N_("决定挂牌督办"), "list_account": N_("决定挂账督办"), "supervise": N_("定期督办"),
        "consent": N_("同意恢复生产"), "site_review": N_("现场审查"), "suspend": N_("决定停产整顿"),
        "rectify": N_("停产整顿"), "re_review": N_("再次审查"), "decide_closure": N_("决定是否关闭"),
        "check_effect": N_("核查整改效果"), "effect_wait": N_("等待效果核查"),
        "verify": N_("复查验证"), "accept": N_("验收"), "summary": N_("总结行动"),
        "propose": N_("提交发起方案"), "approve_launch": N_("审批发起"),
        "review_1": N_("第一阶段评议"), "review_2": N_("第二阶段评议"), "review_3": N_("第三阶段评议"),
        "review_4": N_("第四阶段评议"), "file": N_("报送方案或记录"), "check": N_("核对"), "countersign": N_("加签"),
        "answer": N_("答复异议"), "circular": N_("审定通报"), "visit": N_("现场检查"), "put_right": N_("报告整改结果"),
        "determine": N_("决定进一步处理"), "expiry": N_("整改期限届满"), "triage": N_("核实反映"),
    },
    "enforcement": {
        "visit": N_("待现场检查"), "put_right": N_("限期整改中"), "determine": N_("待决定进一步处理"),
        "closed": N_("已结案，整改到位"), "none": N_("已结案，不予处罚"),
        "penalty": N_("已决定行政处罚"), "suspension": N_("已责令停产停业整顿"),
    },
    "hazard_part": {
        "found": N_("发现"), "fixed": N_("已整改"), "due": N_("期限已到"), "in_time": N_("按期验收合格"),
        "late_open": N_("逾期未整改"), "due_originally": N_("原期限已到"),
        "in_time_originally": N_("按原期限验收合格"), "late_open_originally": N_("按原期限逾期未整改"),
        "closed": N_("已闭环"), "listed": N_("挂牌或挂账"), "written_off": N_("已核销"),
    },
    "tip": {
        "received": N_("已收到，待核实"), "accepted": N_("已受理"), "fixing": N_("整改中"), "closed": N_("已闭环"),
        "not_hazard": N_("经核实不是隐患"),
    },
    "outcome": {"closed": N_("已闭环"), "merged": N_("已并案"), "shut_down": N_("企业已决定关闭")},
    "source": {
        "self_check": N_("自查发现"), "report": N_("随手拍"), "check": N_("监督检查"), "inspection": N_("执法检查"),
        "tip": N_("随手拍（扫码）"), "reopened": N_("再次出现"), "ledger": N_("台账导入"),
    },
    "level": {"general": N_("一般隐患"), "major": N_("重大隐患")},
    "round": {
        "first": N_("首次办理"), "return": N_("退回重办"), "site_failed": N_("现场核查未通过"),
        "extension": N_("延期"), "reopened": N_("重新办理"), "continued": N_("持续办理"),
        "verification_failed": N_("验收未通过"), "upgraded": N_("升级为重大"), "suspension": N_("停产整顿"),
    },
    "ladder": {
        "remind": N_("提醒安全员"), "notify": N_("提醒主要负责人"), "town_task": N_("转镇街督办"),
        "department_task": N_("区部门约谈"), "district_task": N_("报区级督办"), "committee_task": N_("报区安委办"),
        "draft_circular": N_("通报拟稿"), "draft_enforcement": N_("执法名单拟稿"),
        "remind_body": N_("提醒责任单位"), "remind_town": N_("提醒镇街"), "notify_body": N_("通知责任单位"),
        "office_task": N_("牵头单位督办"),
    },
    "ladder_kind": {
        "obligation": N_("应办事项"), "hazard_general": N_("一般隐患"), "hazard_major": N_("重大隐患"),
        "hazard_effect": N_("效果核查"), "unit": N_("责任单位任务"), "accident": N_("事故报告"),
        "work_permit": N_("危险作业"), "enforcement_check": N_("执法检查"), "enforcement_order": N_("责令整改"),
        "tip": N_("扫码反映"),
    },
    "ladder_action": {
        "remind": N_("到期提醒"), "notify": N_("通知未提交"), "town_task": N_("转镇街督办"),
        "department_task": N_("区部门约谈"), "district_task": N_("报区级督办"), "committee_task": N_("报区安委办"),
        "draft_circular": N_("通报拟稿"), "draft_enforcement": N_("执法名单拟稿"),
        "remind_body": N_("到期提醒"), "notify_body": N_("通知未报送"), "office_task": N_("牵头单位督办"),
    },
    "recipient": {
        "safety_officer": N_("企业安全员"), "principal": N_("企业主要负责人"), "town_officer": N_("镇街"),
        "department_officer": N_("区部门"), "lead_officer": N_("区安委办"), "body": N_("责任单位"),
    },
    "before": {"urged": N_("人工催办"), "returned": N_("退回")},
    "urgency": {
        "overdue": N_("逾期"), "returned": N_("被退回"), "today": N_("今天"), "week": N_("7天内"), "later": N_("以后"),
    },
    "who": {
        "can_do": N_("可办"), "mine": N_("我认领的"), "colleagues": N_("同事认领的"), "delegated": N_("我委派的"),
        "remind": N_("以后再提醒"),
    },
    "did": {
        "claim": N_("已认领，由您办理。"), "unclaim": N_("已放回，同岗位的人都能办。"),
        "take-back": N_("已收回，由您办理。"),
        "hand-over": N_("已转办。"), "delegate": N_("已委派，办好后会交回给您。"), "resolve": N_("已交回。"),
        "remind": N_("好的，到那天再提醒。"), "urge": N_("已催办。"), "withdraw": N_("已撤回，可以接着改。"),
        "upgrade": N_("已升级为重大隐患，各方都已得知。"), "transfer": N_("已移交，对方部门已得知。"),
        "merge": N_("已并案，上报人已得知。"), "reopen": N_("已重新打开，企业已得知。"),
        "figures": N_("已换成今日数字。自己写的文字没有动，请核对其中的数字。"),
        "case": N_("已加到典型案例，请在下面补全。"),
    },
    "part": {
        "owed": N_("应办"), "done": N_("已办结"), "reviewing": N_("待审核"), "returned": N_("被退回"),
        "overdue": N_("逾期"),
    },
    "order": {
        "urgent": N_("最急的在前"), "newest": N_("最新的在前"), "oldest": N_("最早的在前"), "enterprise": N_("按企业"),
    },
    "history": {
        "started": N_("开始"), "task_completed": N_("办理"), "timer_fired": N_("到时"),
        "message_received": N_("收到"), "incident": N_("系统故障，待处理"), "cancelled": N_("作废"),
        "suspended": N_("暂停"), "resumed": N_("恢复"), "ended": N_("结束"), "claimed": N_("认领"),
        "unclaimed": N_("放回"), "assigned": N_("转办给%(to)s"), "delegated": N_("委派给%(to)s"),
        "taken_back": N_("收回委派"), "resolved": N_("委派办好，交回"), "follow_up": N_("以后再提醒"),
    },
    "verdict": {"met": N_("达标"), "behind": N_("未达标"), "serious": N_("严重滞后"), "unknown": N_("无法判断")},
    "appraisal": {"midterm": N_("中期评估"), "final": N_("末期评估")},
    "change": {"suspended": N_("暂停"), "resumed": N_("恢复"), "cancelled": N_("取消")},
    "result": {
        "compliant": N_("符合"), "defects": N_("有问题"), "not_applicable": N_("不适用"), "accept": N_("通过"),
        "return": N_("退回"), "pass": N_("合格"), "fail": N_("不合格"),
    },
    "recurrence": {
        "once": N_("一次"), "continuous": N_("持续"), "periodic": N_("定期"), "monthly": N_("每月"),
        "half_yearly": N_("每半年"), "yearly": N_("每年"), "each_event": N_("每次发生"),
        "key_dates": N_("重要时间节点"),
    },
    "incident": {
        "job": N_("系统自动办理的一步没有办成"), "timer": N_("到时的一步没有办成"),
        "message": N_("送来的消息没有办成"), "transition": N_("有人提交后流程没有走下去，提交的内容没有保存"),
    },
    "remedy": {
        "job": N_("重试会再办一次这一步。"), "timer": N_("重试后，下一次到时检查（一分钟内）再办这一步。"),
        "message": N_("重试会把消息再送一次。"), "transition": N_("原因排除后标为已处理，再请本人重新提交。"),
    },
    "cause": {
        "suspended": N_("当时流程已暂停"), "definition_outdated": N_("流程定义与现在的程序版本不符，须先迁移"),
        "calendar-missing": N_("工作日历没有导入这一年"), "transition_failed": N_("流程的条件或决策表算不出结果"),
        "invalid_values": N_("写入了不能保存的值"), "not-found": N_("要用的资料不存在"),
    },
    "action": {
        "sign-in": N_("登录"), "sign-in-refused": N_("登录被拒"),
        "hazard.report": N_("上报隐患"), "hazard.import": N_("导入隐患"),
        "register.import": N_("导入台账"), "campaign.launch": N_("发起行动"), "calendar.load": N_("载入日历"),
        "calendar.day": N_("本地调整一天"), "calendar.day-removed": N_("撤销本地调整"),
        "incident.retry": N_("重试故障"), "account.create": N_("新建人员"), "account.roles": N_("改岗位"),
        "account.activate": N_("启用账号"), "account.deactivate": N_("停用账号"), "account.unlock": N_("解锁账号"),
        "account.reset-password": N_("重置密码"), "account.password": N_("修改密码"),
        "account.password-refused": N_("修改密码被拒"), "stand-in.name": N_("指定代办"),
        "stand-in.end": N_("取消代办"), "ladder.save": N_("修改升级步骤表"),
        "failing_list.strike": N_("从未达标名单剔除企业"),
        "failing_list.sign": N_("签发未达标名单"), "objection.file": N_("提出名单异议"),
        "circular.sign": N_("签发通报"), "document.template": N_("更换文书模板"),
        "hazard.upgrade": N_("隐患升级为重大"), "hazard.transfer": N_("隐患移交部门"), "hazard.merge": N_("隐患并案"),
        "hazard.reopen": N_("重新打开隐患"), "hazard.list": N_("决定挂牌、挂账"), "hazard.write_off": N_("核销隐患"),
        "hazard.suspend": N_("责令停产整顿"), "hazard.shut_down": N_("决定关闭企业"),
        "enforcement.penalty": N_("决定行政处罚"), "enforcement.suspension": N_("责令停产停业整顿"),
        "tip_code.make": N_("生成随手拍二维码"), "tip_code.disable": N_("停用随手拍二维码"),
        "tip.erase": N_("按期删除反映的原文和照片"),
    },
    "subject": {
        "account": N_("人员账号"), "obligation": N_("应办事项"), "unit_task": N_("责任单位任务"), "hazard": N_("隐患"),
        "campaign": N_("专项行动"), "launch": N_("发起方案"), "extension": N_("延期申请"), "enterprise": N_("企业"),
        "cosign": N_("加签"), "import": N_("导入"), "hazard_import": N_("隐患文件"),
        "calendar": N_("工作日历"), "incident": N_("故障"),
        "template": N_("模板"), "document": N_("文书模板"), "ladder": N_("默认升级步骤表"),
        "failing_list": N_("未达标名单"), "objection": N_("名单异议"),
        "enforcement": N_("执法检查"), "self_evaluation": N_("年度自评"), "tip": N_("扫码反映"),
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
        "not-past": N_("请选今天或以后的日期"), "not-ordered": N_("须在开始日期当天或之后"),
        "too-late": N_("太晚了，请核对"), "too-early": N_("时间太早，请核对"),
        "nobody-chosen": N_("请选一位同事"),
        "oneself": N_("不能由本人代办，请选一位同事"),
        "no-colleague": N_("请选同单位、同岗位的同事"),
        "stand-in-overlap": N_("这些天里已经有人代办，请先取消原来的或改日期"),
        "stand-in-away": N_("这位同事在这些天里自己也请假，请换人或改日期"),
        "personal": N_("不能有电话和身份证号码"),
        "marked": N_("勾选了缺少的材料，不能通过；请退回，或取消勾选"),
        "before-report": N_("不能早于发现隐患的那一天"), "in-future": N_("不能晚于今天"),
        "measure-none": N_("至少采取一项临时措施"), "other-enterprise": N_("这家企业没有这一处隐患，请核对编号"),
        "no-enterprise": N_("没有这家企业，请写全称或统一社会信用代码"), "same-enterprise": N_("就是现在这家企业"),
        "not-open": N_("请选另一处还没有闭环的隐患"),
        "nobody-ticked": N_("请先勾选要催办的事项"),
    },
}  # fmt: skip


def word(code: object, family: str) -> str:
    """The word for a code in the reader's language. Raises KeyError for a code that has none."""
    return _(WORDS[family][str(code)])


def ladder_step(action: object, recipient: str) -> str:
    """What a step did, and to whom where the action leaves that open; `recipient` is a role or a candidate group."""
    told = {"safety_officer": "remind", "principal": "notify"} if action in ("remind", "notify") else {}
    if action == "remind_body":
        told = {"town_officer": "remind_town"}
    return word(told.get(recipient.rpartition(":")[2], action), "ladder")


def action_name(code: str) -> str:
    """What was done, for the audit log; an action without words shows its code."""
    if code.startswith("task."):
        node = code.removeprefix("task.")
        return _("办理：%(step)s") % {"step": step(node) or node}
    found = WORDS["action"].get(code)
    return _(found) if found else code


def subject_name(key: str) -> str:
    """What an entry of the audit log is about, e.g. 应办事项 12; a kind without words shows its key."""
    kind, _colon, number = key.partition(":")
    found = WORDS["subject"].get(kind)
    return f"{_(found)} {number}".strip() if found else key


def cause(code: str) -> str:
    """Why something broke, as far as the code has words; else that it is for whoever maintains the system."""
    found = WORDS["cause"].get(code)
    return _(found) if found else _("程序出错，请把技术详情交给运维人员")


def known(code: object, family: str) -> str | None:
    """The code if there is a word for it: for codes that come from an address."""
    return str(code) if str(code) in WORDS[family] else None


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
