"""One task with all that a person needs to do it: the item's requirement, what was returned and why, the ladder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from workflows import worklist
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.campaigns.types import TemplateItem
from workflows.escalation.queries import Planned, ladder_of
from workflows.evidence import queries as evidence_files
from workflows.evidence.models import Evidence
from workflows.exceptions import NotFound
from workflows.hazards import queries as hazards
from workflows.hazards.models import Hazard
from workflows.inbox import Person, draft_of, evidence_ids, find
from workflows.obligations.models import Extension, Obligation
from workflows.processes import form_schema
from workflows.subjects import Subject, SubjectKind
from workflows.submissions import queries as submissions
from workflows.submissions.models import Submission
from workflows.worklist import Row

RETURNING = {
    "town_review": "town_decision", "department_review": "department_decision", "site_check": "site_result",
    "verify": "passed", "accept": "passed", "approve_plan": "approved", "sign": "signed",
}  # fmt: skip
SHOWN = {
    "sign": "self_check", "town_review": "self_check", "department_review": "self_check", "site_check": "self_check",
    "assess": "report", "approve_plan": "plan_major", "verify": "fix", "accept": "fix",
}  # fmt: skip  # what the person at a node judges: the last submission at the other node
BAD = ("return", "fail", False)


@dataclass(frozen=True, slots=True)
class TaskView:
    """`form` is what the fields show: the draft, else what the task starts from; `returned` says why it came back."""

    task: UserTask
    row: Row
    is_open: bool
    campaign: Campaign | None
    obligation: Obligation | None
    hazard: Hazard | None
    extension: Extension | None
    item: TemplateItem | None
    schema: Mapping[str, Any]
    form: Mapping[str, Any]
    drafted_at: datetime | None
    submissions: list[Submission]
    returned: Submission | None
    current: Submission | None
    previous: Submission | None
    hazards: list[Hazard]
    ladder: list[Planned]
    evidence: Mapping[int, Evidence]


def view(
    session: Session, task_id: int, *, person: Person, now: datetime, form: Mapping[str, Any] | None = None
) -> TaskView:
    """`form` is what was just typed, if anything. Raises NotFound for somebody else's task."""
    task = find(session, task_id, person)
    row = worklist.row_of(session, task_id, now=now)
    if row is None:
        raise NotFound(what="task", id=task_id)
    instance = session.get_one(ProcessInstance, task.instance_id)
    about = about_of(session, row.subject)
    obligation = about if isinstance(about, Obligation) else None
    hazard = about if isinstance(about, Hazard) else None
    extension = session.get(Extension, row.subject.id) if row.subject.kind is SubjectKind.EXTENSION else None
    campaign = session.get(Campaign, task.group_id) if task.group_id else None
    history = submissions.of_instance(session, task.instance_id)
    draft = draft_of(session, task_id)
    if form is None:
        form = draft.form if draft else first_form(task.form_key, instance.variables, history)
    item = template_of(campaign).item(obligation.item_code) if campaign and obligation else None
    return TaskView(
        task=task, row=row, is_open=task.status == TaskStatus.OPEN, campaign=campaign, obligation=obligation,
        hazard=hazard, extension=extension, item=item, schema=form_schema(task.form_key), form=form,
        drafted_at=draft.saved_at if draft else None, submissions=history, returned=returning(history, task),
        current=submissions.last(history, SHOWN.get(task.node, "")),
        previous=submissions.previous(history, SHOWN.get(task.node, "")),
        hazards=hazards.of_obligation(session, obligation.id) if obligation else [],
        ladder=ladder_of(session, instance, row.subject, now=now) if about is not None else [],
        evidence=evidence_of(session, task.form_key, form, history),
    )  # fmt: skip


def about_of(session: Session, subject: Subject) -> Obligation | Hazard | None:
    """The obligation or hazard that a subject names."""
    if subject.kind is SubjectKind.OBLIGATION:
        return session.get(Obligation, subject.id)
    return session.get(Hazard, subject.id) if subject.kind is SubjectKind.HAZARD else None


def first_form(form_key: str, variables: Mapping[str, Any], history: list[Submission]) -> dict[str, Any]:
    """What a form starts from: the same form's last submission, else variables of the same name."""
    fields = form_schema(form_key)["properties"]
    if form_key in ("self_check", "hazard_fix", "hazard_plan", "hazard_plan_major"):
        last = submissions.last(
            history,
            {"self_check": "self_check", "hazard_fix": "fix", "hazard_plan": "plan"}.get(
                form_key, "plan_major"
            ),
        )
        if last is not None:
            return dict(last.form)
    if form_key == "hazard_report":
        return {
            name: variables[name]
            for name in ("title", "place", "description", "photos")
            if variables.get(name)
        }
    if form_key == "hazard_assess":
        return {"level": variables["suggested_level"]}
    if form_key == "extension":
        return {"decided_due_on": variables["requested_due_on"]}
    return {name: [] for name, field in fields.items() if field.get("x-widget") == "evidence"}


def returning(history: list[Submission], task: UserTask) -> Submission | None:
    """The decision that sent the work back, when it is the newest submission before this task."""
    newest = history[-1] if history else None
    if (
        newest is None
        or newest.node not in RETURNING
        or task.node not in ("self_check", "fix", "plan_major", "plan")
    ):
        return None
    return newest if newest.form.get(RETURNING[newest.node]) in BAD else None


def evidence_of(
    session: Session, form_key: str, form: Mapping[str, Any], history: list[Submission]
) -> dict[int, Evidence]:
    """Every evidence file that the form or an earlier submission names, by id."""
    ids = set(evidence_ids(form_key, form))
    for one in history:
        ids.update(number for number in _numbers(one.form))
    return evidence_files.by_ids(session, sorted(number for number in ids if isinstance(number, int)))


def attachment_ids(submission: Submission) -> list[int]:
    """The evidence files that a submission names."""
    return _numbers(submission.form)


def _numbers(form: Mapping[str, Any]) -> list[int]:
    found: list[int] = []
    for name, value in form.items():
        if isinstance(value, list) and name.endswith(("evidence", "photos", "documents")):
            found += [number for number in value if isinstance(number, int)]
        elif name == "evidence" and isinstance(value, dict):
            found += [number for numbers in value.values() for number in numbers]
    return found
