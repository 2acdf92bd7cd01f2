"""A letter as an e-mail: plain text, and simple HTML with the same words."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from markupsafe import Markup, escape

from workflows.i18n import TAGS
from workflows.notifications.types import Letter

LONGEST_SUBJECT = 120


def email_of(letter: Letter, *, sender: str, to: str, message_id: str, at: datetime) -> bytes:
    """The message as it goes over the wire. `message_id` stays the same in every attempt, so that a
    mailbox can tell a second copy from a second message."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=address)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = _one_line(letter.title)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(text_of(letter), cte="base64")
    message.add_alternative(_html_of(letter), subtype="html", cte="base64")
    return message.as_bytes()


def text_of(letter: Letter) -> str:
    """The letter as plain text, for mail and for chat robots."""
    lines = [f"{words}\n{address}" if address else words for words, address in letter.lines]
    return "\n\n".join(_clean(one) for one in [*lines, *([letter.footer] if letter.footer else [])]) + "\n"


def _html_of(letter: Letter) -> str:
    lines = Markup("").join(_paragraph(words, address) for words, address in letter.lines)
    return Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head>'
        '<body style="font:16px/1.6 sans-serif;color:#1d2b2f;max-width:40em">{}'
        '<p style="font-size:13px;color:#5b6b69">{}</p></body></html>\n'
    ).format(TAGS[letter.language], _one_line(letter.title), lines, _clean(letter.footer))


def _paragraph(words: str, address: str | None) -> Markup:
    told = Markup("<br>").join(escape(line) for line in _clean(words).splitlines())
    if address is None:
        return Markup("<p>{}</p>").format(told)
    return Markup('<p><a href="{}" style="color:#0f5f63">{}</a></p>').format(address, told)


def _one_line(text: str) -> str:
    """A header has no line breaks, whatever somebody typed into a title."""
    line = " ".join(_clean(text).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


def _clean(text: str) -> str:
    """No control characters and no half surrogates: a message that cannot be encoded is never sent."""
    kept = "".join(letter for letter in text if letter == "\n" or ord(letter) >= 32)
    return kept.encode("utf-8", "replace").decode("utf-8")
