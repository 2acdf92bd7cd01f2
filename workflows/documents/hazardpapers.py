"""The papers of a hazard: which there are once a body has decided, and what they say.

Nothing is made up: what nobody has entered prints a line to fill in by hand, the articles of law an office acts on
among it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workflows import formats
from workflows.accounts.models import Account
from workflows.accounts.queries import account_id_of
from workflows.accounts.types import Held, Role
from workflows.documents.types import Facts, Kind
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardLevel, Outcome
from workflows.organizations.models import Organization
from workflows.processes import form_schema
from workflows.register.models import Enterprise
from workflows.submissions.models import Submission
from workflows.submissions.queries import last

BLANK = "＿" * 10
NO_NUMBER = "〔　　　〕　　号"
_LEVELS = {HazardLevel.GENERAL: "一般隐患", HazardLevel.MAJOR: "重大隐患"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that can be printed: `decision` is the form it rests on, `held` the post whose paper it is."""

    kind: Kind
    decision: Submission
    held: Held


def papers(hazard: Hazard, entered: Sequence[Submission]) -> list[Paper]:
    """Those whose decision has been taken, in the order of the loop."""
    if hazard.outcome == Outcome.MERGED:
        return []
    is_major = hazard.level == HazardLevel.MAJOR
    town = Held(hazard.town_id, Role.TOWN_OFFICER)
    department = Held(hazard.department_id, Role.DEPARTMENT_OFFICER)
    verifying = "accept" if is_major else "verify"
    found = (
        (Kind.FIX_ORDER, _ordered(entered, is_major=is_major), department if is_major else town),
        (Kind.PLATE_NOTICE, last(entered, "list_plate") if hazard.plated_at else None, department),
        (Kind.RECHECK, last(entered, verifying), department if is_major else town),
        (Kind.WRITE_OFF, _reviewed(entered) if hazard.written_off_at else None, department),
    )
    return [Paper(kind, decision, held) for kind, decision, held in found if decision is not None]


def _ordered(entered: Sequence[Submission], *, is_major: bool) -> Submission | None:
    """A town decides what a general hazard is; of a major one a department checks the plan."""
    if not is_major:
        return last(entered, "assess")
    return _newest(one for one in entered if one.node == "approve_plan" and one.form.get("approved"))


def _reviewed(entered: Iterable[Submission]) -> Submission | None:
    reviews = ("site_review", "re_review")
    return _newest(one for one in entered if one.node in reviews and one.form.get("review_passed"))


def _newest(entered: Iterable[Submission]) -> Submission | None:
    return max(entered, key=lambda one: one.id, default=None)


@dataclass(frozen=True, slots=True)
class _Case:
    """What the papers are written from; `decider` and `office` are those of the decision."""

    hazard: Hazard
    decision: Submission
    entered: Sequence[Submission]
    decider: str | None
    office: str


def facts_of(session: Session, hazard: Hazard, paper: Paper, entered: Sequence[Submission]) -> Facts:
    """What the paper says; every value that is not known is a blank to fill in."""
    case = _Case(hazard, paper.decision, entered, *_decider(session, paper))
    said: Mapping[str, object] = {
        **_about(case, session.get_one(Enterprise, hazard.enterprise_id)), **_planned(case),
        "单位": case.office, "决定人": case.decider, "决定日期": _day(paper.decision.submitted_at),
        "文号": NO_NUMBER, **_OF_KIND[paper.kind](case),
    }  # fmt: skip
    return {name: str(value).strip() if value else BLANK for name, value in said.items()}


def _decider(session: Session, paper: Paper) -> tuple[str | None, str]:
    """Who decided and for which office: that office stays the one that decided when the hazard moves on."""
    number = account_id_of(paper.decision.actor)
    account = session.get(Account, number) if number is not None else None
    home = account.organization_id if account else paper.held.organization_id
    return account.display_name if account else None, session.get_one(Organization, home).name


def _about(case: _Case, firm: Enterprise) -> dict[str, object]:
    hazard = case.hazard
    level = hazard.level or _form(last(case.entered, "assess")).get("level")
    return {
        "隐患编号": hazard.id, "企业": firm.name, "统一社会信用代码": firm.uscc, "地址": firm.address,
        "主要负责人": firm.principal_name, "隐患": hazard.title, "地点": hazard.place, "情况": hazard.description,
        "级别": _LEVELS[HazardLevel(level)] if level else None, "发现日期": _day(hazard.found_at),
        "整改期限": _day(hazard.due_at), "整改情况": hazard.correction, "依据": None,
    }  # fmt: skip


def _planned(case: _Case) -> dict[str, object]:
    """The plan of the hazard's level; a general one has no funds and no emergency plan."""
    plan = _form(last(case.entered, "plan_major" if case.hazard.level == HazardLevel.MAJOR else "plan"))
    return {
        "整改措施": plan.get("measures"), "责任人": plan.get("responsibility") or plan.get("responsible_person"),
        "资金": plan.get("funds"), "预案": plan.get("emergency_plan"), "临时措施": plan.get("interim_measures"),
    }  # fmt: skip


def _order(case: _Case) -> dict[str, object]:
    form = case.decision.form
    return {"认定意见": form.get("assessment") or form.get("site_findings") or form.get("reason")}


def _plate(case: _Case) -> dict[str, object]:
    number = case.hazard.plate_no or NO_NUMBER
    return {"文号": number, "督办要求": case.decision.form.get("plate_reason")}


def _recheck(case: _Case) -> dict[str, object]:
    form = case.decision.form
    result = "整改合格" if form["passed"] else "整改不合格，须继续整改"
    if case.decision.node == "verify":
        who = {"复查方式": "现场复查", "复查人员": case.decider, "复查情况": form.get("findings")}
        return {"复查结果": result, **who}
    labels = form_schema("hazard_acceptance")["properties"]["acceptance_by"]["x-labels"]
    return {
        "复查结果": result, "复查方式": labels.get(form.get("acceptance_by")), "复查人员": form.get("acceptors"),
        "复查情况": form.get("opinion"),
    }  # fmt: skip


def _write_off(case: _Case) -> dict[str, object]:
    form = case.decision.form
    return {
        "挂牌文号": case.hazard.plate_no, "挂账文号": case.hazard.account_no,
        "验收意见": _form(last(case.entered, "accept")).get("opinion"), "审查人员": form.get("reviewers"),
        "审查情况": form.get("review_findings"),
    }  # fmt: skip


_OF_KIND: Mapping[Kind, Callable[[_Case], dict[str, object]]] = {
    Kind.FIX_ORDER: _order, Kind.PLATE_NOTICE: _plate, Kind.RECHECK: _recheck, Kind.WRITE_OFF: _write_off,
}  # fmt: skip


def _form(filed: Submission | None) -> Mapping[str, Any]:
    return filed.form if filed is not None else {}


def _day(at: datetime | None) -> str | None:
    return formats.day(at) if at else None
