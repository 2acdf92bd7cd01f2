"""How a test plays a process: start it, do what is open, move the clock, look at what happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from unittest import mock

from jsonschema import Draft202012Validator
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine import deployment, jobs, markings, runtime, timers
from engine.handlers import handlers
from engine.history import of_instance
from engine.models import Incident, ProcessDefinition, ProcessInstance, UserTask
from engine.types import InstanceStatus, Json, NewInstance, TaskStatus, Variables
from tests.bpmn.domain import SHANGHAI, Domain
from tests.bpmn.files import KEYS, bundle, forms

FORMS = {key: Draft202012Validator(schema) for key, schema in forms().items()}
START = datetime(2025, 6, 20, 9, tzinfo=SHANGHAI)
PEOPLE = {"enterprise_id": 40, "town_id": 3, "department_id": 5, "office_id": 1}
CAMPAIGN: Variables = {
    "campaign_id": 1,
    "office_id": 1,
    "phase_1_ends_at": "2025-06-30T23:59:59+08:00",
    "phase_2_ends_at": "2025-08-15T23:59:59+08:00",
    "phase_3_ends_at": "2025-09-15T23:59:59+08:00",
    "phase_4_ends_at": "2025-09-30T23:59:59+08:00",
    "failing_list_at": "2025-08-10T23:59:59+08:00",
}
ROUND: Variables = {"round": 1, "round_kind": "first", "step": 0}
OBLIGATION: Variables = {
    **PEOPLE,
    **ROUND,
    "obligation_id": 7,
    "title": "主要负责人履职报告",
    "due_at": "2025-07-15T23:59:59+08:00",
    "ladder": "obligation",
    "open_hazards": 0,
    "risk_major": False,
}
HAZARD: Variables = {
    **PEOPLE,
    **ROUND,
    "round": 0,
    "hazard_id": 11,
    "obligation_id": None,
    "due_at": "2025-07-01T23:59:59+08:00",
    "ladder": "hazard_general",
}
EXTENSION: Variables = {
    "subject": "obligation",
    "subject_id": 7,
    "enterprise_id": 40,
    "department_id": 5,
    "requested_due_on": "2025-08-15",
    "request_reason": "设备到货推迟",
}
REPORT: Variables = {
    "title": "护栏缺失",
    "place": "二号平台",
    "description": "护栏缺一段",
    "possible_casualties": 1,
    "matches_major_criteria": False,
    "work_stopped": True,
}
UNIT_TASK: Variables = {
    **ROUND,
    "unit_task_id": 5,
    "body_id": 3,
    "body_role": "town_officer",
    "office_id": 1,
    "title": "制定细化落实方案",
    "due_at": "2025-07-15T23:59:59+08:00",
    "goes_on_until": None,
    "ladder": "unit",
}
SELF_EVALUATION: Variables = {
    **ROUND, "evaluation_id": 5, "year": 2025, "body_id": 3, "body_role": "town_officer", "office_id": 1,
    "title": "2025年度自评", "due_at": "2025-07-15T23:59:59+08:00", "ladder": "unit",
}  # fmt: skip
COSIGN: Variables = {
    "cosignature_id": 5, "cosigner_id": 9, "title": "镇街审核", "question": "请看", "enterprise_id": 40, "task_id": 3,
    "asked_by": "account:8",
}  # fmt: skip
OBJECTION: Variables = {
    **PEOPLE, "objection_id": 4, "list_id": 2, "entry_id": 6, "title": "百日攻坚行动",
    "due_at": "2025-08-18T23:59:59+08:00",
}  # fmt: skip
FAILING_LIST: Variables = {"list_id": 2, "department_id": 5, "office_id": 1, "title": "百日攻坚行动"}
ENFORCEMENT: Variables = {
    **PEOPLE, **ROUND, "enforcement_id": 8, "title": "执法检查：样例铸造", "due_at": "2025-09-15T23:59:59+08:00",
    "ladder": "enforcement_check",
}  # fmt: skip
TIP: Variables = {
    **PEOPLE, **ROUND, "tip_id": 3, "title": "二号平台", "due_at": "2025-06-25T23:59:59+08:00", "ladder": "tip",
}  # fmt: skip
STARTS = {
    "tip": TIP,
    "failing_list": FAILING_LIST,
    "enforcement": ENFORCEMENT,
    "cosign": COSIGN,
    "objection": OBJECTION,
    "campaign": CAMPAIGN,
    "obligation": OBLIGATION,
    "hazard": HAZARD,
    "hazard_control": {**HAZARD, "level": "major"},
    "hazard_acceptance": {**HAZARD, "level": "major", "accounted": True, "round": 1},
    "unit_task": UNIT_TASK,
    "self_evaluation": SELF_EVALUATION,
    "extension": EXTENSION,
    "launch": {"proposal_id": 1, "office_id": 9, "title": "百日攻坚行动"},
    "escalation": {"step": 0, "ladder": "obligation", "due_at": OBLIGATION["due_at"]},
}


def deploy_all(database: Engine) -> None:
    """Deploy every folder of bpmn/, the called ones first."""
    order = sorted(KEYS, key=lambda key: key != "escalation")
    with (
        mock.patch.dict(handlers, Domain().handlers(), clear=True),
        Session(database) as session,
        session.begin(),
    ):
        for key in order:
            deployment.deploy(session, key=key, files=bundle(key), now=START)


@contextmanager
def playing(database: Engine) -> Iterator[Play]:
    """A play in a transaction that is rolled back; the handlers are those of its `domain`."""
    domain = Domain()
    with (
        mock.patch.dict(handlers, domain.handlers(), clear=True),
        Session(database, expire_on_commit=False) as session,
    ):
        yield Play(session, domain)
        session.rollback()


@dataclass(slots=True)
class Play:
    """A database, a clock and the domain behind the service tasks."""

    session: Session
    domain: Domain
    now: datetime = START

    def start(self, key: str, **changes: Json) -> Run:
        """Start an instance with usual variables, some of them changed."""
        new = NewInstance(f"{key}:1", {**STARTS[key], **changes})
        [instance_id] = runtime.start_many(self.session, key=key, instances=[new], group_id=1, now=self.now)
        return Run(self, instance_id)

    def at(self, when: str) -> None:
        """Move the clock to `MM-DD` or `MM-DD hh:mm` of 2025 in Shanghai, then sweep."""
        text = when if " " in when else f"{when} 09:00"
        later = datetime.strptime(f"2025-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        assert later >= self.now, "the clock only moves on"
        self.now = later
        self.sweep()

    def sweep(self) -> None:
        """Fire what is due and run the background jobs, until nothing is left."""
        while timers.fire_due(self.session, now=self.now).more or jobs.run_due(self.session, now=self.now):
            pass
        self._no_incident()

    def send(self, name: str, key: str, **payload: Json) -> int:
        count = runtime.correlate(self.session, name=name, correlation_key=key, payload=payload, now=self.now)
        self._no_incident()
        return count

    def _no_incident(self) -> None:
        broken = self.session.scalars(select(Incident)).all()
        assert [(i.node, i.code, i.message) for i in broken] == []

    def executed(self) -> dict[str, set[str]]:
        """Nodes that ran, by the definition that was started; nodes of called processes are among them."""
        found: dict[str, set[str]] = {}
        rows = self.session.execute(
            select(ProcessInstance.id, ProcessDefinition.key).join(
                ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id
            )
        )
        for instance_id, key in rows:
            found.setdefault(key, set()).update(Run(self, instance_id).ran())
        return found


@dataclass(frozen=True, slots=True)
class Run:
    """One instance of a play."""

    play: Play
    id: int

    @property
    def row(self) -> ProcessInstance:
        row = self.play.session.get_one(ProcessInstance, self.id)
        self.play.session.refresh(row)
        return row

    @property
    def variables(self) -> Variables:
        return self.row.variables

    @property
    def ended(self) -> bool:
        return self.row.status is InstanceStatus.COMPLETED

    @property
    def next_timer(self) -> str | None:
        """`MM-DD hh:mm` in Shanghai."""
        at = self.row.next_timer_at
        return None if at is None else at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")

    def open(self) -> set[str]:
        """Nodes where a token waits."""
        return {token.node for token in markings.open_nodes(self.play.session, self.id)}

    def tasks(self) -> dict[str, UserTask]:
        """Open user tasks by node."""
        rows = self.play.session.scalars(
            select(UserTask).where(UserTask.instance_id == self.id, UserTask.status == TaskStatus.OPEN)
        )
        return {task.node: task for task in rows}

    def do(self, node: str, *, actor: str | None = None, **form: Json) -> Run:
        """Complete the open task at `node` with a form that its schema accepts."""
        task = self.tasks()[node]
        FORMS[task.form_key].validate(form)
        runtime.complete(
            self.play.session,
            task_id=task.id,
            form=form,
            actor=actor or f"account:{task.candidate_group}",
            now=self.play.now,
        )
        self.play._no_incident()
        return self

    def ran(self) -> set[str]:
        """Nodes that were executed, from the history."""
        nodes: set[str] = set()
        for entry in of_instance(self.play.session, self.id):
            nodes.update((entry.body or {}).get("ran", ()))
            if entry.node and entry.kind not in ("task_opened", "task_cancelled"):
                nodes.add(entry.node)
        return nodes
