"""How SpiffWorkflow evaluates expressions: through our evaluator, on the variables of one run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine

from engine.evaluation import Evaluator, RunContext
from engine.expressions import Unsafe, parse


class RecordingEnvironment(BasePythonScriptEngineEnvironment):  # type: ignore[misc]
    """Script environment over a RunContext. While exploring nothing is evaluated."""

    def __init__(
        self,
        run: RunContext,
        loop_conditions: frozenset[str] = frozenset(),
        cardinalities: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__({})
        self.scope: frozenset[str] = frozenset()  # names that assignments keep token-local
        self.run, self.loop_conditions, self.cardinalities = run, loop_conditions, cardinalities

    def evaluate(
        self, expression: str, context: dict[str, Any], external_context: Mapping[str, Any] | None = None
    ) -> Any:
        choose = self.run.choose
        if choose is None:
            return Evaluator(self.run, context, external_context).value(parse(expression).body)
        if expression in self.loop_conditions:
            return choose(expression, (True, False))
        return choose(expression, (0, 1, 2)) if expression in self.cardinalities else None

    def execute(
        self, script: str, context: dict[str, Any], external_context: Mapping[str, Any] | None = None
    ) -> bool:
        tree = parse(script, "exec")
        if self.run.choose is None:
            Evaluator(self.run, context, external_context, self.scope).block(tree.body)
        else:  # only multi-instance outputs must come into being
            names = (n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            context.update({name: 0 for name in names if name in self.scope})
        return True

    def call_service(self, context: dict[str, Any], **_: Any) -> Any:
        raise Unsafe("service tasks are wait states; the engine never calls out")


def in_item_scope(task: Any) -> bool:
    """Is this task inside a multi-instance item, where local data may live?"""
    while task is not None:
        if "key_or_index" in task.internal_data or "item" in task.internal_data:
            return True
        up = task.parent
        if up is None and task.workflow.parent_task_id is not None:
            up = task.workflow.top_workflow.get_task_from_id(task.workflow.parent_task_id)
        task = up
    return False


class ScriptEngine(PythonScriptEngine):  # type: ignore[misc]
    """Handed to every workflow object; one per run, so that threads share nothing."""

    def __init__(self, environment: RecordingEnvironment, local_names: frozenset[str] = frozenset()) -> None:
        super().__init__(environment)
        self.local_names = local_names

    def validate(self, expression: str) -> None:
        parse(expression)

    def execute(self, task: Any, script: str, external_context: Mapping[str, Any] | None = None) -> Any:
        scoped = self.local_names and in_item_scope(task)
        self.environment.scope = self.local_names if scoped else frozenset()
        return super().execute(task, script, external_context)


def run_of(task: Any) -> RunContext:
    """The run that this task object belongs to."""
    run: RunContext = task.workflow.top_workflow.script_engine.environment.run
    return run


def properties_of(task_spec: Any) -> dict[str, str]:
    """BPMN extension properties of a node (spiffworkflow:properties)."""
    return ((getattr(task_spec, "extensions", None) or {}).get("properties")) or {}
