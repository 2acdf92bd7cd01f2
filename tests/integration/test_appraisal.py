"""Reported values, self-evaluations and frozen appraisals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.factories import World, at
from workflows.appraisal import queries, service
from workflows.appraisal.models import Appraisal, SelfEvaluation
from workflows.appraisal.service import Kind
from workflows.appraisal.types import Verdict
from workflows.audit.models import AuditEntry
from workflows.exceptions import Conflict, NotFound

NOW = at("2020-12-20 09:00")


def report(world: World, code: str, year: int, value: str) -> None:
    service.report(
        world.session, code=code, year=year, value=Decimal(value), source="统计公报", actor="lead", now=NOW
    )


def verdicts(world: World, year: int) -> dict[str, Verdict]:
    return {one.indicator.code: one.verdict for one in queries.findings(world.session, year)}


def evaluate(world: World, body: int, statement: str = "各项任务都已完成") -> SelfEvaluation:
    return service.evaluate(
        world.session, body_id=body, year=2018, statement=statement, actor="town", now=NOW
    )


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


def test_a_self_evaluation_that_was_sent_back_is_filed_again(world: World) -> None:
    first = evaluate(world, world.towns[0])
    service.check(world.session, first.id, accepted=False, opinion="请补充数据", actor="lead", now=NOW)
    second = evaluate(world, world.towns[0], "补充后的自评")
    [(shown, body)] = queries.evaluations(world.session, 2018)
    assert (shown.id, body.id, first.id != second.id) == (second.id, world.towns[0], True)


def test_a_self_evaluation_that_waits_or_was_accepted_is_not_filed_again(world: World) -> None:
    one = evaluate(world, world.towns[0])
    with pytest.raises(Conflict):
        evaluate(world, world.towns[0])
    service.check(world.session, one.id, accepted=True, opinion="属实", actor="lead", now=NOW)
    with pytest.raises(Conflict):
        evaluate(world, world.towns[0])


def test_nobody_checks_their_own_and_nobody_checks_twice(world: World) -> None:
    one = evaluate(world, world.towns[0])
    with pytest.raises(Conflict):
        service.check(world.session, one.id, accepted=True, opinion="属实", actor="town", now=NOW)
    service.check(world.session, one.id, accepted=True, opinion="属实", actor="lead", now=NOW)
    with pytest.raises(Conflict):
        service.check(world.session, one.id, accepted=False, opinion="不属实", actor="other", now=NOW)


def test_every_step_is_in_the_audit_log(world: World) -> None:
    report(world, "road", 2018, "1.60")
    one = evaluate(world, world.towns[0])
    service.check(world.session, one.id, accepted=True, opinion="属实", actor="lead", now=NOW)
    service.freeze(world.session, kind=Kind.MIDTERM, year=2018, opinion="按期推进", actor="lead", now=NOW)
    found = world.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("appraisal.%")))
    assert sorted(found) == ["appraisal.accepted", "appraisal.filed", "appraisal.freeze", "appraisal.value"]
