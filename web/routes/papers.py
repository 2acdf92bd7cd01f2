"""What leaves the system on paper or as a file: the ledger of a campaign, the checklist of an enterprise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from web import words
from web.auth import Visitor, require
from web.campaignpage import towns_of, view_of
from web.dependencies import Db, Now, TheSettings
from web.downloads import docx
from web.inputs import Choice, RowId
from web.people import is_enterprise, sight
from web.presenters import answers
from web.templating import render
from workflows import spreadsheets
from workflows.accounts.permissions import Permission
from workflows.campaigns import checklist, ledger
from workflows.campaigns.models import Campaign
from workflows.documents import service as documents
from workflows.documents.checklist import checklist_facts
from workflows.documents.types import Kind
from workflows.exceptions import NotFound
from workflows.i18n import SOURCE, spoken
from workflows.i18n import gettext as _
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register import queries as register
from workflows.submissions.models import Submission
from workflows.times import day_of
from workflows.titles import titled

router = APIRouter()


@router.get("/campaigns/{campaign_id}/ledger.xlsx")
def campaign_ledger(
    campaign_id: RowId, visitor: Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)], session: Db, now: Now,
    town: Choice = None,
) -> Response:  # fmt: skip
    """Every obligation that the visitor sees, or those of one town."""
    view = view_of(session, campaign_id, visitor, town)[1]
    departments = organizations.of_kind(session, OrganizationKind.DEPARTMENT)
    names = {home.id: home.name for home in (*towns_of(session).values(), *departments)}
    found = ledger.entries(session, view, now=now)
    body = spreadsheets.workbook(_("应办事项台账"), _header(), _rows(found, names))
    name = f"ledger-{campaign_id}-{day_of(now):%Y%m%d}.xlsx"
    return Response(body, media_type=spreadsheets.MEDIA_TYPE, headers=spreadsheets.as_file(name))


def _header() -> list[str]:
    return [
        _("企业"), _("统一社会信用代码"), _("镇街"), _("部门"), _("行业"), _("项"), _("状态"), _("逾期"), _("期限"),
        _("原期限"), _("第几轮"), _("提交日期"), _("办结日期"), _("内容"),
    ]  # fmt: skip


def _rows(entries: Iterator[ledger.Entry], names: Mapping[int, str]) -> Iterator[list[object]]:
    for entry in entries:
        one, firm = entry.obligation, entry.enterprise
        days = (one.due_at, one.original_due_at), (one.submitted_at, one.closed_at)
        dates, done = ([day_of(at) if at else None for at in pair] for pair in days)
        yield [
            firm.name, firm.uscc, names.get(one.town_id), names.get(one.department_id), words.label(firm.industry),
            one.item_code, words.word(entry.state, "state"), _("逾期") if entry.overdue else "", *dates, one.round,
            *done, titled(one.title),
        ]  # fmt: skip


@router.get("/enterprises/{enterprise_id}/checklist")
def checklist_page(
    request: Request, enterprise_id: RowId, visitor: Annotated[Visitor, require(Permission.SEE_OWN_FILE)],
    session: Db, now: Now, campaign: Choice = None,
) -> Response:  # fmt: skip
    """How does this enterprise meet each item? To print and to post."""
    firm = register.find(session, enterprise_id, sight=sight(visitor))
    offered, chosen = _chosen(session, enterprise_id, campaign)
    context: dict[str, Any] = {
        "firm": firm, "campaign": chosen, "campaigns": offered, "is_firm": is_enterprise(visitor),
        "lines": checklist.lines(session, chosen, firm),
    }  # fmt: skip
    return render(request, "enterprises/checklist.html", **context)


@router.get("/enterprises/{enterprise_id}/checklist.docx")
def checklist_document(
    enterprise_id: RowId, visitor: Annotated[Visitor, require(Permission.SEE_OWN_FILE)], session: Db,
    settings: TheSettings, now: Now, campaign: Choice = None,
) -> Response:  # fmt: skip
    """The same in Word."""
    firm = register.find(session, enterprise_id, sight=sight(visitor))
    _offered, chosen = _chosen(session, enterprise_id, campaign)
    with spoken(SOURCE):
        facts = checklist_facts(
            session, chosen, firm, checklist.lines(session, chosen, firm), now=now, answered=_answered,
            named=lambda state: words.word(state, "state"),
        )  # fmt: skip
    folder = settings.evidence_dir
    body = documents.write(session, Kind.CHECKLIST, facts, organization_id=None, folder=folder, now=now)
    return docx(body, f"{firm.name}自查清单")


def _chosen(session: Session, enterprise_id: int, campaign: int | None) -> tuple[list[Campaign], Campaign]:
    offered = checklist.campaigns_of(session, enterprise_id)
    chosen = next((one for one in offered if campaign in (None, one.id)), None)
    if chosen is None:
        raise NotFound(what="checklist", enterprise_id=enterprise_id, campaign_id=campaign)
    return offered, chosen


def _answered(check: Submission) -> str:
    return "；".join(f"{name}：{value}" for name, value in answers(check))
