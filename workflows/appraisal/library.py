"""The indicators that come with the product."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from workflows.appraisal.types import Indicator, Target, TargetKind
from workflows.yamlfile import read

FILE = Path(__file__).parents[2] / "seeds" / "indicators.yaml"


@cache
def indicators() -> tuple[Indicator, ...]:
    """In the order of the plan."""
    return tuple(_indicator(one) for one in read(FILE.read_text()).data["indicators"])


def indicator(code: str) -> Indicator | None:
    return next((one for one in indicators() if one.code == code), None)


def years() -> range:
    """Every year that some target covers."""
    targets = [target for one in indicators() for target in one.targets]
    return range(min(one.first for one in targets), max(one.last for one in targets) + 1)


def _indicator(data: dict[str, Any]) -> Indicator:
    values = {int(year): Decimal(value) for year, value in data["values"].items()}
    targets = tuple(_target(one) for one in data["targets"])
    return Indicator(data["code"], data["title"], data["title_en"], values, targets)


def _target(data: dict[str, Any]) -> Target:
    kind = TargetKind(data["kind"])
    return Target(
        int(data["from"]),
        int(data["to"]),
        kind,
        Decimal(data["amount"]),
        data.get("base"),
        data.get("gap_note"),
    )
