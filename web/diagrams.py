"""The names in the diagrams: Chinese as the files have them, in another language as the catalogue translates them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, BinaryIO

from lxml import etree

from web import words
from workflows import i18n, processes
from workflows.campaigns.whereabouts import LISTENING
from workflows.i18n import gettext as _

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DRAWN = "{http://www.omg.org/spec/DD/20100524/DC}"
LABEL = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNLabel"
LABEL_WIDTH = 84  # of a name beside its shape, in the diagram's units
UNSEEN = {f"{BPMN}message", f"{BPMN}definitions"}  # their names are codes
CACHED = 64  # diagrams; a definition has one per language


def texts(
    file: BinaryIO, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, str, list[str]]]:
    """What Babel collects from a BPMN file for the catalogue."""
    for node in _named(_read(file.read())):
        yield node.sourceline or 0, "gettext", node.get("name", ""), []


def told(source: str) -> str:
    """A BPMN text with its names in the reader's language."""
    language = i18n.language.get()
    return source if language == i18n.SOURCE else _translated(source, language)


def node_name(node: str) -> str:
    """The name of a node of any process in the reader's language, as far as it has one."""
    return _short(node, _all_names().get(node, node))


def node_list(nodes: Iterable[str]) -> list[str]:
    """The names of the steps among these nodes that people know, each once."""
    known = [node_name(node) for node in nodes if node in _all_names() and node not in LISTENING]
    return list(dict.fromkeys(known))


@lru_cache(CACHED)
def _translated(source: str, language: str) -> str:
    root = _read(source.encode())
    with i18n.spoken(language):
        for node in _named(root):
            node.set("name", _short(node.get("id", ""), node.get("name", "")))
    for box in root.iter(f"{DRAWN}Bounds"):
        if box.getparent().tag == LABEL:
            _widen(box)
    return etree.tostring(root, encoding="unicode")


def _widen(box: Any) -> None:
    """Room for a longer word around the same middle."""
    x, width = float(box.get("x")), float(box.get("width"))
    box.set("x", str(x - max(LABEL_WIDTH - width, 0) / 2))
    box.set("width", str(max(LABEL_WIDTH, width)))


def _short(node: str, name: str) -> str:
    """A task is called in English what its pages call it; anything else what its name translates to."""
    english = words.step(node) if i18n.language.get() == "en" else None
    return english or (_(name) if name else "")


@lru_cache
def _all_names() -> Mapping[str, str]:
    return {
        node.get("id", ""): node.get("name", "")
        for key in reversed(processes.KEYS)
        for file, source in processes.files_of(key).items()
        if file.endswith(".bpmn")
        for node in _named(_read(source))
    }


def _named(root: Any) -> Iterator[Any]:
    for node in root.iter(f"{BPMN}*"):
        if node.get("id") and node.get("name") and node.tag not in UNSEEN:
            yield node


def _read(source: bytes) -> Any:
    return etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))
