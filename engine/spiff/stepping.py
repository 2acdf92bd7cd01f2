"""One step: a marking and an event in, the next marking and its effects out, by a real SpiffWorkflow run."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import SignalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition, TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.service_task import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.evaluation import RunContext
from engine.exceptions import TransitionFailed
from engine.spiff.codec import END, decode, encode, workflows
from engine.spiff.environment import RecordingEnvironment, ScriptEngine, in_item_scope, properties_of
from engine.spiff.parser import Definition
from engine.spiff.pruning import is_join
from engine.types import Armed, Effects, Event, Path, Token, TokenKind

MAX_STEPS: Final = 2000
_ACCEPTS: Final = {
    TokenKind.USER: "complete",
    TokenKind.SERVICE: "complete",
    TokenKind.TIMER: "timer",
    TokenKind.CYCLE: "timer",
    TokenKind.MESSAGE: "message",
    TokenKind.SIGNAL: "signal",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one run; `reads` in the order of reading."""

    blob: bytes
    writes: Mapping[str, Any]
    effects: Effects
    reads: tuple[tuple[Path, Hashable], ...]
    volatile: bool


def step(
    definition: Definition,
    blob: bytes | None,
    event: Event,
    variables: Mapping[str, Any],
    choose: Callable[[Any, Sequence[Any]], Any] | None = None,
) -> Outcome:
    """Run `event` on the marking `blob` (None for the start). Raises TransitionFailed; leaves no trace."""
    run = RunContext(variables, choose)
    try:
        return _step(definition, blob, event, run)
    except TransitionFailed:
        raise
    except Exception as exc:
        raise TransitionFailed(_text(exc)) from exc


def tokens(definition: Definition, blob: bytes) -> tuple[Token, ...]:
    """Open tokens of a marking, in canonical order."""
    if blob == END:
        return ()
    live = [t for t in decode(blob, definition, None)[1] if kind_of(t)]
    names = token_keys(live)
    return tuple(_token(t, names[t.id]) for t in live)


def join_inputs(definition: Definition, blob: bytes) -> list[str]:
    """Satisfied inputs of waiting joins, `join<input`; one that appears twice is a surplus token."""
    if blob == END:
        return []
    waiting = TaskState.WAITING | TaskState.CANCELLED
    rows = decode(blob, definition, None)[1]
    return [
        f"{t.task_spec.name}<{t.parent.task_spec.name}" for t in rows if is_join(t) and t._state & waiting
    ]


def _step(definition: Definition, blob: bytes | None, event: Event, run: RunContext) -> Outcome:
    environment = RecordingEnvironment(run, definition.loop_conditions, definition.cardinalities)
    script_engine = ScriptEngine(environment, definition.locals)
    rows: list[Any] = []
    if blob is None:
        top: Any = BpmnWorkflow(definition.spec, definition.subs, script_engine=script_engine)
    else:
        top, rows = decode(blob, definition, script_engine)
    before = [t for t in rows if kind_of(t)]
    old = token_keys(before)
    if event[0] != "start":
        _apply(before, old, event, run)
    _drive(top, run, definition.locals)
    gone = {
        t.id: _fate(t)
        for t in before
        if kind_of(t) is None or t.id not in t.workflow.tasks or t.workflow.completed
    }
    after, index = encode(top, definition)
    live = [t for w in workflows(top) for t in w.tasks.values() if t.id in index and kind_of(t)]
    live.sort(key=lambda t: index[t.id])
    new = token_keys(live)
    effects = Effects(
        opened=tuple(_token(t, new[t.id]) for t in live if t.id not in old),
        closed=tuple((old[i], fate) for i, fate in gone.items() if i not in new),
        moved=tuple((old[i], new[i]) for i in old if i in new and old[i] != new[i]),
        armed=tuple(Armed(new[i], kind, value) for i, (kind, value) in run.armed.items() if i in new),
        thrown=tuple(run.thrown),
        ran=tuple(run.ran),
        ended=after == END,
    )
    return Outcome(after, run.writes(), effects, tuple(run.reads), run.volatile)


def _fate(task: Any) -> str:
    return "completed" if task._state == TaskState.COMPLETED else "cancelled"


def _text(exc: BaseException) -> str:
    """Message of the root cause; str() of a SpiffWorkflow exception can itself raise."""
    while exc.__context__ is not None and type(exc).__module__.startswith("SpiffWorkflow"):
        exc = exc.__context__
    try:
        return f"{type(exc).__name__}: {exc}"
    except Exception:  # noqa: BLE001 - a broken __str__ must not hide the incident
        return type(exc).__name__


def token_keys(order: Sequence[Any]) -> dict[UUID, str]:
    """Stable outside names of tasks, in row order."""
    names: dict[UUID, str] = {}
    used: dict[str, int] = {}
    for task in order:
        key = _path(task)
        n = used[key] = used.get(key, -1) + 1
        names[task.id] = key if n == 0 else f"{key}#{n}"
    return names


def _path(task: Any) -> str:
    item = task.internal_data.get("key_or_index", task.internal_data.get("item") if task.triggered else None)
    own = (getattr(task.task_spec, "bpmn_id", None) or task.task_spec.name) + (
        "" if item is None else f"[{item}]"
    )
    owner = task.workflow.parent_task_id
    return own if owner is None else f"{_path(task.workflow.top_workflow.get_task_from_id(owner))}/{own}"


def kind_of(task: Any) -> TokenKind | None:
    """What this task waits for; None when the outside cannot act on it."""
    if task._state == TaskState.READY and task.task_spec.manual:
        return TokenKind.SERVICE if isinstance(task.task_spec, ServiceTask) else TokenKind.USER
    if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
        definition = task.task_spec.event_definition
        if isinstance(definition, CycleTimerEventDefinition):
            return TokenKind.CYCLE
        if isinstance(definition, TimerEventDefinition):
            return TokenKind.TIMER
        if isinstance(definition, MessageEventDefinition):
            return TokenKind.MESSAGE
        if isinstance(definition, SignalEventDefinition):
            return TokenKind.SIGNAL
    return None  # errors are caught inside the run only


def _token(task: Any, key: str) -> Token:
    spec = task.task_spec
    kind = kind_of(task)
    assert kind is not None
    event_name = None
    if kind in (TokenKind.MESSAGE, TokenKind.SIGNAL):
        event_name = spec.event_definition.name
    return Token(key, spec.bpmn_id, kind, spec.bpmn_name or spec.bpmn_id, event_name, properties_of(spec))


def _hoist(top: Any, run: RunContext, local_names: frozenset[str]) -> None:
    """Move what SpiffWorkflow put in task.data (decision results) to the instance variables."""
    moved: dict[str, Any] = {}
    for workflow in workflows(top):
        for task in workflow.tasks.values():
            if not task.data:
                continue
            for key in list(task.data):
                if key not in local_names:
                    moved[key] = task.data.pop(key)
                elif not in_item_scope(task):
                    del task.data[key]
    for key, value in moved.items():
        run.write(key, value)


def _drive(top: Any, run: RunContext, local_names: frozenset[str]) -> None:
    """Run automatic tasks until only wait states remain; innermost first, as SpiffWorkflow does."""
    _hoist(top, run, local_names)
    steps = 0
    busy = True
    while busy and not top.completed:
        active = [s for s in top.subprocesses.values() if not s.completed]
        busy = False
        for workflow in sorted(active, key=lambda s: -s.depth):
            while ran := _sweep(top, workflow, run, local_names):
                busy = True
                steps = _counted(steps + ran)
            owner = top.get_task_from_id(workflow.parent_task_id)
            if owner._state == TaskState.STARTED and workflow.completed:
                owner.task_spec._update(owner)
            _hoist(top, run, local_names)
        ran = _sweep(top, top, run, local_names)
        steps = _counted(steps + ran)
        now_active = sum(not s.completed for s in top.subprocesses.values())
        busy = bool(ran) or busy or now_active > len(active)


def _counted(steps: int) -> int:
    if steps > MAX_STEPS:
        raise TransitionFailed("automatic loop: no wait state reached")
    return steps


def _sweep(top: Any, workflow: Any, run: RunContext, local_names: frozenset[str]) -> int:
    ready = [
        t for t in workflow.get_tasks(state=TaskState.READY, skip_subprocesses=True) if not t.task_spec.manual
    ]
    count = 0
    for task in ready:
        if task._state == TaskState.READY and task.id in workflow.tasks:
            task.run()
            count += 1
            if getattr(task.task_spec, "bpmn_id", None):
                run.ran.append(task.task_spec.bpmn_id)
            _hoist(top, run, local_names)
    return count


def _apply(before: Sequence[Any], names: Mapping[UUID, str], event: Event, run: RunContext) -> None:
    if event[0] == "signal":
        targets = [
            t
            for t in before
            if kind_of(t) is TokenKind.SIGNAL and t.task_spec.event_definition.name == event[1]
        ]
    else:
        targets = [t for t in before if names[t.id] == event[1]]
    if not targets:
        raise TransitionFailed(f"nothing waits for {event}")
    for task in targets:
        kind = kind_of(task)
        if kind is None or _ACCEPTS[kind] != event[0]:
            raise TransitionFailed(f"{event} does not fit a {kind} token")
        if event[0] == "complete":
            task.data.update(orjson.loads(event[2]) if event[2] else {})
            run.ran.append(task.task_spec.bpmn_id)
            if kind is TokenKind.SERVICE:
                task.complete()  # its handler has run already
            else:
                task.run()
        else:
            _catch(task, kind, event, run)


def _catch(task: Any, kind: TokenKind, event: Event, run: RunContext) -> None:
    definition = task.task_spec.event_definition
    if kind is TokenKind.CYCLE:
        task.internal_data["occurrence"] = True
        definition.update_task(task)
        run.ran.append(task.task_spec.bpmn_id)
        if not event[2]:
            return
    task.internal_data["event_fired"] = True
    task.task_spec._update(task)
