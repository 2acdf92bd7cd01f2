"""Is this a unified social credit code (GB 32100)? If not, what is wrong and which character was expected.

Eighteen characters: authority, type, six digits of area, nine of organisation code, one check character.
The standard allows letters in the first two places; some libraries refuse them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: no I, O, Z, S, V
VALUES = {character: value for value, character in enumerate(ALPHABET)}
LENGTH = 18
WEIGHTS = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
LOOKALIKES = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "U"}

ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # GB 11714
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
ORGANISATION_CHECKS = "0123456789X"


class UsccFlawCode(StrEnum):
    """What can be wrong with a code."""

    LENGTH = "length"
    CHARACTER = "character"
    AREA = "area"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class UsccFlaw:
    """The first thing that is wrong; `position` counts from 1, `expected` is what would be right (or likely)."""

    code: UsccFlawCode
    position: int | None = None
    found: str | None = None
    expected: str | None = None


def normalise(text: str) -> str:
    """Full-width characters narrowed, spaces dropped, letters capital."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def flaw_of(code: str) -> UsccFlaw | None:
    """What is wrong with a normalised code, or None."""
    if len(code) != LENGTH:
        return UsccFlaw(UsccFlawCode.LENGTH, found=str(len(code)), expected=str(LENGTH))
    for position, character in enumerate(code, start=1):
        if character not in VALUES:
            expected = LOOKALIKES.get(character)
            return UsccFlaw(UsccFlawCode.CHARACTER, position, character, expected)
        if 3 <= position <= 8 and not character.isdigit():
            return UsccFlaw(UsccFlawCode.AREA, position, character)
    expected = check_character(code[:-1])
    if code[-1] != expected:
        return UsccFlaw(UsccFlawCode.CHECK, LENGTH, code[-1], expected)
    return None


def is_valid(code: str) -> bool:
    """Whether a normalised code is right, as far as the check character tells."""
    return flaw_of(code) is None


def check_character(body: str) -> str:
    """The eighteenth character for the first seventeen."""
    total = sum(VALUES[character] * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code for its first eight (GB 11714)."""
    values = map(ORGANISATION_ALPHABET.index, body)
    total = sum(value * weight for value, weight in zip(values, ORGANISATION_WEIGHTS, strict=True))
    return ORGANISATION_CHECKS[-total % 11]


def has_sound_organisation_code(code: str) -> bool:
    """Whether places 9 to 17 hold a sound organisation code; old firms may lack one, so only warn."""
    return code[16] == organisation_check(code[8:16])
