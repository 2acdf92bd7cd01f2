"""The launch page: a choice with everything counted, and beside its fields what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Request, Response
from sqlalchemy.orm import Session

from web import words
from web.auth import Visitor
from web.forms import launching, standin
from web.forms.launching import PARAMETER, Choice
from web.forms.problems import sentence
from web.forms.standin import Asked, Naming
from web.taskforms import fact_words
from web.templating import is_partial, render
from workflows.campaigns import library, proposals
from workflows.campaigns.outlook import outlook
from workflows.campaigns.scope import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.campaigns.workload import CAPACITY
from workflows.forms import FieldProblem
from workflows.i18n import gettext as _
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register.types import Industry
from workflows.times import day_of


def page(
    request: Request, session: Session, visitor: Visitor, choice: Choice, *, now: datetime,
    problems: Sequence[FieldProblem], note: str = "", refused: Asked | None = None,
) -> Response:  # fmt: skip
    """The page, or for htmx its preview; `refused` is a stand-in that could not be named."""
    office = organizations.office_id(session)
    context: dict[str, Any] = {
        "offers": library.offers(session), "offer": choice.offer, "year": choice.template.starts_on.year,
        "asked_year": choice.year or "", "choice": choice, "reach": choice.scope, "reading": choice.reading,
        "typed": choice.typed, "parameter": PARAMETER, "usual": CAPACITY,
        "errors": {p.path: _said(p, choice.template) for p in problems},
        "industries": list(Industry), "note": note,
        "approvers": proposals.approvers(session, office_id=office, but=visitor.account_id),
        **counted(session, choice.template, choice.scope, office_id=office, per_reviewer=choice.per_reviewer, now=now),
        "naming": _naming(choice, refused, now),
    }  # fmt: skip
    name = "launch/_preview.html" if is_partial(request) else "launch/index.html"
    return render(request, name, status=422 if problems or refused else 200, **context)


def counted(
    session: Session, template: CampaignTemplate, scope: Scope, *, office_id: int, per_reviewer: int, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """What `launch/_counts.html` needs; nobody names stand-ins in it."""
    found = outlook(
        session, template, scope=scope, office_id=office_id, per_reviewer=per_reviewer, today=day_of(now)
    )
    return {
        "template": template, "per_reviewer": per_reviewer, "outlook": found, "preview": found.preview,
        "towns": organizations.of_kind(session, OrganizationKind.TOWN),
        "departments": organizations.of_kind(session, OrganizationKind.DEPARTMENT), "naming": None,
    }  # fmt: skip


def _naming(choice: Choice, refused: Asked | None, now: datetime) -> Naming:
    first, last = standin.usual_days(choice.template, day_of(now))
    return Naming(launching.query(choice), first, last, refused)


def _said(problem: FieldProblem, template: CampaignTemplate) -> str:
    """What is wrong, in words."""
    if problem.path == "capacity":
        return sentence(problem, title=_("每人每周可审"), widget="number")
    if not problem.path.startswith(PARAMETER):
        return words.problem(problem)
    title = fact_words(problem.path.replace(PARAMETER, "parameter:", 1), template)
    return sentence(problem, title=title, widget="number")
