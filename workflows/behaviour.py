"""How simulated people behave: when they turn to a task, and what they fill in. Seeded, so it can be repeated.

A draw depends on the seed, the subject and the day alone: the order in which the engine writes tasks changes nobody.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from workflows import hazardbehaviour
from workflows.hazardbehaviour import Case, Form, due

NEVER = 0.03  # of an enterprise's tasks nobody ever turns to
LATE = 0.15  # are done after their due day
LONGEST_LATE = 35  # days

ENTERPRISE_NODES = frozenset({"self_check", "fix", "rectify", "file"})


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everybody's draws for one seed."""

    seed: str

    def day_for(self, subject: str, node: str, *, today: date, due_on: date | None) -> date | None:
        """The day somebody turns to a task that they first see today, or None for never."""
        rng = self._generator(subject, node, today)
        if node not in ENTERPRISE_NODES:
            return today + timedelta(days=rng.randint(0, 3))
        draw = rng.random()
        if draw < NEVER:
            return None
        last = due_on if due_on is not None and due_on > today else today + timedelta(days=20)
        if draw < NEVER + LATE:
            return last + timedelta(days=rng.randint(1, LONGEST_LATE))
        return today + timedelta(days=rng.randint(0, (last - today).days))

    def form_for(self, form_key: str, case: Case) -> Form:
        """What is filled into a form. Raises KeyError for a form that nobody taught the crowd."""
        return FORMS[form_key](self._generator(case.subject, f"form/{form_key}", case.today), case)

    def _generator(self, subject: str, what: str, today: date) -> random.Random:
        return random.Random(f"{self.seed}/{subject}/{what}/{today.toordinal()}")  # noqa: S311 - not a secret


def _self_check(rng: random.Random, case: Case) -> Form:
    draw = rng.random()
    if draw < 0.05:
        return {"result": "not_applicable", "reason": "演练：本企业不涉及该项作业和场所"}
    if draw < 0.15:
        return {"result": "defects", "defects": [hazardbehaviour.defect(rng)]}
    proofs = {slot: [case.evidence_id] for slot in case.slots}
    return {"result": "compliant", "statement": "演练：已按要求完成", "evidence": proofs}


def _file(_rng: random.Random, case: Case) -> Form:
    return {"statement": "演练：已按要求办理", "evidence": {slot: [case.evidence_id] for slot in case.slots}}


def _either(name: str, good: Any, bad: Any, chance_bad: float, reason: str = "reason") -> Callable[..., Form]:
    def fill(rng: random.Random, _case: Case) -> Form:
        if rng.random() < chance_bad:
            return {name: bad, reason: "演练：材料不足，请补充"}
        return {name: good}

    return fill


def _sign(rng: random.Random, _case: Case) -> Form:
    return {"signed": True} if rng.random() > 0.03 else {"signed": False, "opinion": "演练：请补充说明"}


def _site_check(rng: random.Random, _case: Case) -> Form:
    passed = rng.random() > 0.05
    return {
        "site_result": "pass" if passed else "fail",
        "findings": "演练：现场情况",
        "second_inspector": "演练检查员",
    }


def _phase_review(_rng: random.Random, _case: Case) -> Form:
    return {"assessment": "演练：阶段工作总体正常"}


def _summary(_rng: random.Random, _case: Case) -> Form:
    return {"summary": "演练：专项行动总结，情况总体正常"}


def _extension(rng: random.Random, case: Case) -> Form:
    return {"granted": True, "decided_due_on": case.variables["requested_due_on"], "reason": "演练：同意"}


def _visit(rng: random.Random, case: Case) -> Form:
    found = {"findings": "演练：现场情况", "first_inspector": "演练甲", "second_inspector": "演练乙"}
    if rng.random() < 0.5:
        return {"result": "put_right", **found}
    return {"result": "order", "order_due_on": due(rng, case.today), **found}


def _put_right(_rng: random.Random, case: Case) -> Form:
    return {"statement": "演练：已整改到位", "evidence": [case.evidence_id]}


def _determine(_rng: random.Random, _case: Case) -> Form:
    return {"decision": "none", "opinion": "演练：情节轻微并已改正，不予处罚"}


def _circular(_rng: random.Random, _case: Case) -> Form:
    return {"published": False, "opinion": "演练：不作通报"}


def _answer(_rng: random.Random, _case: Case) -> Form:
    return {"upheld": False, "answer": "演练：经核实仍未办结"}


def _evaluate(_rng: random.Random, _case: Case) -> Form:
    return {"statement": "演练：各项任务按期完成，没有未达标的指标，继续保持。"}


def _triage(_rng: random.Random, _case: Case) -> Form:
    return {"decision": "not_hazard", "reason": "演练：经现场查看不是隐患"}


FORMS: Mapping[str, Callable[[random.Random, Case], Form]] = {
    "self_check": _self_check,
    "sign": _sign,
    "town_review": _either("town_decision", "accept", "return", 0.08),
    "department_review": _either("department_decision", "accept", "return", 0.05),
    "site_check": _site_check,
    "extension": _extension,
    "unit_file": _file,
    "unit_check": _either("office_decision", "accept", "return", 0.05),
    "self_evaluation": _evaluate,
    "self_evaluation_check": _either("office_decision", "accept", "return", 0.05),
    **hazardbehaviour.FORMS,
    "cosign": _either("agreed", True, False, 0.1, "opinion"),
    "phase_review": _phase_review,
    "summary": _summary,
    "objection_answer": _answer,
    "circular": _circular,
    "enforcement_visit": _visit,
    "enforcement_fix": _put_right,
    "enforcement_decision": _determine,
    "tip_triage": _triage,
}
