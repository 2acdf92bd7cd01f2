"""One task with all that a person needs to do it: the item's requirement, what was returned and why, the ladder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from workflows import worklist
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.campaigns.types import TemplateRow
from workflows.cosigning import queries as cosigning
from workflows.cosigning.models import Cosignature
from workflows.duties.models import UnitTask
from workflows.escalation.queries import Planned, ladder_of
from workflows.evidence import queries as evidence_files
from workflows.evidence.models import Evidence
from workflows.exceptions import NotFound
from workflows.failing.models import Objection
from workflows.hazards import queries as hazards
from workflows.hazards.criteria import CriteriaList, of_enterprise
from workflows.hazards.models import Hazard
from workflows.hazards.repeats import Earlier, earlier
from workflows.inbox import Person, draft_of, evidence_ids, find
from workflows.obligations.models import Extension, Obligation
from workflows.processes import form_schema
from workflows.register.models import Enterprise
from workflows.returning import sends_back, sent_back
from workflows.subjects import Subject, SubjectKind
from workflows.submissions import queries as submissions
from workflows.submissions.models import Draft, Submission
from workflows.tips.checks import with_departments
from workflows.tips.models import Tip
from workflows.tips.queries import open_hazards
from workflows.worklist import Row

SHOWN = {
    "countersign": "self_check",
    "sign": "self_check", "town_review": "self_check", "department_review": "self_check", "site_check": "self_check",
    "approve_launch": "propose", "assess": "report", "approve_plan": "plan_major", "verify": "fix", "accept": "fix",
    "confirm_interim": "interim", "list_plate": "plan_major", "list_account": "list_plate", "supervise": "plan_major",
    "consent": "accept", "site_review": "accept", "suspend": "site_review", "re_review": "rectify",
    "decide_closure": "re_review", "check_effect": "fix", "check": "file", "visit": "put_right", "determine": "visit",
}  # fmt: skip  # what the person at a node judges: the last submission at the other node

RECOGNISING = (
    "report",
    "assess",
    "plan",
    "plan_major",
    "verify",
    "accept",
    "check_effect",
)  # who asks why it came back

FORM_NODES = {  # where the last form of its kind was filled in
    "self_check": "self_check", "hazard_fix": "fix", "hazard_plan": "plan", "hazard_interim": "interim",
    "unit_file": "file",
}  # fmt: skip
GRADING = ("report", "assess")
# What was planned is compared there.
BY_PLAN = ("fix", "verify", "accept", "consent", "site_review", "rectify", "re_review")


@dataclass(frozen=True, slots=True)
class TaskView:
    """`form` is what the fields show: the draft, else what the task starts from; `returned` says why it came back;
    `asked` is the signature that the task itself is, `cosignatures` those that it waits for."""

    task: UserTask
    row: Row
    is_open: bool
    campaign: Campaign | None
    obligation: Obligation | None
    hazard: Hazard | None
    duty: UnitTask | None
    extension: Extension | None
    objection: Objection | None
    tip: Tip | None
    item: TemplateRow | None
    schema: Mapping[str, Any]
    form: Mapping[str, Any]
    drafted_at: datetime | None
    draft_by: str | None
    submissions: list[Submission]
    returned: Submission | None
    current: Submission | None
    plan: Submission | None
    previous: Submission | None
    previous_returned: bool
    variables: Mapping[str, Any]
    hazards: list[Hazard]
    earlier: list[Earlier]
    criteria: list[CriteriaList]
    ladder: list[Planned]
    asked: Cosignature | None
    cosignatures: list[Cosignature]
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
    asked = session.get_one(Cosignature, row.subject.id) if row.subject.kind is SubjectKind.COSIGN else None
    about = about_of(session, Subject.parse(asked.subject) if asked else row.subject)
    obligation = about if isinstance(about, Obligation) else None
    hazard = about if isinstance(about, Hazard) else None
    duty = about if isinstance(about, UnitTask) else None
    extension = session.get(Extension, row.subject.id) if row.subject.kind is SubjectKind.EXTENSION else None
    objection = session.get(Objection, row.subject.id) if row.subject.kind is SubjectKind.OBJECTION else None
    tip = session.get(Tip, row.subject.id) if row.subject.kind is SubjectKind.TIP else None
    campaign = session.get(Campaign, task.group_id) if task.group_id else None
    file = about.instance_id if asked and about and about.instance_id else task.instance_id
    history = submissions.of_instance(session, file)
    previous = submissions.previous(history, SHOWN.get(task.node, ""))
    if previous is None and obligation is not None and campaign is not None and task.node in SHOWN:
        previous = _last_time(session, obligation, campaign)
    draft = _draft(session, task, person.actor)
    if form is None:
        form = draft.form if draft else first_form(task.form_key, instance.variables, history)
        form = form or ({"hazard_place": tip.place} if tip else {})
    item = row_of(campaign, about)
    return TaskView(
        task=task, row=row, is_open=task.status == TaskStatus.OPEN, campaign=campaign, obligation=obligation,
        hazard=hazard, duty=duty, extension=extension, objection=objection, tip=tip, item=item,
        schema=_schema(session, task), form=form,
        drafted_at=draft.saved_at if draft else None,
        draft_by=draft.actor if draft else None,
        submissions=history, returned=sent_back(history, task.node),
        current=submissions.last(history, SHOWN.get(task.node, "")),
        plan=_plan(history) if task.node in BY_PLAN else None,
        previous=previous, previous_returned=_returned_after(history, previous), variables=instance.variables,
        hazards=_hazards(session, obligation, tip),
        earlier=earlier(session, hazard) if hazard is not None and task.node in RECOGNISING else [],
        criteria=_criteria(session, hazard) if hazard is not None and task.node in GRADING else [],
        ladder=ladder_of(session, instance, row.subject, now=now) if (about or tip) and asked is None else [],
        asked=asked, cosignatures=cosigning.of_task(session, task_id),
        evidence=_evidence(session, task, form, [*history, previous] if previous else history, tip),
    )  # fmt: skip


def _schema(session: Session, task: UserTask) -> Mapping[str, Any]:
    """The form, with what there is to choose from where the district decides."""
    schema = form_schema(task.form_key)
    return with_departments(session, schema) if task.node == "triage" else schema


def _plan(history: list[Submission]) -> Submission | None:
    """How the hazard is to be remedied: the newest plan of either kind."""
    return next((one for one in reversed(history) if one.node in ("plan", "plan_major")), None)


def _hazards(session: Session, obligation: Obligation | None, tip: Tip | None) -> list[Hazard]:
    """Those that a self-check opened, or those that a tip may be part of."""
    if tip is not None:
        return open_hazards(session, tip.enterprise_id)
    return hazards.of_obligation(session, obligation.id) if obligation else []


def _evidence(
    session: Session, task: UserTask, form: Mapping[str, Any], history: list[Submission], tip: Tip | None
) -> dict[int, Evidence]:
    found = evidence_of(session, task.form_key, form, history)
    return found | evidence_files.by_ids(session, [tip.evidence_id] if tip and tip.evidence_id else [])


def _criteria(session: Session, hazard: Hazard) -> list[CriteriaList]:
    """The lists that a hazard of this enterprise is compared with."""
    return of_enterprise(session.get_one(Enterprise, hazard.enterprise_id))


def _last_time(session: Session, obligation: Obligation, campaign: Campaign) -> Submission | None:
    """What the enterprise handed in for the same item of the same template before: another period, another launch."""
    query = (
        select(Submission)
        .join(Obligation, Obligation.instance_id == Submission.instance_id)
        .join(Campaign, Campaign.id == Obligation.campaign_id)
        .where(
            Obligation.enterprise_id == obligation.enterprise_id,
            Obligation.item_code == obligation.item_code,
            Obligation.id < obligation.id,
            Campaign.template_code == campaign.template_code,
            Submission.node == "self_check",
        )
        .order_by(Submission.id.desc())
        .limit(1)
    )
    return session.scalars(query).first()


def _returned_after(history: list[Submission], previous: Submission | None) -> bool:
    """Whether the submission before was sent back, and not withdrawn or of another time."""
    if previous is None or previous not in history:
        return False
    later = history[history.index(previous) + 1 :]
    after = next((one for one in later if one.node == previous.node), None)
    between = [one for one in later if after is None or one.id < after.id]
    return any(sends_back(one.node, one.form) for one in between)


def _draft(session: Session, task: UserTask, actor: str) -> Draft | None:
    """The task's draft; else that of the task in whose place it came (an extension or a withdrawal closes tasks)."""
    found = draft_of(session, task.id, actor)
    if found is not None or task.status != TaskStatus.OPEN:
        return found
    earlier = select(UserTask).where(
        UserTask.instance_id == task.instance_id, UserTask.node == task.node, UserTask.id < task.id
    )
    before = session.scalars(earlier.order_by(UserTask.id.desc()).limit(1)).first()
    cancelled = before is not None and before.status == TaskStatus.CANCELLED
    return draft_of(session, before.id, actor) if before is not None and cancelled else None


def row_of(campaign: Campaign | None, about: Obligation | Hazard | UnitTask | None) -> TemplateRow | None:
    """The row of the template that an obligation or a unit task comes from."""
    if campaign is None or not isinstance(about, Obligation | UnitTask):
        return None
    template = template_of(campaign)
    return template.item(about.item_code) if isinstance(about, Obligation) else template.duty(about.duty_code)


def about_of(session: Session, subject: Subject) -> Obligation | Hazard | UnitTask | None:
    """The obligation, hazard or unit task that a subject names."""
    if subject.kind is SubjectKind.UNIT_TASK:
        return session.get(UnitTask, subject.id)
    if subject.kind is SubjectKind.OBLIGATION:
        return session.get(Obligation, subject.id)
    return session.get(Hazard, subject.id) if subject.kind is SubjectKind.HAZARD else None


def first_form(form_key: str, variables: Mapping[str, Any], history: list[Submission]) -> dict[str, Any]:
    """What a form starts from: the same form's last submission, else variables of the same name."""
    fields = form_schema(form_key)["properties"]
    if form_key in (
        "self_check",
        "hazard_fix",
        "hazard_plan",
        "hazard_plan_major",
        "hazard_interim",
        "unit_file",
    ):
        last = submissions.last(
            history,
            FORM_NODES.get(form_key, "plan_major"),
        )
        if last is not None:
            return dict(last.form)
    if form_key == "hazard_report":
        return {
            name: variables[name]
            for name in ("title", "place", "description", "photos", "kind", "matches_major_criteria")
            if variables.get(name) not in (None, "", [])
        }
    if form_key == "circular":
        return {"text": variables["circular_draft"]}
    if form_key == "hazard_assess":
        return {"level": variables["suggested_level"]}
    if form_key == "extension":
        return {"decided_due_on": variables["requested_due_on"]}
    empty: dict[str, Any] = {
        name: [] for name, field in fields.items() if field.get("x-widget") == "evidence"
    }
    if form_key in ("hazard_plan", "hazard_plan_major") and variables.get("proposed_due_on"):
        return {**empty, "due_on": variables["proposed_due_on"]}
    return empty


def evidence_of(
    session: Session, form_key: str, form: Mapping[str, Any], history: list[Submission]
) -> dict[int, Evidence]:
    """Every evidence file that the form or an earlier submission names, by id."""
    ids = set(evidence_ids(form_key, form))
    for one in history:
        ids.update(number for number in submissions.attachment_ids(one))
    return evidence_files.by_ids(session, sorted(number for number in ids if isinstance(number, int)))
