"""What a form's schema cannot know: the proofs an item asks for, and how far ahead dates may lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.campaigns.types import TemplateItem
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem
from workflows.obligations.extensions import is_later, load_target
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, iso

LONGEST_FIX = (
    30  # [D] days from the plan: nobody approves the plan of a general hazard; more time is an extension
)
FUTURE = {"plan": "due_on", "plan_major": "due_on", "decide": "decided_due_on"}


def check_domain(
    session: Session, task: UserTask, form: Mapping[str, Any], instance: ProcessInstance, *, now: datetime
) -> None:
    """Raises InvalidForm when a proof is missing or a date lies behind or too far ahead."""
    problems = list(_dates(task.node, form, today=day_of(now)))
    if instance.business_key.startswith(SubjectKind.EXTENSION):
        problems += _later(session, form, instance)
    if task.node == "self_check" and instance.group_id is not None:
        campaign = session.get_one(Campaign, instance.group_id)
        problems += evidence_problems(template_of(campaign).item(instance.variables["item_code"]), form)
    if problems:
        raise InvalidForm(problems=problems)


def _later(session: Session, form: Mapping[str, Any], instance: ProcessInstance) -> Iterator[FieldProblem]:
    """An extension that shortens is none."""
    about = Subject(SubjectKind(instance.variables["subject"]), instance.variables["subject_id"])
    target = load_target(session, about)
    if form.get("granted") and not is_later(target, date.fromisoformat(form["decided_due_on"])):
        yield FieldProblem("decided_due_on", "not-later", {"due_at": target.due_at and iso(target.due_at)})


def evidence_problems(item: TemplateItem, form: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Slots the item does not have; and for a compliant item each required slot that is empty."""
    given = form.get("evidence", {})
    slots = {slot.code: slot for slot in item.evidence}
    yield from (FieldProblem(f"evidence.{code}", "unknown") for code in sorted(set(given) - set(slots)))
    if form.get("result") == "compliant":
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
