"""The words of the pages: Chinese is the source and the message id; a catalogue adds another language.

The `.po` files are read once at start, so no compiled catalogue has to be made or kept.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "zh_CN"
LANGUAGES = {"zh_CN": "中文", "en": "English"}
TAGS = {"zh_CN": "zh-CN", "en": "en"}  # as HTML's lang attribute wants it
LOCALE = Path(__file__).parent / "locale"

language: ContextVar[str] = ContextVar("language", default=SOURCE)


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak another language for a while: a message is written in its reader's."""
    token = language.set(code)
    try:
        yield
    finally:
        language.reset(token)


def gettext(message: str) -> str:
    """The message in the language of this request."""
    return _catalogue(language.get()).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """The message for a number. In Chinese both forms are the same."""
    return _catalogue(language.get()).ngettext(singular, plural, number)


def N_(message: str) -> str:
    """Mark a text for the catalogue where it is stored, not shown."""
    return message


def known(code: str | None) -> str | None:
    """The language of this code (`en`, `zh`, `zh-CN`, `zh_CN`), or None."""
    if not code:
        return None
    wanted = code.replace("-", "_").lower()
    for language_code in LANGUAGES:
        if wanted in (language_code.lower(), language_code.split("_")[0]):
            return language_code
    return None


@cache
def _catalogue(code: str) -> NullTranslations:
    path = LOCALE / code / "LC_MESSAGES" / "bihuan.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
