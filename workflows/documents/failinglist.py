"""A failing list and its circular, as facts of documents: names and facts, no phones, no numbers of persons."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from workflows import formats
from workflows.accounts.queries import names_of
from workflows.campaigns.models import Campaign, FailingList
from workflows.documents.ranking import UNNUMBERED
from workflows.documents.types import Facts
from workflows.failing.documents import Row
from workflows.failing.facts import ItemFacts
from workflows.organizations.models import Organization


def list_facts(session: Session, listed: FailingList, rows: Sequence[Row], *, code: str) -> Facts:
    """The enterprises that stand, with what is open; struck ones are left out."""
    standing = [row for row in rows if row.number is not None]
    return {
        **_common(session, listed, code), "补充": "（补充）" if listed.is_supplement else "",
        "文号": "" if listed.signed_at else UNNUMBERED, "企业数": formats.number(len(standing)),
        "签发意见": listed.opinion or "", "签发人": _signer(session, listed.signed_by),
        "签发日期": formats.day(listed.signed_at) if listed.signed_at else "",
        "各企业": [
            {
                "序号": str(row.number), "企业": row.firm.name, "统一社会信用代码": row.firm.uscc,
                "未通过的事项": "\n".join(map(_item, row.items)), "此前督促": "\n".join(map(_urged, row.items)),
            }
            for row in standing
        ],
    }  # fmt: skip


def circular_facts(session: Session, listed: FailingList, rows: Sequence[Row], *, code: str) -> Facts:
    """The text that somebody signed, and the enterprises it names."""
    return {
        **_common(session, listed, code), "文号": "", "正文": listed.circular or "",
        "签发人": _signer(session, listed.circular_by), "签发日期": formats.day(listed.circular_at),
        "各企业": [
            {"序号": str(row.number), "企业": row.firm.name, "未通过的项数": str(len(row.items))}
            for row in rows if row.number is not None
        ],
    }  # fmt: skip


def _common(session: Session, listed: FailingList, code: str) -> dict[str, str]:
    return {
        "行动名称": session.get_one(Campaign, listed.campaign_id).title,
        "部门": session.get_one(Organization, listed.department_id).name,
        "截止日期": formats.day(listed.cutoff_on), "校验码": code,
    }  # fmt: skip


def _signer(session: Session, actor: str | None) -> str:
    return names_of(session, [actor]).get(actor or "", "")


def _item(item: ItemFacts) -> str:
    due = f"（期限{formats.day(item.due_at)}{'，逾期' if item.is_late else ''}）" if item.due_at else ""
    return f"{item.obligation.item_code} {item.obligation.title}{due}"


def _urged(item: ItemFacts) -> str:
    return f"提醒{item.reminders}次，升级{item.steps}次，退回{item.returns}次"
