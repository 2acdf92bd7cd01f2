"""What the panel of a task draws: its fields, the buttons of a decision, its name, what was submitted before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from web import listfilter, words
from web.forms.fields import Described, describe
from workflows import i18n, processes
from workflows.bulk import can_tick
from workflows.campaigns.types import CampaignTemplate, EvidenceSlot, NamedSet, Phase, TemplateRow
from workflows.i18n import N_
from workflows.i18n import gettext as _
from workflows.obligations.rules import SAMPLE_PERCENT
from workflows.register.types import FACT_LABELS, Industry
from workflows.submissions.models import Submission
from workflows.worklist import REVIEW_NODES, Order, Who


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
    "approve_launch": (
        "approved", ("true", N_("同意发起"), "check", "a"), ("false", N_("退回"), "back", "r"),
    ),
    "check": ("office_decision", ("accept", N_("通过"), "check", "a"), ("return", N_("退回"), "back", "r")),
    "countersign": ("agreed", ("true", N_("同意"), "check", "a"), ("false", N_("不同意"), "back", "r")),
    "decide": ("granted", ("true", N_("准予延期"), "check", "a"), ("false", N_("不准延期"), "back", "r")),
    "approve_plan": ("approved", ("true", N_("通过"), "check", "a"), ("false", N_("退回"), "back", "r")),
}  # fmt: skip


SIGNER = "signed_by"  # of a report, when somebody else than who sends it


def decision_buttons(node: str) -> list[Way]:
    """The buttons of a decision that is either yes or no with a reason; none where a form asks for more."""
    if node not in WAYS:
        return []
    name, *ways = WAYS[node]
    return [Way(name, value, _(told), icon, key) for value, told, icon, key in ways]


def task_fields(
    node: str, schema: Mapping[str, Any], form: Mapping[str, Any], problems: Any, slots: Sequence[Any], *,
    signs: bool = False,
) -> Described:  # fmt: skip
    """The fields of a task's form. What the buttons ask is no field, unless it is wrong; marks stand beside the
    evidence; who signs is asked where it `signs` a report."""
    described = describe(schema, form, problems, slots)
    fields = [one for one in described.fields if one.widget != "marks" and (signs or one.name != SIGNER)]
    if node not in WAYS:
        return Described(tuple(fields), described.errors)
    asked = WAYS[node][0]
    fields = [replace(one, when="", sometimes=True) for one in fields if one.name != asked or one.error]
    return Described(tuple(fields), described.errors)


@dataclass(frozen=True, slots=True)
class Proof:
    """One kind of evidence as a reviewer sees it: what was shown last time and now."""

    code: str
    title: str
    required: bool
    before: tuple[int, ...]
    now: tuple[int, ...]


def proofs(view: Any) -> list[Proof]:
    """The evidence of a submission slot by slot, last time's beside it; nothing where no item asks for any."""
    if view.item is None or view.current is None:
        return []
    before = view.previous.form.get("evidence", {}) if view.previous else {}
    shown = view.current.form.get("evidence", {})
    titles = {slot.code: slot_title(slot) for slot in view.item.evidence}
    required = {slot.code for slot in view.item.evidence if slot.required}
    codes = [*titles, *sorted((set(before) | set(shown)) - set(titles))]
    return [
        Proof(
            code,
            titles.get(code, code),
            code in required,
            tuple(before.get(code, ())),
            tuple(shown.get(code, ())),
        )
        for code in codes
    ]


def draw_words(variables: Mapping[str, Any]) -> str:
    """Why somebody goes and looks: the rule, or the number that the seed gave."""
    reason = variables.get("draw_reason")
    if reason is None:
        return ""
    said = {
        "number": variables.get("draw_number"),
        "seed": variables.get("draw_seed"),
        "percent": SAMPLE_PERCENT,
    }
    return _(DRAWN[str(reason)]) % said


DRAWN = {
    "major_risk": N_("重大风险企业，全部现场核查。"),
    "was_overdue": N_("曾经逾期，须现场核查。"),
    "drawn": N_("按种子“%(seed)s”抽得%(number)s（0至99，小于%(percent)s的现场核查），抽中。"),
    "not_drawn": N_("按种子“%(seed)s”抽得%(number)s（0至99，小于%(percent)s的现场核查），未抽中。"),
}


def with_marks(described: Described, missing: Sequence[str]) -> Described:
    """The enterprise's form with the slots that the reviewer found lacking marked."""
    marked = {f"evidence.{code}" for code in missing}

    def mark(one: Any) -> Any:
        inner = tuple(mark(each) for each in one.fields)
        limits = {**one.limits, "marked": True} if one.name in marked else one.limits
        return replace(one, fields=inner, limits=limits)

    return Described(tuple(mark(one) for one in described.fields), described.errors)


def step_name(row: Any) -> str:
    """What a task is called; the name in the diagram, in English the form's title."""
    if i18n.language.get() == "en":
        return words.step(row.node) or str(row.name)
    return str(row.name)


def title_of_item(item: TemplateRow | CampaignTemplate | NamedSet) -> str:
    """The title of a checklist item or a template in the reader's language."""
    return item.title_en if i18n.language.get() == "en" else item.title


def titles_of(templates: Sequence[CampaignTemplate]) -> list[str]:
    """The titles of templates in the reader's language."""
    return [title_of_item(one) for one in templates]


def attachment_groups(submission: Submission, item: TemplateRow | None) -> list[tuple[str, list[int]]]:
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
    for one in template.sets:
        if fact == f"set:{one.code}":
            return _("“%(set)s”的范围") % {"set": title_of_item(one)}
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


def file_url(view: Any) -> str:
    """The address of the obligation, hazard or duty that a task is about; empty for a campaign's or an extension's."""
    if view.obligation is not None:
        return f"/obligations/{view.obligation.id}"
    if view.duty is not None:
        return f"/duties/{view.duty.id}"
    return f"/hazards/{view.hazard.id}" if view.hazard is not None else ""


def phase_names(numbers: Mapping[int, int]) -> list[tuple[int, str]]:
    """The choices of the filter by phase."""
    return [(one, _("第%(number)s阶段") % {"number": one}) for one in sorted(numbers)]


def phase_name(phase: Phase) -> str:
    """What a phase is called in the reader's language."""
    return phase.name_en if i18n.language.get() == "en" else phase.name


def industry_names(numbers: Mapping[str, int]) -> list[tuple[str, str]]:
    """The choices of the filter by industry, in the register's order."""
    return [(one.value, _(one.label)) for one in Industry if one in numbers]


GLOBALS = {
    "file_url": file_url, "proofs": proofs, "draw_words": draw_words, "with_marks": with_marks,
    "can_tick": can_tick, "filter_query": listfilter.write, "filter_pairs": listfilter.pairs,
    "orders": Order, "whos": Who,
    "phase_names": phase_names, "phase_name": phase_name, "industry_names": industry_names,
    "task_fields": task_fields, "decision_buttons": decision_buttons, "step_name": step_name,
    "title_of_item": title_of_item, "attachment_groups": attachment_groups, "fact_words": fact_words,
    "slot_title": slot_title, "review_nodes": REVIEW_NODES, "titles_of": titles_of, "has_slots": has_slots,
}  # fmt: skip
