"""Forms that belong to a page and not to a task, described as those of tasks are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workflows.i18n import gettext as _
from workflows.obligations.extensions import MIN_REASON
from workflows.register.models import Enterprise


def hazard(enterprises: Sequence[Enterprise]) -> dict[str, Any]:
    """随手拍: the picture first, then where and what. Somebody of one enterprise is not asked which."""
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
