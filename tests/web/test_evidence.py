"""Evidence goes up into a slot and comes down as what it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests import files
from tests.web.conftest import Browser, token_of


def upload(client: TestClient, content: bytes, filename: str = "公告栏.jpg") -> tuple[int, str]:
    answer = client.post(
        "/evidence",
        files={"file": (filename, content)},
        data={"name": "evidence.posting_photo"},
        headers={"X-CSRF-Token": token_of(client, "/me"), "HX-Request": "true"},
    )
    return answer.status_code, answer.text


def number_of(html: str) -> str:
    found = re.search(r'name="evidence.posting_photo" value="(\d+)"', html)
    assert found is not None
    return found[1]


def test_an_upload_answers_with_its_picture_for_the_slot(browser: Browser, tmp_path: Path) -> None:
    status, html = upload(browser("zhoumin"), files.JPEG)
    assert status == 201
    assert f'src="/evidence/{number_of(html)}"' in html
    assert "<html" not in html
    assert len([path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [
        (files.EXE, "照片.jpg", "不是可以接收的文件"),
        (files.PDF, "照片.jpg", "内容与扩展名不符"),
        (b"", "照片.jpg", "文件是空的"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * (20 * 1024 * 1024), "照片.jpg", "大于20MB"),
    ],
    ids=["refused", "lies", "empty", "large"],
)
def test_a_file_that_is_refused_is_told_why(
    browser: Browser, content: bytes, filename: str, words: str
) -> None:
    status, html = upload(browser("zhoumin"), content, filename)
    assert status == 422
    assert words in html


def test_a_picture_opens_in_place_and_nothing_in_it_can_act(browser: Browser) -> None:
    client = browser("zhoumin")
    answer = client.get(f"/evidence/{number_of(upload(client, files.JPEG)[1])}")
    assert answer.content == files.JPEG
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith("inline; filename*=utf-8''%E5%85%AC")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_document_is_a_download(browser: Browser) -> None:
    client = browser("zhoumin")
    _, html = upload(client, files.PDF, "a.pdf")
    answer = client.get(f"/evidence/{number_of(html)}")
    assert answer.headers["content-disposition"] == 'attachment; filename="a.pdf"'


def test_a_name_cannot_write_headers(browser: Browser) -> None:
    client = browser("zhoumin")
    _, html = upload(client, files.PDF, 'a\r\nSet-Cookie: x=1".pdf')
    answer = client.get(f"/evidence/{number_of(html)}")
    assert "set-cookie" not in answer.headers


def test_markup_in_a_name_is_only_text(browser: Browser) -> None:
    _, html = upload(browser("zhoumin"), files.JPEG, "<img onerror=x>.jpg")
    assert "<img onerror" not in html


@pytest.mark.parametrize(
    ("username", "status"), [("zhoumin", 200), ("hanli", 200), ("lu", 200), ("other", 404)]
)
def test_evidence_is_for_its_firm_and_the_authorities_over_it(
    browser: Browser, username: str, status: int
) -> None:
    number = number_of(upload(browser("zhoumin"), files.JPEG)[1])
    assert browser(username).get(f"/evidence/{number}").status_code == status


def test_nobody_uploads_without_signing_in(browser: Browser) -> None:
    client = browser()
    answer = client.post(
        "/evidence", files={"file": ("a.jpg", files.JPEG)}, headers={"X-CSRF-Token": token_of(client)}
    )
    assert answer.status_code == 303
