"""Chat robots (企业微信, 钉钉, 飞书, any webhook that takes JSON), through the optional library apprise."""

from __future__ import annotations

import importlib.util
import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from workflows.notifications import answers
from workflows.notifications.exceptions import Deferred, Refused, SendFailed, Uncertain, Unreachable

TIMEOUT = 10  # seconds, to connect and to read
LONGEST = 500
ROBOTS = answers.PLATFORMS  # also apprise's own addresses; the servers behind them are fixed
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,128}")
_SECRET = re.compile(r"(?:[A-Za-z0-9_-]{8,128}@)?[A-Za-z0-9_-]{8,128}/?")
_STATUS = re.compile(r"error=(\d{3})")


def is_installed() -> bool:
    """Whether `pip install bihuan[chat]` was done."""
    return importlib.util.find_spec("apprise") is not None


def problem_of(address: str, *, allow_private: bool) -> str | None:
    """The stable code of what is wrong with an address as somebody typed it, or None; no name is looked up."""
    if len(address) > LONGEST or any(ord(letter) <= 32 for letter in address):
        return "webhook-malformed"
    parts = _split(address)
    if parts is None or not parts.netloc:
        return "webhook-malformed"
    if parts.scheme in ROBOTS:
        return None if _SECRET.fullmatch(address.partition("://")[2]) else "webhook-malformed"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "webhook-scheme"
    return None if allow_private or not _is_plainly_private(parts.hostname) else "webhook-private"


def send(address: str, *, title: str, text: str, allow_private: bool) -> None:
    """Post one message. Raises Refused, Deferred, Unreachable, Uncertain; their text never holds the address."""
    if not is_installed():
        raise Unreachable("chat-not-installed")
    if problem := problem_of(address, allow_private=allow_private):
        raise Refused(problem)
    with _quiet() as said, _guarded(allow_private) as watch, _overheard(watch):
        ok = _robot(address).notify(title=title, body=text)
    if not ok:
        status = next((found[1] for one in said if (found := _STATUS.search(one))), "")
        raise _failure(watch, status)
    verdict = answers.verdict_of(watch.body, apprise_address(address))
    if verdict.taken is None:
        raise Uncertain("chat-unclear")
    if not verdict.taken:
        raise Deferred("chat-answered", verdict.said)


def _failure(watch: _Watch, status: str) -> SendFailed:
    if watch.refused:
        return Refused("webhook-private")
    if status:
        return Deferred("chat-refused", status)
    return Uncertain("chat-unanswered") if watch.connected else Unreachable("chat-unreachable")


def _robot(address: str) -> Any:
    import apprise

    asset = apprise.AppriseAsset(http_redirects=False, app_id="Bihuan", app_desc="闭环", async_mode=False)
    robot = apprise.Apprise(asset=asset)
    if not robot.add(apprise_address(address)):
        raise Refused("webhook-malformed")
    return robot


def apprise_address(address: str) -> str:
    """The robot's address in apprise's words: the ones that the three platforms show, else a JSON webhook."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    last = parts.path.rstrip("/").rpartition("/")[2]
    known = {
        "qyapi.weixin.qq.com": ("wecombot", query.get("key", "")),
        "oapi.dingtalk.com": ("dingtalk", query.get("access_token", "")),
        "open.feishu.cn": ("feishu", last),
    }
    scheme, token = known.get(parts.hostname or "", ("", ""))
    if scheme and _TOKEN.fullmatch(token):
        found = f"{scheme}://{token}/"
    elif parts.scheme in ROBOTS:
        found = address
    else:
        found = _json_address(parts)
    return f"{found}{'&' if '?' in found else '?'}cto={TIMEOUT}&rto={TIMEOUT}"


def _json_address(parts: SplitResult) -> str:
    """apprise takes parameters for itself unless they begin with a minus."""
    scheme = "jsons" if parts.scheme == "https" else "json"
    query = urlencode([(f"-{name}", value) for name, value in parse_qsl(parts.query, keep_blank_values=True)])
    return f"{scheme}://{parts.netloc}{quote(parts.path, safe='/%')}{'?' + query if query else ''}"


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return None
    return parts


def _is_plainly_private(host: str) -> bool:
    """An address that is private as it is written; names are looked up when a message is sent."""
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


@dataclass(slots=True)
class _Watch:
    """What happened where the socket was opened, and what was answered there."""

    refused: bool = False
    connected: bool = False
    body: bytes = b""


@contextmanager
def _guarded(allow_private: bool) -> Iterator[_Watch]:
    """Connections go to public addresses only, and to the very address that was looked at.

    Checking the name beforehand would not do: it may mean another address a moment later. So the check sits
    where urllib3, which apprise uses, opens its socket.
    """
    from urllib3.util import connection

    original = connection.create_connection
    watch = _Watch()

    def checked(address: tuple[str, int], *args: Any, **more: Any) -> Any:
        host, port = address
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not allow_private and not all(ip_address(one.partition("%")[0]).is_global for one in found):
            watch.refused = True
            raise OSError("not a public address")
        opened = original((found[0], port), *args, **more)
        watch.connected = True
        return opened

    connection.create_connection = checked
    try:
        yield watch
    finally:
        connection.create_connection = original


@contextmanager
def _overheard(watch: _Watch) -> Iterator[None]:
    """Keep the body of the answer: apprise looks at its status only, and tells nobody what it said."""
    from requests import Session

    original = Session.send

    def sending(session: Session, *args: Any, **more: Any) -> Any:
        answer = original(session, *args, **more)
        watch.body = answer.content
        return answer

    Session.send = sending  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        Session.send = original  # type: ignore[method-assign]


class _Ear(logging.Handler):
    """Hears what apprise says instead of letting it into the log, where addresses would stay."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _quiet() -> Iterator[list[str]]:
    loggers = [logging.getLogger(name) for name in ("apprise", "urllib3")]
    before = [(one.level, one.propagate) for one in loggers]
    ear = _Ear()
    for one in loggers:
        one.setLevel(logging.WARNING)
        one.propagate = False
        one.addHandler(ear)
    try:
        yield ear.said
    finally:
        for one, (level, propagate) in zip(loggers, before, strict=True):
            one.setLevel(level)
            one.propagate = propagate
            one.removeHandler(ear)
