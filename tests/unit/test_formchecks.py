"""The proofs an item asks for, on items of the hundred-day drive (seed 002)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import DRIVE
from workflows.formchecks import evidence_problems

LETTER = DRIVE.item("2")  # a signed commitment, posted for all to see
TALK = DRIVE.item("1c")  # a record; photos are welcome


def problems(item: Any, **form: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in evidence_problems(item, form)]


def test_a_compliant_item_with_every_proof_is_right() -> None:
    assert problems(LETTER, result="compliant", evidence={"letter": [1], "posting": [2, 3]}) == []


def test_a_compliant_item_lacks_each_proof_that_is_asked_for() -> None:
    assert problems(LETTER, result="compliant") == [
        ("evidence.letter", "evidence-missing"),
        ("evidence.posting", "evidence-missing"),
    ]


def test_an_empty_slot_is_no_proof() -> None:
    found = problems(LETTER, result="compliant", evidence={"letter": [], "posting": [2]})
    assert found == [("evidence.letter", "evidence-missing")]


def test_what_is_welcome_need_not_be_there() -> None:
    assert problems(TALK, result="compliant", evidence={"record": [1]}) == []


@pytest.mark.parametrize("result", ["not_applicable", "defects"])
def test_what_is_not_compliant_needs_no_proof(result: str) -> None:
    assert problems(LETTER, result=result) == []


@pytest.mark.parametrize("result", ["compliant", "not_applicable", "defects"])
def test_a_proof_for_a_slot_that_the_item_lacks_is_refused(result: str) -> None:
    given = {"letter": [1], "posting": [2], "passport": [3]}
    assert problems(LETTER, result=result, evidence=given) == [("evidence.passport", "unknown")]
