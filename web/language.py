"""Which language a request speaks: `?lang=en`, else the cookie, else the account's, else Chinese."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import cookies
from workflows import i18n


class Language:
    """Sets the language before the route runs, and keeps the choice of `?lang=` in a cookie."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [None])[-1]
        chosen = i18n.known(asked)
        kept = i18n.known(HTTPConnection(scope).cookies.get(cookies.LANGUAGE))
        i18n.language.set(chosen or kept or i18n.SOURCE)
        if chosen is None or chosen == kept:
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                cookie = (
                    f"{cookies.LANGUAGE}={chosen}; Path=/; Max-Age={cookies.YEAR}; SameSite=Lax; HttpOnly"
                )
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)
