"""Which finished tasks no rule of SpiffWorkflow looks at any more: they go, so that equal states match."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, EventSplit, _EndJoin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

FINISHED = TaskState.FINISHED_MASK


def is_join(task: Any) -> bool:
    """A BPMN parallel or inclusive join (not SpiffWorkflow's implicit end join)."""
    spec = task.task_spec
    return isinstance(spec, UnstructuredJoin) and not isinstance(spec, _EndJoin) and len(spec.inputs) > 1


def prune(workflow: Any) -> None:
    """Remove finished tasks of one (sub-)workflow.

    Kept: root; unfinished tasks; consumed inputs of a waiting join (with their parents, which the join
    inspects); open boundary splits with their direct children; instances of open loops. Any other finished
    task is dissolved: its kept children move up to its parent, order preserved. Redundant waiting joins go
    too: an implicit end join while another token is live (that token brings its own), and the boundary join
    below a fired non-interrupting event while the activity is open (the activity has its own).
    """
    keep, wrappers = _kept(workflow)
    loose = _dissolve(workflow, keep, wrappers)
    root = workflow.task_tree
    for task_id in [] if _live(workflow) else loose[-1:]:
        root._children.append(task_id)
        workflow.tasks[task_id]._parent = root.id
    _drop_unreachable(workflow)


def _redundant(join: Any) -> bool:
    event = join.parent
    if event is None or not isinstance(event.task_spec, BoundaryEvent):
        return False
    if event.task_spec.cancel_activity or event.parent is None:
        return False
    return any(
        not c._state & FINISHED and not isinstance(c.task_spec, BoundaryEvent) for c in event.parent.children
    )


def _live(workflow: Any) -> bool:
    """Is there a token that will bring its own end join? (Boundary events die with their activity.)"""
    for task in workflow.tasks.values():
        if task._state & (TaskState.READY | TaskState.STARTED):
            return True
        if task._state == TaskState.WAITING:
            spec = task.task_spec
            if is_join(task) or (isinstance(spec, CatchingEvent) and not isinstance(spec, BoundaryEvent)):
                return True
    return False


def _kept(workflow: Any) -> tuple[set[UUID], set[UUID]]:
    """Ids to keep, and fired boundary events that are kept only around live tasks."""
    tasks = workflow.tasks
    waiting = {t.task_spec.name for t in tasks.values() if t._state == TaskState.WAITING and is_join(t)}
    keep: set[UUID] = {workflow.task_tree.id}
    wrappers: set[UUID] = set()
    for task in list(tasks.values()):
        if not task._state & FINISHED:
            is_boundary_join = isinstance(task.task_spec, BoundaryEventJoin)
            if not (is_boundary_join and task._state == TaskState.WAITING and _redundant(task)):
                _keep_open(task, keep, wrappers)
        elif task._state == TaskState.CANCELLED and is_join(task) and task.task_spec.name in waiting:
            keep.update((task.id, task._parent))
    return keep, wrappers


def _keep_open(task: Any, keep: set[UUID], wrappers: set[UUID]) -> None:
    keep.add(task.id)
    if isinstance(task.task_spec, BoundaryEventJoin):
        split = task.find_ancestor(task.task_spec.split_task)
        if split is not None:
            _keep_split(split, keep, wrappers)
    if is_join(task) and task._state == TaskState.WAITING:
        keep.add(task._parent)
    if isinstance(task.task_spec, LoopTask) and task._state == TaskState.STARTED:
        keep.update(task._children)
    parent = task.parent
    splits = parent is not None and isinstance(parent.task_spec, EventSplit)
    if splits and not isinstance(task.task_spec, BoundaryEvent):
        _keep_split(parent, keep, wrappers)


def _keep_split(split: Any, keep: set[UUID], wrappers: set[UUID]) -> None:
    keep.add(split.id)
    keep.update(split._children)
    fired = (c for c in split.children if c._state & FINISHED and isinstance(c.task_spec, BoundaryEvent))
    wrappers.update(c.id for c in fired)


def _dissolve(workflow: Any, keep: set[UUID], wrappers: set[UUID]) -> list[UUID]:
    """Rebuild the tree from what is kept; returns waiting implicit end joins, whose position is
    irrelevant.
    """
    tasks = workflow.tasks
    loose: list[UUID] = []

    def is_loose(task_id: UUID) -> bool:
        return isinstance(tasks[task_id].task_spec, _EndJoin) and tasks[task_id]._state == TaskState.WAITING

    def rebuild(task_id: UUID) -> list[UUID]:
        task = tasks[task_id]
        kids = [k for c in task._children for k in rebuild(c)]
        if task_id in wrappers and all(isinstance(tasks[k].task_spec, _EndJoin) for k in kids):
            loose.extend(k for k in kids if is_loose(k))
            return []
        if task_id not in keep:
            return kids
        task._children = [k for k in kids if not is_loose(k)]
        loose.extend(k for k in kids if is_loose(k))
        for k in task._children:
            tasks[k]._parent = task_id
        if task._state & FINISHED:
            task.internal_data, task.data = {}, {}
        return [task_id]

    rebuild(workflow.task_tree.id)
    return loose


def _drop_unreachable(workflow: Any) -> None:
    live: set[UUID] = set()
    todo = [workflow.task_tree.id]
    while todo:
        task_id = todo.pop()
        live.add(task_id)
        todo += workflow.tasks[task_id]._children
    for task_id in [x for x in workflow.tasks if x not in live]:
        del workflow.tasks[task_id]
