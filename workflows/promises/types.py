"""What became of a promise."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """None as long as its day lies ahead and the work is still with who promised."""

    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"
