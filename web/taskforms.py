"""What the panel of a task draws: its fields, the buttons of a decision, its name, what was submitted before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from web import words
from web.forms.fields import Described, describe
from workflows import i18n, processes
from workflows.campaigns.types import CampaignTemplate, EvidenceSlot, TemplateItem
from workflows.i18n import N_
from workflows.i18n import gettext as _
from workflows.register.types import FACT_LABELS
from workflows.submissions.models import Submission
from workflows.worklist import REVIEW_NODES


@dataclass(frozen=True, slots=True)
class Way:
    """One button of a decision of two ways: the field it sends, its words, its key."""

    name: str
    value: str
    words: str
    icon: str
    key: str


WAYS = {
    "sign": ("signed", ("true", N_("签字"), "check", "a"), ("false", N_("退回"), "back", "r")),
    "town_review": (
        "town_decision", ("accept", N_("通过"), "check", "a"), ("return", N_("退回"), "back", "r"),
    ),
    "department_review": (
        "department_decision", ("accept", N_("通过"), "check", "a"), ("return", N_("退回"), "back", "r"),
    ),
    "approve_plan": ("approved", ("true", N_("通过"), "check", "a"), ("false", N_("退回"), "back", "r")),
}  # fmt: skip


def decision_buttons(node: str) -> list[Way]:
    """The buttons of a decision that is either yes or no with a reason; none where a form asks for more."""
    if node not in WAYS:
        return []
    name, *ways = WAYS[node]
    return [Way(name, value, _(told), icon, key) for value, told, icon, key in ways]


def task_fields(
    node: str, schema: Mapping[str, Any], form: Mapping[str, Any], problems: Any, slots: Sequence[Any]
) -> Described:
    """The fields of a task's form. What the buttons ask is no field, unless it is wrong."""
    described = describe(schema, form, problems, slots)
    if node not in WAYS:
        return described
    asked = WAYS[node][0]
    fields = [
        replace(one, when="", sometimes=True) for one in described.fields if one.name != asked or one.error
    ]
    return Described(tuple(fields), described.errors)


def step_name(row: Any) -> str:
    """What a task is called; the name in the diagram, in English the form's title."""
    if i18n.language.get() == "en":
        return words.step(row.node) or str(row.name)
    return str(row.name)


def title_of_item(item: TemplateItem | CampaignTemplate) -> str:
    """The title of a checklist item or a template in the reader's language."""
    return item.title_en if i18n.language.get() == "en" else item.title


def titles_of(templates: Sequence[CampaignTemplate]) -> list[str]:
    """The titles of templates in the reader's language."""
    return [title_of_item(one) for one in templates]


def attachment_groups(submission: Submission, item: TemplateItem | None) -> list[tuple[str, list[int]]]:
    """The evidence of a submission by slot: the slot's title and the files' ids."""
    titles = {slot.code: slot_title(slot) for slot in item.evidence} if item else {}
    properties = processes.form_schema(submission.form_key)["properties"]
    found: list[tuple[str, list[int]]] = []
    for name, value in submission.form.items():
        widget = str(properties.get(name, {}).get("x-widget", ""))
        if widget == "evidence-slots":
            found += [(titles.get(code, code), ids) for code, ids in value.items() if ids]
        elif widget == "evidence" and value:
            found.append((_title(properties[name]), value))
    return found


def fact_words(fact: str, template: CampaignTemplate) -> str:
    """What people call a fact that the register lacks, or a number that the launcher must supply."""
    for parameter in template.parameters:
        if fact == f"parameter:{parameter.code}":
            return parameter.title_en if i18n.language.get() == "en" else parameter.title
    return _(FACT_LABELS.get(fact, fact))


def slot_title(slot: EvidenceSlot) -> str:
    """The title of one proof in the reader's language."""
    return slot.title_en if i18n.language.get() == "en" else slot.title


def _title(field: Mapping[str, Any]) -> str:
    english = field.get("x-en", {}).get("title") if i18n.language.get() == "en" else None
    return str(english or field.get("title", ""))


def has_slots(submission: Submission) -> bool:
    """Whether evidence belongs to a submission, so that its absence is worth a word."""
    schema = processes.form_schema(submission.form_key)
    widgets = {name: str(one.get("x-widget", "")) for name, one in schema["properties"].items()}
    asked = [name for name in schema.get("required", ()) if widgets.get(name) == "evidence"]
    return bool(asked) or "evidence-slots" in widgets.values()


GLOBALS = {
    "task_fields": task_fields, "decision_buttons": decision_buttons, "step_name": step_name,
    "title_of_item": title_of_item, "attachment_groups": attachment_groups, "fact_words": fact_words,
    "slot_title": slot_title, "review_nodes": REVIEW_NODES, "titles_of": titles_of, "has_slots": has_slots,
}  # fmt: skip
