"""Chat robots through apprise, with a real HTTP server at the other end, and none on forbidden addresses."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from typing import Any

import pytest

from tests.mailserver import free_port
from workflows.notifications import chat
from workflows.notifications.exceptions import Deferred, Refused, SendFailed, Uncertain, Unreachable

SECRET = "s3cret-token-of-the-robot"


@dataclass
class Hook:
    """What arrived at a webhook, and how it answers."""

    port: int = 0
    status: int = 200
    location: str = ""
    pause: float = 0
    answer: bytes = b""
    arrived: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/{SECRET}?key={SECRET}&format=x"


@contextmanager
def hook(**behaviour: Any) -> Iterator[Hook]:
    """Serve until the block ends."""
    kept = Hook(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.arrived.append((self.path, json.loads(body)))
            sleep(kept.pause)
            self.send_response(kept.status)
            if kept.location:
                self.send_header("Location", kept.location)
            self.send_header("Content-Length", str(len(kept.answer)))
            self.end_headers()
            self.wfile.write(kept.answer)

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()


def send(address: str, *, allow_private: bool = True) -> None:
    chat.send(address, title="【闭环】标题", text="催办：请抓紧办理。", allow_private=allow_private)


def failure(address: str, *, allow_private: bool = True) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        send(address, allow_private=allow_private)
    return caught.value


def test_a_webhook_gets_the_words_as_json_and_its_own_parameters() -> None:
    with hook() as robot:
        send(robot.url)
    [(path, body)] = robot.arrived
    assert path == f"/hook/{SECRET}?key={SECRET}&format=x"
    assert (body["title"], body["message"].strip()) == ("【闭环】标题", "催办：请抓紧办理。")


def test_a_robot_that_refuses_is_tried_again_and_its_status_is_kept() -> None:
    with hook(status=403) as robot:
        found = failure(robot.url)
    assert (type(found), found.code, found.detail) == (Deferred, "chat-refused", "403")


def test_nobody_there_is_unreachable() -> None:
    found = failure(f"http://127.0.0.1:{free_port()}/{SECRET}")
    assert (type(found), found.code) == (Unreachable, "chat-unreachable")


def test_a_robot_that_takes_the_message_and_does_not_answer_is_uncertain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chat, "TIMEOUT", 0.3)
    with hook(pause=1) as robot:
        found = failure(robot.url)
    assert (type(found), found.code) == (Uncertain, "chat-unanswered")


def test_a_redirect_is_not_followed() -> None:
    with hook() as inner, hook(status=307, location=inner.url) as robot:
        found = failure(robot.url)
    assert (found.code, inner.arrived) == ("chat-refused", [])


def test_an_address_is_in_no_log_and_in_no_error(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), hook(status=500) as robot:
        found = failure(robot.url)
        robot.status = 200
        send(robot.url)
        failure(f"http://127.0.0.1:{free_port()}/{SECRET}")
    assert SECRET not in caplog.text + str(found)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.0.0.5", "192.168.1.1", "172.16.3.4", "169.254.169.254", "[::1]", "[fd00::1]",
        "0.0.0.0", "[::ffff:127.0.0.1]", "100.64.0.1", "mail.local", "db.internal",
    ],
)  # fmt: skip
def test_a_private_address_is_refused_as_it_is_typed(host: str) -> None:
    assert chat.problem_of(f"http://{host}:8080/hook", allow_private=False) == "webhook-private"
    assert chat.problem_of(f"http://{host}:8080/hook", allow_private=True) is None


@pytest.mark.parametrize(
    "spelled", ["http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://127.1:{port}/"]
)
def test_an_odd_spelling_of_a_private_address_is_refused_when_it_is_looked_up(spelled: str) -> None:
    with hook() as robot:
        found = failure(spelled.format(port=robot.port), allow_private=False)
    assert (type(found), robot.arrived) == (Refused, [])


def test_a_name_that_means_a_private_address_is_refused_where_the_connection_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = socket.getaddrinfo

    def rebound(host: str, *args: Any, **more: Any) -> Any:
        return real("127.0.0.1" if host == "robot.example.com" else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with hook() as robot:
        found = failure(f"http://robot.example.com:{robot.port}/x", allow_private=False)
    assert (type(found), found.code, robot.arrived) == (Refused, "webhook-private", [])


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "webhook-malformed"), ("hook.example.com/x", "webhook-malformed"), ("https://", "webhook-malformed"),
        ("gopher://host/secret", "webhook-scheme"), ("ftp://example.com/x", "webhook-scheme"),
        ("mailto://a@b.c", "webhook-scheme"), ("json://example.com/", "webhook-scheme"),
        ("syslog://x", "webhook-scheme"), ("https://a b.example/", "webhook-malformed"),
        ("https://example.com:x/", "webhook-malformed"), ("https://[::1/", "webhook-malformed"),
        ("dingtalk://token?redirect=yes", "webhook-malformed"), ("https://e.example/" + "x" * 500, "webhook-malformed"),
        ("https://example.com/\r\nHost: x", "webhook-malformed"),
    ],
)  # fmt: skip
def test_anything_else_is_no_robot(address: str, problem: str) -> None:
    assert chat.problem_of(address, allow_private=False) == problem


@pytest.mark.parametrize(
    ("address", "service", "host"),
    [
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7aaa", "NotifyWeComBot", "693a91f6-7aaa"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789", "NotifyDingTalk", "abcdef0123456789"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/abcd-1234-ef", "NotifyFeishu", "abcd-1234-ef"),
        ("dingtalk://SECsecret123@abcdef0123456789/", "NotifyDingTalk", "abcdef0123456789"),
        ("https://hooks.example.com/a/b?x=1", "NotifyJSON", "hooks.example.com"),
    ],
)  # fmt: skip
def test_what_the_platforms_show_is_understood(address: str, service: str, host: str) -> None:
    assert chat.problem_of(address, allow_private=False) is None
    import apprise

    robot = apprise.Apprise.instantiate(chat.apprise_address(address))
    assert type(robot).__name__ == service
    assert host in robot.url()


def test_without_the_extra_a_message_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat, "is_installed", lambda: False)
    found = failure("https://hooks.example.com/x")
    assert (type(found), found.code) == (Unreachable, "chat-not-installed")


# --- what the platforms answer with status 200

TOKEN = "0123456789abcdef"
PLATFORMS = {"wecombot": "NotifyWeComBot", "dingtalk": "NotifyDingTalk", "feishu": "NotifyFeishu"}
TAKEN = {
    "wecombot": b'{"errcode":0,"errmsg":"ok"}',
    "dingtalk": b'{"errcode":0,"errmsg":"ok"}',
    "feishu": b'{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
}
WRONG_KEY = {
    "wecombot": (
        b'{"errcode":93000,"errmsg":"invalid webhook url, hint: [1722], from ip: 1.2.3.4"}',
        "93000 invalid webhook url, hint: [1722], from ip: 1.2.3.4",
    ),
    "dingtalk": (
        b'{"errcode":300005,"errmsg":"token is not exist"}',
        "300005 token is not exist",
    ),
    "feishu": (
        b'{"code":19001,"data":{},"msg":"param invalid: incoming webhook access token invalid"}',
        "19001 param invalid: incoming webhook access token invalid",
    ),
}


@contextmanager
def platform(name: str, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> Iterator[Hook]:
    """A server that answers as a platform does, at the address where apprise looks for that platform."""
    import apprise

    with hook(answer=answer) as robot:
        plugin = type(apprise.Apprise.instantiate(f"{name}://{TOKEN}/"))
        assert plugin.__name__ == PLATFORMS[name]
        path = plugin.notify_url.partition("://")[2].partition("/")[2]
        monkeypatch.setattr(plugin, "notify_url", f"http://127.0.0.1:{robot.port}/{path}")
        yield robot


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_a_platform_took_is_sent(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with platform(name, monkeypatch, TAKEN[name]) as robot:
        send(f"{name}://{TOKEN}/")
    assert len(robot.arrived) == 1


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_wrong_key_is_a_failure_with_the_words_of_the_platform(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, said = WRONG_KEY[name]
    with platform(name, monkeypatch, body):
        found = failure(f"{name}://{TOKEN}/")
    assert (type(found), found.code, found.detail) == (Deferred, "chat-answered", said)


@pytest.mark.parametrize("body", [b"", b"<html>Sign in to the network</html>", b"[]", b'{"ok": true}'])
def test_what_no_platform_answers_is_uncertain(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with platform("wecombot", monkeypatch, body):
        found = failure(f"wecombot://{TOKEN}/")
    assert (type(found), found.code) == (Uncertain, "chat-unclear")


def test_what_a_platform_repeats_of_the_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    body = json.dumps({"errcode": 1, "errmsg": f"no such\nkey {TOKEN}"}).encode()
    with platform("wecombot", monkeypatch, body):
        assert failure(f"wecombot://{TOKEN}/").detail == "1 no such key …"


@pytest.mark.parametrize(
    ("body", "detail"),
    [(b'{"errcode":310000,"errmsg":"keywords not in content"}', "310000 keywords not in content"), (b"ok", None),
     (b'{"code":200}', None)],
)  # fmt: skip
def test_a_webhook_of_ones_own_fails_only_when_it_says_so_as_the_platforms_do(
    body: bytes, detail: str | None
) -> None:
    with hook(answer=body) as robot:
        if detail is None:
            send(robot.url)
        else:
            assert failure(robot.url).detail == detail
