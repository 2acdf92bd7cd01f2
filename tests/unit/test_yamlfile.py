"""YAML as plain data: stricter than YAML, and every value knows its line."""

from __future__ import annotations

import pytest

from workflows.yamlfile import YamlFlaw, read

TEXT = """\
# a comment
name: 行动
phases:
  - code: one
    starts_on: 2025-06-20
  - code: two
"""


def flaw(text: str) -> tuple[str, int | None]:
    with pytest.raises(YamlFlaw) as caught:
        read(text)
    return caught.value.code, caught.value.line


def test_a_date_stays_the_text_that_was_written() -> None:
    assert read(TEXT).data["phases"][0] == {"code": "one", "starts_on": "2025-06-20"}


@pytest.mark.parametrize(
    ("place", "line"),
    [(("name",), 2), (("phases", 0, "starts_on"), 5), (("phases", 1, "code"), 6), (("phases", 1), 6)],
)
def test_every_value_knows_its_line(place: tuple[str | int, ...], line: int) -> None:
    assert read(TEXT).line_of(place) == line


def test_what_is_missing_is_looked_for_around_it() -> None:
    assert read(TEXT).line_of(("phases", 1, "starts_on")) == 6


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1\nb: 2\na: 3\n", ("duplicate-key", 3)),
        ("a: &x 1\nb: *x\n", ("not-plain", 1)),
        ("a: 1\nb: !!python/object:os.system x\n", ("not-plain", 2)),
        ("a: !!int 1\n", ("not-plain", 1)),
        ("? [1, 2]\n: x\n", ("duplicate-key", 1)),
        ("a: [1\nb: 2\n", ("not-yaml", 2)),
        ("a: 1\n---\nb: 2\n", ("not-yaml", 2)),
    ],
)
def test_what_is_more_than_plain_data_is_refused_with_its_line(text: str, found: tuple[str, int]) -> None:
    assert flaw(text) == found


def test_a_tower_of_brackets_is_refused() -> None:
    assert flaw("[" * 5_000)[0] in ("too-deep", "not-yaml")


def test_an_empty_file_is_nothing() -> None:
    assert read("").data is None
