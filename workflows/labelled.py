"""Enumerations whose members carry the Chinese word that people read, as a message of the catalogue."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class LabelledEnum(StrEnum):
    """`NAME = "stored_value", "中文"`: equal to the stored value, read by people as `.label`."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
