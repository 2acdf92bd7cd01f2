"""The sentence with which a department's monthly report begins: the official goes on from there."""

from __future__ import annotations

from datetime import date

from web import formats
from workflows.campaigns.monthly import Month
from workflows.i18n import gettext as _


def month_sentence(month: Month, today: date) -> str:
    """What stands today and what the month has added."""
    tally = month.tally
    return _(
        "截至%(day)s，本部门监管企业%(firms)s家，应办%(owed)s项，已办结%(closed)s项，办结率%(share)s，"
        "待审核%(reviewing)s项，逾期%(overdue)s项。%(since)s以来新办结%(closed_new)s项。"
        "累计排查隐患%(hazards)s处，已闭环%(hazards_closed)s处；%(since)s以来新发现%(hazards_new)s处，"
        "闭环%(hazards_closed_new)s处。"
    ) % {
        "day": formats.day(today, today), "since": formats.day(month.since, today), "firms": month.enterprises,
        "owed": tally.total, "closed": tally.done, "share": formats.percent(tally.done, tally.total),
        "reviewing": tally.reviewing, "overdue": tally.overdue, "closed_new": month.closed_new,
        "hazards": month.hazards, "hazards_closed": month.hazards_closed, "hazards_new": month.hazards_new,
        "hazards_closed_new": month.hazards_closed_new,
    }  # fmt: skip
