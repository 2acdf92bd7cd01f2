"""A JSON Schema becomes fields, and posted fields become its values again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from web.forms.fields import Described, Field, describe
from web.forms.reading import add_file, read_form
from workflows import i18n
from workflows.forms import FieldProblem, problems_of

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "reason": {"type": "string", "title": "理由", "x-show-when": {"result": ["bad"]}, "x-en": {"title": "Reason"}},
        "result": {
            "type": "string", "enum": ["good", "bad"], "title": "结果", "x-labels": {"good": "好", "bad": "差"},
            "x-en": {"labels": {"good": "Good"}},
        },
        "signed": {"type": "boolean", "title": "签字", "x-widget": "radio"},
        "people": {"type": "integer", "title": "人数", "minimum": 0},
        "defects": {
            "type": "array", "title": "问题", "x-widget": "list",
            "items": {
                "type": "object", "title": "一个问题", "required": ["title"], "additionalProperties": False,
                "properties": {
                    "title": {"type": "string", "title": "名称"},
                    "place": {"type": "string", "title": "地点"},
                },
            },
        },
        "photos": {
            "type": "array", "items": {"type": "integer"}, "title": "照片", "minItems": 1, "x-widget": "evidence",
        },
        "evidence": {
            "type": "object", "title": "证明材料", "x-widget": "evidence-slots",
            "additionalProperties": {"type": "array", "items": {"type": "integer"}},
        },
    },
    "required": ["result"],
    "additionalProperties": False,
    "x-order": ["result", "reason"],
    "allOf": [
        {"if": {"properties": {"result": {"const": "bad"}}}, "then": {"required": ["people"]}},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Slot:
    code: str
    title: str
    title_en: str = ""
    required: bool = True


def field(described: Described, name: str) -> Field:
    return next(one for one in described.fields if one.name == name)


def read(*pairs: tuple[str, str]) -> dict[str, Any]:
    return read_form(SCHEMA, FormData(list(pairs)))


def test_fields_stand_in_the_order_that_is_asked_for() -> None:
    names = [one.name for one in describe(SCHEMA, {}).fields]
    assert names == ["result", "reason", "signed", "people", "defects", "photos"]


def test_a_choice_shows_its_labels_and_what_was_chosen() -> None:
    options = field(describe(SCHEMA, {"result": "bad"}), "result").options
    assert [(one.label, one.chosen) for one in options] == [("好", False), ("差", True)]


def test_a_truth_value_is_chosen_as_text() -> None:
    options = field(describe(SCHEMA, {"signed": False}), "signed").options
    assert [(one.value, one.chosen) for one in options] == [("true", False), ("false", True)]


def test_english_takes_the_english_words_and_keeps_chinese_ones_that_have_none() -> None:
    token = i18n.language.set("en")
    try:
        described = describe(SCHEMA, {})
    finally:
        i18n.language.reset(token)
    assert field(described, "reason").title == "Reason"
    assert [one.label for one in field(described, "result").options] == ["Good", "差"]


def test_a_field_that_matters_for_some_answers_says_for_which() -> None:
    assert field(describe(SCHEMA, {}), "reason").when == "result=bad"


def test_a_field_required_under_a_condition_is_not_called_optional() -> None:
    one = field(describe(SCHEMA, {}), "people")
    assert (one.required, one.sometimes) == (False, True)


def test_slots_are_those_of_the_item_and_what_is_in_them_stays() -> None:
    described = describe(SCHEMA, {"evidence": {"old": [3], "letter": [4]}}, slots=[Slot("letter", "承诺书")])
    slots = field(described, "evidence").fields
    assert [(one.name, one.title, one.value) for one in slots] == [
        ("evidence.letter", "承诺书", [4]),
        ("evidence.old", "old", [3]),
    ]


def test_a_problem_stands_beside_its_field_and_in_the_summary() -> None:
    problems = [FieldProblem("defects.0.title", "required"), FieldProblem("result", "required")]
    described = describe(SCHEMA, {"defects": [{"place": "车间"}]}, problems)
    assert field(described, "defects").rows[0][0].error == "请填写“名称”。"
    assert described.errors == (
        {"id": "f-result", "text": "请选择“结果”。"},
        {"id": "f-defects-0-title", "text": "请填写“名称”。"},
    )


def test_a_problem_without_a_field_is_told_all_the_same() -> None:
    (error,) = describe(SCHEMA, {}, [FieldProblem("evil", "unknown")]).errors
    assert error == {"id": "", "text": "这张表没有“evil”一栏，请刷新后重填。"}


def test_values_have_the_types_of_the_schema() -> None:
    form = read(("result", "bad"), ("signed", "false"), ("people", "3"), ("photos", "7"), ("photos", "8"))
    assert form == {"result": "bad", "signed": False, "people": 3, "photos": [7, 8]}


def test_what_cannot_be_read_stays_as_typed_for_the_schema_to_name() -> None:
    form = read(("result", "good"), ("people", "viele"), ("photos", "x"), ("signed", "maybe"))
    assert form == {"result": "good", "people": "viele", "photos": ["x"], "signed": "maybe"}
    assert {one.path for one in problems_of(SCHEMA, form)} == {"people", "photos.0", "signed"}


def test_an_empty_field_is_absent() -> None:
    assert read(("result", "  "), ("reason", ""), ("people", "")) == {}


def test_rows_that_were_taken_out_or_left_empty_leave_no_gap() -> None:
    form = read(
        ("defects.4.title", "乙"),
        ("defects.0.title", "甲"),
        ("defects.0.place", ""),
        ("defects.7.title", " "),
    )
    assert form == {"defects": [{"title": "甲"}, {"title": "乙"}]}


def test_an_unknown_field_is_kept_so_that_it_is_refused_by_name() -> None:
    form = read(("result", "good"), ("evil", "1"), ("csrf_token", "x"), ("_then", "next"))
    assert [(one.path, one.code) for one in problems_of(SCHEMA, form)] == [("evil", "unknown")]


def test_line_breaks_are_plain() -> None:
    assert read(("reason", "一\r\n二"))["reason"] == "一\n二"


def test_a_file_that_came_with_the_form_lands_in_its_slot_once() -> None:
    form: dict[str, Any] = {}
    for path, number in (("evidence.letter", 4), ("evidence.letter", 4), ("photos", 9)):
        add_file(form, path, number)
    assert form == {"evidence": {"letter": [4]}, "photos": [9]}


text = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8)
forms = st.fixed_dictionaries(
    {},
    optional={
        "result": st.sampled_from(["good", "bad"]),
        "reason": text,
        "signed": st.booleans(),
        "people": st.integers(0, 99),
        "photos": st.lists(st.integers(1, 99), min_size=1, max_size=3, unique=True),
        "defects": st.lists(st.fixed_dictionaries({"title": text}, optional={"place": text}), min_size=1, max_size=3),
        "evidence": st.dictionaries(
            st.sampled_from(["letter", "photo"]),
            st.lists(st.integers(1, 99), min_size=1, max_size=2, unique=True),
            min_size=1,
        ),
    },
)  # fmt: skip


def posted(fields: tuple[Field, ...]) -> list[tuple[str, str]]:
    """What a browser sends for these fields."""
    pairs: list[tuple[str, str]] = []
    for one in fields:
        if one.widget == "group":
            pairs += posted(one.fields)
        elif one.widget == "list":
            pairs += [pair for row in one.rows for pair in posted(row)]
        elif one.widget == "evidence":
            pairs += [(one.name, str(number)) for number in one.value or []]
        elif one.options:
            pairs += [(one.name, option.value) for option in one.options if option.chosen]
        else:
            pairs.append((one.name, "" if one.value is None else str(one.value)))
    return pairs


@given(forms)
def test_what_a_form_shows_is_what_it_sends_again(form: dict[str, Any]) -> None:
    assert read_form(SCHEMA, FormData(posted(describe(SCHEMA, form).fields))) == form


@pytest.mark.parametrize(
    "name", ["defects.x.title", "defects.9999999999999999999.title", "defects.-1.title", "defects."]
)
def test_an_odd_row_number_is_no_field_of_the_form(name: str) -> None:
    assert read((name, "x")) == {name: "x"}


@pytest.mark.parametrize(
    ("labels", "spread"),
    [
        (("合格", "不合格"), ""), (("专家", "本单位技术人员", "第三方机构"), "wide"),
        (("是隐患，立为隐患", "已有这处隐患，并入"), "long"), (("A hazard: open it", "Join it"), "long"),
    ],
)  # fmt: skip
def test_choices_get_the_room_that_their_words_need(labels: tuple[str, ...], spread: str) -> None:
    codes = [str(number) for number in range(len(labels))]
    part = {
        "type": "string",
        "enum": codes,
        "x-labels": dict(zip(codes, labels, strict=True)),
        "x-widget": "radio",
    }
    [one] = describe({"type": "object", "properties": {"choice": part}}, {}).fields
    assert one.spread == spread
