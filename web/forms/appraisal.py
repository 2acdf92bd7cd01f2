"""The forms of the appraisal's page."""

from __future__ import annotations

from typing import Any

from web.forms.schemas import form_of
from workflows.appraisal.service import Kind
from workflows.appraisal.types import Indicator
from workflows.i18n import gettext as _
from workflows.i18n import language

NUMBER = "^[0-9]{1,6}([.][0-9]{1,4})?$"


def value(indicators: tuple[Indicator, ...]) -> dict[str, Any]:
    """What an indicator came to."""
    names = {one.code: one.title_en if language.get() == "en" else one.title for one in indicators}
    return form_of(
        code={"type": "string", "x-widget": "select", "title": _("指标"), "enum": list(names), "x-labels": names},
        value={"type": "string", "pattern": NUMBER, "title": _("实际值"),
               "description": _("用数字填写，最多四位小数，如 0.435。")},
        source={"type": "string", "minLength": 2, "maxLength": 200, "title": _("数据来源"),
                "description": _("例如：区统计局年度公报。")},
    )  # fmt: skip


def due() -> dict[str, Any]:
    """Until when the bodies evaluate their year."""
    return form_of(
        due_on={"type": "string", "format": "date", "x-widget": "date", "title": _("报送期限"),
                "description": _("规划没有写明日期，由区安委办确定；到期前提醒，逾期逐级升级。")},
    )  # fmt: skip


def freeze() -> dict[str, Any]:
    """What is frozen, by whom it is answered for; it cannot be undone."""
    names = {Kind.MIDTERM.value: _("中期评估"), Kind.FINAL.value: _("末期评估")}
    return form_of(
        kind={"type": "string", "x-widget": "radio", "title": _("哪一次"), "enum": list(names), "x-labels": names},
        opinion={"type": "string", "x-widget": "textarea", "minLength": 10, "maxLength": 2000,
                 "title": _("评估意见"), "description": _("至少10个字；对严重滞后的指标写明由谁负责、怎样追责。")},
        confirmed={"type": "boolean", "const": True, "x-widget": "checkbox",
                   "title": _("我知道评估的数字一经确定不能更改")},
    )  # fmt: skip
