"""Documents in Word: what is in them, and templates that an office edits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

import pytest
from docx import Document
from httpx2 import Response

from tests.web.house import Place
from workflows.documents import rendering
from workflows.documents.layout import house_template
from workflows.documents.types import Kind
from workflows.organizations.models import Organization


def text_of(body: bytes) -> str:
    """Every word of a Word file, tables among them."""
    file = Document(io.BytesIO(body))
    cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in file.paragraphs), *cells])


def template(*lines: str) -> bytes:
    """A Word file with these paragraphs."""
    file, body = Document(), io.BytesIO()
    for line in lines:
        file.add_paragraph(line)
    file.save(body)
    return body.getvalue()


def upload(
    place: Place, content: bytes, *, who: str = "lead", kind: str = "ranking", name: str = "通报.docx"
) -> Response:
    return place.enter(who).post(f"/documents/{kind}", files={"file": (name, content)})


def ranking(place: Place) -> str:
    answer = place.enter("lead").get(f"/campaigns/{place.house.campaign}/ranking.docx")
    assert answer.status_code == 200
    return text_of(answer.content)


def test_the_ranking_names_the_towns_with_their_numbers_and_the_formula(place: Place) -> None:
    text = ranking(place)
    assert "镇街推进情况通报" in text
    assert "办结率 = 已办结（含不适用）÷ 应办（不含已撤回）" in text
    assert "{{" not in text


def test_an_office_that_uploads_a_template_gets_its_documents_in_that_form(place: Place) -> None:
    answer = upload(place, template("本区专用：{{ 行动名称 }}，应办{{ 应办 }}项"))
    assert answer.status_code == 303
    assert ranking(place).startswith("本区专用：")


def test_back_to_the_house_s_template(place: Place) -> None:
    upload(place, template("本区专用：{{ 应办 }}"))
    assert place.enter("lead").post("/documents/ranking/use").status_code == 303
    assert "镇街推进情况通报" in ranking(place)


def test_an_earlier_version_can_be_used_again(place: Place) -> None:
    upload(place, template("第一版{{ 应办 }}"))
    upload(place, template("第二版{{ 应办 }}"))
    page = place.enter("lead").get("/documents/ranking").text
    assert "再用这一版" in page
    assert place.enter("lead").post("/documents/ranking/use", data={"version": "1"}).status_code == 303
    assert ranking(place).startswith("第一版")


@pytest.mark.parametrize(
    ("lang", "of_a_number", "of_a_list", "of_a_cell"),
    [
        ("zh_CN", "全区已办结数，含不适用", "每个镇街一行，名次在前的在前", "办结率从高到低；相同的，逾期少的在前"),
        (
            "en", "Obligations closed in the whole district, not applicable ones included",
            "One row per town, in the order of their ranks",
            "Highest share closed first; equal shares by fewer overdue",
        ),
    ],
)  # fmt: skip
def test_placeholders_are_explained_in_the_language_of_the_page(
    place: Place, lang: str, of_a_number: str, of_a_list: str, of_a_cell: str
) -> None:
    page = place.enter("lead").get(f"/documents/ranking?lang={lang}").text
    assert f"<code>{{{{ 已办结 }}}}</code></th><td>{of_a_number}</td>" in page
    assert f"<code>{{%tr for 行 in 各镇街 %}}</code></th><td>{of_a_list}" in page
    assert f'<code>{{{{ 行.名次 }}}}</code></td><td class="sub">{of_a_cell}</td>' in page


@pytest.mark.parametrize("kind", list(Kind))
def test_the_template_of_the_house_can_be_edited_and_uploaded(place: Place, kind: Kind) -> None:
    shipped = place.enter("lead").get(f"/documents/{kind}/template.docx").content
    assert upload(place, shipped, kind=kind).status_code == 303


@pytest.mark.parametrize("kind", list(Kind))
def test_the_sample_of_each_document_is_filled_in(place: Place, kind: Kind) -> None:
    text = text_of(place.enter("lead").get(f"/documents/{kind}/sample.docx").content)
    assert "{{" not in text
    assert "{%" not in text


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["{{ 镇长 }}"], "没有“镇长”这个占位符"),
        (["{%p for 行 in 各镇街 %}", "{{ 行.镇长 }}", "{%p endfor %}"], "没有“行.镇长”这个占位符"),
        (["{%p if 应办 %}", "{%p if 没有的 %}", "x", "{%p endif %}", "{%p endif %}"], "没有“没有的”这个占位符"),
        (["{{ 各镇街 }}"], "“各镇街”是列表"),
        (["{%p for 行 in 应办 %}", "x", "{%p endfor %}"], "“应办”不是列表"),
        (["{{ 应办"], "没有成对"),
        (["{{ 应办 | upper }}"], "不能写“upper”"),
        (["{{ 应办 * 1000000 }}"], "不能写“*”"),
        (["{{ 应办.__class__.__mro__ }}"], "花括号里只能写"),
        (["{{ 应办.__class__ }}"], "没有“应办.__class__”"),
        (["{{ range(10) }}"], "花括号里只能写"),
        (["{% set a = 应办 %}"], "花括号里只能写"),
        (["{% include 'a' %}"], "花括号里只能写"),
        (["{{ 应办 应办 }}", "x"], "写法不对（{{ 应办 应办 }}）"),
        (["{%p for 行 in 各镇街 %}", "x"], "写法不对（{% for 行 in 各镇街 %}）"),
    ],
)  # fmt: skip
def test_what_a_template_must_not_say_is_named(place: Place, lines: list[str], told: str) -> None:
    answer = upload(place, template(*lines))
    assert answer.status_code == 422
    assert told in answer.text.replace("&#39;", "'")


def changed(parts: Iterable[tuple[str, str, str]], *, add: dict[str, bytes] | None = None) -> bytes:
    """The house's template with a text replaced in parts, and parts added."""
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(house_template(Kind.RANKING))) as old, zipfile.ZipFile(body, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for part, before, after in parts:
                if part == name:
                    assert before.encode() in content
                    content = content.replace(before.encode(), after.encode(), 1)
            new.writestr(name, content)
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return body.getvalue()


ELSEWHERE = 'Type="x/image" Target="https://elsewhere.example/a" TargetMode="External"'
OUTSIDE = f'<Relationship Id="r99" {ELSEWHERE}/></Relationships>'
HALVES = [f"<w:r><w:instrText>{half}</w:instrText></w:r>" for half in ("INCLUDE", "PICTURE x")]
FIELD = f"<w:body><w:p>{''.join(HALVES)}</w:p>"
DOCUMENT, RELATIONS = "word/document.xml", "word/_rels/document.xml.rels"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 nothing", "不是Word文档"),
        (b"hello", "不是Word文档"),
        (b"x" * (2 * 1024 * 1024 + 1), "文件大于2MB"),
        (changed([], add={"word/vbaProject.bin": b"x"}), "不能有宏"),
        (changed([], add={"word/embeddings/a.xlsx": b"x"}), "不能有宏"),
        (changed([("[Content_Types].xml", "document.main+xml", "document.macroEnabled+xml")]), "不是Word文档"),
        (changed([(RELATIONS, "</Relationships>", OUTSIDE)]), "https://elsewhere.example/a"),
        (changed([(DOCUMENT, "<w:body>", FIELD)]), "INCLUDEPICTURE"),
        (changed([], add={"word/more.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "套不出"),
        (changed([], add={f"word/{n}.txt": b"" for n in range(301)}), "内容异常"),
    ],
    ids=range(10),
)  # fmt: skip
def test_a_file_that_is_no_plain_word_document_is_refused(place: Place, content: bytes, told: str) -> None:
    answer = upload(place, content)
    assert answer.status_code == 422
    assert told in answer.text


def test_a_small_file_that_unpacks_to_much_is_refused(place: Place) -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(DOCUMENT, b"\0" * (21 * 1024 * 1024))
    assert "内容异常" in upload(place, body.getvalue()).text


def test_a_refused_file_changes_nothing(place: Place) -> None:
    upload(place, template("{{ 镇长 }}"))
    assert "没有改过" in place.enter("lead").get("/documents/ranking").text


def test_a_department_has_its_own_form_of_what_it_sends_out_and_of_nothing_else(place: Place) -> None:
    assert upload(place, template("{{ 单位 }}"), who="department", kind="monthly").status_code == 303
    assert "没有改过" in place.enter("other_department").get("/documents/monthly").text
    assert upload(place, template("{{ 应办 }}"), who="department").status_code == 404


def test_without_one_of_its_own_a_department_uses_the_lead_office_s(place: Place) -> None:
    upload(place, template("区里的{{ 单位 }}"), kind="monthly")
    answer = place.enter("department").get("/documents/monthly/sample.docx")
    assert text_of(answer.content).startswith("区里的")


def test_a_list_that_is_too_long_for_a_document_is_refused_with_a_way_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "MOST_ROWS", 0)
    answer = place.enter("lead").get(f"/campaigns/{place.house.campaign}/ranking.docx")
    assert answer.status_code == 422
    assert "请改用台账（XLSX）" in answer.text


def test_an_enterprise_with_markup_in_its_name_stays_text(place: Place) -> None:
    with place.look() as session, session.begin():
        session.get_one(Organization, place.house.town).name = "<w:p>&{{ 应办 }}"
    assert "<w:p>&{{ 应办 }}" in text_of(
        place.enter("lead").get(f"/campaigns/{place.house.campaign}/ranking.docx").content
    )
