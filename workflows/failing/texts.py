"""What people have to say when they decide on a failing list or object to it."""

from __future__ import annotations

from workflows.exceptions import InvalidForm
from workflows.failing.rules import LONGEST, MIN_TEXT
from workflows.forms import FieldProblem


def check_text(name: str, text: str, *, least: int = MIN_TEXT) -> None:
    """Raises InvalidForm for a text that is too short to say anything, or too long."""
    if len(text.strip()) < least:
        raise InvalidForm(problems=[FieldProblem(name, "minLength", {"limit": least})])
    if len(text) > LONGEST:
        raise InvalidForm(problems=[FieldProblem(name, "maxLength", {"limit": LONGEST})])
