"""The same work by stock SpiffWorkflow: load the state, run, save it, in the same tables."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, select, update

from engine.models import HistoryEntry, UserTask
from engine.types import TaskStatus
from tests.benchmarks.sample import FORM, KEY, NOW, SOURCE, VARIABLES

metadata = MetaData()
state = Table("stock_state", metadata, Column("id", Integer, primary_key=True), Column("state", Text))


class Stock:
    """Parsed once, as an application would."""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(SOURCE)
        self.spec, self.subs = parser.get_spec(KEY), parser.get_subprocess_specs(KEY)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))

    def launch(self, connection: Connection, instance_id: int) -> None:
        """A new instance and its task."""
        workflow = BpmnWorkflow(self.spec, self.subs)
        workflow.task_tree.data.update(VARIABLES)
        self._settle(workflow)
        row = {"id": instance_id, "state": self.serializer.serialize_json(workflow)}
        connection.execute(insert(state), row)
        self._open(connection, instance_id, "self_check")
        self._record(connection, instance_id, "started")

    def complete(self, connection: Connection, instance_id: int) -> None:
        """The self-check is done, the review opens."""
        workflow = self._load(connection, instance_id)
        ready = workflow.get_tasks(state=TaskState.READY, manual=True)
        task = next(t for t in ready if t.task_spec.name == "self_check")
        task.data.update(FORM)
        task.run()
        self._settle(workflow)
        self._save(connection, instance_id, workflow)
        connection.execute(
            update(UserTask)
            .where(UserTask.instance_id == instance_id, UserTask.status == TaskStatus.OPEN)
            .values(status=TaskStatus.COMPLETED, closed_at=NOW, actor="account:1")
        )
        self._open(connection, instance_id, "review")
        self._record(connection, instance_id, "task_completed")

    def remind(self, connection: Connection, instance_id: int) -> None:
        """The reminder fires."""
        workflow = self._load(connection, instance_id)
        task = next(t for t in workflow.event_manager.tasks.values() if t.task_spec.name == "remind")
        task.internal_data["event_fired"] = True
        task.task_spec._update(task)
        self._settle(workflow)
        self._save(connection, instance_id, workflow)
        self._record(connection, instance_id, "timer_fired")

    @staticmethod
    def _settle(workflow: Any) -> None:
        workflow.do_engine_steps()
        workflow.do_engine_steps()

    def _load(self, connection: Connection, instance_id: int) -> Any:
        text = connection.execute(select(state.c.state).where(state.c.id == instance_id)).scalar_one()
        return self.serializer.deserialize_json(text)

    def _save(self, connection: Connection, instance_id: int, workflow: Any) -> None:
        text = self.serializer.serialize_json(workflow)
        connection.execute(update(state).where(state.c.id == instance_id).values(state=text))

    @staticmethod
    def _open(connection: Connection, instance_id: int, node: str) -> None:
        row = {
            "instance_id": instance_id, "token": node, "node": node, "name": node, "candidate_group": "1:x",
            "form_key": "", "status": TaskStatus.OPEN, "created_at": NOW, "version": 0,
        }  # fmt: skip
        connection.execute(insert(UserTask), row)

    @staticmethod
    def _record(connection: Connection, instance_id: int, kind: str) -> None:
        connection.execute(insert(HistoryEntry), {"instance_id": instance_id, "at": NOW, "kind": kind})
