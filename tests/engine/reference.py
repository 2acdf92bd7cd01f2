"""Stock SpiffWorkflow as the reference: stock parser, stock evaluation, default serializer at every step.

Form data is given to all unfinished tasks (that is how instance variables look in its token-scoped world), timers
are fired by hand, and a service task is a user task.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions.timer import CycleTimerEventDefinition
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from engine.spiff.stepping import kind_of, token_keys
from engine.types import Event, TokenKind

_SERIALIZER: Final = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))


class Reference:
    """One running stock workflow."""

    def __init__(self, key: str, files: Mapping[str, bytes], variables: Mapping[str, Any]) -> None:
        parser = SpiffBpmnParser()
        for name, source in files.items():
            if name.endswith(".dmn"):
                parser.add_dmn_str(source)
            elif name.endswith(".bpmn"):
                parser.add_bpmn_str(source.replace(b"bpmn:serviceTask", b"bpmn:userTask"))
        self.workflow = BpmnWorkflow(parser.get_spec(key), parser.get_subprocess_specs(key))
        self.workflow.task_tree.data.update(variables)
        self.ran: list[str] = []
        self._settle()

    @property
    def completed(self) -> bool:
        """Is the process over?"""
        return bool(self.workflow.completed)

    def tokens(self) -> list[tuple[str, str]]:
        """Open tokens as (key, kind), services as user tasks."""
        names, tasks = self._open()
        return sorted((name, str(kind_of(tasks[i]))) for i, name in names.items())

    def step(self, event: Event, data: Mapping[str, Any], local: Mapping[str, Any]) -> None:
        """Load, write the form everywhere, act, run, save."""
        self.workflow = _SERIALIZER.deserialize_json(_SERIALIZER.serialize_json(self.workflow))
        for task in self._tasks():
            task.data.update(data)  # finished parents too: tasks inherit from them again
        self.ran = []
        names, tasks = self._open()
        task = next(tasks[i] for i, name in names.items() if name == event[1])
        if event[0] == "complete":
            task.data.update(local)
            self.ran.append(task.task_spec.bpmn_id)
            task.run()
        elif isinstance(task.task_spec.event_definition, CycleTimerEventDefinition):
            past = datetime.now(UTC) - timedelta(seconds=1)
            task.internal_data["event_value"]["next"] = past.isoformat()
            task.task_spec._update(task)
        else:
            task.internal_data["event_fired"] = True
            task.task_spec._update(task)
        self._settle()

    def _tasks(self) -> list[Any]:
        return [t for w in (self.workflow, *self.workflow.subprocesses.values()) for t in w.tasks.values()]

    def _open(self) -> tuple[dict[Any, str], dict[Any, Any]]:
        found = [t for t in self._tasks() if kind_of(t) and not t.workflow.completed]
        found.sort(key=lambda t: str(t.internal_data.get("key_or_index", "")))
        return token_keys(found), {t.id: t for t in found}

    def _settle(self) -> None:
        def note(task: Any) -> None:
            if getattr(task.task_spec, "bpmn_id", None):
                self.ran.append(task.task_spec.bpmn_id)

        for _ in range(50):
            self.workflow.do_engine_steps(did_complete_task=note)
            if not any(
                t.state == TaskState.READY and not t.task_spec.manual
                for t in self._tasks()
                if not t.workflow.completed
            ):
                return


def plain(kind: TokenKind) -> str:
    """The kind as the reference sees it."""
    return str(TokenKind.USER if kind is TokenKind.SERVICE else kind)
