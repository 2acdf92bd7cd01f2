"""Forms that belong to a page and not to a task, described as those of tasks are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web.taskforms import title_of_item
from workflows.campaigns.standing import MIN_REASON as MIN_STANDING_REASON
from workflows.failing.rules import LONGEST, MIN_OBJECTION, MIN_TEXT
from workflows.hazards.rules import Source
from workflows.i18n import gettext as _
from workflows.obligations.events import Choice
from workflows.obligations.extensions import MIN_REASON
from workflows.register.models import Enterprise


def hazard(enterprises: Sequence[Enterprise], *, official: bool) -> dict[str, Any]:
    """随手拍: the picture first, then where and what. Somebody of one enterprise is not asked which; an official says
    on what occasion they saw it.
    """
    properties: dict[str, Any] = {
        "photos": {"type": "array", "x-widget": "evidence", "title": _("现场照片"), "items": {"type": "integer"}},
        "title": {"type": "string", "minLength": 2, "maxLength": 60, "title": _("看到什么")},
        "place": {"type": "string", "minLength": 1, "maxLength": 60, "title": _("在哪里"),
                  "description": _("车间、岗位或设备。")},
        "description": {"type": "string", "maxLength": 1000, "x-widget": "textarea", "title": _("具体情况")},
    }  # fmt: skip
    required = ["title", "place"]
    if len(enterprises) != 1:
        choice = {
            "type": "string", "x-widget": "select", "title": _("企业"),
            "enum": [str(one.id) for one in enterprises], "x-labels": {str(one.id): one.name for one in enterprises},
        }  # fmt: skip
        properties = {"photos": properties.pop("photos"), "enterprise": choice, **properties}
        required.append("enterprise")
    if official:
        occasions = {Source.CHECK.value: _("日常监督检查"), Source.INSPECTION.value: _("执法检查")}
        properties["source"] = {
            "type": "string", "x-widget": "radio", "title": _("怎么发现的"), "enum": list(occasions),
            "x-labels": occasions,
        }  # fmt: skip
        required.append("source")
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}


def extension() -> dict[str, Any]:
    """A request for a later due date."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "due_on": {"type": "string", "format": "date", "title": _("申请延期至"),
                       "description": _("须晚于现在的期限。")},
            "reason": {"type": "string", "x-widget": "textarea", "minLength": MIN_REASON, "maxLength": 1000,
                       "title": _("理由"), "description": _("至少10个字：为什么来不及，现在做到哪一步。")},
        },
        "required": ["due_on", "reason"],
    }  # fmt: skip


def standing(*, confirms: bool) -> dict[str, Any]:
    """Why a campaign is suspended, resumed or cancelled; the last is confirmed by a tick."""
    properties: dict[str, Any] = {
        "reason": {"type": "string", "x-widget": "textarea", "minLength": MIN_STANDING_REASON, "maxLength": 500,
                   "title": _("原因"), "description": _("至少5个字，企业、镇街和部门都会看到。")},
    }  # fmt: skip
    if confirms:
        properties["confirmed"] = {
            "type": "boolean", "const": True, "x-widget": "checkbox", "title": _("我知道取消后不能恢复"),
        }  # fmt: skip
    return {
        "type": "object", "additionalProperties": False, "properties": properties, "required": list(properties),
    }  # fmt: skip


def strike() -> dict[str, Any]:
    """Why an enterprise is taken off a failing list."""
    return form_of(
        reason={"type": "string", "x-widget": "textarea", "minLength": MIN_TEXT, "maxLength": LONGEST,
                "title": _("剔除理由"), "description": _("至少5个字，企业会看到。")},
    )  # fmt: skip


def signature() -> dict[str, Any]:
    """The opinion with which a failing list is signed, and that its consequence is known."""
    return form_of(
        opinion={"type": "string", "x-widget": "textarea", "minLength": MIN_TEXT, "maxLength": LONGEST,
                 "title": _("签发意见"), "description": _("至少5个字，写明核实情况和处理意见。")},
        confirmed={"type": "boolean", "const": True, "x-widget": "checkbox",
                   "title": _("我已逐家核对，知道签发后名单不能更改")},
    )  # fmt: skip


def objection() -> dict[str, Any]:
    """What an enterprise says against its line."""
    described = form_of(
        text={"type": "string", "x-widget": "textarea", "minLength": MIN_OBJECTION, "maxLength": LONGEST,
              "title": _("异议内容"), "description": _("至少10个字：哪一项不属实，实际情况怎样。")},
    )  # fmt: skip
    described["properties"]["evidence"] = {
        "type": "array", "x-widget": "evidence", "title": _("证明材料"), "items": {"type": "integer"},
    }  # fmt: skip
    return described


def form_of(**properties: Any) -> dict[str, Any]:
    """A form whose fields must all be filled in."""
    return {
        "type": "object", "additionalProperties": False, "properties": properties, "required": list(properties),
    }  # fmt: skip


def event(choices: Sequence[Choice]) -> dict[str, Any]:
    """What happened or is to be done, where and when; `choices` are the items that may be opened."""
    names = {one.key: f"{one.item.code} {title_of_item(one.item)}" for one in choices}
    properties: dict[str, Any] = {
        "item": {"type": "string", "x-widget": "radio", "title": _("什么事"), "enum": list(names), "x-labels": names},
        "what": {"type": "string", "minLength": 2, "maxLength": 60, "title": _("简要情况"),
                 "description": _("例如：三号炉台烫伤1人；二号罐清理。")},
        "place": {"type": "string", "minLength": 1, "maxLength": 60, "title": _("在哪里"),
                  "description": _("车间、岗位或设备。")},
        "day": {"type": "string", "format": "date", "title": _("日期"),
                "description": _("事故填发生时间，作业填计划开工时间。")},
        "time": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "title": _("时间"),
                 "description": _("24小时制，如 09:30。")},
    }  # fmt: skip
    required = ["item", "what", "place", "day", "time"]
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": required}
