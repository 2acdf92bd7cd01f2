"""The side menu and the phone's tabs: one entry per page, shown to those who may open it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from web.auth import Visitor
from workflows.accounts.permissions import Permission
from workflows.i18n import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` names the page (`nav="inbox"` in its template) and its count; `group` is the caption above it."""

    key: str
    url: str
    icon: str
    label: str
    permission: Permission
    group: str = ""


ENTRIES = (
    Entry("inbox", "/inbox", "inbox", N_("待办"), Permission.WORK),
    Entry("campaigns", "/campaigns", "flag", N_("专项行动"), Permission.SEE_CAMPAIGNS, N_("行动")),
    Entry("templates", "/templates", "list", N_("行动模板"), Permission.SEE_CAMPAIGNS, N_("行动")),
    Entry("reports", "/reports", "send", N_("报告"), Permission.SEE_CAMPAIGNS, N_("行动")),
    Entry("documents", "/documents", "document", N_("文书模板"), Permission.EDIT_DOCUMENTS, N_("行动")),
    Entry("overdue", "/overdue", "late", N_("逾期看板"), Permission.SEE_OVERDUE, N_("行动")),
    Entry("failing", "/failing-lists", "exclaim", N_("未达标名单"), Permission.SEE_OWN_FILE, N_("行动")),
    Entry("enforcement", "/enforcement", "eye", N_("执法检查"), Permission.SEE_OWN_FILE, N_("行动")),
    Entry("reviews", "/reviews", "ok", N_("审核"), Permission.REVIEW, N_("行动")),
    Entry("appraisal", "/appraisal", "ok", N_("考核评估"), Permission.SEE_CAMPAIGNS, N_("行动")),
    Entry("obligations", "/obligations", "list", N_("清单"), Permission.SEE_OWN_FILE, N_("对象")),
    Entry("duties", "/duties", "flag", N_("责任单位任务"), Permission.SEE_CAMPAIGNS, N_("对象")),
    Entry("hazards", "/hazards", "warn", N_("隐患"), Permission.SEE_OWN_FILE, N_("对象")),
    Entry("tips", "/tips", "camera", N_("扫码反映"), Permission.SEE_TIPS, N_("对象")),
    Entry("tip-codes", "/tip-codes", "grid", N_("随手拍二维码"), Permission.MAKE_TIP_CODES, N_("对象")),
    Entry("events", "/events/new", "exclaim", N_("事故和作业"), Permission.OPEN_EVENT, N_("对象")),
    Entry("enterprises", "/enterprises", "building", N_("企业台账"), Permission.SEE_ENTERPRISES, N_("对象")),
    Entry("file", "/file", "building", N_("本企业档案"), Permission.COMPLETE_FILE, N_("对象")),
    Entry("people", "/people", "user", N_("人员"), Permission.MANAGE_PEOPLE, N_("管理")),
    Entry("calendar", "/calendar", "calendar", N_("工作日历"), Permission.MANAGE_CALENDAR, N_("管理")),
    Entry("channels", "/admin/channels", "bell", N_("通知渠道"), Permission.MANAGE_CHANNELS, N_("管理")),
    Entry("incidents", "/incidents", "gear", N_("故障"), Permission.RETRY_INCIDENTS, N_("管理")),
    Entry("audit", "/audit", "history", N_("审计"), Permission.READ_AUDIT, N_("管理")),
)
TABS = (
    Entry("inbox", "/inbox", "inbox", N_("待办"), Permission.WORK),
    Entry("reviews", "/reviews", "ok", N_("审核"), Permission.REVIEW),
    Entry("report", "/hazards/new", "camera", N_("随手拍"), Permission.REPORT_HAZARD),
    Entry("obligations", "/obligations", "list", N_("清单"), Permission.SEE_OWN_FILE),
    Entry("me", "/me", "user", N_("我的"), Permission.WORK),
)

# What stands at the end of a menu entry, e.g. {"inbox": 9, "overdue": 1483}; "overdue" is shown in plum.
Counts = Callable[[Session, Visitor, datetime], Mapping[str, int]]


def no_counts(_session: Session, _visitor: Visitor, _now: datetime) -> Mapping[str, int]:
    """Used until the application is given real ones."""
    return {}


def menu(visitor: Visitor) -> list[tuple[str, list[Entry]]]:
    """The entries this person may open, under their captions, in order."""
    groups: dict[str, list[Entry]] = {}
    for entry in ENTRIES:
        if visitor.may(entry.permission):
            groups.setdefault(entry.group, []).append(entry)
    return list(groups.items())


def tabs(visitor: Visitor) -> list[Entry]:
    """The bottom tabs of a phone: four for an enterprise; everything else is listed on one's own page."""
    return [entry for entry in TABS if visitor.may(entry.permission)]
