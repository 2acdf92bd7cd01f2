"""Text from outside: numbers that the database can hold, words without control characters.

Every parameter of a route has one of these types; fields of a form that has no schema go through `number_of`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from starlette.datastructures import FormData

LARGEST = 2**31 - 1  # what the integer columns of PostgreSQL and its OFFSET hold
_CONTROLS = dict.fromkeys([*(set(range(32)) - {9, 10, 13}), 127])


def number_of(text: object) -> int | None:
    """The number from 0 to `LARGEST` that a text spells with digits, None for anything else."""
    digits = str(text)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(LARGEST))):
        return None
    number = int(digits)
    return number if number <= LARGEST else None


def plain(text: str) -> str:
    """The text without control characters: PostgreSQL takes no NUL, and nobody types the others."""
    return text.translate(_CONTROLS)


def plain_form(fields: FormData) -> FormData:
    """The same fields, their names and texts plain; files stay as they are."""
    return FormData(
        [
            (plain(name), plain(value) if isinstance(value, str) else value)
            for name, value in fields.multi_items()
        ]
    )


def _nothing(text: object) -> object:
    return None if text == "" else text


RowId = Annotated[int, Field(ge=1, le=LARGEST)]
Choice = Annotated[RowId | None, BeforeValidator(_nothing)]  # a filter; an empty one is none
Day = Annotated[date | None, BeforeValidator(_nothing)]  # 2025-08-20; an empty one is none
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Text = Annotated[str, AfterValidator(plain)]
