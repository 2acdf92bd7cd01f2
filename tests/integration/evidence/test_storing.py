"""Evidence is what its bytes are, kept once, outside the database."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests import files
from tests.people import NOW, District, add_district
from workflows.evidence import exceptions, service, storage
from workflows.evidence.models import Evidence
from workflows.evidence.types import MAX_SIZE


@pytest.fixture
def district(session: Session) -> District:
    return add_district(session)


def put(
    session: Session, folder: Path, content: bytes, name: str, organization_id: int, limit: int = MAX_SIZE
) -> Evidence:
    return service.store(
        session, io.BytesIO(content), filename=name, organization_id=organization_id, uploaded_by="account:1",
        now=NOW, folder=folder, limit=limit,
    )  # fmt: skip


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (files.JPEG, "公告栏.JPG", "image/jpeg"),
        (files.PNG, "a.png", "image/png"),
        (files.WEBP, "a.webp", "image/webp"),
        (files.HEIC, "IMG_0001.HEIC", "image/heic"),
        (files.MP4, "a.mp4", "video/mp4"),
        (files.PDF, "保单.pdf", "application/pdf"),
        (files.DOCX, "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (files.XLSX, "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (files.JPEG, "no extension", "image/jpeg"),
    ],
)
def test_the_content_says_what_a_file_is(
    session: Session, district: District, tmp_path: Path, content: bytes, name: str, media_type: str
) -> None:
    assert put(session, tmp_path, content, name, district.firm).media_type == media_type


def test_a_file_lies_under_its_sha256(session: Session, district: District, tmp_path: Path) -> None:
    evidence = put(session, tmp_path, files.PDF, "a.pdf", district.firm)
    digest = hashlib.sha256(files.PDF).hexdigest()
    assert (tmp_path / digest[:2] / digest).read_bytes() == files.PDF
    assert (evidence.sha256, evidence.size, evidence.uploaded_at) == (digest, len(files.PDF), NOW)


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"", "a.jpg", exceptions.EmptyFile),
        (files.PDF, "a.jpg", exceptions.FileTypeLies),
        (files.DOCX, "a.xlsx", exceptions.FileTypeLies),
        (files.EXE, "a.jpg", exceptions.FileTypeRefused),
        (files.HTML, "a.html", exceptions.FileTypeRefused),
        (files.SVG, "a.svg", exceptions.FileTypeRefused),
        (files.SVG, "a.png", exceptions.FileTypeRefused),
        (files.WITH_MACROS, "a.docx", exceptions.FileTypeRefused),
        (files.PLAIN_ZIP, "a.docx", exceptions.FileTypeRefused),
        (b"PK\x03\x04 broken", "a.docx", exceptions.FileTypeRefused),
        (b"just words", "a.pdf", exceptions.FileTypeRefused),
    ],
)
def test_what_is_not_evidence_is_refused_and_leaves_nothing(
    session: Session, district: District, tmp_path: Path, content: bytes, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        put(session, tmp_path, content, name, district.firm)
    assert stored_files(tmp_path) == []


def test_a_file_above_the_limit_is_refused_and_leaves_nothing(
    session: Session, district: District, tmp_path: Path
) -> None:
    with pytest.raises(exceptions.FileTooLarge) as refused:
        put(session, tmp_path, files.PDF, "a.pdf", district.firm, limit=len(files.PDF) - 1)
    assert refused.value.data["name"] == "a.pdf"
    assert stored_files(tmp_path) == []


def test_a_file_of_exactly_the_limit_is_kept(session: Session, district: District, tmp_path: Path) -> None:
    assert put(session, tmp_path, files.PDF, "a.pdf", district.firm, limit=len(files.PDF)).id


def test_the_same_bytes_again_are_the_same_evidence(
    session: Session, district: District, tmp_path: Path
) -> None:
    first = put(session, tmp_path, files.JPEG, "a.jpg", district.firm)
    again = put(session, tmp_path, files.JPEG, "b.jpg", district.firm)
    assert (again.id, again.original_name) == (first.id, "a.jpg")


def test_the_same_bytes_of_two_firms_are_one_file_and_two_pieces_of_evidence(
    session: Session, district: District, tmp_path: Path
) -> None:
    one = put(session, tmp_path, files.JPEG, "a.jpg", district.firm)
    other = put(session, tmp_path, files.JPEG, "a.jpg", district.other_firm)
    assert one.id != other.id
    assert len(stored_files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\公告栏.jpg", "公告栏.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "file"),
        ("长" * 300 + ".jpeg", "长" * 115 + ".jpeg"),
    ],
)
def test_a_name_is_only_a_name(given: str, kept: str) -> None:
    assert service.clean_name(given) == kept


def test_an_upload_cut_off_midway_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise ConnectionError
            return super().read(4)

    with pytest.raises(ConnectionError), storage.receive(Broken(files.PDF), folder=tmp_path, name="a.pdf"):
        pass
    assert stored_files(tmp_path) == []
