"""Templates: the environment, what every page knows, and `render`."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from web import cookies, csrf, formats, navigation, presenters
from web.auth import Visitor, visitor_of
from web.forms.fields import describe
from web.inputs import number_of
from workflows import i18n
from workflows.accounts.rules import IDLE
from workflows.titles import titled

HERE = Path(__file__).parent


class Missing(StrictUndefined):
    """A name that is not there may be asked for (`{% if one.note %}`), never shown."""

    def __bool__(self) -> bool:  # type: ignore[override]
        return False


@cache
def make_environment() -> Environment:
    """Autoescaped, strict about names that are shown, translated; compiled templates serve every application."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(["html", "svg"]),
        undefined=Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.globals.update(_=_translated, ngettext=_in_number)
    environment.filters.update(
        day=formats.day,
        clock=formats.clock,
        instant=formats.instant,
        short=formats.short,
        number=formats.number,
        of_menu=formats.of_menu,
        titled=titled,
    )
    environment.globals.update(presenters.GLOBALS)
    environment.globals.update(
        percent=formats.percent,
        lateness=formats.lateness,
        extended=formats.extended,
        static=static,
        describe=describe,
        icon=icon,
        icon_of=icon,
        logo=logo,
    )
    return environment


def _translated(text: str, /, **values: Any) -> Markup:
    """A text in the reader's language, its values escaped; not Jinja's own `_`, which copies the context in loops."""
    return Markup(i18n.gettext(text)) % values  # noqa: S704 - texts of our own


def _in_number(singular: str, plural: str, num: int, /, **values: Any) -> Markup:
    return Markup(i18n.ngettext(singular, plural, num)) % {"num": num, **values}  # noqa: S704 - as above


def render(request: Request, name: str, /, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A page or a partial. Every template knows `visitor`, `csrf_token`, `lang`, `now` and `settings`.

    Raises TypeError for a name in `context` that belongs to the frame of every page.
    """
    environment: Environment = request.app.state.templates
    body = environment.get_template(name).render(dict(**_common(request), **context))
    response = HTMLResponse(body, status_code=status)
    if hasattr(request.state, "visit") and cookies.VISIT not in request.cookies:
        cookies.put(request, response, cookies.VISIT, request.state.visit)
    return response


def is_partial(request: Request) -> bool:
    """Whether htmx asks for a piece of the page rather than for the page."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type") != "full"


def go_on(request: Request, address: str) -> Response:
    """After a small form: to the page `address`, whether htmx or a plain form sent it."""
    if is_partial(request):
        return Response(status_code=204, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


@cache
def icon(name: str) -> Markup:
    """A symbol of `static/icons.svg` in the colour of the text around it; decoration, so hidden from readers."""
    return _symbol("i", name)


@cache
def logo() -> Markup:
    """The closed loop."""
    return _symbol("logo", "logo")


def _symbol(kind: str, name: str) -> Markup:
    address = f"{static('icons.svg')}#{name}"
    return Markup('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}"/></svg>').format(
        kind, address
    )


@lru_cache
def static(path: str) -> str:
    """The address of a static file, with a mark that changes when the file does."""
    file = HERE / "static" / path
    mark = hashlib.sha256(file.read_bytes()).hexdigest()[:8] if file.is_file() else "0"
    return f"/static/{path}?v={mark}"


def _common(request: Request) -> dict[str, Any]:
    visitor = visitor_of(request)
    now = getattr(request.state, "now", None)
    return {
        "request": request,
        "visitor": visitor,
        "csrf_token": csrf.token(request),
        "csrf_field": Markup('<input type="hidden" name="{}" value="{}">').format(
            csrf.FIELD, csrf.token(request)
        ),
        "lang": i18n.TAGS[i18n.language.get()],
        "other_lang": "zh_CN" if i18n.language.get() == "en" else "en",
        "settings": request.app.state.settings,
        "idle_seconds": int(IDLE.total_seconds()),
        "now": now,
        "today": formats.local_day(now) if now is not None else None,
        "menu": navigation.menu(visitor) if visitor else [],
        "tabs": navigation.tabs(visitor) if visitor else [],
        "counts": _counts(request, visitor),
        "moved": _moved(request),
    }


def _moved(request: Request) -> list[int] | None:
    """What the sample clock's last move brought, if this page comes right after it."""
    if not request.app.state.settings.is_sample:
        return None
    told = [number_of(one) for one in request.query_params.get("moved", "").split("-")]
    numbers = [one for one in told if one is not None]
    return numbers if len(numbers) == len(told) == 5 else None


def _counts(request: Request, visitor: Visitor | None) -> Any:
    session, now = getattr(request.state, "session", None), getattr(request.state, "now", None)
    if visitor is None or session is None or now is None or is_partial(request):
        return {}
    return request.app.state.counts(session, visitor, now)
