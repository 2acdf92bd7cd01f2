"""The words of safety staff: what is required, what is there, what is short; one line or a whole enterprise."""

from __future__ import annotations

from typing import Any

from web.registerwords import field_name
from workflows.campaigns.applicability import STAFF, reads
from workflows.campaigns.types import TemplateItem
from workflows.i18n import gettext as _
from workflows.i18n import ngettext
from workflows.register.models import Enterprise
from workflows.safetystaff.rules import assess
from workflows.safetystaff.types import Assessment, StaffKind, StaffLine


def staff_of(firm: Enterprise) -> Assessment:
    """What an enterprise must have, has and lacks."""
    return assess(firm.staff)


def staff_for(item: Any, firm: Enterprise) -> Assessment | None:
    """The same where a checklist item is about it, else None."""
    about = isinstance(item, TemplateItem) and STAFF in reads(item.applies).facts
    return staff_of(firm) if about else None


def required(line: StaffLine) -> str:
    """How many there must be."""
    if line.kind is StaffKind.DEPARTMENT:
        return _("应设")
    people = _people(line.required)
    return _("至少%(people)s") % {"people": people} if line.at_least else people


def present(line: StaffLine) -> str:
    """How many there are."""
    if line.present is None:
        return _("待核实")
    if line.kind is StaffKind.DEPARTMENT:
        return _("已设") if line.present else _("未设")
    if line.kind is StaffKind.ANYONE:
        return _("有") if line.present else _("没有")
    return _people(line.present)


def missing(line: StaffLine) -> str:
    """How many are short; empty when none is, or nobody knows."""
    if not line.missing:
        return ""
    return (
        _("未设机构")
        if line.kind is StaffKind.DEPARTMENT
        else _("差%(people)s") % {"people": _people(line.missing)}
    )


def summary(found: Assessment) -> str:
    """Every line that is short, with its numbers."""
    return _("；").join(_line(line) for line in found.lines if line.missing)


def _line(line: StaffLine) -> str:
    kind = _(line.kind.label)
    if line.kind is StaffKind.DEPARTMENT:
        return _("%(kind)s未设") % {"kind": kind}
    numbers = {"required": required(line), "present": present(line), "missing": missing(line)}
    return _("%(kind)s应配%(required)s、实有%(present)s、%(missing)s") % {"kind": kind, **numbers}


def unknown(found: Assessment) -> str:
    """The facts that are still to be filled in."""
    return _("、").join(map(field_name, found.unknown))


def _people(number: int) -> str:
    return ngettext("%(num)s人", "%(num)s人", number) % {"num": number}


GLOBALS = {
    "staff_of": staff_of, "staff_for": staff_for, "staff_required": required, "staff_present": present,
    "staff_missing": missing, "staff_summary": summary, "staff_unknown": unknown,
}  # fmt: skip
