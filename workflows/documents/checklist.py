"""The checklist of one enterprise, as facts of a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from workflows import formats
from workflows.campaigns.checklist import Line
from workflows.campaigns.models import Campaign
from workflows.documents.types import Facts
from workflows.obligations.rules import ObligationState
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.submissions.models import Submission


def checklist_facts(
    session: Session, campaign: Campaign, firm: Enterprise, lines: Sequence[Line], *, now: datetime,
    answered: Callable[[Submission], str], named: Callable[[ObligationState], str],
) -> Facts:  # fmt: skip
    """`answered` puts a self-check into words, `named` a state."""
    return {
        "行动名称": campaign.title, "企业名称": firm.name, "统一社会信用代码": firm.uscc,
        "镇街": _name(session, firm.town_id), "监管部门": _name(session, firm.department_id),
        "生成日期": formats.day(now), "各项": [_row(line, answered, named) for line in lines],
    }  # fmt: skip


def _row(
    line: Line, answered: Callable[[Submission], str], named: Callable[[ObligationState], str]
) -> dict[str, str]:
    one, check = line.obligation, line.check
    row = {"项": line.item.code, "内容": one.title if one else line.item.title, "要求": line.item.requirement}
    if one is None or line.state is None:
        return row | {
            "自查情况": formats.NONE,
            "自查日期": "",
            "期限": formats.NONE,
            "状态": "没有派发给本企业",
        }
    return row | {
        "自查情况": answered(check) if check else "尚未自查",
        "自查日期": formats.day(check.submitted_at) if check else "",
        "期限": formats.day(one.due_at) if one.due_at else "未定期限", "状态": named(line.state),
    }  # fmt: skip


def _name(session: Session, organization_id: int | None) -> str:
    found = session.get(Organization, organization_id) if organization_id is not None else None
    return found.name if found else formats.NONE
