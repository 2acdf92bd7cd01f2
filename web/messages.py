"""The sentence for each stable error code: what happened, where, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web import documentwords, formats, words
from workflows.i18n import N_
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
    if facts.data.get("actor") is None:
        return Message(
            _("这一项已被撤回或改期，您的内容没有保存。"),
            _("刷新后可看到现状；您刚填的内容还在下面，可以复制。"),
        )
    said = {"who": facts.who("actor"), "when": facts.when("closed_at")}
    return Message(
        _("%(who)s已于%(when)s办理了这一项，您的内容没有保存。") % said,
        _("刷新后可看到结果；您刚填的内容还在下面，可以复制。"),
    )


def _conflict(facts: Facts) -> Message:
    return CONFLICTS.get(str(facts.data.get("what")), _changed)(facts)


def _changed(facts: Facts) -> Message:
    return Message(
        _("%(who)s已于%(when)s改动了这一项，您的内容没有保存。") % _by(facts), _("请刷新后再办理。")
    )


def _by(facts: Facts) -> dict[str, str]:
    return {"who": facts.who("by"), "when": facts.when("at")}


CONFLICTS: Mapping[str, Callable[[Facts], Message]] = {
    "campaign-running": lambda facts: Message(
        _("同样模板的行动已由%(who)s于%(when)s发起，与这次的范围有重叠，没有重复发起。") % _by(facts),
        _("可以先看正在进行的行动，或换一个范围。"),
        (f"/campaigns/{facts.data['campaign_id']}", _("查看这个行动")),
    ),
    "launch-proposed": lambda facts: Message(
        _("%(who)s已于%(when)s提出了同样模板、同样企业的发起，没有重复提出。") % _by(facts),
        _("可以先看那一份方案。"),
        (f"/launches/{facts.data['proposal_id']}", _("查看方案")),
    ),
    "campaign-standing": lambda facts: Message(
        _("%(who)s已于%(when)s变更了这个行动，您的操作没有执行。") % _by(facts),
        _("请先看现在的状态。"),
        (f"/campaigns/{facts.data['campaign_id']}/standing", _("查看这个行动")),
    ),
    "campaign-suspended": lambda _facts: Message(
        _("行动已暂停，暂不受理延期申请。"), _("恢复后再申请；期限没有改变。")
    ),
    "self-evaluation-set": lambda _facts: Message(
        _("这一年的自评已经布置给每个单位。"), _("刷新后可看到各单位的进度。")
    ),
    "appraisal": lambda facts: Message(
        _("%(who)s已于%(when)s做过这次评估，没有重复评估。") % _by(facts),
        _("评估的数字不能更改，可以查看。"),
        ("/appraisal", _("查看评估")),
    ),
    "ledger-too-large": lambda facts: Message(
        _("台账有%(number)s行，超过一个文件的%(largest)s行，没有导出。") % facts.data,
        _("请先选一个镇街，再分别导出。"),
        (f"/campaigns/{facts.data['campaign_id']}", _("查看这个行动")),
    ),
    "hazard-ledger-too-large": lambda facts: Message(
        _("台账有%(number)s行，超过一个文件的%(largest)s行，没有导出。") % facts.data,
        _("请缩短时间，或只选一个镇街。"),
        ("/hazards/analysis", _("返回分析")),
    ),
    "import-state": lambda _facts: Message(
        _("这个文件的状态已经变了，没有重复操作。"), _("刷新后可看到现状。")
    ),
    "stand-in-overlap": lambda _facts: Message(
        _("这些天里已经有人代办，没有重复设置。"), _("先取消原来的，再设置新的。")
    ),
    "stand-in-away": lambda _facts: Message(
        _("这位同事在这些天里自己也请假，没有设置。"), _("请换一位同事，或改日期。")
    ),
    "waits-for-cosigner": lambda facts: Message(
        _("还在等%(who)s加签，签完才能往下走。") % _by(facts), _("可以催对方，或由请的人撤回加签。")
    ),
    "cosigner-refused": lambda facts: Message(
        _("%(who)s于%(when)s不同意加签，这一项只能退回。") % _by(facts), _("也可以改好后再请对方加签。")
    ),
    "cosigner-asked": lambda _facts: Message(_("已经请过这个人加签，还在等，没有重复请。")),
    "cosigner-decided": lambda facts: Message(
        _("%(who)s已于%(when)s签过意见，不能撤回加签。") % _by(facts), _("刷新后可看到意见。")
    ),
    "acted": lambda facts: Message(
        _("%(who)s已经在办，现在不能撤回。") % _by(facts), _("需要改的话，请对方退回。")
    ),
    "look-closer": lambda _facts: Message(
        _("这一项要逐件办：重大风险、曾退回、曾逾期，或还没有填好草稿。"), _("请打开后单独办理。")
    ),
    "urged-before": lambda _facts: Message(_("今天已经催过了，没有再发。"), _("明天还没有办，可以再催。")),
    "not-urged": lambda _facts: Message(_("这一项还没有人催办，不用答复。"), _("请直接办理。")),
    "handed-in": lambda _facts: Message(_("这一项已经提交，不用再承诺。"), _("刷新后可看到现状。")),
    "nobody-to-urge": lambda _facts: Message(_("现在没有人等着被催。"), _("刷新后可看到现状。")),
    "hazard-not-upgradable": lambda _facts: Message(
        _("这处隐患不能升级：还没有定级、已经是重大，或者已经闭环。"), _("刷新后可看到现状。")
    ),
    "enterprise-gone": lambda _facts: Message(
        _("这家企业已经注销，不能再生成二维码。"), _("请核对企业名称。")
    ),
    "tip-code-of-town": lambda _facts: Message(
        _("这个二维码是镇街设的，企业不能停用。"), _("位置不合适的，请联系镇街更换。")
    ),
    "hazard-not-mergeable": lambda _facts: Message(
        _("这处隐患已经开始整改或者已经闭环，不能并入另一处。"), _("刷新后可看到现状。")
    ),
    "hazard-not-reopenable": lambda _facts: Message(
        _("这处隐患没有闭环，或者已并入另一处，不能重新打开。"), _("刷新后可看到现状。")
    ),
    "hazard-older-version": lambda _facts: Message(
        _("这处隐患按旧版流程办理，旧版流程没有这一步。"), _("请按原来的流程办完；再次出现时另行上报。")
    ),
    "extension-pending": lambda _facts: Message(
        _("已有一份延期申请在等部门决定，没有重复提交。"), _("决定后会通知您。")
    ),
    "failing-list-signed": lambda facts: Message(
        _("%(who)s已于%(when)s签发了这份名单，不能再更改。") % _by(facts), _("刷新后可看到签发的名单。")
    ),
    "line-struck": lambda facts: Message(
        _("%(who)s已于%(when)s剔除了这家企业。") % _by(facts), _("刷新后可看到理由。")
    ),
    "objection-waits": lambda _facts: Message(
        _("这家企业的异议还没有答复，不能直接剔除。"), _("请先在待办里答复；答复“成立”即从名单中剔除。")
    ),
    "objections-run": lambda facts: Message(
        _("企业在%(when)s前可以提出异议，现在还不能签发。") % {"when": facts.when("until")},
        _("到期且异议都已答复后再签发。"),
    ),
    "objections-wait": lambda facts: Message(
        _("还有%(n)s份异议没有答复，不能签发。") % {"n": facts.data.get("count", "")}, _("请先在待办里答复。")
    ),
    "objection-pending": lambda _facts: Message(
        _("已有一份异议在等部门答复，没有重复提交。"), _("答复后会通知您。")
    ),
    "objections-over": lambda facts: Message(
        _("提出异议的期限已于%(when)s届满，没有提交。") % {"when": facts.when("at")},
        _("可以直接与主管部门联系。"),
    ),
    "incident-resolved": lambda facts: Message(
        _("%(who)s已于%(when)s处理了这个故障，没有再试一次。") % _by(facts), _("在“已处理”里可看到结果。")
    ),
}


FIELDS: Mapping[str, str] = {
    "name": N_("名称"), "to": N_("交给谁"), "note": N_("说明"), "on": N_("提醒日期"), "role": N_("岗位"),
    "from_on": N_("从哪天"), "to_on": N_("到哪天"), "body": N_("内容"),
    "by_on": N_("哪天办好"), "words": N_("怎么办"),
}  # fmt: skip


def _invalid(facts: Facts) -> Message:
    """What is wrong in a small form, field by field; a large one shows it beside its fields."""
    told = [
        f"{_(FIELDS[one.path])}：{words.problem(one)}" for one in facts.data["problems"] if one.path in FIELDS
    ]
    return Message(_("还没有保存。") + "；".join(told), _("请改正后再提交。")) if told else malformed()


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
    "invalid-form": _invalid,
    "task_closed": _closed,
    "task_assigned": lambda facts: Message(
        _("这一项已由%(who)s认领，没有改动。") % {"who": facts.who("actor")},
        _("请刷新后再看；需要时请与对方商量。"),
    ),
    "conflict": _conflict,
    "version_conflict": _conflict,
    "calendar-missing": _year_missing,
    "calendar_missing": _year_missing,
    "same_person": lambda _facts: Message(
        _("您办理过前面的步骤，这一步须由另一个人办理。"),
        _("它会留在同组其他人的待办里；您刚填的内容没有保存，可以复制。"),
    ),
    "last-administrator": lambda _facts: Message(
        _("这是最后一个在用的系统管理员，不能去掉岗位或停用，没有保存。"),
        _("请先给另一个人设系统管理员岗位。"),
    ),
    "oneself": lambda _facts: Message(_("不能停用自己的账号，没有保存。"), _("请让另一个系统管理员办理。")),
    "definition_outdated": lambda _facts: Message(
        _("流程定义与现在的程序版本不符，不能重试。"), _("请运维人员先迁移流程。")
    ),
    "instance_not_active": lambda _facts: Message(
        _("这一项已经结束或暂停，不能再办理。"), _("刷新后可看到现状。")
    ),
    "document-refused": lambda facts: Message(documentwords.flaw_words(facts.data)),
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
