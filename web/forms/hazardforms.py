"""What officials fill in to raise the level of a hazard, hand it over, merge it or open it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workflows.hazards.models import Hazard
from workflows.i18n import gettext as _
from workflows.organizations.models import Organization

MIN_REASON = 5


def reason(title: str) -> dict[str, Any]:
    """Only why."""
    return _object(reason=_reason(title))


def transfer(departments: Sequence[Organization]) -> dict[str, Any]:
    """To which department, and why."""
    labels = {str(one.id): one.name for one in departments}
    chosen = {
        "type": "string", "x-widget": "select", "title": _("移交给"), "enum": list(labels), "x-labels": labels,
    }  # fmt: skip
    return _object(department=chosen, reason=_reason(_("移交理由")))


def merge(others: Sequence[Hazard]) -> dict[str, Any]:
    """Into which one."""
    labels = {
        str(one.id): _("第%(id)s号：%(title)s（%(place)s）")
        % {"id": one.id, "title": one.title, "place": one.place}
        for one in others
    }
    described = merged()
    described["properties"]["other"] |= {"enum": list(labels), "x-labels": labels}
    return described


def merged() -> dict[str, Any]:
    """The same as it is read: a number, whatever the list held when the page was drawn."""
    return _object(
        other={"type": "string", "x-widget": "select", "title": _("并入哪一处"), "pattern": "^[0-9]{1,9}$"},
    )


def _reason(title: str) -> dict[str, Any]:
    return {
        "type": "string", "x-widget": "textarea", "minLength": MIN_REASON, "maxLength": 500, "title": title,
        "description": _("至少5个字，企业会看到。"),
    }  # fmt: skip


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "additionalProperties": False, "properties": properties, "required": list(properties),
    }  # fmt: skip
