"""Evidence is seen by its organisation and by the authorities over it, used by its organisation only."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests import files
from tests.people import NOW, District, add_district
from workflows.accounts.types import Held, Role
from workflows.evidence import queries, service
from workflows.evidence.exceptions import ForeignEvidence
from workflows.exceptions import NotFound
from workflows.sight import sight_of


@pytest.fixture
def district(session: Session) -> District:
    return add_district(session)


def put(session: Session, folder: Path, organization_id: int, content: bytes = files.JPEG) -> int:
    return service.store(
        session, io.BytesIO(content), filename="a.jpg", organization_id=organization_id, uploaded_by="account:1",
        now=NOW, folder=folder,
    ).id  # fmt: skip


def may_read(session: Session, evidence_id: int, organization_id: int, role: Role) -> bool:
    sight = sight_of([Held(organization_id, role)])
    try:
        queries.readable(session, evidence_id, organization_ids=[organization_id], sight=sight)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize(
    ("organization", "role", "seen"),
    [
        ("firm", Role.SAFETY_OFFICER, True),
        ("firm", Role.PRINCIPAL, True),
        ("town", Role.TOWN_OFFICER, True),
        ("bureau", Role.DEPARTMENT_OFFICER, True),
        ("office", Role.LEAD_OFFICER, True),
        ("office", Role.LEADER, True),
        ("other_firm", Role.SAFETY_OFFICER, False),
        ("other_town", Role.TOWN_OFFICER, False),
        ("other_bureau", Role.DEPARTMENT_OFFICER, False),
    ],
)
def test_a_firms_evidence_is_for_the_firm_and_its_own_authorities(
    session: Session, district: District, tmp_path: Path, organization: str, role: Role, seen: bool
) -> None:
    evidence_id = put(session, tmp_path, district.firm)
    assert may_read(session, evidence_id, getattr(district, organization), role) is seen


def test_photos_of_an_authority_are_for_authorities(
    session: Session, district: District, tmp_path: Path
) -> None:
    evidence_id = put(session, tmp_path, district.town)
    assert may_read(session, evidence_id, district.bureau, Role.DEPARTMENT_OFFICER)
    assert not may_read(session, evidence_id, district.other_firm, Role.SAFETY_OFFICER)


def test_evidence_that_does_not_exist_looks_like_evidence_of_others(
    session: Session, district: District
) -> None:
    assert not may_read(session, 999, district.firm, Role.SAFETY_OFFICER)


def test_a_form_may_only_name_evidence_of_its_own_organisation(
    session: Session, district: District, tmp_path: Path
) -> None:
    own = put(session, tmp_path, district.firm)
    foreign = put(session, tmp_path, district.other_firm)
    queries.check_usable(session, [own], organization_id=district.firm)
    with pytest.raises(ForeignEvidence) as refused:
        queries.check_usable(session, [own, foreign, 999], organization_id=district.firm)
    assert refused.value.data == {"ids": [foreign, 999]}
