"""Which parts of a specification are replaced: what would read data or the clock behind our back."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.dmn.specs import BusinessRuleTaskMixin
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.util.task import TaskState

from engine.evaluation import Evaluator
from engine.expressions import parse
from engine.spiff.environment import properties_of, run_of
from engine.types import Thrown
from engine.values import MISSING


class BoundCondition(Operator):  # type: ignore[misc]
    """Gateway condition; while exploring the outcome is chosen, not evaluated."""

    def __init__(self, expression: str, label: str) -> None:
        super().__init__(expression)
        self.expression, self.label = expression, label

    def _matches(self, task: Any) -> bool:
        run = run_of(task)
        if run.choose:
            return bool(run.choose(self.label, (True, False)))
        return bool(Evaluator(run, task.data).value(parse(self.expression).body))


class _AnyItems(list[int]):
    """While exploring: a collection of unknown items, never out of range."""

    def __getitem__(self, i: Any) -> Any:
        return 0


class VariableRef(TaskDataReference):  # type: ignore[misc]
    """Multi-instance collection that lives in the instance variables."""

    def __init__(self, bpmn_id: str, output: bool = False) -> None:
        super().__init__(bpmn_id)
        self.output = output

    def exists(self, task: Any) -> bool:
        run = run_of(task)
        return not self.output if run.choose else run.read(self.bpmn_id) is not MISSING

    def get(self, task: Any) -> Any:
        run = run_of(task)
        if not run.choose:
            return run.read(self.bpmn_id)
        return [] if self.output else _AnyItems([0] * run.choose("#" + self.bpmn_id, (0, 1, 2)))

    def set(self, task: Any, value: Any) -> None:
        if not run_of(task).choose:
            run_of(task).write(self.bpmn_id, value)


class InstanceTimer(TimerEventDefinition):  # type: ignore[misc]
    """Date: armed once, fired only by a timer event. When it is due is data of the instance."""

    kind = "date"

    def has_fired(self, task: Any) -> bool:
        if not task.internal_data.get("event_fired") and "event_value" not in task.internal_data:
            task.internal_data["event_value"] = "armed"
            self.arm(task)
        return bool(task.internal_data.get("event_fired", False))

    def arm(self, task: Any) -> None:
        run = run_of(task)
        if run.choose:
            run.armed[task.id] = (self.kind, "")
            return
        text = self.expression.strip()
        if text.isidentifier() and text not in task.data:
            value = run.defer(text)
        else:
            value = Evaluator(run, task.data).value(parse(text).body)
        if not isinstance(value, str):
            raise TypeError(f"timer '{task.task_spec.bpmn_id}': text expected, got {value!r}")
        run.armed[task.id] = (self.kind, value)


class InstanceDuration(InstanceTimer):
    """Duration, counted from the instant it is armed."""

    kind = "duration"


class InstanceCycle(CycleTimerEventDefinition):  # type: ignore[misc]
    """Cycle: every occurrence is one timer event; counting and due dates live with the instance."""

    kind = "cycle"

    def has_fired(self, task: Any) -> bool:
        return InstanceTimer.has_fired(self, task)

    def arm(self, task: Any) -> None:
        InstanceTimer.arm(self, task)

    def update_task(self, task: Any) -> None:
        if not task.internal_data.pop("occurrence", False):
            return
        have = {c.task_spec.name for c in task.children if not c.has_state(TaskState.FINISHED_MASK)}
        for output in task.task_spec.outputs:
            if output.name in have and not getattr(output, "bpmn_id", None):
                continue  # one pending BoundaryEventJoin is enough
            child = task._add_child(output, TaskState.FUTURE)
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            child.task_spec._update(child)


class ThrownMessage(MessageEventDefinition):  # type: ignore[misc]
    """A message that leaves the instance: an effect of the run, never matched inside it."""

    def __init__(self, name: str, expression: str | None) -> None:
        super().__init__(name)
        self.expression = expression

    def throw(self, task: Any) -> None:
        run = run_of(task)
        if run.choose:
            return
        payload = {}
        if self.expression:
            payload = Evaluator(run, task.data).value(parse(self.expression).body)
        if not isinstance(payload, dict):
            raise TypeError(f"payload of message '{self.name}' is no mapping: {payload!r}")
        run.thrown.append(Thrown(self.name, properties_of(task.task_spec).get("correlationKey", ""), payload))


class BoundDecision:
    """Decision table; while exploring it yields nothing (gateways are answered anyway)."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def result(self, task: Any) -> dict[str, Any]:
        return {} if run_of(task).choose else dict(self.inner.result(task))


def bind(spec: Any) -> None:
    """Replace in place, on a specification that belongs to us alone."""
    for node in spec.task_specs.values():
        if isinstance(node, MultiChoice):
            node.cond_task_specs = [
                (BoundCondition(c.args[0], f"{node.name}->{n}") if c is not None else None, n)
                for c, n in node.cond_task_specs
            ]
        if isinstance(node, CatchingEvent | ThrowingEvent):
            _bind_event(node)
        if isinstance(node, MultiInstanceTask):
            if node.data_input is not None:
                node.data_input = VariableRef(node.data_input.bpmn_id)
            if node.data_output is not None:
                node.data_output = VariableRef(node.data_output.bpmn_id, output=True)
        if isinstance(node, LoopTask):  # Spiff connects this lazily, which a fresh process would miss
            inner = spec.task_specs[node.task_spec]
            if not inner.completed_event.is_connected(node.merge_child):
                inner.completed_event.connect(node.merge_child)
        if isinstance(node, BusinessRuleTaskMixin):
            node.dmnEngine = BoundDecision(node.dmnEngine)
        if isinstance(node, ServiceTask):
            node.manual = True  # a wait state: the store runs its job and completes it


def _bind_event(node: Any) -> None:
    definition = node.event_definition
    if isinstance(node, ThrowingEvent):
        if isinstance(definition, MessageEventDefinition):
            node.event_definition = ThrownMessage(definition.name, getattr(definition, "expression", None))
        return
    if isinstance(definition, CycleTimerEventDefinition):
        node.event_definition = InstanceCycle(definition.name, definition.expression)
    elif isinstance(definition, DurationTimerEventDefinition):
        node.event_definition = InstanceDuration(definition.name, definition.expression)
    elif isinstance(definition, TimerEventDefinition):
        node.event_definition = InstanceTimer(definition.name, definition.expression)
    elif isinstance(definition, MessageEventDefinition):
        # The payload is in the variables before the event; no Spiff correlation, no message variable.
        node.event_definition = MessageEventDefinition(definition.name)
