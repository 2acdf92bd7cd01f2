"""What a process is about, as a key and back, and which group a role means."""

from __future__ import annotations

import pytest

from workflows.subjects import Subject, SubjectKind, group_of

VARIABLES = {"enterprise_id": 1, "town_id": 2, "department_id": 3, "office_id": 4}


@pytest.mark.parametrize("kind", list(SubjectKind))
def test_a_subject_is_the_same_after_its_key(kind: SubjectKind) -> None:
    assert Subject.parse(str(Subject(kind, 12))) == Subject(kind, 12)


def test_the_key_names_kind_and_number() -> None:
    assert str(Subject(SubjectKind.OBLIGATION, 12)) == "obligation:12"


@pytest.mark.parametrize("key", ["weather:1", "obligation:", "obligation:x", "obligation", ""])
def test_a_key_of_nothing_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Subject.parse(key)


@pytest.mark.parametrize(
    ("role", "group"),
    [
        ("safety_officer", "1:safety_officer"), ("principal", "1:principal"), ("town_officer", "2:town_officer"),
        ("department_officer", "3:department_officer"), ("lead_officer", "4:lead_officer"),
    ],
)  # fmt: skip
def test_a_role_means_the_people_of_the_organisation_concerned(role: str, group: str) -> None:
    assert group_of(role, VARIABLES) == group


def test_a_role_that_no_process_knows_is_refused() -> None:
    with pytest.raises(KeyError):
        group_of("king", VARIABLES)
