"""A letter on the wire: read back with the standard library's parser."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from tests.factories import at
from workflows.notifications.mail import email_of
from workflows.notifications.types import Letter


def parsed(**facts: Any) -> EmailMessage:
    given = {
        "title": "【闭环】提醒：“证照自查”8月15日到期。",
        "lines": (("提醒", None), ("打开", "https://x.example/a?b=1&c=2")),
        "footer": "在“我的”页面更改", "language": "zh_CN",
    }  # fmt: skip
    raw = email_of(
        Letter(**{**given, **facts}), sender="闭环 <bihuan@example.gov.cn>", to="zhou@example.com",
        message_id="<bihuan-1@x.example>", at=at("2025-07-01 09:00"),
    )  # fmt: skip
    assert raw.isascii()
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_subject_and_the_sender_are_chinese() -> None:
    message = parsed()
    assert message["Subject"] == "【闭环】提醒：“证照自查”8月15日到期。"
    assert message["From"] == "闭环 <bihuan@example.gov.cn>"


def test_plain_text_and_html_say_the_same_and_lead_to_the_page() -> None:
    message = parsed()
    assert "https://x.example/a?b=1&c=2" in body(message, "plain")
    assert '<a href="https://x.example/a?b=1&amp;c=2"' in body(message, "html")
    assert all("在“我的”页面更改" in body(message, kind) for kind in ("plain", "html"))


@pytest.mark.parametrize(
    "title", ["a\r\nBcc: all@example.com", "a\nb", "x\x00\x07y", "\ud800半个", "长" * 500]
)
def test_whatever_somebody_typed_stays_one_line_of_subject(title: str) -> None:
    message = parsed(title=title)
    assert message["Bcc"] is None
    assert "\n" not in message["Subject"]
    assert len(message["Subject"]) <= 120


def test_what_somebody_typed_is_no_html() -> None:
    html = body(parsed(lines=(("<script>alert(1)</script>", None),)), "html")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_nobody_answers_automatically_and_a_second_copy_can_be_told() -> None:
    message = parsed()
    assert (message["Auto-Submitted"], message["Message-ID"]) == ("auto-generated", "<bihuan-1@x.example>")
