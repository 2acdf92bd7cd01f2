"""What simulated people fill into the forms of a hazard: most go well, a share fails at each step."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

Form = dict[str, Any]
DEFECTS: Final = (  # what is found, where, of which kind
    ("配电箱门未接地", "配电室", "electrical"),
    ("临时用电线路拖地", "二号车间", "electrical"),
    ("灭火器压力不足", "成品仓库", "fire"),
    ("安全出口被货物占用", "成品仓库", "fire"),
    ("平台护栏缺失一段", "一号车间", "site"),
    ("除尘管道积灰", "打磨车间", "equipment"),
    ("起重机限位器失灵", "一号车间", "equipment"),
    ("传动部位没有防护罩", "二号车间", "equipment"),
    ("可燃气体报警器失灵", "喷漆房", "chemicals"),
    ("酸碱桶混放", "原料库", "chemicals"),
    ("打磨时未戴防护眼镜", "打磨车间", "behaviour"),
    ("特种作业证过期", "焊接班组", "management"),
)
_KINDS: Final = {title: kind for title, _place, kind in DEFECTS}


def defect(rng: random.Random) -> Form:
    """One line of a self-check that found something."""
    title, place, _kind = rng.choice(DEFECTS)
    return {"title": title, "place": place, "description": "演练：现场发现的问题"}


@dataclass(frozen=True, slots=True)
class Case:
    """What a simulated person knows: what it is about, the process variables, the day, the proofs asked for, a file
    to show.
    """

    subject: str
    variables: Mapping[str, Any]
    today: date
    slots: tuple[str, ...]
    evidence_id: int | None


def due(rng: random.Random, today: date) -> str:
    """A day in the weeks to come."""
    return (today + timedelta(days=rng.randint(3, 20))).isoformat()


def _report(rng: random.Random, case: Case) -> Form:
    return {
        "title": case.variables["title"],
        "place": case.variables["place"],
        "kind": _KINDS.get(case.variables["title"], "other"),
        "description": "演练：现场发现的问题",
        "possible_casualties": 0,
        "work_stopped": False,
        "matches_major_criteria": rng.random() < 0.1,
        "immediate_measures": "演练：已设警戒",
    }


def _assess(_rng: random.Random, case: Case) -> Form:
    return {"level": case.variables["suggested_level"], "assessment": "演练：现场核实"}


def _plan(rng: random.Random, case: Case) -> Form:
    return {
        "measures": "演练：更换防护装置",
        "responsible_person": "演练人员",
        "due_on": due(rng, case.today),
    }


def _interim(rng: random.Random, case: Case) -> Form:
    taken = {
        "cordon": "done",
        "cordon_by": "演练人员",
        "cordon_on": case.today.isoformat(),
        "cordon_time": "09:30",
    }
    return {"evacuation": "not_needed", "stoppage": "not_needed", **taken}


def _interim_check(rng: random.Random, _case: Case) -> Form:
    confirmed = rng.random() > 0.1
    return {
        "interim_confirmed": confirmed,
        "interim_findings": "演练：警戒范围" + ("到位" if confirmed else "不足"),
    }


def _survey(_rng: random.Random, case: Case) -> Form:
    return {
        "survey_by": "agency",
        "survey_findings": "演练：防护装置失效",
        "survey_documents": [case.evidence_id],
    }


def _plan_major(rng: random.Random, case: Case) -> Form:
    return {
        "responsibility": "演练：负责人",
        "measures": "演练：停用并改造",
        "funds": "演练：自筹",
        "due_on": due(rng, case.today),
        "emergency_plan": "演练：撤离并报警",
        "interim_measures": "演练：停用设备",
    }


def _approve(rng: random.Random, _case: Case) -> Form:
    return (
        {"approved": True} if rng.random() > 0.1 else {"approved": False, "reason": "演练：材料不足，请补充"}
    )


def _plate(rng: random.Random, _case: Case) -> Form:
    return {
        "plated": rng.random() < 0.7,
        "plate_reason": "演练：按重大隐患办理",
        "request_account": rng.random() < 0.4,
    }


def _account(rng: random.Random, _case: Case) -> Form:
    return {"accounted": rng.random() < 0.8, "account_reason": "演练：影响公共安全"}


def _fix(_rng: random.Random, case: Case) -> Form:
    return {
        "cause": "演练：防护缺失",
        "correction": "演练：已更换",
        "prevention": "演练：列入点检",
        "evidence": [case.evidence_id],
    }


def _supervise(rng: random.Random, _case: Case) -> Form:
    return {"in_order": rng.random() > 0.2, "supervision_findings": "演练：现场督办"}


def _verify(rng: random.Random, _case: Case) -> Form:
    passed = rng.random() > 0.1
    return {"passed": passed, "findings": "演练：现场核查" if passed else "演练：仍有缺陷，继续整改"}


def _accept(rng: random.Random, case: Case) -> Form:
    return {
        "passed": rng.random() > 0.1,
        "acceptance_by": "experts",
        "opinion": "演练：专家验收意见",
        "acceptance_documents": [case.evidence_id],
    }


def _consent(rng: random.Random, _case: Case) -> Form:
    return {"consented": rng.random() > 0.1, "consent_reason": "演练：已看过验收意见"}


def _site_review(rng: random.Random, _case: Case) -> Form:
    return {
        "review_passed": rng.random() > 0.2,
        "reviewers": "演练甲、演练乙",
        "review_findings": "演练：现场审查",
    }


def _suspend(rng: random.Random, case: Case) -> Form:
    if rng.random() < 0.3:
        return {"suspension": "rework", "suspension_opinion": "演练：限期整改"}
    return {
        "suspension": "suspend",
        "rectify_due_on": due(rng, case.today),
        "licences": "held",
        "suspension_opinion": "演练：审查不合格",
        "appeal_told": True,
    }


def _rectify(_rng: random.Random, case: Case) -> Form:
    return {"rectify_statement": "演练：已整顿到位", "rectify_evidence": [case.evidence_id]}


def _closure(rng: random.Random, case: Case) -> Form:
    if rng.random() < 0.5:
        return {
            "closure": "again",
            "rectify_due_on": due(rng, case.today),
            "closure_opinion": "演练：继续整顿",
        }
    return {
        "closure": "close",
        "closure_outcome": "演练：由区政府决定关闭",
        "closure_opinion": "演练：仍不合格",
        "appeal_told": True,
    }


def _effect(rng: random.Random, _case: Case) -> Form:
    return {"effective": rng.random() > 0.1, "effect_findings": "演练：几周之后现场核查"}


FORMS: Mapping[str, Callable[[random.Random, Case], Form]] = {
    "hazard_report": _report,
    "hazard_assess": _assess,
    "hazard_plan": _plan,
    "hazard_interim": _interim,
    "hazard_interim_check": _interim_check,
    "hazard_survey": _survey,
    "hazard_plan_major": _plan_major,
    "plan_approval": _approve,
    "hazard_plate": _plate,
    "hazard_account": _account,
    "hazard_fix": _fix,
    "hazard_supervise": _supervise,
    "hazard_verify": _verify,
    "hazard_acceptance": _accept,
    "hazard_consent": _consent,
    "hazard_site_review": _site_review,
    "hazard_suspend": _suspend,
    "hazard_rectify": _rectify,
    "hazard_closure": _closure,
    "hazard_effect": _effect,
}
