"""Every text of the pages has an English translation, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from workflows import i18n
from workflows.settings import ROOT

BARE = re.compile(r"(?<!%)(?:%%)*%(?![(%])")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@cache
def texts() -> frozenset[str]:
    """The message ids (the singular ones) that pages, code and diagrams ask for."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = set()
    for folder in ("web", "workflows", "engine", "bpmn"):
        kept = [
            (pattern.removeprefix(f"{folder}/"), method)
            for pattern, method in methods
            if pattern.startswith(folder)
        ]
        kept_options = {key.removeprefix(f"{folder}/"): value for key, value in options.items()}
        keywords = {**DEFAULT_KEYWORDS, "N_": None}
        for _, _, message, _, _ in extract_from_dir(str(ROOT / folder), kept, kept_options, keywords):
            found.add(message if isinstance(message, str) else message[0])
    return frozenset(found)


@cache
def catalogue(language: str) -> Catalog:
    with (Path(i18n.LOCALE) / language / "LC_MESSAGES" / "bihuan.po").open("rb") as file:
        return read_po(file, locale=language)


def translated() -> Iterator[tuple[str, list[str]]]:
    message: Message
    for message in catalogue("en"):
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else [message.id]
            strings = message.string if isinstance(message.string, tuple | list) else [message.string]
            yield ids[0], list(strings)


def test_every_text_has_an_english_translation() -> None:
    english = {message for message, strings in translated() if all(strings)}
    assert sorted(texts() - english) == []


def test_translations_keep_the_placeholders() -> None:
    wrong = [
        message
        for message, strings in translated()
        for string in strings
        if string and set(PLACEHOLDER.findall(string)) != set(PLACEHOLDER.findall(message))
    ]
    assert wrong == []


def test_a_per_cent_sign_is_doubled_unless_it_begins_a_placeholder() -> None:
    """A page fills every text in, also one without placeholders."""
    found = [one for text, others in translated() for one in (text, *others) if BARE.search(one)]
    assert found == []


def test_no_translation_is_marked_fuzzy_and_so_skipped() -> None:
    assert [
        message.id
        for language in i18n.LANGUAGES
        for message in catalogue(language)
        if message.id and message.fuzzy
    ] == []


@pytest.mark.parametrize(
    ("asked", "known"),
    [("en", "en"), ("EN", "en"), ("zh", "zh_CN"), ("zh-CN", "zh_CN"), ("fr", None), ("", None), (None, None)],
)
def test_a_language_is_known_by_its_usual_codes(asked: str | None, known: str | None) -> None:
    assert i18n.known(asked) == known


def test_chinese_is_the_source_and_english_a_translation() -> None:
    token = i18n.language.set("en")
    try:
        assert i18n.gettext("登录") == "Sign in"
        assert [i18n.ngettext("%(num)s 件", "%(num)s 件", n) for n in (1, 2)] == [
            "%(num)s item",
            "%(num)s items",
        ]
    finally:
        i18n.language.reset(token)
    assert i18n.gettext("登录") == "登录"
    assert i18n.ngettext("%(num)s 件", "%(num)s 件", 2) == "%(num)s 件"
