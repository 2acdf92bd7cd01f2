"""Column types that several tables share."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Enum

LONGEST = 40


def enum_type(kind: type[StrEnum]) -> Enum:
    """An enumeration stored as its value in a plain text column, so that a new member needs no migration."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=LONGEST,
        values_callable=lambda members: [member.value for member in members],
    )
