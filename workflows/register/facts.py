"""Fields of an enterprise's file as they are stored beside a change, and which facts a change touches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.register.types import FACT_LABELS, EnterpriseStatus, Flag, Industry, RiskLevel

_KINDS: Mapping[str, Any] = {"industry": Industry, "risk_level": RiskLevel, "status": EnterpriseStatus}


def stored(name: str, value: Any) -> Any:
    """A field's value again, from what a change wrote down as JSON."""
    if value is None:
        return None
    if name.endswith(":expires_on"):
        return date.fromisoformat(value)
    return _KINDS[name](value) if name in _KINDS else value


def touched(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """The facts that decide applicability and differ, each flag by its own name."""
    was = before or {}
    names = {name for name in after if name in FACT_LABELS and was.get(name) != after[name]}
    old, new = was.get("flags") or {}, after.get("flags") or {}
    names |= {str(flag) for flag in Flag if old.get(flag) != new.get(flag)}
    return sorted(names)
