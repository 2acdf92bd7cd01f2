"""Versions of definitions, and decisions of the latest one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine import decisions, deployment, runtime, transitions
from engine.exceptions import (
    DefinitionOutdated,
    DefinitionRefused,
    TransitionFailed,
    UnknownDecision,
    UnknownDefinition,
)
from engine.models import Marking, ProcessDefinition
from engine.types import InstanceStatus
from tests.engine import bpmn as b
from tests.engine.factories import NOW, complete, deploy, instance, tasks
from tests.engine.samples import FAULTS, FEATURES, TRIAGE, one

LATER = NOW + timedelta(hours=1)
FIRST = one("p", b.start(), b.user("u"), b.end(), flow="start>u u>done")
SECOND = one("p", b.start(), b.user("u"), b.user("v"), b.end(), flow="start>u u>v v>done")
TABLES = {**FEATURES["ladder"], "triage.dmn": TRIAGE}


def test_the_same_content_is_the_same_version(session: Session) -> None:
    assert deploy(session, "p", FIRST) == deploy(session, "p", dict(FIRST))
    assert session.scalar(select(func.count()).select_from(ProcessDefinition)) == 1


def test_other_content_is_the_next_version_and_running_instances_keep_theirs(session: Session) -> None:
    deploy(session, "p", FIRST)
    old = runtime.start(session, key="p", business_key="old", variables={}, now=NOW).id
    second = deployment.deploy(session, key="p", files=SECOND, now=LATER)
    new = runtime.start(session, key="p", business_key="new", variables={}, now=LATER).id
    assert (second.version, deployment.latest(session, "p").version) == (2, 2)
    assert complete(session, old, "u").ended
    assert not complete(session, new, "u").ended
    assert list(tasks(session, new)) == ["v"]


def test_deploying_an_old_version_again_makes_it_the_latest(session: Session) -> None:
    first = deploy(session, "p", FIRST)
    deployment.deploy(session, key="p", files=SECOND, now=LATER)
    again = deployment.deploy(session, key="p", files=FIRST, now=LATER + timedelta(hours=1))
    assert again.id == first
    assert deployment.latest(session, "p").id == first


def test_a_form_belongs_to_the_version(session: Session) -> None:
    deploy(session, "p", FIRST)
    row = deployment.deploy(session, key="p", files={**FIRST, "u.schema.json": b"{}"}, now=LATER)
    assert row.version == 2
    assert row.files["u.schema.json"] == "{}"


@pytest.mark.parametrize("name", FAULTS)
def test_an_unsound_definition_is_refused(session: Session, name: str) -> None:
    with pytest.raises(DefinitionRefused) as raised:
        deploy(session, name, FAULTS[name])
    assert {f.code[:2] for f in raised.value.findings} == {"X-"}
    assert session.scalar(select(func.count()).select_from(ProcessDefinition)) == 0


def test_a_definition_comes_with_all_its_markings(session: Session) -> None:
    definition_id = deploy(session, "obligation", FEATURES["obligation"])
    rows = session.scalars(select(Marking).where(Marking.definition_id == definition_id)).all()
    assert len(rows) == 8
    assert ["review", "review", "user"] in [token for row in rows for token in row.tokens]


def test_an_unknown_key_has_no_latest_version(session: Session) -> None:
    with pytest.raises(UnknownDefinition):
        deployment.latest(session, "nope")


@pytest.mark.parametrize(
    ("decision", "inputs", "expected"),
    [
        ("triage", {"score": 80}, {"level": "major"}),
        ("triage", {"score": 79}, {"level": "general"}),
        ("ladder", {"step": 0}, {"offset": -5, "action": "remind"}),
        ("ladder", {"step": 99}, {"offset": 0, "action": "none"}),
    ],
)
def test_a_decision_table_answers(
    session: Session, decision: str, inputs: dict[str, int], expected: dict[str, object]
) -> None:
    deploy(session, "ladder", TABLES)
    assert decisions.decide(session, key="ladder", decision=decision, inputs=inputs) == expected


def test_a_missing_input_or_table_is_an_error(session: Session) -> None:
    deploy(session, "ladder", TABLES)
    with pytest.raises(TransitionFailed):
        decisions.decide(session, key="ladder", decision="triage", inputs={})
    with pytest.raises(UnknownDecision):
        decisions.decide(session, key="ladder", decision="nope", inputs={})


def test_a_table_with_collect_gathers_and_unique_takes_the_one(session: Session) -> None:
    rows = [["&gt; 1", '"a"'], ["&gt; 2", '"b"']]
    files = {
        **FIRST,
        "collect.dmn": b.decision("collect", ["x"], ["y"], rows, policy="COLLECT"),
        "unique.dmn": b.decision("unique", ["x"], ["y"], [["1", '"one"'], ["2", '"two"']], policy="UNIQUE"),
    }
    deploy(session, "p", files)
    assert decisions.decide(session, key="p", decision="collect", inputs={"x": 3}) == {"y": ["a", "b"]}
    assert decisions.decide(session, key="p", decision="unique", inputs={"x": 2}) == {"y": "two"}
    assert decisions.decide(session, key="p", decision="unique", inputs={"x": 9}) == {}


def test_a_process_runs_on_what_another_machine_has_stored(session: Session) -> None:
    """A fresh process has no memo and no markings: everything comes from the database."""
    deploy(session, "p", SECOND)
    one_id = runtime.start(session, key="p", business_key="x", variables={}, now=NOW).id
    transitions._MACHINES.clear()
    complete(session, one_id, "u")
    transitions._MACHINES.clear()
    complete(session, one_id, "v")
    assert instance(session, one_id).status is InstanceStatus.COMPLETED


def test_a_definition_of_another_engine_version_does_not_run(session: Session) -> None:
    row = deployment.deploy(session, key="p", files=FIRST, now=NOW)
    one_id = runtime.start(session, key="p", business_key="x", variables={}, now=NOW).id
    row.engine_version = "0/SpiffWorkflow-9.9"
    session.flush()
    transitions._MACHINES.clear()
    with pytest.raises(DefinitionOutdated):
        complete(session, one_id, "u")


def test_a_marking_that_was_rolled_back_leaves_no_trace(engine_: Engine) -> None:
    """On SQLite the next definition gets the same ids: nothing may still point at the old ones."""
    for commit in (False, True):
        with Session(engine_) as session:
            deploy(
                session, "obligation" if not commit else "p", FEATURES["obligation"] if not commit else SECOND
            )
            if commit:
                one_id = runtime.start(session, key="p", business_key="x", variables={}, now=NOW).id
                session.commit()
    with Session(engine_) as session, session.begin():
        complete(session, one_id, "u")
        assert list(tasks(session, one_id)) == ["v"]
        assert complete(session, one_id, "v").ended
