"""Which parsed elements SpiffWorkflow would run wrongly or whose marking semantics is not proven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, StandardLoopTask
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import (
    CallActivity,
    EventSubprocess,
    TransactionSubprocess,
)
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.ExclusiveChoice import ExclusiveChoice
from SpiffWorkflow.specs.MultiChoice import MultiChoice

from engine.expressions import Unsafe, parse, template_names
from engine.spiff.environment import properties_of
from engine.spiff.parser import Definition
from engine.types import Finding

_POLICIES: Final = ("UNIQUE", "FIRST", "COLLECT")


def check(definition: Definition) -> list[Finding]:
    """Every finding on the parsed specification; level 'error' refuses it."""
    out = list(_self_events(definition))
    for spec in definition.all_specs():
        out += _process(definition, spec)
        for node in spec.task_specs.values():
            out += _events(node)
            out += _structure(definition, spec, node)
            out += _sources(node)
            out += _templates(node)
    return [*out, *check_tables(definition.decisions)]


def check_tables(decisions: Mapping[str, Any]) -> list[Finding]:
    """Every finding on decision tables, by the id of their decision."""
    return [
        found for decision, table in decisions.items() for found in _table(decision, table.decision_table)
    ]


def service_topics(definition: Definition) -> Iterator[tuple[str, str]]:
    """(node, topic) of every service task; the topic is empty when it is missing."""
    for spec in definition.all_specs():
        for node in spec.task_specs.values():
            if isinstance(node, ServiceTask):
                yield node.bpmn_id, properties_of(node).get("topic", "")


def _error(code: str, node: str, text: str) -> Finding:
    return Finding("error", code, node, text)


def _self_events(definition: Definition) -> Iterator[Finding]:
    thrown: dict[str, str] = {}
    caught: set[str] = set()
    for spec in definition.all_specs():
        for node in spec.task_specs.values():
            event = getattr(node, "event_definition", None)
            if isinstance(event, MessageEventDefinition | SignalEventDefinition):
                if isinstance(node, ThrowingEvent):
                    thrown[event.name] = node.name
                else:
                    caught.add(event.name)
    for name in sorted(thrown.keys() & caught):
        yield _error("E-SELF-EVENT", thrown[name], f"'{name}' is thrown and caught in one definition")


def _process(definition: Definition, spec: Any) -> Iterator[Finding]:
    for node in _endless(spec):
        yield _error("E-NO-EXIT", node, "cycle without a gateway or boundary event that can leave it")
    if spec.data_objects:
        yield _error("E-DATA-OBJECT", spec.name, "data objects: use instance variables")
    if getattr(spec.start, "trigger_specs", None):
        yield _error("E-EVENT-SUBPROCESS", spec.name, "event sub-process (changes the shared specification)")
    if spec.io_specification is not None:
        yield _error("E-IO", spec.name, "input/output specification: processes share the instance variables")


def _events(node: Any) -> Iterator[Finding]:
    event = getattr(node, "event_definition", None)
    if isinstance(node, EventBasedGateway) or isinstance(event, MultipleEventDefinition):
        yield _error("E-EVENT-GATEWAY", node.name, "use a receive task with a boundary timer")
    if isinstance(event, EscalationEventDefinition):
        yield _error("E-UNPROVEN", node.name, "escalation events are not tested")
    if isinstance(event, SignalEventDefinition) and isinstance(node, CatchingEvent):
        yield _error("E-UNPROVEN", node.name, "nothing sends signals yet: use a message")
    if isinstance(event, ConditionalEventDefinition):
        yield _error("E-CONDITIONAL", node.name, "conditional events depend on writes outside transitions")
    if isinstance(node, StartEvent) and not isinstance(event, NoneEventDefinition):
        yield _error("E-START", node.name, "an event starts an instance from outside")
    if isinstance(node, BoundaryEvent) and {o.name for o in node.outputs} & {i.name for i in node.inputs}:
        text = "a boundary event straight back into its own activity leaves the old one running: put a task between"
        yield _error("E-BOUNDARY-BACK", node.name, text)
    beside = isinstance(node, BoundaryEvent) and not node.cancel_activity
    if isinstance(event, CycleTimerEventDefinition) and not beside:
        yield _error("E-CYCLE", node.name, "cycle timers only on non-interrupting boundary events")


def _structure(definition: Definition, spec: Any, node: Any) -> Iterator[Finding]:
    if isinstance(node, EventSubprocess):
        yield _error("E-EVENT-SUBPROCESS", node.name, "event sub-process")
    if isinstance(node, TransactionSubprocess):
        yield _error("E-TRANSACTION", node.name, "transactions and compensation are not proven")
    if isinstance(node, StandardLoopTask):
        yield _error("E-UNPROVEN", node.name, "standard loops are not tested")
    joins = isinstance(node, UnstructuredJoin) and len(node.inputs) > 1 and node.name != spec.end.name
    if joins and node.name in _reachable(spec, node):
        text = "a parallel or inclusive join on a cycle fires early; put the loop body in a sub-process"
        yield _error("E-JOIN-IN-LOOP", node.name, text)
    called = definition.subs.get(node.spec) if isinstance(node, CallActivity) else None
    if getattr(node, "io_specification", None) or getattr(called, "io_specification", None):
        yield _error("E-IO", node.name, "input/output specification: called processes share the variables")
    if isinstance(node, ExclusiveChoice) and len(node.outputs) > 1 and node.default_task_spec is None:
        yield _error(
            "E-NO-DEFAULT", node.name, "gateway without default flow: it fails when no condition holds"
        )


def _sources(node: Any) -> Iterator[Finding]:
    event = getattr(node, "event_definition", None)
    sources = [(getattr(c, "expression", None), "eval") for c, _ in getattr(node, "cond_task_specs", [])]
    if isinstance(event, TimerEventDefinition) or isinstance(node, ThrowingEvent):
        sources.append((getattr(event, "expression", None), "eval"))
    if isinstance(node, LoopTask):
        sources.append((node.condition, "eval"))
    sources += [(getattr(node, attr, None), "exec") for attr in ("script", "prescript", "postscript")]
    for source, mode in sources:
        yield from _source(source, node.name, mode)


def _source(source: str | None, node: str, mode: str = "eval", unary_test: bool = False) -> Iterator[Finding]:
    if not source:
        return
    try:
        parse(source, mode)
    except SyntaxError as exc:
        if not unary_test:  # `> 3` becomes `input > 3` before it is evaluated
            yield _error("E-EXPR", node, f"{source!r}: {exc}")
    except Unsafe as exc:
        yield _error("E-EXPR", node, f"{source!r}: {exc}")


def _templates(node: Any) -> Iterator[Finding]:
    properties = properties_of(node)
    for name in ("candidateGroup", "correlationKey"):
        try:
            list(template_names(properties.get(name, "")))
        except Unsafe as exc:
            yield _error("E-TEMPLATE", node.name, str(exc))
    due = properties.get("dueDate", "x")
    if not due.isidentifier():
        yield _error("E-TEMPLATE", node.name, f"dueDate names one variable, not {due!r}")


def _table(decision: str, table: Any) -> Iterator[Finding]:
    if table.hit_policy not in _POLICIES:
        yield _error("E-DMN-POLICY", decision, f"hit policy {table.hit_policy}")
    for rule in table.rules:
        for entry in rule.inputEntries:
            if not entry.input.expression:
                yield _error("E-DMN-INPUT", decision, "input without expression")
            for test in entry.lhs:
                yield from _source(test, decision, unary_test=True)
        for entry in rule.outputEntries:
            yield from _source(entry.text, decision)


def _reachable(spec: Any, start: Any) -> set[str]:
    seen: set[str] = set()
    todo = [o.name for o in start.outputs]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += [o.name for o in spec.task_specs[name].outputs]
    return seen


def _can_leave(node: Any) -> bool:
    """A branching gateway, or a boundary event: it waits, and its activity can also end otherwise."""
    return isinstance(node, BoundaryEvent) or (isinstance(node, MultiChoice) and len(node.outputs) > 1)


def _endless(spec: Any) -> list[str]:
    """Nodes on a cycle that nothing can leave (SpiffWorkflow's prediction recurses without end)."""
    plain = {name for name, node in spec.task_specs.items() if not _can_leave(node)}
    out = []
    for name in plain:
        seen: set[str] = set()
        todo = [o.name for o in spec.task_specs[name].outputs if o.name in plain]
        while todo:
            each = todo.pop()
            if each not in seen:
                seen.add(each)
                todo += [o.name for o in spec.task_specs[each].outputs if o.name in plain]
        if name in seen:
            out.append(name)
    return sorted(out)
