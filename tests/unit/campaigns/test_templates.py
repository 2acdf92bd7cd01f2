"""Templates that are not sound are refused, with the file, the line and the place."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from workflows.campaigns import templates
from workflows.campaigns.applicability import InSet, parse
from workflows.campaigns.template_rules import SCHEMA
from workflows.campaigns.templates import TemplateRefused
from workflows.campaigns.types import Body, EvidenceType, RecurrenceKind
from workflows.exceptions import NotFound

FILE = templates.FOLDER / "hundred-day-drive.yaml"
TEXT = FILE.read_text("utf-8")
DATA = templates.to_json(templates.load(FILE))


def refusal(folder: Path, text: str) -> TemplateRefused:
    path = folder / "wrong.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(TemplateRefused) as refused:
        templates.load(path)
    return refused.value


def changed(change: Callable[[Any], Any]) -> list[tuple[str, str]]:
    data = deepcopy(DATA)
    change(data)
    with pytest.raises(TemplateRefused) as refused:
        templates.from_json(data)
    return [(flaw.place, flaw.code) for flaw in refused.value.flaws]


def test_every_template_of_the_product_is_sound() -> None:
    assert [template.code for template in templates.load_all()] == [
        "anshan-three-year",
        "hundred-day-drive",
        "safety-staff",
    ]


def test_a_kept_template_is_the_same_again() -> None:
    template = templates.load(FILE)
    assert templates.from_json(json.loads(json.dumps(templates.to_json(template)))) == template


def test_an_unknown_template_is_not_found() -> None:
    with pytest.raises(NotFound):
        templates.get("two-hundred-day-drive")


def test_a_number_nobody_asks_for_is_refused() -> None:
    with pytest.raises(NotFound, match="headcount"):
        templates.with_parameters(templates.load(FILE), {"headcount": 3})


def test_a_supplied_number_is_kept_with_the_template() -> None:
    supplied = templates.with_parameters(templates.load(FILE), {"safety_director_employees": 300})
    assert templates.from_json(templates.to_json(supplied)).parameters[0].value == 300


def test_a_flaw_names_the_file_the_line_and_the_place(tmp_path: Path) -> None:
    line = TEXT[: TEXT.index("type: policy")].count("\n") + 1
    [message] = str(refusal(tmp_path, TEXT.replace("type: policy", "type: polcy"))).splitlines()
    assert message.startswith(
        f"wrong.yaml: line {line}: items[8] (6).evidence[0] (policy).type: schema ('polcy'"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "not-yaml"),
        ("a: 1\na: 2", "duplicate-key"),
        ("a: &x 1\nb: *x", "not-plain"),
        ("a: !!python/object/apply:os.system ['true']", "not-plain"),
        ("- 1", "schema"),
        ("", "schema"),
        ("a: \x00", "not-yaml"),
        ("[" * 5000, "too-deep"),
    ],
)
def test_a_file_that_is_no_template_is_refused(tmp_path: Path, text: str, code: str) -> None:
    assert refusal(tmp_path, text).flaws[0].code == code


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_bytes(TEXT.encode("gb18030"))
    with pytest.raises(TemplateRefused, match="not-utf-8"):
        templates.load(path)


def test_a_template_may_be_for_bodies_only() -> None:
    assert templates.from_json({**DATA, "items": []}).rows == templates.from_json(DATA).duties


def test_a_template_that_asks_nobody_for_anything_is_refused() -> None:
    assert changed(lambda data: data.update(items=[], duties=[])) == [("items", "nothing-is-asked")]


def setting(*place: str | int, to: object) -> Callable[[Any], None]:
    """A change of one value."""

    def change(data: Any) -> None:
        for step in place[:-1]:
            data = data[step]
        data[place[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        (
            setting("phases", 2, "starts_on", to="2025-08-17"),
            "phases[2] (enforcement).starts_on",
            "phases-do-not-adjoin",
        ),
        (
            setting("phases", 3, "ends_on", to="2025-09-01"),
            "phases[3] (consolidate).ends_on",
            "ends-before-it-starts",
        ),
        (
            setting("failing_list", "cutoff_on", to="2025-06-25"),
            "failing_list.cutoff_on",
            "outside-second-phase",
        ),
        (
            setting("failing_list", "supplement_on", to="2025-08-09"),
            "failing_list.supplement_on",
            "supplement-before-cutoff",
        ),
        (setting("default_due_on", to="2026-08-15"), "default_due_on", "outside-campaign"),
        (setting("items", 4, "code", to="2"), "items[4] (2).code", "duplicate-code"),
        (setting("items", 4, "code", to="7x"), "items[4] (7x).code", "code-without-number"),
        (setting("items", 9, "applies", to={"flag": "dusty"}), "items[9] (7).applies", "unknown-condition"),
        (
            setting("items", 9, "applies", to={"industry": ["moon"]}),
            "items[9] (7).applies",
            "unknown-condition",
        ),
        (setting("items", 9, "applies", to={"colour": 1}), "items[9] (7).applies", "schema"),
        (
            setting("items", 9, "source_gap", to=False),
            "items[9] (7).gap_note",
            "gap-and-note-belong-together",
        ),
        (setting("items", 18, "due", to="2025-08-01"), "items[18] (15).due", "event-with-date"),
        (
            setting("items", 0, "recurrence", "within_minutes", to=5),
            "items[0] (1a).recurrence.within_minutes",
            "limit-without-event",
        ),
        (
            setting("items", 0, "recurrence", to={"kind": "yearly", "month": 6}),
            "items[0] (1a).recurrence.month",
            "month-without-day",
        ),
        (
            setting("items", 0, "evidence", 1, "code", to="report"),
            "items[0] (1a).evidence[1] (report).code",
            "duplicate-code",
        ),
        (setting("items", 0, "due", to="2025-02-30"), "items[0] (1a).due", "schema"),
        (setting("items", 0, "due", to="soon"), "items[0] (1a).due", "schema"),
        (setting("items", 0, "deadline", to="soon"), "items[0] (1a)", "schema"),
        (setting("duties", 0, "bodies", to=["court"]), "duties[0] (D1).bodies[0]", "schema"),
        (setting("phases", to=[]), "phases", "schema"),
    ],
)
def test_a_flaw_is_named_by_place_and_code(change: Callable[[Any], None], place: str, code: str) -> None:
    assert (place, code) in changed(change)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("recurrence", "properties", "kind", "enum"), RecurrenceKind),
        (("evidence", "items", "properties", "type", "enum"), EvidenceType),
        (("duty", "properties", "bodies", "items", "enum"), Body),
    ],
)
def test_the_schema_knows_the_same_words_as_the_code(path: tuple[str, ...], kind: type[Any]) -> None:
    words = json.loads(SCHEMA.read_text("utf-8"))["$defs"]
    for step in path:
        words = words[step]
    assert words == [member.value for member in kind]


def test_every_condition_of_the_schema_can_be_read() -> None:
    known = json.loads(SCHEMA.read_text("utf-8"))["$defs"]["predicate"]["anyOf"][1]["properties"]
    examples: dict[str, object] = {
        "all": ["everyone"],
        "any": ["everyone"],
        "not": "everyone",
        "flag": "dust",
    }
    examples |= {"industry": ["other"], "risk_level": ["low"], "above_scale": True, "state_owned": False}
    examples |= {"employees_at_least": 1, "in_set": "mines", "safety_staff_short": True}
    sets = {"mines": InSet("mines", None, None)}
    assert {name for name in known if parse({name: examples[name]}, {}, sets)} == set(known)
