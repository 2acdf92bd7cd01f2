"""Why work comes back: the decision that sent it, whatever went on beside it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from workflows.returning import reason_of, sent_back


@dataclass(frozen=True)
class Entered:
    node: str
    form: Mapping[str, Any] = field(default_factory=dict)


FIX, PLAN, INTERIM = Entered("fix"), Entered("plan_major"), Entered("interim")
REJECTED = Entered("accept", {"passed": False, "opinion": "焊缝未探伤"})
NO_CONSENT = Entered("consent", {"consented": False, "consent_reason": "通风未复测"})
REWORK = Entered("suspend", {"suspension": "rework", "suspension_opinion": "限期整改"})
STOPPED = Entered("suspend", {"suspension": "suspend", "suspension_opinion": "停产整顿"})
NO_EFFECT = Entered("check_effect", {"effective": False, "effect_findings": "护栏又松动"})
NOT_IN_PLACE = Entered("confirm_interim", {"interim_confirmed": False, "interim_findings": "警戒不足"})
PLAN_RETURNED = Entered("approve_plan", {"approved": False, "reason": "资金没有着落"})
SUPERVISED = Entered("supervise", {"in_order": True, "supervision_findings": "按方案推进"})
PASSED = Entered("accept", {"passed": True, "opinion": "合格"})


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (REJECTED, "焊缝未探伤"), (NO_CONSENT, "通风未复测"), (REWORK, "限期整改"), (NO_EFFECT, "护栏又松动"),
        (Entered("verify", {"passed": False, "findings": "仍缺半米"}), "仍缺半米"),
    ],
)  # fmt: skip
def test_a_fix_comes_back_with_the_reason_of_whoever_refused_it(sent: Entered, why: str) -> None:
    found = sent_back([FIX, PASSED, sent], "fix")
    assert found is sent
    assert reason_of(sent.node, sent.form) == why


def test_a_supervision_does_not_hide_the_reason() -> None:
    assert sent_back([FIX, REJECTED, SUPERVISED], "fix") is REJECTED


def test_the_measures_and_the_plan_have_each_their_own_reason() -> None:
    history = [INTERIM, PLAN, NOT_IN_PLACE, PLAN_RETURNED]
    assert sent_back(history, "interim") is NOT_IN_PLACE
    assert sent_back(history, "plan_major") is PLAN_RETURNED


def test_what_goes_on_beside_them_hides_neither() -> None:
    assert sent_back([INTERIM, NOT_IN_PLACE, Entered("survey"), PLAN], "interim") is NOT_IN_PLACE


@pytest.mark.parametrize(
    ("history", "node"),
    [
        ([], "fix"), ([FIX], "fix"), ([FIX, REJECTED, FIX], "fix"), ([FIX, PASSED], "fix"), ([FIX, STOPPED], "fix"),
        ([FIX, REJECTED, PLAN], "fix"), ([FIX, REJECTED], "verify"), ([PLAN, NOT_IN_PLACE], "plan_major"),
    ],
)  # fmt: skip
def test_work_that_was_not_sent_back_has_no_reason(history: list[Entered], node: str) -> None:
    assert sent_back(history, node) is None


def test_what_was_passed_has_no_reason() -> None:
    assert reason_of(PASSED.node, PASSED.form) == ""
