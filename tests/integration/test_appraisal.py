"""Reported values, self-evaluations and frozen appraisals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.factories import World, at, end_of
from workflows.appraisal import evaluations, queries, service
from workflows.appraisal.models import Appraisal, EvaluationTask, SelfEvaluation
from workflows.appraisal.service import Kind
from workflows.appraisal.types import Verdict
from workflows.audit.models import AuditEntry
from workflows.escalation.queries import for_groups
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.notifications.models import Notification

NOW = at("2020-12-20 09:00")
SAID = "各项任务都已完成，下一步是加强道路治理。"


@pytest.fixture
def world(world: World) -> World:
    """At the end of the plan's last year."""
    world.advance(NOW)
    return world


def report(world: World, code: str, year: int, value: str) -> None:
    service.report(
        world.session, code=code, year=year, value=Decimal(value), source="统计公报", actor="lead", now=NOW
    )


def verdicts(world: World, year: int) -> dict[str, Verdict]:
    return {one.indicator.code: one.verdict for one in queries.findings(world.session, year)}


def test_the_newest_report_counts_and_the_earlier_one_stays(world: World) -> None:
    report(world, "road", 2018, "1.90")
    assert verdicts(world, 2018)["road"] is Verdict.BEHIND
    report(world, "road", 2018, "1.60")
    assert verdicts(world, 2018)["road"] is Verdict.MET
    assert [one.value for one in queries.reported(world.session, 2018)] == ["1.60", "1.90"]


@pytest.mark.parametrize(("code", "year"), [("unheard", 2018), ("road", 2030)])
def test_what_is_no_indicator_or_no_year_of_a_plan_is_refused(world: World, code: str, year: int) -> None:
    with pytest.raises(NotFound):
        report(world, code, year, "1")


def test_a_frozen_appraisal_keeps_its_figures_whatever_is_reported_later(world: World) -> None:
    report(world, "road", 2018, "2.50")
    report(world, "fire", 2018, "0.20")
    made = service.freeze(
        world.session,
        kind=Kind.MIDTERM,
        year=2018,
        opinion="道路指标严重滞后，由交通局负责",
        actor="lead",
        now=NOW,
    )
    report(world, "road", 2018, "1.00")
    world.session.expire_all()
    kept = {one["code"]: one["verdict"] for one in made.findings}
    assert (kept["road"], kept["fire"], kept["gdp"], made.score) == ("serious", "met", "unknown", "50.00")


def test_each_appraisal_is_made_once(world: World) -> None:
    facts = {"kind": Kind.FINAL, "opinion": "按期完成规划", "actor": "lead", "now": NOW}
    service.freeze(world.session, year=2020, **facts)
    with pytest.raises(Conflict):
        service.freeze(world.session, year=2019, **facts)
    assert len(world.session.scalars(select(Appraisal)).all()) == 1


def set_year(world: World, due: str = "2021-01-29", year: int = 2020) -> list[EvaluationTask]:
    return evaluations.set_year(
        world.session, year=year, due_on=date.fromisoformat(due), actor="account:lead", now=world.now
    )


def of_town(world: World, tasks: list[EvaluationTask]) -> EvaluationTask:
    return next(one for one in tasks if one.body_id == world.towns[0])


def file(world: World, one: EvaluationTask, statement: str = SAID) -> None:
    world.do(one, "file", world.town(), statement=statement)


def test_every_department_and_town_gets_a_task_with_the_day_and_a_notice(world: World) -> None:
    tasks = set_year(world)
    assert {one.body_id for one in tasks} == {*world.towns, *world.departments}
    assert {one.due_at for one in tasks} == {end_of("2021-01-29")}
    told = select(Notification.candidate_group).where(Notification.kind == "self_evaluation.set")
    assert len(set(world.session.scalars(told))) == len(tasks)


def test_a_year_is_set_once(world: World) -> None:
    set_year(world)
    with pytest.raises(Conflict):
        set_year(world)
    assert len(set_year(world, year=2019)) == len(queries.tasks(world.session, 2020))


def test_a_day_that_is_past_is_refused(world: World) -> None:
    with pytest.raises(InvalidForm):
        set_year(world, due="2020-01-01")


def test_what_is_accepted_closes_the_task_with_who_and_what(world: World) -> None:
    one = of_town(world, set_year(world))
    file(world, one)
    world.do(one, "check", world.lead(), office_decision="accept", reason="属实")
    [(said, _body)] = queries.evaluations(world.session, 2020)
    assert (said.statement, said.accepted, said.opinion) == (SAID, True, "属实")
    assert (said.filed_by, said.checked_by) == (world.town().actor, world.lead().actor)
    assert one.closed_at == world.now


def test_what_was_sent_back_is_filed_again_with_five_working_days_and_both_stay(world: World) -> None:
    one = of_town(world, set_year(world, due="2021-01-04"))
    world.advance(at("2021-01-04 12:00"))
    file(world, one)
    world.do(one, "check", world.lead(), office_decision="return", reason="请补充道路数据")
    assert (one.round, one.due_at) == (2, end_of("2021-01-11"))
    file(world, one, "补充道路数据之后，各项任务都已完成，没有其他差距。")
    kept = world.session.scalars(select(SelfEvaluation).order_by(SelfEvaluation.id)).all()
    assert [(each.accepted, each.opinion) for each in kept] == [(False, "请补充道路数据"), (None, None)]


def test_who_is_late_is_reminded_and_the_lead_office_told(world: World) -> None:
    one = of_town(world, set_year(world, due="2021-01-04"))
    world.advance(at("2021-01-31 12:00"))
    assert [offset for offset, _ in world.acted(one)] == [-5, -1, 1, 3, 12]
    reached = for_groups(world.session, world.lead().groups)
    assert "2020年度自评" in {each.title for each in reached}


def test_what_is_reported_and_frozen_is_in_the_audit_log(world: World) -> None:
    report(world, "road", 2018, "1.60")
    set_year(world)
    service.freeze(world.session, kind=Kind.MIDTERM, year=2018, opinion="按期推进", actor="lead", now=NOW)
    found = world.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("appraisal.%")))
    assert sorted(found) == ["appraisal.freeze", "appraisal.set", "appraisal.value"]
