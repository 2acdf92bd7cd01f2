"""Reports of a campaign: monthly ones of departments, reviews of phases, the summary; their versions, in Word too."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from engine.exceptions import TaskClosed
from engine.models import UserTask
from engine.types import TaskStatus
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.downloads import docx
from web.forms.uploads import take_in
from web.inputs import Choice, RowId, Text, number_of
from web.people import person_of, sight
from web.templating import go_on, render
from workflows import inbox, seen
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.campaigns import queries as campaigns
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.documents import service as documents
from workflows.documents.types import Facts, Kind
from workflows.duties.models import UnitTask
from workflows.duties.queries import FILE
from workflows.exceptions import NotFound
from workflows.i18n import SOURCE, spoken
from workflows.inbox import Person
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.processes import form_schema
from workflows.reports import cases, listing, queries, service
from workflows.reports.facts import monthly_facts, review_facts
from workflows.reports.queries import Version
from workflows.reports.reported import REVIEW, SUMMARY, of_campaign, of_duty, phase_number, reported
from workflows.reports.snapshots import Reported
from workflows.settings import Settings
from workflows.subjects import Subject, SubjectKind

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]


@router.post("/tasks/{task_id}/figures")
def fill_in_again(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """Today's figures for a report that is being written; what was typed is kept as a draft first."""
    person = person_of(visitor, session, now)
    task = inbox.find(session, task_id, person)
    one = reported(session, Subject.parse(inbox.subject_of(session, task)), task.node)
    if one is None:
        raise NotFound(what="report", task_id=task_id)
    if task.status != TaskStatus.OPEN:
        raise TaskClosed(task_id=task.id, closed_at=task.closed_at, actor=task.actor)
    schema = form_schema(task.form_key)
    form, _problems = take_in(request, session, schema=schema, fields=fields, visitor=visitor, now=now)
    if form:
        inbox.save_draft(session, task_id, form=form, person=person, now=now)
    service.take(session, one, actor=visitor.actor, now=now)
    return go_on(request, f"/inbox?task={task_id}&did=figures")


@router.get("/tasks/{task_id}/cases")
def cases_page(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, q: Text = ""
) -> Response:
    """What has been done in this campaign that is worth telling?"""
    task, one = _summary(session, task_id, person_of(visitor, session, now))
    campaign = session.get_one(Campaign, one.campaign_id)
    found = cases.offered(session, campaign.id, q.strip())
    return render(request, "reports/cases.html", task=task, campaign=campaign, cases=found, q=q.strip())


@router.post("/tasks/{task_id}/cases")
def pick_case(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """One more case in the draft of the summary, to be edited there."""
    person = person_of(visitor, session, now)
    _task, one = _summary(session, task_id, person)
    case = cases.find(session, one.campaign_id, _subject(str(fields.get("case", ""))))
    draft = inbox.draft_of(session, task_id, visitor.actor)
    form = dict(draft.form) if draft else {}
    form["typical_cases"] = [*form.get("typical_cases", []), case.as_row()]
    inbox.save_draft(session, task_id, form=form, person=person, now=now)
    return go_on(request, f"/inbox?task={task_id}&did=case")


def _summary(session: Session, task_id: int, person: Person) -> tuple[UserTask, Reported]:
    """The open task of a summary. Raises NotFound for another's and for what is none."""
    task = inbox.find(session, task_id, person)
    one = reported(session, Subject.parse(inbox.subject_of(session, task)), task.node)
    if one is None or one.kind is not Kind.SUMMARY or task.status != TaskStatus.OPEN:
        raise NotFound(what="summary", task_id=task_id)
    return task, one


def _subject(key: str) -> Subject:
    kind, _, number = key.partition(":")
    if kind not in set(SubjectKind) or number_of(number) is None:
        raise NotFound(what="case", subject=key)
    return Subject.parse(key)


@router.get("/reports")
def reports_page(
    request: Request, visitor: Reader, session: Db, now: Now, campaign: Choice = None
) -> Response:
    """Which reports are there, and which are still missing?"""
    offered = campaigns.newest_first(session)
    chosen = next((one for one in offered if campaign in (None, one.id)), None)
    if chosen is None and campaign is not None:
        raise NotFound(what="campaign", id=campaign)
    context: dict[str, Any] = {
        "campaigns": offered, "campaign": chosen, "template": template_of(chosen) if chosen else None,
        "monthly": listing.monthly(session, chosen, sight=sight(visitor)) if chosen else [],
        "reviews": listing.reviews(session, chosen) if chosen else [],
    }  # fmt: skip
    return render(request, "reports/index.html", **context)


@router.get("/duties/{task_id}/report")
def monthly_page(
    request: Request, task_id: RowId, visitor: Reader, session: Db, now: Now, version: Choice = None
) -> Response:
    """What did the department report, and in which versions?"""
    task, one = _monthly(session, task_id, visitor)
    found = queries.version(session, one.instance_id, FILE, version)
    return _page(request, session, one, found, task=task, address=f"/duties/{task_id}/report")


@router.get("/duties/{task_id}/report.docx")
def monthly_document(
    task_id: RowId, visitor: Reader, session: Db, settings: TheSettings, now: Now, version: Choice = None
) -> Response:
    """The same in Word, in the department's form."""
    task, one = _monthly(session, task_id, visitor)
    found = queries.version(session, one.instance_id, FILE, version)
    with spoken(SOURCE):
        facts = monthly_facts(session, task, found)
    return _document(
        session, settings, Kind.MONTHLY, facts, f"推进情况{task.period}", now, task.department_id
    )


@router.get("/campaigns/{campaign_id}/reports/{node}")
def review_page(
    request: Request, campaign_id: RowId, node: Text, visitor: Reader, session: Db, now: Now,
    version: Choice = None,
) -> Response:  # fmt: skip
    """How did the phase go, what has the campaign come to?"""
    campaign = campaigns.get(session, campaign_id)
    one = _review(campaign, node)
    found = queries.version(session, one.instance_id, node, version)
    return _page(request, session, one, found, address=f"/campaigns/{campaign_id}/reports/{node}")


@router.get("/campaigns/{campaign_id}/reports/{node}/report.docx")
def review_document(
    campaign_id: RowId, node: Text, visitor: Reader, session: Db, settings: TheSettings, now: Now,
    version: Choice = None,
) -> Response:  # fmt: skip
    """The same in Word."""
    campaign = campaigns.get(session, campaign_id)
    one = _review(campaign, node)
    found = queries.version(session, one.instance_id, node, version)
    with spoken(SOURCE):
        facts = review_facts(session, campaign, found)
    name = "总结报告" if node == SUMMARY else f"第{phase_number(node)}阶段评议"
    return _document(session, settings, one.kind, facts, f"{campaign.title}{name}", now)


def _monthly(session: Session, task_id: int, visitor: Visitor) -> tuple[UnitTask, Reported]:
    task = seen.find_to_read(session, UnitTask, task_id, sight=sight(visitor))
    one = of_duty(session, task)
    if one is None:
        raise NotFound(what="report", id=task_id)
    return task, one


def _review(campaign: Campaign, node: str) -> Reported:
    known = {f"{REVIEW}{number}" for number, _ in enumerate(template_of(campaign).phases, start=1)}
    if node not in known | {SUMMARY}:
        raise NotFound(what="report", node=node)
    return of_campaign(campaign, node)


def _page(
    request: Request,
    session: Session,
    one: Reported,
    found: Version,
    *,
    address: str,
    task: UnitTask | None = None,
) -> Response:
    campaign = session.get_one(Campaign, one.campaign_id)
    every = queries.versions(session, one.instance_id, one.node)
    context: dict[str, Any] = {
        "reported": one, "version": found, "versions": every, "campaign": campaign, "task": task,
        "template": template_of(campaign), "address": address,
        "phase": phase_number(one.node) if one.kind is Kind.PHASE_REVIEW else None,
        "body": session.get_one(Organization, task.body_id if task else campaign.office_id),
        "towns": {town.id: town for town in organizations.of_kind(session, OrganizationKind.TOWN)},
        "names": names_of(session, [each.submission.actor for each in every]),
    }  # fmt: skip
    return render(request, "reports/report.html", **context)


def _document(
    session: Session,
    settings: Settings,
    kind: Kind,
    facts: Facts,
    name: str,
    now: datetime,
    home: int | None = None,
) -> Response:
    folder = settings.evidence_dir
    body = documents.write(session, kind, facts, organization_id=home, folder=folder, now=now)
    return docx(body, name)
