"""The one place for permission: every route states its rule, `require(Permission.X)` or `public()`.

    @router.get("/inbox")
    def inbox(visitor: Annotated[Visitor, require(Permission.WORK)], ...)

`create_app` refuses to start while a route has no rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

from web import cookies
from web.dependencies import machine_now, transaction
from workflows import i18n
from workflows.accounts import queries, sessions
from workflows.accounts.models import Account
from workflows.accounts.permissions import Permission, granted
from workflows.accounts.types import Held, Role
from workflows.exceptions import NotAllowed

UNATTENDED = "X-Unattended"  # numbers that refresh by themselves: no sign that somebody is there


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking: a signed-in person, with what the pages need to know and no database behind it."""

    account_id: int
    display_name: str
    organization_id: int
    organization_name: str
    held: tuple[Held, ...]
    permissions: frozenset[Permission]
    language: str
    has_first_password: bool = False

    @property
    def actor(self) -> str:
        """How the engine and the audit log name this person."""
        return f"{queries.PREFIX}{self.account_id}"

    @property
    def groups(self) -> list[str]:
        """The candidate groups whose tasks this person may do; the last is theirs alone."""
        return [*(held.group for held in self.held), self.actor]

    @property
    def role(self) -> Role | None:
        """The first role, which the header shows beside the name."""
        return self.held[0].role if self.held else None

    def may(self, permission: Permission | str) -> bool:
        return permission in self.permissions

    def organizations(self, *roles: Role) -> list[int]:
        """Where this person holds one of the roles (any role when none is named)."""
        return sorted({held.organization_id for held in self.held if not roles or held.role in roles})


class SignInNeeded(Exception):
    """Nobody is signed in; `web/errors.py` leads to the sign-in page and back."""


class OwnPasswordNeeded(Exception):
    """The password is one that somebody else has seen; `web/errors.py` leads to its change."""


class Rule:
    """A route's rule: who may come. With no permission it is open to everyone; without `own_password` also to
    people who have not replaced their first password yet.
    """

    def __init__(self, permission: Permission | None, *, own_password: bool = True) -> None:
        self.permission, self.own_password = permission, own_password

    def __call__(self, request: Request) -> Visitor | None:
        visitor = visitor_of(request)
        if self.permission is None:
            return visitor
        if visitor is None:
            raise SignInNeeded
        if visitor.has_first_password and self.own_password:
            raise OwnPasswordNeeded
        if not visitor.may(self.permission):
            raise NotAllowed(permission=self.permission)
        return visitor


def require(permission: Permission, *, own_password: bool = True) -> Any:
    """The dependency of a route that only people with this permission may use; gives the Visitor."""
    return Depends(Rule(permission, own_password=own_password))


def public() -> Any:
    """The dependency of a route that is open to everyone; gives the Visitor or None."""
    return Depends(Rule(None))


def visitor_of(request: Request) -> Visitor | None:
    """Who is signed in. Asked once per request, in a short transaction of its own."""
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _look_up(request)
    visitor: Visitor | None = request.state.visitor
    if visitor is not None and not {cookies.LANGUAGE, "lang"} & {*request.cookies, *request.query_params}:
        i18n.language.set(visitor.language)
    return visitor


def safe_next(target: str | None) -> str:
    """Where to go after sign-in: a path of this site, never another address."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\", "/login")):
        return "/"
    return "/" if "\\" in target or any(ord(letter) < 32 for letter in target) else target


def path_of(address: str) -> str:
    """The path and query of an address that a browser sent along, "/" when it is none."""
    try:
        page = urlsplit(address)
    except ValueError:
        return "/"
    return page.path + (f"?{page.query}" if page.query else "")


def routes_without_rule(routes: Sequence[BaseRoute]) -> list[str]:
    """The paths that state no rule; mounts (static files) are public by nature and not counted."""
    return [
        f"{context.path}"
        for context in iter_route_contexts(routes)
        if not isinstance(context.original_route, Mount) and rule_of(context) is None
    ]


def rule_of(route: Any) -> Rule | None:
    """The rule of one route (or route context), the strictest when there are several."""
    dependant = getattr(route, "dependant", None)
    rules = list(_rules(dependant)) if dependant is not None else []
    return max(rules, key=lambda rule: rule.permission is not None, default=None)


def _rules(dependant: Dependant) -> Iterator[Rule]:
    if isinstance(dependant.call, Rule):
        yield dependant.call
    for child in dependant.dependencies:
        yield from _rules(child)


def _look_up(request: Request) -> Visitor | None:
    secret = request.cookies.get(cookies.SESSION)
    if not secret:
        return None
    now = machine_now(request)
    with transaction(request, reads=True) as session:
        found = sessions.find_session(session, secret=secret, now=now)
        if found is None or (found.account.is_sample and not request.app.state.settings.is_sample):
            return None
        name = queries.organization_name(session, found.account.organization_id)
        visitor = _visitor(found.account, name)
        stale = sessions.is_stale(found, now=now) and UNATTENDED not in request.headers
    language = i18n.known(request.query_params.get("lang")) or visitor.language
    if stale or language != visitor.language:
        _note(request, secret, now=now, language=language)
    return visitor


def _note(request: Request, secret: str, *, now: datetime, language: str) -> None:
    with transaction(request, reads=False) as session:
        sessions.touch(session, secret=secret, now=now, language=language)


def _visitor(account: Account, organization_name: str) -> Visitor:
    held = tuple(account.held)
    return Visitor(
        account_id=account.id,
        display_name=account.display_name,
        organization_id=account.organization_id,
        organization_name=organization_name,
        held=held,
        permissions=granted(one.role for one in held),
        language=account.language,
        has_first_password=account.has_first_password,
    )
