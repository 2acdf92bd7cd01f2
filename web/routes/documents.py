"""Templates of documents: which there are, what can stand in each, one's own version in Word and back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.documentwords import flaw_words, meaning
from web.downloads import docx
from web.forms.uploads import Refused
from web.inputs import Choice, number_of
from web.messages import of as message_of
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.accounts.types import Role
from workflows.documents import library, queries, service
from workflows.documents.exceptions import TemplateRefused
from workflows.documents.models import DocumentTemplate
from workflows.documents.rendering import render as fill
from workflows.documents.types import Kind
from workflows.exceptions import NotFound
from workflows.i18n import gettext as _
from workflows.organizations.models import Organization

router = APIRouter()
Editor = Annotated[Visitor, require(Permission.EDIT_DOCUMENTS)]


@router.get("/documents")
def documents_page(request: Request, visitor: Editor, session: Db, now: Now) -> Response:
    """Which documents are there, in whose form, and who changed it?"""
    home = _home(visitor)
    kinds = [kind for kind in Kind if _is_offered(kind, visitor)]
    used = {kind: queries.in_force(session, kind, home) for kind in kinds}
    changed = {kind: queries.newest(session, kind, home) for kind in kinds}
    context: dict[str, Any] = {
        "documents": [library.document(kind) for kind in kinds], "used": used, "changed": changed, "home": home,
        "names": names_of(session, [one.changed_by for one in changed.values() if one]),
    }  # fmt: skip
    return render(request, "documents/index.html", **context)


@router.get("/documents/{kind}")
def document_page(
    request: Request, kind: Kind, visitor: Editor, session: Db, now: Now, saved: bool = False
) -> Response:
    """What can stand in this one, and which version is used?"""
    return _page(request, session, kind, visitor, saved=saved)


@router.get("/documents/{kind}/template.docx")
def download(
    kind: Kind, visitor: Editor, session: Db, settings: TheSettings, now: Now, version: Choice = None,
    house: bool = False,
) -> Response:  # fmt: skip
    """The template itself, to edit in Word."""
    used = _version(session, kind, visitor, version, house=house)
    body = queries.content(session, kind, used, folder=settings.evidence_dir)
    return docx(body, f"{library.document(kind).title}模板")


@router.get("/documents/{kind}/sample.docx")
def preview(
    kind: Kind, visitor: Editor, session: Db, settings: TheSettings, now: Now, version: Choice = None,
    house: bool = False,
) -> Response:  # fmt: skip
    """The template filled with invented facts."""
    used = _version(session, kind, visitor, version, house=house)
    template = queries.content(session, kind, used, folder=settings.evidence_dir)
    body = fill(template, kind, library.sample(kind), now=now)
    return docx(body, f"{library.document(kind).title}样例")


@router.post("/documents/{kind}")
def upload(
    request: Request,
    kind: Kind,
    visitor: Editor,
    session: Db,
    settings: TheSettings,
    now: Now,
    fields: Fields,
) -> Response:
    """Use this file from now on; what is wrong with it is said, and nothing changes."""
    _check_offered(kind, visitor)
    file = fields.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _page(request, session, kind, visitor, problem=_("请选择要上传的Word文档。"))
    try:
        service.upload(
            session, file.file, kind=kind, organization_id=_home(visitor), filename=file.filename,
            actor=visitor.actor, folder=settings.evidence_dir, now=now,
        )  # fmt: skip
    except TemplateRefused as refused:
        return _page(request, session, kind, visitor, problem=flaw_words(refused.data))
    except Refused as refused:
        problem = message_of(refused.code, refused.data, today=now).title
        return _page(request, session, kind, visitor, problem=problem)
    return RedirectResponse(f"/documents/{kind}?saved=1", 303)


@router.post("/documents/{kind}/use")
def use(request: Request, kind: Kind, visitor: Editor, session: Db, now: Now, fields: Fields) -> Response:
    """An earlier version again, or (without one) what counts for everybody."""
    _check_offered(kind, visitor)
    chosen = number_of(fields.get("version", ""))
    earlier = queries.find(session, kind, _home(visitor), chosen) if chosen else None
    service.use(
        session, kind=kind, organization_id=_home(visitor), evidence_id=earlier.evidence_id if earlier else None,
        actor=visitor.actor, now=now,
    )  # fmt: skip
    return RedirectResponse(f"/documents/{kind}?saved=1", 303)


def _home(visitor: Visitor) -> int:
    """The organisation whose templates somebody edits: the lead office's first."""
    leads = visitor.organizations(Role.LEAD_OFFICER)
    return (leads or visitor.organizations(Role.DEPARTMENT_OFFICER))[0]


def _is_offered(kind: Kind, visitor: Visitor) -> bool:
    return library.document(kind).by_departments or bool(visitor.organizations(Role.LEAD_OFFICER))


def _check_offered(kind: Kind, visitor: Visitor) -> None:
    if not _is_offered(kind, visitor):
        raise NotFound(what="document", kind=kind)


def _version(
    session: Session, kind: Kind, visitor: Visitor, version: int | None, *, house: bool
) -> DocumentTemplate | None:
    _check_offered(kind, visitor)
    if house:
        return None
    home = _home(visitor)
    return queries.find(session, kind, home, version) if version else queries.in_force(session, kind, home)


def _page(
    request: Request,
    session: Session,
    kind: Kind,
    visitor: Visitor,
    *,
    problem: str = "",
    saved: bool = False,
) -> Response:
    _check_offered(kind, visitor)
    home = _home(visitor)
    versions = queries.versions(session, kind, home)
    context: dict[str, Any] = {
        "document": library.document(kind), "meaning": meaning, "versions": versions, "problem": problem,
        "saved": saved,
        "used": queries.in_force(session, kind, home), "home": session.get_one(Organization, home),
        "names": names_of(session, [version.changed_by for version, _file in versions]),
    }  # fmt: skip
    return render(request, "documents/document.html", status=422 if problem else 200, **context)
