"""Words of templates in the reader's language."""

from __future__ import annotations

import re

import pytest

from workflows import i18n
from workflows.campaigns import templates
from workflows.titles import titled

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_a_title_is_told_in_english() -> None:
    with i18n.spoken("en"):
        assert titled("安全生产承诺书") == "Public safety commitment"


def test_a_period_stays_behind_its_title() -> None:
    with i18n.spoken("en"):
        assert titled("制定细化落实方案（2025-07）") == "Detailed plan (2025-07)"


def test_what_a_person_wrote_stays() -> None:
    with i18n.spoken("en"):
        assert titled("护栏松动（东侧）") == "护栏松动（东侧）"


def test_in_chinese_a_title_is_as_it_is_stored() -> None:
    assert titled("安全生产承诺书") == "安全生产承诺书"


@pytest.mark.parametrize("code", [one.code for one in templates.load_all()])
def test_every_row_of_the_templates_says_in_english_what_it_asks_for(code: str) -> None:
    template = templates.get(code)
    rows = [*template.items, *template.duties]
    assert [one.code for one in rows if CHINESE.search(one.requirement_en + one.title_en)] == []
