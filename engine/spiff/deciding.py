"""What a decision table answers outside of a process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.evaluation import RunContext
from engine.exceptions import TransitionFailed, UnknownDecision
from engine.spiff.environment import RecordingEnvironment, ScriptEngine
from engine.spiff.parser import Definition


class _Workflow:
    def __init__(self, script_engine: ScriptEngine) -> None:
        self.script_engine = script_engine


class _Task:
    """As much of a task as a decision table asks for."""

    def __init__(self, script_engine: ScriptEngine) -> None:
        self.workflow, self.data = _Workflow(script_engine), dict[str, Any]()


def evaluate(definition: Definition, decision: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Outputs of the table; empty when no rule matches."""
    return answer(definition.decisions, definition.key, decision, inputs)


def answer(tables: Mapping[str, Any], key: str, decision: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The same of tables by the id of their decision; `key` names them in an error."""
    table = tables.get(decision)
    if table is None:
        raise UnknownDecision(key=key, decision=decision)
    task = _Task(ScriptEngine(RecordingEnvironment(RunContext(inputs))))
    try:
        return dict(table.result(task))
    except Exception as exc:
        raise TransitionFailed(f"{decision}: {type(exc).__name__}") from exc
