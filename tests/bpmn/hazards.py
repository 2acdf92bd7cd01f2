"""How the tests play a hazard: what people fill in, and the steps that several tests take."""

from __future__ import annotations

from engine.types import Json
from tests.bpmn.playing import REPORT, Play, Run

MAJOR_PLAN: dict[str, Json] = {
    "responsibility": "车间主任负责",
    "measures": "更换除尘管道",
    "funds": "三万元，自筹",
    "due_on": "2025-07-15",
    "emergency_plan": "粉尘爆炸处置方案",
    "interim_measures": "停产并设警戒",
}
INTERIM: dict[str, Json] = {
    "evacuation": "not_needed", "stoppage": "not_needed", "cordon": "done", "cordon_by": "李明",
    "cordon_on": "2025-06-20", "cordon_time": "09:30",
}  # fmt: skip
ACCEPTED: dict[str, Json] = {
    "passed": True, "acceptance_by": "experts", "opinion": "专家组验收意见", "acceptance_documents": [5],
}  # fmt: skip
REVIEW: dict[str, Json] = {"reviewers": "韩立、陆平", "review_findings": "到现场逐项看过"}
SUSPENSION: dict[str, Json] = {
    "suspension": "suspend", "rectify_due_on": "2025-08-15", "licences": "held", "appeal_told": True,
    "suspension_opinion": "审查不合格，依法停产整顿",
}  # fmt: skip


def reported(play: Play, *, actor: str | None = None, **changes: Json) -> Run:
    return play.start("hazard").do("report", actor=actor, **{**REPORT, **changes})


def assessed(run: Run, *, level: str = "general") -> Run:
    return run.do("assess", level=level, assessment="局部护栏缺失")


def planned(run: Run, *, due_on: str = "2025-07-30") -> Run:
    return run.do("plan", measures="补装护栏", responsible_person="李明", due_on=due_on)


def surveyed(run: Run) -> Run:
    return run.do("survey", survey_by="agency", survey_findings="除尘管道锈穿", survey_documents=[4])


def secured(run: Run) -> Run:
    return run.do("interim", **INTERIM).do("confirm_interim", interim_confirmed=True)


def listed(run: Run, *, accounted: bool = False) -> Run:
    run.do("list_plate", plated=True, plate_reason="影响面较大", request_account=accounted)
    return run.do("list_account", accounted=True, account_reason="影响公共安全") if accounted else run


def controlled(run: Run, *, accounted: bool = False) -> Run:
    return secured(listed(approved(surveyed(run)), accounted=accounted))


def approved(run: Run) -> Run:
    return run.do("plan_major", **MAJOR_PLAN).do("approve_plan", approved=True)


def fixed(run: Run, *, actor: str | None = None) -> Run:
    return run.do("fix", actor=actor, cause="锈蚀", correction="已更换", prevention="每月检查", evidence=[5])


def verified(run: Run, **form: Json) -> Run:
    return run.do("verify", **form)


def taken_over(run: Run, *, passed: bool) -> Run:
    return run.do("accept", actor="acceptor", **{**ACCEPTED, "passed": passed})


def accepted(run: Run) -> bool:
    return closed(taken_over(run, passed=True).do("consent", actor="consenter", consented=True))


def to_review(play: Play) -> Run:
    run = fixed(controlled(assessed(reported(play), level="major"), accounted=True))
    return taken_over(run, passed=True).do("consent", actor="consenter", consented=True)


def reviewed(run: Run, *, passed: bool) -> Run:
    return run.do("site_review", actor="reviewer", **REVIEW, review_passed=passed)


def suspended(play: Play) -> Run:
    run = reviewed(to_review(play), passed=False).do("suspend", actor="two", **SUSPENSION)
    return run.do("rectify", rectify_statement="已停产整顿", rectify_evidence=[6])


def effect(run: Run, *, effective: bool, actor: str | None = None) -> Run:
    actor = actor or "somebody else"
    return run.do("check_effect", actor=actor, effective=effective, effect_findings="几周之后到现场看过")


def closed(run: Run) -> bool:
    """Closed, and its effect to be checked."""
    return run.open() == {"effect_wait", "reopened"}


def steps(play: Play, run: Run, days: tuple[str, ...]) -> None:
    for day in days:
        assert run.next_timer == f"{day} 09:00"
        play.at(day)


def hazard_calls(play: Play) -> list[str]:
    return [c.node for c in play.domain.calls if c.topic.startswith("hazard.")]


def actions(play: Play) -> list[str]:
    return [c.variables["action"] for c in play.domain.called("escalation.act")]


def group(run: Run) -> str:
    [task] = run.tasks().values()
    return task.candidate_group
