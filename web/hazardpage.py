"""One hazard as its page shows it: the state in words, who holds it, the marks, the measures, what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import Request, Response
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from web import extensions, words
from web.auth import Visitor
from web.forms import hazardforms
from web.people import is_enterprise, person_of
from web.subjectpage import story
from web.templating import render
from web.timeline import hazard_steps
from workflows import withdrawal
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of, organization_names
from workflows.documents import hazardpapers
from workflows.documents.hazardpapers import Paper
from workflows.documents.library import document
from workflows.forms import FieldProblem
from workflows.hazardimports.queries import told_source
from workflows.hazards import directing, queries, repeats
from workflows.hazards.forms import DONE, MEASURES
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardLevel, HazardStep, Source
from workflows.i18n import gettext as _
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind
from workflows.submissions import queries as submissions
from workflows.submissions.models import Submission
from workflows.times import parse_iso

ENTERPRISE_ROLES = ("safety_officer", "principal")


@dataclass(frozen=True, slots=True)
class Holding:
    """A task that waits for somebody: the node, whose it is, and by when."""

    node: str
    holder: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Measure:
    """An interim measure; `state`: done, not_needed, or None while nobody has said."""

    title: str
    state: str | None
    by: str
    on: date | None
    time: str


@dataclass(frozen=True, slots=True)
class Direction:
    """Something that an official may do at any time: its address, its words, its form."""

    code: str
    title: str
    button: str
    schema: Mapping[str, Any]


def page(
    request: Request, session: Session, hazard: Hazard, visitor: Visitor, now: datetime, *,
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (), direction: str | None = None,
    **more: Any,
) -> Response:  # fmt: skip
    """`direction` names the form that `typed` and `problems` belong to; None: the request for more time."""
    asked = direction is None
    context = _context(
        session, hazard, visitor, now, typed=typed if asked else None, problems=problems if asked else ()
    )
    context |= {
        "direction": direction,
        "typed_there": typed or {},
        "problems_there": problems if direction else (),
    }
    context |= {"did": words.known(request.query_params.get("did"), "did"), **more}
    return render(request, "hazards/hazard.html", status=422 if problems else 200, **context)


def _context(
    session: Session, hazard: Hazard, visitor: Visitor, now: datetime, *, typed: Mapping[str, Any] | None,
    problems: Sequence[FieldProblem],
) -> dict[str, Any]:  # fmt: skip
    instance = session.get_one(ProcessInstance, hazard.instance_id)
    subject = Subject(SubjectKind.HAZARD, hazard.id)
    step = queries.steps_of(session, [hazard])[hazard.id]
    person, waiting = person_of(visitor, session, now), withdrawal.waiting_task(session, hazard)
    context: dict[str, Any] = {
        "hazard": hazard, "enterprise": session.get_one(Enterprise, hazard.enterprise_id),
        "may_withdraw": withdrawal.may_withdraw(session, hazard, waiting, person),
        "holdings": _holdings(session, hazard), "earlier": repeats.earlier(session, hazard),
        "source": _source(hazard, visitor), "told_source": _told_source(session, hazard),
        "directions": _directions(session, hazard, visitor), "effect_due_at": _effect_due(hazard, instance),
    }  # fmt: skip
    still_moves = hazard.due_at is not None and step is HazardStep.FIX
    context |= extensions.card(
        session, subject, visitor=visitor, still_moves=still_moves, typed=typed, problems=problems
    )
    context |= story(session, instance, subject, visitor=visitor, now=now)
    context |= _major(session, hazard, context["submissions"])
    context["document_of"] = document
    context["papers"] = papers_of(hazard, visitor, context["submissions"])
    context["stations"] = hazard_steps(step, context["submissions"], context["names"])
    return context


def papers_of(hazard: Hazard, visitor: Visitor, entered: Sequence[Submission]) -> list[Paper]:
    """The papers of the posts that this visitor holds."""
    return [one for one in hazardpapers.papers(hazard, entered) if one.held in visitor.held]


def _told_source(session: Session, hazard: Hazard) -> str | None:
    return told_source(session, hazard.id) if hazard.source == Source.LEDGER else None


def _holdings(session: Session, hazard: Hazard) -> list[Holding]:
    """Every open task of a person, and the office it is with."""
    tasks = queries.held(session, [hazard]).get(hazard.id, [])
    homes = [task.group.partition(":") for task in tasks]
    names = organization_names(session, [int(home) for home, _colon, _role in homes])
    return [
        Holding(task.node, _holder(names.get(int(home), ""), role), task.due_at)
        for task, (home, _colon, role) in zip(tasks, homes, strict=True)
    ]


def _holder(name: str, role: str) -> str:
    """The office, with the post where it is an enterprise's."""
    return f"{name} {words.word(role, 'recipient')}" if role in ENTERPRISE_ROLES else name


def _source(hazard: Hazard, visitor: Visitor) -> str:
    """Where it comes from; an enterprise is told of an official, not that one of its people scanned a code."""
    hidden = hazard.source == Source.TIP and is_enterprise(visitor)
    return words.word(Source.CHECK if hidden else hazard.source, "source")


def _effect_due(hazard: Hazard, instance: ProcessInstance) -> datetime | None:
    """The day by which the effect of a closed hazard is checked, until it is."""
    waits = hazard.closed_at is not None and "effect_opens_at" in instance.variables
    return parse_iso(instance.variables.get("due_at")) if waits and instance.ended_at is None else None


def _major(session: Session, hazard: Hazard, entered: Sequence[Submission]) -> dict[str, Any]:
    """The measures, the plan and the marks of a major hazard."""
    if hazard.level != HazardLevel.MAJOR:
        return {"is_major": False, "parts": ()}
    return {
        "is_major": True,
        "done": DONE,
        "interim": submissions.last(entered, "interim"),
        "measures": _measures(submissions.last(entered, "interim")),
        "confirmed": submissions.last(entered, "confirm_interim"),
        "plan": _plan(submissions.last(entered, "plan_major")),
        "markers": names_of(session, [hazard.plated_by, hazard.accounted_by]),
        "parts": (
            ("hazard", _("整改闭环")), ("hazard_control", _("先控制、定方案")), ("hazard_acceptance", _("验收核销")),
        ),
    }  # fmt: skip


def _measures(filed: Submission | None) -> list[Measure]:
    """Each interim measure, in the order of the form."""
    form = filed.form if filed is not None else {}
    words_of = {"evacuation": _("撤离人员"), "cordon": _("设置警戒"), "stoppage": _("停产停用")}
    return [
        Measure(
            words_of[code],
            form.get(code),
            form.get(f"{code}_by", ""),
            date.fromisoformat(form[f"{code}_on"]) if form.get(f"{code}_on") else None,
            form.get(f"{code}_time", ""),
        )
        for code in MEASURES
    ]


def _plan(filed: Submission | None) -> list[tuple[str, str | date | None]]:
    """The five parts; None is missing."""
    form = filed.form if filed is not None else {}
    due_on = date.fromisoformat(form["due_on"]) if form.get("due_on") else None
    return [
        (_("责任"), form.get("responsibility")), (_("措施"), form.get("measures")), (_("资金"), form.get("funds")),
        (_("时限"), due_on), (_("预案"), form.get("emergency_plan")),
    ]  # fmt: skip


def _directions(session: Session, hazard: Hazard, visitor: Visitor) -> list[Direction]:
    """What this person may do with it now, beside the tasks."""
    if not visitor.may(Permission.DIRECT_HAZARD):
        return []
    found = []
    if directing.may_upgrade(session, hazard):
        found.append(Direction("upgrade", _("升级为重大隐患"), _("升级"), hazardforms.reason(_("升级理由"))))
    if hazard.closed_at is None:
        departments = directing.other_departments(session, hazard)
        schema = hazardforms.transfer(departments)
        found.append(Direction("transfer", _("移交另一部门"), _("移交"), schema))
    if directing.may_merge(session, hazard) and (others := directing.mergeable_into(session, hazard)):
        found.append(Direction("merge", _("与另一处重复，并案"), _("并案"), hazardforms.merge(others)))
    if directing.may_reopen(hazard):
        found.append(
            Direction("reopen", _("重新打开"), _("重新打开"), hazardforms.reason(_("重新打开的理由")))
        )
    return found
