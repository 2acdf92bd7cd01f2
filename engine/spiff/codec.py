"""The canonical bytes of a control state: what a marking is.

blob = JSON {"v": codec, "w": [[parent row of the sub-process or -1, rows]...]}; "END" when the process is over.
row  = [spec name, state, parent row, triggered, internal data or 0, local data or 0]
Rows are in depth-first order and row numbers double as task ids (UUID(int=row+1)): no random ids, timestamps,
variables or due dates, and no finished history that SpiffWorkflow never looks at again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.parser import CODEC_VERSION, Definition
from engine.spiff.pruning import FINISHED, prune

END: Final = b'"END"'
_KEPT_INTERNAL: Final = (
    "key_or_index", "item", "iteration", "remaining", "cardinality", "current", "event_fired",
)  # fmt: skip


def digest(blob: bytes) -> str:
    """Name of a marking."""
    return hashlib.blake2b(blob, digest_size=16).hexdigest()


def workflows(top: Any) -> list[Any]:
    """The process and its sub-workflows, finished ones included."""
    return [top, *top.subprocesses.values()]


def encode(top: Any, definition: Definition) -> tuple[bytes, dict[UUID, int]]:
    """Prune and serialize; returns the blob and the row number of each surviving task."""
    if top.completed:
        return END, {}
    for each in workflows(top):
        if not each.completed:
            prune(each)
    parts: list[Any] = []
    index: dict[UUID, int] = {}
    _emit(top, top, -1, definition, parts, index)
    return orjson.dumps({"v": CODEC_VERSION, "w": parts}, option=orjson.OPT_SORT_KEYS), index


def _emit(
    top: Any, workflow: Any, parent_row: int, definition: Definition, parts: list[Any], index: dict[UUID, int]
) -> None:
    rows: list[Any] = []
    parts.append([parent_row, rows])
    nested: list[tuple[Any, int]] = []
    for task in _walk(workflow):
        number = index[task.id] = len(index)
        internal, data = _kept_data(task, definition)
        parent = index.get(task._parent, -1)
        rows.append([task.task_spec.name, task._state, parent, int(task.triggered), internal, data])
        sub = top.subprocesses.get(task.id)
        if sub is not None and not sub.completed and not task._state & FINISHED:
            nested.append((sub, number))
    for sub, number in nested:
        _emit(top, sub, number, definition, parts, index)


def _kept_data(task: Any, definition: Definition) -> tuple[Any, Any]:
    if task._state & FINISHED:
        return 0, 0
    raw = task.internal_data
    internal = {k: raw[k] for k in _KEPT_INTERNAL if raw.get(k) is not None and raw.get(k) is not False}
    if "merged" in raw:  # ids of merged instances: only the count matters
        internal["merged"] = len(raw["merged"])
    return internal or 0, {k: v for k, v in task.data.items() if k in definition.locals} or 0


def _walk(workflow: Any) -> Iterator[Any]:
    todo = [workflow.task_tree]
    while todo:
        task = todo.pop()
        yield task
        todo += reversed(task.children)


def decode(blob: bytes, definition: Definition, script_engine: Any) -> tuple[Any, list[Any]]:
    """Live workflow object of a marking; the list gives the task of each row."""
    top = BpmnWorkflow(definition.spec, definition.subs, script_engine=script_engine, deserializing=True)
    every: list[Any] = []
    for parent_row, rows in orjson.loads(blob)["w"]:
        workflow: Any = top
        if parent_row >= 0:
            owner = every[parent_row]
            workflow = BpmnSubWorkflow(
                definition.subs[owner.task_spec.spec], owner.id, top, deserializing=True
            )
            top.subprocesses[owner.id] = workflow
            workflow.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
        first = len(every)
        for row in rows:
            every.append(_task(top, workflow, row, every))
        workflow.task_tree = every[first]
    return top, every


def _task(top: Any, workflow: Any, row: list[Any], every: list[Any]) -> Any:
    name, state, parent, triggered, internal, data = row
    above = every[parent] if parent >= 0 else None
    task = Task(workflow, workflow.spec.task_specs[name], above, state, UUID(int=len(every) + 1))
    task.triggered, task.last_state_change = bool(triggered), 0.0
    task.internal_data = dict(internal or {})
    task.data = dict(data or {})
    if "merged" in task.internal_data:
        task.internal_data["merged"] = ["-"] * task.internal_data["merged"]
    if isinstance(task.task_spec, CatchingEvent) and state == TaskState.WAITING:
        top.event_manager.tasks[task.id] = task
        if isinstance(task.task_spec.event_definition, TimerEventDefinition):
            task.internal_data["event_value"] = "armed"
    return task
