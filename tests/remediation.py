"""What people fill into the forms of a major hazard, as tests do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from workflows.times import day_of

REVIEW: dict[str, Any] = {"reviewers": "韩立、陆平", "review_findings": "到现场逐项看过"}


def major_plan(due_on: str) -> dict[str, Any]:
    """The five parts."""
    return {
        "responsibility": "总经理负责", "measures": "停用并改造", "funds": "自筹二十万元", "due_on": due_on,
        "emergency_plan": "撤离并报警", "interim_measures": "停产设警戒",
    }  # fmt: skip


def measures(now: datetime) -> dict[str, Any]:
    """A cordon, today."""
    return {
        "evacuation": "not_needed", "stoppage": "not_needed", "cordon": "done", "cordon_by": "李明",
        "cordon_on": day_of(now).isoformat(), "cordon_time": "09:30",
    }  # fmt: skip


def survey(proof: int) -> dict[str, Any]:
    """The assessment of the state."""
    return {"survey_by": "agency", "survey_findings": "除尘管道锈穿", "survey_documents": [proof]}


def plate(*, request_account: bool = False, plated: bool = True) -> dict[str, Any]:
    """The department's mark."""
    return {
        "plated": plated, "plate_no": "测安督〔2025〕3号", "plate_reason": "影响面较大",
        "request_account": request_account,
    }  # fmt: skip


def account(*, accounted: bool = True) -> dict[str, Any]:
    """The government's mark."""
    return {"accounted": accounted, "account_no": "测政办〔2025〕8号", "account_reason": "影响公共安全"}


def acceptance(proof: int, *, passed: bool = True, opinion: str = "专家验收合格") -> dict[str, Any]:
    """By experts, with their written opinion."""
    return {"passed": passed, "acceptance_by": "experts", "opinion": opinion, "acceptance_documents": [proof]}


def suspension(due_on: str) -> dict[str, Any]:
    """停产整顿, licences held, rights told."""
    return {
        "suspension": "suspend", "rectify_due_on": due_on, "licences": "held", "appeal_told": True,
        "suspension_opinion": "审查不合格，依法停产整顿",
    }  # fmt: skip
