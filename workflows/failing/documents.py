"""A failing list as a document: its rows for paper and workbook, and the code that tells one printing from another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.failing import facts, queries
from workflows.failing.facts import ItemFacts
from workflows.i18n import gettext as _
from workflows.register.models import Enterprise
from workflows.sight import Sight
from workflows.spreadsheets import workbook
from workflows.times import day_of

AT_ONCE = 500  # lines whose facts are read together
CODE_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `number` counts the lines that stand, None for a struck one."""

    number: int | None
    entry: FailingListEntry
    firm: Enterprise
    items: list[ItemFacts]


def rows(session: Session, listed: FailingList, *, sight: Sight) -> list[Row]:
    """Every line in sight with its facts, struck ones among them."""
    found = queries.lines(session, listed.id, sight=sight, limit=None)
    told: dict[int, list[ItemFacts]] = {}
    for start in range(0, len(found), AT_ONCE):
        some = [entry for entry, _firm in found[start : start + AT_ONCE]]
        told |= facts.of_lines(session, some, drafted_at=listed.drafted_at)
    numbered, number = [], 0
    for entry, firm in found:
        number += entry.struck_at is None
        numbered.append(Row(number if entry.struck_at is None else None, entry, firm, told[entry.id]))
    return numbered


def check_code(listed: FailingList, printed: Sequence[Row]) -> str:
    """Equal for equal content: who stands on which list for what, and whether it is signed."""
    signed = listed.signed_at.isoformat() if listed.signed_at else "draft"
    lines = [f"{row.firm.uscc} {row.entry.item_codes}" for row in printed if row.number is not None]
    told = "\n".join([str(listed.id), listed.cutoff_on.isoformat(), signed, *lines])
    return hashlib.sha256(told.encode()).hexdigest()[:CODE_LENGTH].upper()


def workbook_of(exported: Sequence[Row]) -> bytes:
    """One row per item."""
    rows = (_values(row, item) for row in exported for item in row.items)
    return workbook(_("未达标名单"), _headers(), rows)


def _headers() -> list[str]:
    return [
        _("序号"), _("企业"), _("统一社会信用代码"), _("清单项"), _("事项"), _("期限"), _("截止时是否逾期"),
        _("提醒次数"), _("升级次数"), _("退回次数"), _("是否剔除"), _("剔除理由"),
    ]  # fmt: skip


def _values(row: Row, item: ItemFacts) -> list[object]:
    due_on = day_of(item.due_at) if item.due_at else ""
    return [
        row.number or "", row.firm.name, row.firm.uscc, item.obligation.item_code, item.obligation.title, due_on,
        _("逾期") if item.is_late else _("未到期"), item.reminders, item.steps, item.returns,
        _("已剔除") if row.entry.struck_at else "", row.entry.strike_reason or "",
    ]  # fmt: skip
