"""The names in the diagrams in the reader's language."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from web import diagrams
from workflows import i18n, processes

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DRAWN = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"


def source_of(key: str) -> str:
    return processes.files_of(key)[f"{key}.bpmn"].decode()


def names(source: str) -> list[str]:
    return [node.get("name", "") for node in etree.fromstring(source.encode()).iter(f"{diagrams.BPMN}*")]


@pytest.mark.parametrize("key", processes.KEYS)
def test_an_english_diagram_has_no_chinese_name(key: str) -> None:
    with i18n.spoken("en"):
        assert [name for name in names(diagrams.told(source_of(key))) if CHINESE.search(name)] == []


@pytest.mark.parametrize("key", processes.KEYS)
def test_a_chinese_diagram_is_as_it_was_deployed(key: str) -> None:
    assert diagrams.told(source_of(key)) == source_of(key)


def test_an_english_diagram_gives_words_more_room_around_the_same_middle() -> None:
    with i18n.spoken("en"):
        english = etree.fromstring(diagrams.told(source_of("obligation")).encode())
    chinese = etree.fromstring(source_of("obligation").encode())
    for before, after in zip(chinese.iter(DRAWN), english.iter(DRAWN), strict=True):
        assert float(after.get("width", "")) >= float(before.get("width", ""))
        assert middle(after) == middle(before)


def middle(box: etree._Element) -> float:
    return float(box.get("x", "")) + float(box.get("width", "")) / 2


def test_a_task_is_called_in_english_what_its_pages_call_it() -> None:
    with i18n.spoken("en"):
        assert diagrams.node_name("self_check") == "Self-check"
    assert diagrams.node_name("self_check") == "自查并提交材料"
