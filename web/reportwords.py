"""The sentence with which a report begins, made of its figures: the official goes on from there."""

from __future__ import annotations

from web import formats
from workflows.documents.types import Kind
from workflows.i18n import gettext as _
from workflows.reports.snapshots import Figures


def report_sentence(kind: Kind, figures: Figures) -> str:
    """What stood on the day of the figures, and what has come since the report's first day."""
    told = _facts(figures)
    whose = _("本部门监管企业%(firms)s家") if kind is Kind.MONTHLY else _("全区纳入企业%(firms)s家")
    return _(
        "截至%(day)s，%(whose)s，应办%(owed)s项，已办结%(closed)s项，办结率%(share)s，"
        "待审核%(reviewing)s项，逾期%(overdue)s项。%(since)s以来新办结%(closed_new)s项。"
        "累计排查隐患%(hazards)s处，已闭环%(hazards_closed)s处；%(since)s以来新发现%(hazards_new)s处，"
        "闭环%(hazards_closed_new)s处。"
    ) % {**told, "whose": whose % told}


def _facts(figures: Figures) -> dict[str, object]:
    whole, today = figures.whole, formats.local_day(figures.as_of)
    return {
        "day": formats.day(today, today), "since": formats.day(figures.since, today), "firms": figures.enterprises,
        "owed": whole.total, "closed": whole.done, "share": formats.percent(whole.done, whole.total),
        "reviewing": whole.reviewing, "overdue": whole.overdue, "closed_new": figures.closed_new,
        "hazards": figures.hazards, "hazards_closed": figures.hazards_closed, "hazards_new": figures.hazards_new,
        "hazards_closed_new": figures.hazards_closed_new,
    }  # fmt: skip
