"""People: who may come in, as what; create, change, shut off, reset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from web.auth import Visitor, require
from web.dependencies import Db, Fields, MachineNow, Now, TheSettings
from web.forms.problems import sentence
from web.inputs import Choice, Count, RowId, Text, number_of
from web.templating import render
from workflows.accounts import people
from workflows.accounts.exceptions import UsernameTaken
from workflows.accounts.models import Account
from workflows.accounts.people import Deed
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import organization_names
from workflows.accounts.types import Role
from workflows.exceptions import InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.i18n import gettext as _
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization

router = APIRouter()
Keeper = Annotated[Visitor, require(Permission.MANAGE_PEOPLE)]
FOUND = 20  # organisations to choose from


def _deed(visitor: Keeper, now: MachineNow, at: Now) -> Deed:
    return Deed(visitor.actor, now, at)


By = Annotated[Deed, Depends(_deed)]


@router.get("/people")
def people_page(
    request: Request, visitor: Keeper, session: Db, now: Now, q: Text = "", inactive: bool = False, offset: Count = 0
) -> Response:  # fmt: skip
    """Who may come in?"""
    wanted = people.Filter(q.strip(), inactive, offset)
    found = people.listed(session, wanted)
    return render(
        request, "people/index.html", rows=found[: people.PAGE], more=len(found) > people.PAGE, wanted=wanted
    )


@router.get("/people/new")
def new_page(
    request: Request, visitor: Keeper, session: Db, now: Now, q: Text = "", organization: Choice = None
) -> Response:
    """Where does the new person work, and as what?"""
    if organization:
        return _new(request, session, _home(session, organization), {})
    found = organizations.search(session, q.strip(), limit=FOUND)
    if q.strip() and len(found) == 1:
        return RedirectResponse(f"/people/new?organization={found[0].id}", 303)
    return _new(request, session, None, {}, q=q.strip(), found=found)


@router.post("/people")
def create(request: Request, visitor: Keeper, session: Db, by: By, fields: Fields) -> Response:
    """Create the person, and show the first password this once."""
    home = _home(session, number_of(fields.get("organization", "")) or 0)
    form = {"username": _text(fields, "username"), "display_name": _text(fields, "display_name")}
    roles = _roles(fields)
    try:
        account, password = people.create(session, **form, home=home, roles=roles, deed=by)
    except InvalidForm as refused:
        return _new(request, session, home, form | {"roles": roles}, problems=refused.data["problems"])
    except UsernameTaken:
        problems = [FieldProblem("username", "taken")]
        return _new(request, session, home, form | {"roles": roles}, problems=problems)
    return _person(request, session, account.id, visitor, by, password=password, told="created")


@router.get("/people/{account_id}")
def person_page(
    request: Request, account_id: RowId, visitor: Keeper, session: Db, by: By, told: Text = ""
) -> Response:
    """Who is this, and what may they do?"""
    return _person(request, session, account_id, visitor, by, told=told)


@router.post("/people/{account_id}/roles")
def change_roles(
    request: Request, account_id: RowId, visitor: Keeper, session: Db, by: By, fields: Fields, settings: TheSettings
) -> Response:  # fmt: skip
    """Give the person these roles."""
    try:
        people.change_roles(session, account_id, _roles(fields), deed=by, samples=settings.is_sample)
    except InvalidForm as refused:
        return _person(request, session, account_id, visitor, by, problems=refused.data["problems"])
    return _back(account_id, "roles")


@router.post("/people/{account_id}/deactivate")
def deactivate(account_id: RowId, visitor: Keeper, session: Db, by: By, settings: TheSettings) -> Response:
    """Shut the account off."""
    people.set_active(session, account_id, False, deed=by, samples=settings.is_sample)
    return _back(account_id, "deactivated")


@router.post("/people/{account_id}/activate")
def activate(account_id: RowId, visitor: Keeper, session: Db, by: By, settings: TheSettings) -> Response:
    """Let the person in again."""
    people.set_active(session, account_id, True, deed=by, samples=settings.is_sample)
    return _back(account_id, "activated")


@router.post("/people/{account_id}/password")
def reset_password(request: Request, account_id: RowId, visitor: Keeper, session: Db, by: By) -> Response:
    """Give the person a new first password, and show it this once."""
    account, password = people.reset_password(session, account_id, deed=by)
    return _person(request, session, account.id, visitor, by, password=password, told="reset")


@router.post("/people/{account_id}/unlock")
def unlock(account_id: RowId, visitor: Keeper, session: Db, by: By) -> Response:
    """End a lock before its time."""
    people.unlock(session, account_id, deed=by)
    return _back(account_id, "unlocked")


def _back(account_id: int, told: str) -> Response:
    return RedirectResponse(f"/people/{account_id}?told={told}", 303)


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _roles(fields: FormData) -> list[Role]:
    """The ticked roles. Raises NotFound for one that is none."""
    ticked = [str(value) for value in fields.getlist("role")]
    if not set(ticked) <= set(Role):
        raise NotFound(what="role")
    return [Role(value) for value in dict.fromkeys(ticked)]


def _home(session: Session, organization_id: int) -> Organization:
    """Raises NotFound."""
    home = session.get(Organization, organization_id)
    if home is None:
        raise NotFound(what="organization", id=organization_id)
    return home


def _new(
    request: Request, session: Session, home: Organization | None, form: Mapping[str, Any], *, q: str = "",
    found: Sequence[Organization] = (), problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    return render(
        request, "people/new.html", status=422 if problems else 200, home=home, form=form, q=q, found=found,
        choices=people.roles_for(home) if home else [], errors=_said(problems),
    )  # fmt: skip


def _person(
    request: Request, session: Session, account_id: int, visitor: Visitor, by: Deed, *, told: str = "",
    password: str = "", problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    account, home = people.get(session, account_id)
    return render(
        request, "people/person.html", status=422 if problems else 200, account=account, home=home, told=told,
        password=password, errors=_said(problems), choices=people.roles_for(home), is_locked=_is_locked(account, by),
        elsewhere=_elsewhere(session, account), is_oneself=account.id == visitor.account_id,
    )  # fmt: skip


def _is_locked(account: Account, by: Deed) -> bool:
    return account.locked_until is not None and account.locked_until > by.now


def _elsewhere(session: Session, account: Account) -> list[tuple[Role, str]]:
    """The roles held in other organisations than one's own."""
    others = [one for one in account.held if one.organization_id != account.organization_id]
    names = organization_names(session, (one.organization_id for one in others))
    return [(one.role, names[one.organization_id]) for one in others]


def _said(problems: Sequence[FieldProblem]) -> dict[str, str]:
    """The sentence of each problem by its field."""
    titles: Mapping[str, Callable[[], tuple[str, str]]] = {
        "username": lambda: (_("用户名"), "text"), "display_name": lambda: (_("姓名"), "text"),
        "roles": lambda: (_("岗位"), "select"),
    }  # fmt: skip
    found = {}
    for one in problems:
        title, widget = titles[one.path]()
        found[one.path] = sentence(one, title=title, widget=widget)
    return found
