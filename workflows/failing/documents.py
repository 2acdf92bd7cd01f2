"""A failing list as a document: its rows for paper and workbook, and the code that tells one printing from another."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
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
PART = 50  # enterprises printed in one go
CODE_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `number` counts the lines that stand, None for a struck one."""

    number: int | None
    entry: FailingListEntry
    firm: Enterprise
    items: list[ItemFacts]


@dataclass(frozen=True, slots=True)
class Named:
    """An enterprise that stands on the list, and for what."""

    name: str
    uscc: str
    item_codes: str


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


def part_of(session: Session, listed: FailingList, part: int, *, sight: Sight, size: int = PART) -> list[Row]:
    """The lines in sight that stand, with their facts: those of one part (from 1) of a long list."""
    before = (part - 1) * size
    found = queries.lines(session, listed.id, sight=sight, offset=before, limit=size, standing=True)
    told = facts.of_lines(session, [entry for entry, _firm in found], drafted_at=listed.drafted_at)
    return [
        Row(number, entry, firm, told[entry.id]) for number, (entry, firm) in enumerate(found, before + 1)
    ]


def parts(number: int) -> int:
    """In how many parts a list of so many is printed: at least one."""
    return max(1, math.ceil(number / PART))


def named(session: Session, listed: FailingList, *, sight: Sight) -> list[Named]:
    """Everybody in sight that stands, in the order of the list."""
    query = (
        select(Enterprise.name, Enterprise.uscc, FailingListEntry.item_codes)
        .join(Enterprise, Enterprise.id == FailingListEntry.enterprise_id)
        .where(FailingListEntry.list_id == listed.id, FailingListEntry.struck_at.is_(None))
        .where(sight.of(FailingListEntry))
        .order_by(FailingListEntry.id)
    )
    return [Named(*row) for row in session.execute(query)]


def check_code(listed: FailingList, printed: Sequence[Named]) -> str:
    """Equal for equal content: who stands on which list for what, and whether it is signed."""
    signed = listed.signed_at.isoformat() if listed.signed_at else "draft"
    lines = [f"{one.uscc} {one.item_codes}" for one in printed]
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
