"""Credit codes, against codes and values that GB 32100 and published registers give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.register.uscc import (
    ALPHABET,
    UsccFlawCode,
    check_character,
    flaw_of,
    has_sound_organisation_code,
    is_valid,
    normalise,
)

VALID = ["91110000600037341L", "91350100M000100Y43"]


@pytest.mark.parametrize("code", VALID)
def test_a_published_code_is_valid(code: str) -> None:
    assert is_valid(code)


def test_a_wrong_check_character_is_named_with_the_expected_one() -> None:
    flaw = flaw_of("91350100M000100Y4Z"[:-1] + "4")
    assert flaw is not None
    assert (flaw.code, flaw.position, flaw.expected) == (UsccFlawCode.CHECK, 18, "3")


def test_the_code_with_z_at_the_end_is_refused() -> None:
    assert not is_valid("91350100M000100Y4Z")


def test_the_last_character_of_the_known_code_is_an_l() -> None:
    assert check_character("91110000600037341") == "L"


@pytest.mark.parametrize("letter", "IOZSV")
def test_a_letter_that_the_standard_leaves_out_is_refused_by_place(letter: str) -> None:
    flaw = flaw_of("91110000" + letter + "00037341L")
    assert flaw is not None
    assert (flaw.code, flaw.position, flaw.found) == (UsccFlawCode.CHARACTER, 9, letter)


@pytest.mark.parametrize(("letter", "likely"), [("I", "1"), ("O", "0")])
def test_a_letter_that_looks_like_a_digit_suggests_the_digit(letter: str, likely: str) -> None:
    flaw = flaw_of("9" + letter + "110000600037341"[:16] + "L")
    assert flaw is not None
    assert flaw.expected == likely


def test_letters_in_the_first_two_places_are_allowed() -> None:
    body = "A1110000600037341"
    assert is_valid(body + check_character(body))


def test_a_letter_in_the_area_digits_is_refused() -> None:
    flaw = flaw_of("9111A000600037341L")
    assert flaw is not None
    assert flaw.code is UsccFlawCode.AREA


@pytest.mark.parametrize("code", ["", "9111000060003734", "91110000600037341LL"])
def test_another_length_is_refused(code: str) -> None:
    flaw = flaw_of(code)
    assert flaw is not None
    assert flaw.code is UsccFlawCode.LENGTH


@pytest.mark.parametrize(
    "written", ["９１１１００００６０００３７３４１Ｌ", " 91110000600037341l ", "9111 0000 6000 3734 1L"]
)
def test_the_ways_people_write_a_code_are_one_code(written: str) -> None:
    assert normalise(written) == "91110000600037341L"


@pytest.mark.parametrize("code", VALID[:1])
def test_a_published_code_holds_a_sound_organisation_code(code: str) -> None:
    assert has_sound_organisation_code(code)


@given(st.sampled_from(VALID), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_substitution_is_detected(code: str, place: int, character: str) -> None:
    changed = code[:place] + character + code[place + 1 :]
    assert is_valid(changed) == (changed == code)


@given(st.text())
def test_no_text_makes_the_check_fail_with_an_error(text: str) -> None:
    assert flaw_of(normalise(text)) is None or not is_valid(normalise(text))
