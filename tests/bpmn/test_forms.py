"""Are the forms valid, complete, bilingual, and do they ask for exactly what they must?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.bpmn.files import KEYS, ROOT, forms, read

HAN = re.compile(r"[\u4e00-\u9fff]")
WIDGETS = {"radio", "select", "textarea", "date", "checkbox", "list", "evidence", "evidence-slots", "marks"}
FORMS = forms()
FIX = {"cause": "护栏松动", "correction": "已紧固", "prevention": "每周检查", "evidence": [7]}
MAJOR_PLAN = {
    "responsibility": "车间主任负责",
    "measures": "更换除尘管道",
    "funds": "三万元，自筹",
    "due_on": "2025-08-15",
    "emergency_plan": "粉尘爆炸处置方案",
    "interim_measures": "停产并设警戒",
}
ACCEPTANCE = {"passed": True, "acceptance_by": "experts", "opinion": "整改到位", "acceptance_documents": [8]}
INTERIM = {
    "evacuation": "not_needed", "stoppage": "not_needed", "cordon": "done", "cordon_by": "李明",
    "cordon_on": "2025-06-20", "cordon_time": "09:30",
}  # fmt: skip
SUSPENSION = {
    "suspension": "suspend", "rectify_due_on": "2025-08-15", "licences": "held", "appeal_told": True,
    "suspension_opinion": "审查不合格，依法停产整顿",
}  # fmt: skip
REPORT = {
    "title": "护栏缺失",
    "place": "二号平台",
    "description": "护栏缺一段",
    "possible_casualties": 1,
    "matches_major_criteria": False,
    "work_stopped": True,
}


@pytest.fixture(params=sorted(FORMS))
def form(request: pytest.FixtureRequest) -> dict[str, Any]:
    return FORMS[request.param]


def test_every_form_key_has_its_schema_in_the_folder_of_its_process() -> None:
    for key in KEYS:
        used = {n.properties["formKey"] for n in read(key).nodes.values() if n.tag == "userTask"}
        present = {p.name.removesuffix(".schema.json") for p in (ROOT / key).glob("*.schema.json")}
        assert used == present, key


def test_every_form_is_a_json_schema(form: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(form)
    assert form["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_object_refuses_unknown_fields(form: dict[str, Any]) -> None:
    assert [o for o in _objects(form) if o.get("additionalProperties") is not False] == []


def test_a_map_limits_its_names_and_values() -> None:
    slots = FORMS["self_check"]["properties"]["evidence"]
    assert slots["propertyNames"]["pattern"].startswith("^")
    assert slots["additionalProperties"]["type"] == "array"


def test_a_field_is_shown_for_values_that_the_other_field_has(form: dict[str, Any]) -> None:
    for field in _fields(form):
        for other, values in field.get("x-show-when", {}).items():
            assert set(values) <= set(form["properties"][other]["enum"])


def test_every_object_lists_its_fields_in_an_order(form: dict[str, Any]) -> None:
    for part in _objects(form):
        assert sorted(part["x-order"]) == sorted(part["properties"])


def test_every_field_has_a_chinese_and_an_english_title(form: dict[str, Any]) -> None:
    for field in (form, *_fields(form)):
        assert HAN.search(field["title"]), field
        assert field["x-en"]["title"], field
        assert ("description" in field) == ("description" in field["x-en"]), field


def test_every_choice_names_its_options_in_both_languages(form: dict[str, Any]) -> None:
    for field in _fields(form):
        options = field.get("enum") or (["true", "false"] if field["type"] == "boolean" else [])
        assert list(field.get("x-labels", {})) == options
        assert list(field["x-en"].get("labels", {})) == options


def test_every_widget_is_one_that_the_pages_know(form: dict[str, Any]) -> None:
    assert {f["x-widget"] for f in _fields(form) if "x-widget" in f} <= WIDGETS


def test_every_text_has_a_limit(form: dict[str, Any]) -> None:
    texts = [f for f in _fields(form) if f["type"] == "string" and "enum" not in f and "format" not in f]
    assert [f for f in texts if "maxLength" not in f] == []


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("self_check", {"result": "compliant", "statement": "已张贴", "evidence": {"notice_photo": [1, 2]}}),
        ("self_check", {"result": "not_applicable", "reason": "本企业没有危险作业场所"}),
        ("self_check", {"result": "defects", "defects": [{"title": "护栏缺失", "place": "二号平台"}]}),
        ("sign", {"signed": True}),
        ("sign", {"signed": False, "opinion": "照片不清楚"}),
        ("town_review", {"town_decision": "accept"}),
        ("town_review", {"town_decision": "return", "reason": "缺两张照片"}),
        ("department_review", {"department_decision": "accept"}),
        ("department_review", {"department_decision": "return", "reason": "缺两张照片"}),
        ("site_check", {"site_result": "pass", "second_inspector": "韩立", "site_photos": [3]}),
        ("site_check", {"site_result": "fail", "second_inspector": "韩立", "findings": "现场未张贴"}),
        ("extension", {"granted": True, "decided_due_on": "2025-08-29"}),
        ("extension", {"granted": False, "reason": "没有正当理由"}),
        ("hazard_report", REPORT),
        ("hazard_assess", {"level": "major", "assessment": "符合判定标准第三条"}),
        ("hazard_plan", {"measures": "补装护栏", "responsible_person": "李明", "due_on": "2025-08-01"}),
        ("hazard_plan_major", MAJOR_PLAN),
        ("plan_approval", {"approved": True}),
        ("hazard_fix", FIX),
        ("hazard_verify", {"passed": True}),
        ("hazard_acceptance", ACCEPTANCE),
        ("hazard_interim", INTERIM),
        ("hazard_interim_check", {"interim_confirmed": True}),
        ("hazard_consent", {"consented": True}),
        ("hazard_suspend", {"suspension": "rework", "suspension_opinion": "限期重新整改"}),
        ("hazard_suspend", SUSPENSION),
        ("hazard_effect", {"effective": True, "effect_findings": "现场看过，没有再出现"}),
        ("phase_review", {"assessment": "进展正常"}),
        (
            "summary",
            {"summary": "行动按期完成，成效明显", "typical_cases": [{"title": "甲厂", "practice": "班前会"}]},
        ),
    ],
)
def test_a_complete_form_is_accepted(key: str, values: dict[str, Any]) -> None:
    assert _wrong(key, values) == []


@pytest.mark.parametrize(
    ("key", "values", "wrong"),
    [
        ("self_check", {}, "result"),
        ("self_check", {"result": "compliant"}, "statement"),
        ("self_check", {"result": "not_applicable"}, "reason"),
        ("self_check", {"result": "not_applicable", "reason": "不适用"}, "reason"),
        ("self_check", {"result": "defects"}, "defects"),
        ("self_check", {"result": "defects", "defects": []}, "defects"),
        ("self_check", {"result": "perhaps"}, "result"),
        ("sign", {"signed": False}, "opinion"),
        ("town_review", {"town_decision": "return", "reason": "不行"}, "reason"),
        ("department_review", {"department_decision": "return"}, "reason"),
        ("site_check", {"site_result": "fail", "second_inspector": "韩立"}, "findings"),
        ("site_check", {"site_result": "pass"}, "second_inspector"),
        ("extension", {"granted": True}, "decided_due_on"),
        ("extension", {"granted": True, "decided_due_on": "8月29日"}, "decided_due_on"),
        ("extension", {"granted": False}, "reason"),
        ("hazard_report", REPORT | {"possible_casualties": -1}, "possible_casualties"),
        ("hazard_report", REPORT | {"matches_major_criteria": True}, "immediate_measures"),
        ("hazard_plan_major", {k: v for k, v in MAJOR_PLAN.items() if k != "funds"}, "funds"),
        ("plan_approval", {"approved": False}, "reason"),
        *(
            ("hazard_plan_major", {k: v for k, v in MAJOR_PLAN.items() if k != part}, part)
            for part in ("responsibility", "measures", "due_on", "emergency_plan")
        ),
        ("hazard_acceptance", {k: v for k, v in ACCEPTANCE.items() if k != "opinion"}, "opinion"),
        ("hazard_acceptance", ACCEPTANCE | {"acceptance_documents": []}, "acceptance_documents"),
        ("hazard_acceptance", {k: v for k, v in ACCEPTANCE.items() if k != "acceptance_by"}, "acceptance_by"),
        ("hazard_interim", {k: v for k, v in INTERIM.items() if k != "cordon_by"}, "cordon_by"),
        ("hazard_interim", INTERIM | {"cordon_time": "25:00"}, "cordon_time"),
        ("hazard_interim_check", {"interim_confirmed": False}, "interim_findings"),
        ("hazard_consent", {"consented": False}, "consent_reason"),
        ("hazard_suspend", SUSPENSION | {"appeal_told": False}, "appeal_told"),
        ("hazard_suspend", {k: v for k, v in SUSPENSION.items() if k != "licences"}, "licences"),
        ("hazard_closure", {"closure": "close", "closure_opinion": "两次审查不合格"}, "closure_outcome"),
        ("hazard_effect", {"effective": True}, "effect_findings"),
        ("hazard_fix", FIX | {"evidence": []}, "evidence"),
        ("hazard_verify", {"passed": False}, "findings"),
        ("sign", {"signed": True, "enterprise_id": 9}, "enterprise_id"),
    ],
)
def test_an_incomplete_form_is_refused_by_field(key: str, values: dict[str, Any], wrong: str) -> None:
    assert wrong in _wrong(key, values)


def _wrong(key: str, values: dict[str, Any]) -> list[str]:
    """Names of the fields with an error."""
    names: list[str] = []
    for error in Draft202012Validator(FORMS[key]).iter_errors(values):
        names += [str(error.path[0])] if error.path else re.findall(r"'(\w+)'", error.message)
    return names


def _objects(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if form.get("type") == "object":
        if "properties" not in form:  # a map with free names, such as the evidence slots
            return
        yield form
        for field in form["properties"].values():
            yield from _objects(field)
    if form.get("type") == "array":
        yield from _objects(form["items"])


def _fields(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in _objects(form):
        yield from part["properties"].values()
