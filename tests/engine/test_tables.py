"""Decision tables that belong to no process."""

from __future__ import annotations

import pytest

from engine import tables
from engine.exceptions import DefinitionRefused, TransitionFailed, UnknownDecision
from workflows.safetystaff.decisions import FOLDER

FILE = "staff_engineers.dmn"
SOURCE = (FOLDER / FILE).read_bytes()


def test_a_table_is_asked_without_a_process() -> None:
    found = tables.read("staff", {FILE: SOURCE})
    inputs = {"counted": "all", "full_time": 7, "part_time": 0}
    assert found.decide("staff_engineers", inputs) == {"engineers": 2}


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (b"max(1, (3 * full_time + 19) // 20)", b"open('/etc/passwd')", "E-EXPR"),
        (b'hitPolicy="FIRST"', b'hitPolicy="PRIORITY"', "E-DMN-POLICY"),
        (b"</definitions>", b"", "E-XML"),
        (b"<definitions", b"<!DOCTYPE x><definitions", "E-DOCTYPE"),
    ],
)
def test_a_table_that_is_not_sound_is_refused(before: bytes, after: bytes, code: str) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        tables.read("staff", {FILE: SOURCE.replace(before, after)})
    assert code in {found.code for found in refused.value.findings}


def test_an_unknown_table_and_a_missing_input_are_named() -> None:
    found = tables.read("staff", {FILE: SOURCE})
    with pytest.raises(UnknownDecision, match="nope"):
        found.decide("nope", {})
    with pytest.raises(TransitionFailed, match="staff_engineers"):
        found.decide("staff_engineers", {})
