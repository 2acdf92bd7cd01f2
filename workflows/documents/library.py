"""The documents that come with the product, read from `seeds/documents/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from workflows.documents.types import Document, Facts, Kind, Placeholder
from workflows.yamlfile import read

FOLDER = Path(__file__).parents[2] / "seeds" / "documents"


@cache
def document(kind: Kind) -> Document:
    """What can stand in this document, and how it looks unless an office says otherwise."""
    data = read((FOLDER / f"{kind}.yaml").read_text("utf-8")).data
    return Document(
        kind=kind, title=data["title"], title_en=data["title_en"], layout=tuple(data["layout"]),
        placeholders={one.name: one for one in _placeholders(data["placeholders"])},
        landscape=data.get("landscape") is True, by_departments=data.get("by_departments") is True,
    )  # fmt: skip


def sample(kind: Kind) -> Facts:
    """Invented facts, each placeholder filled: to try a template and to see what it looks like."""
    return {
        one.name: [{each.name: each.sample for each in one.rows}] * 2 if one.rows else one.sample
        for one in document(kind).placeholders.values()
    }


def _placeholders(data: Mapping[str, Any]) -> list[Placeholder]:
    return [
        Placeholder(
            name, means=one["means"], means_en=one["means_en"], sample=one.get("sample", ""),
            rows=tuple(_placeholders(one.get("rows", {}))),
        )
        for name, one in data.items()
    ]  # fmt: skip
