"""What a form's schema cannot know: the proofs an item asks for, and how far ahead dates may lie."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from engine.models import UserTask
from workflows.campaigns.models import Campaign, LaunchProposal
from workflows.campaigns.scope import Scope
from workflows.campaigns.service import check_launch, template_of
from workflows.campaigns.templates import CampaignTemplate, from_json
from workflows.campaigns.types import Duty, TemplateItem, TemplateRow
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem
from workflows.hazards import forms as hazard_forms
from workflows.obligations.extensions import is_later, load_target
from workflows.returning import sends_back
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, iso
from workflows.tips import checks as tip_checks

LONGEST_FIX = (
    30  # [D] days from the plan: nobody approves the plan of a general hazard; more time is an extension
)
MARKING = ("town_review", "department_review")
FUTURE = {
    "plan": "due_on", "plan_major": "due_on", "decide": "decided_due_on", "visit": "order_due_on",
    "determine": "order_due_on", "suspend": "rectify_due_on", "decide_closure": "rectify_due_on",
}  # fmt: skip
PERSONAL = re.compile(r"(?<!\d)(1\d{10}|\d{17}[\dXx])(?!\d)")  # a mobile phone's number, a person's number


Templates = Callable[[int], CampaignTemplate]


@dataclass(frozen=True, slots=True)
class Home:
    """What a form is checked against of the instance its task belongs to."""

    id: int
    business_key: str
    group_id: int | None
    variables: Mapping[str, Any]


def launched(session: Session) -> Templates:
    """The templates of campaigns by the campaign's id, each read when it is asked for first."""
    return cache(lambda campaign_id: template_of(session.get_one(Campaign, campaign_id)))


def check_domain(
    session: Session,
    task: UserTask,
    form: Mapping[str, Any],
    instance: Home,
    *,
    templates: Templates,
    now: datetime,
) -> None:
    """Raises InvalidForm when a proof is missing or a date lies behind or too far ahead; Conflict when what is to be
    launched runs already.
    """
    problems = list(_dates(task.node, form, today=day_of(now)))
    if task.node == "interim":
        problems += hazard_forms.interim_problems(session, form, instance.business_key, today=day_of(now))
    if task.node == "triage":
        problems += tip_checks.problems(session, form, enterprise_id=instance.variables["enterprise_id"])
    if instance.business_key.startswith(SubjectKind.EXTENSION):
        problems += _later(session, form, instance)
    if task.node == "self_check" and instance.group_id is not None:
        item = templates(instance.group_id).item(instance.variables["item_code"])
        problems += evidence_problems(item, form)
    if task.node == "file" and instance.group_id is not None:
        duty = templates(instance.group_id).duty(instance.variables["item_code"])
        problems += evidence_problems(duty, form)
    if task.node in MARKING and instance.group_id is not None:
        item = templates(instance.group_id).item(instance.variables["item_code"])
        problems += mark_problems(item, form)
    if task.node == "circular" and PERSONAL.search(form.get("text", "")):
        problems.append(FieldProblem("text", "personal"))
    if problems:
        raise InvalidForm(problems=problems)
    if task.node == "approve_launch" and form["approved"]:
        _can_launch(session, instance, now=now)


def _can_launch(session: Session, instance: Home, *, now: datetime) -> None:
    """What was right when it was proposed may be so no longer: the approver is told, and nothing is launched."""
    proposal = session.get_one(LaunchProposal, instance.variables["proposal_id"])
    template, scope = from_json(proposal.template), Scope.from_json(proposal.scope)
    try:
        check_launch(session, template, scope=scope, office_id=proposal.office_id, now=now)
    except InvalidForm as refused:
        problems = [FieldProblem("approved", one.code, one.data) for one in refused.data["problems"]]
        raise InvalidForm(problems=problems) from refused


def with_marks(
    task: UserTask, form: Mapping[str, Any], instance: Home, *, templates: Templates
) -> Mapping[str, Any]:
    """The form with the names of the missing proofs before the reason, where it returns the work and names some."""
    missing = form.get("missing")
    if (
        task.node not in MARKING
        or not missing
        or instance.group_id is None
        or not sends_back(task.node, form)
    ):
        return form
    item = templates(instance.group_id).item(instance.variables["item_code"])
    titles = {slot.code: slot.title for slot in item.evidence}
    named = "、".join(titles.get(str(code), str(code)) for code in missing)
    return {**form, "reason": f"缺少材料：{named}。{form.get('reason', '')}"}


def mark_problems(item: TemplateItem, form: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Proofs the item does not ask for; and marks on what is accepted all the same."""
    missing = form.get("missing", [])
    if set(missing) - {slot.code for slot in item.evidence}:
        yield FieldProblem("missing", "enum")
    elif missing and not any(form.get(name) == "return" for name in ("town_decision", "department_decision")):
        yield FieldProblem("missing", "marked")


def _later(session: Session, form: Mapping[str, Any], instance: Home) -> Iterator[FieldProblem]:
    """An extension that shortens is none."""
    about = Subject(SubjectKind(instance.variables["subject"]), instance.variables["subject_id"])
    target = load_target(session, about)
    if form.get("granted") and not is_later(target, date.fromisoformat(form["decided_due_on"])):
        yield FieldProblem("decided_due_on", "not-later", {"due_at": target.due_at and iso(target.due_at)})


def evidence_problems(item: TemplateRow, form: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Slots the row does not have; and each required slot that is empty, for a compliant item and for any duty."""
    given = form.get("evidence", {})
    slots = {slot.code: slot for slot in item.evidence}
    yield from (FieldProblem(f"evidence.{code}", "unknown") for code in sorted(set(given) - set(slots)))
    if form.get("result") == "compliant" or isinstance(item, Duty):
        missing = (code for code, slot in slots.items() if slot.required and not given.get(code))
        yield from (FieldProblem(f"evidence.{code}", "evidence-missing") for code in missing)


def _dates(node: str, form: Mapping[str, Any], *, today: date) -> Iterator[FieldProblem]:
    name = FUTURE.get(node)
    if not name or not form.get(name):
        return
    day = date.fromisoformat(form[name])
    if day < today:
        yield FieldProblem(name, "not-future")
    elif node == "plan" and day > today + timedelta(days=LONGEST_FIX):
        yield FieldProblem(name, "too-far", {"limit": LONGEST_FIX})
