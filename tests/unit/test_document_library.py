"""What the documents that come with the product say of their placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from workflows.documents.library import document
from workflows.documents.types import Kind, Placeholder

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
QUOTED = re.compile("“[^”]*”")


def placeholders(kind: Kind) -> Iterator[Placeholder]:
    """Every placeholder of a document, those of its lists among them."""
    for one in document(kind).placeholders.values():
        yield one
        yield from one.rows


@pytest.mark.parametrize("kind", list(Kind))
def test_every_placeholder_is_explained_in_chinese_and_in_english(kind: Kind) -> None:
    missing = [one.name for one in placeholders(kind) if not (one.means.strip() and one.means_en.strip())]
    assert missing == []


@pytest.mark.parametrize("kind", list(Kind))
def test_english_explanations_have_chinese_words_only_in_quotes(kind: Kind) -> None:
    mixed = [one.means_en for one in placeholders(kind) if CHINESE.search(QUOTED.sub("", one.means_en))]
    assert mixed == []
