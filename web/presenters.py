"""From the domain's values to the entries that components draw: ladders, histories, answers, phases."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engine.models import UserTask
from web import formats, registerwords, staffwords, taskforms, words
from web.channelwords import channel_word
from web.diagrams import node_list, node_name
from web.subjects import url_of_key, url_of_subject
from workflows import i18n, processes
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.rules import WorkdayCalendar
from workflows.campaigns.types import CampaignTemplate, Phase
from workflows.discussion.models import Copy
from workflows.escalation.queries import Planned
from workflows.escalation.rules import Unit
from workflows.i18n import N_
from workflows.i18n import gettext as _
from workflows.notifications import sentences
from workflows.register.problems import sentence as register_problem
from workflows.returning import reason_of, sends_back
from workflows.submissions.models import Submission
from workflows.submissions.queries import attachment_ids
from workflows.times import day_of

ACTIONS = {
    "self_check": N_("提交给主要负责人签字"), "sign": N_("提交签字意见"), "town_review": N_("提交审核意见"),
    "department_review": N_("提交审核意见"), "site_check": N_("提交核查结果"), "decide": N_("提交决定"),
    "propose": N_("提交"),
    "report": N_("上报隐患"), "assess": N_("提交评估"), "plan": N_("提交方案"), "plan_major": N_("提交方案"),
    "approve_plan": N_("提交核查意见"), "survey": N_("提交评估"), "interim": N_("提交临时措施"),
    "confirm_interim": N_("提交核实结果"), "list_plate": N_("提交决定"), "list_account": N_("提交决定"),
    "supervise": N_("提交督办记录"), "consent": N_("提交意见"), "site_review": N_("提交审查结果"),
    "suspend": N_("提交决定"), "rectify": N_("提交整顿结果"), "re_review": N_("提交审查结果"),
    "decide_closure": N_("提交决定"), "check_effect": N_("提交核查结果"),
    "fix": N_("提交整改结果"), "verify": N_("提交验收意见"),
    "accept": N_("提交验收意见"), "file": N_("报送"), "check": N_("提交核对意见"), "countersign": N_("提交加签意见"),
    "answer": N_("提交答复"), "circular": N_("提交审定意见"), "visit": N_("提交检查结果"),
    "put_right": N_("报告整改结果"), "determine": N_("提交决定"),
}  # fmt: skip


def workdays(calendar: WorkdayCalendar, due_at: date | datetime, today: date) -> int | None:
    """Working days between a due day and today, never negative; None when a year has no calendar."""
    due_on = formats.local_day(due_at)
    try:
        return calendar.between(due_on, today) if due_on < today else calendar.between(today, due_on)
    except CalendarMissing:
        return None


def action_words(node: str) -> str:
    """The words of a task's one filled button."""
    return _(ACTIONS.get(node, N_("提交")))


def ladder_entries(steps: Sequence[Planned], today: date) -> list[dict[str, str]]:
    """The ladder of a round, taken and to come."""
    entries = []
    for step in steps:
        at = step.acted_at or step.planned_at
        state = "past" if step.acted_at else "next"
        told = words.ladder_step(step.action, step.recipient)
        if step.outcome == "superseded":
            told = _("%(step)s（已被下一步取代，未发）") % {"step": told}
        entries.append({"at": _step_time(step, at, today), "words": told, "state": state})
    for before, entry in zip([None, *entries], entries, strict=False):
        if entry["state"] == "next" and (before is None or before["state"] == "past"):
            entry["state"] = "wait"
    return entries


def _step_time(step: Planned, at: datetime | None, today: date) -> str:
    if at is None:
        return _("待工作日历")
    return formats.instant(at, today) if step.unit is Unit.MINUTE else formats.day(at, today)


def error_list(
    problems: Mapping[str, Any], schema: Mapping[str, Any], slots: Iterable[Any]
) -> list[dict[str, str]]:
    """The error summary: each problem with its field's title, linked to the field."""
    titles = {f"evidence.{slot.code}": _slot_title(slot) for slot in slots}
    return [
        {
            "id": f"f-{path.replace('.', '-')}",
            "text": in_words([(titles.get(path) or title_of(schema, path), words.problem(one))]),
        }
        for path, one in problems.items()
    ]


def title_of(schema: Mapping[str, Any], path: str) -> str:
    """The title of a field, e.g. of `defects.0.place`; the path itself for a field that the form does not have."""
    field: Mapping[str, Any] = schema
    for step in path.split("."):
        field = field.get("items", {}) if step.isdigit() else field.get("properties", {}).get(step, {})
    return field_title(field) or path


def field_title(field: Mapping[str, Any]) -> str:
    """A field's title in the reader's language."""
    if i18n.language.get() == "en" and "x-en" in field:
        return str(field["x-en"].get("title", ""))
    return str(field.get("title", ""))


def answers(submission: Submission, only: Container[str] | None = None) -> list[tuple[str, str]]:
    """The fields of a submission with their titles and readable values; attachments apart."""
    return answers_in(submission.form_key, submission.form, only)


def answers_in(
    form_key: str, form: Mapping[str, Any], only: Container[str] | None = None
) -> list[tuple[str, str]]:
    """The same of what was typed into a form, sent or not."""
    properties = processes.form_schema(form_key)["properties"]
    return [
        (field_title(properties[name]), _value(properties[name], value))
        for name, value in form.items()
        if name in properties
        and (only is None or name in only)
        and not str(properties[name].get("x-widget", "")).startswith(("evidence", "marks"))
        and value not in ("", [])
    ]


def in_words(told: Iterable[tuple[str, str]]) -> str:
    """Fields and values in one line."""
    return _("；").join(_("%(title)s：%(value)s") % {"title": title, "value": value} for title, value in told)


def submission_entries(
    submissions: Iterable[Submission], names: Mapping[str, str], today: date
) -> list[dict[str, str]]:
    """What was entered, newest first, as entries of a history."""
    return [
        {
            "at": formats.instant(one.submitted_at, today), "title": node_name(one.node),
            "who": signed_by(one, names), "kind": "back" if is_return(one) else "",
            "note": in_words(answers(one)),
        }
        for one in reversed(list(submissions))
    ]  # fmt: skip


def signed_by(one: Submission, names: Mapping[str, str], unknown: str = "") -> str:
    """Who submitted it, for whom: 甲 代 乙."""
    name = names.get(one.actor, unknown)
    if one.on_behalf_of is None:
        return name
    said = {"name": name, "absent": names.get(one.on_behalf_of, _("有人"))}
    return _("%(name)s 代 %(absent)s") % said


def copied_names(copies: Iterable[Copy], names: Mapping[str, str]) -> str:
    """To whom a file was copied."""
    return _("、").join(names.get(f"account:{one.account_id}", _("有人")) for one in copies)


def task_actor(task: UserTask, names: Mapping[str, str]) -> str:
    """Who closed a task, for whom."""
    name = names.get(str(task.actor), _("系统"))
    if task.on_behalf_of is None:
        return name
    return _("%(name)s 代 %(absent)s") % {"name": name, "absent": names.get(task.on_behalf_of, _("有人"))}


def is_return(one: Submission) -> bool:
    """Whether a submission sent the work back."""
    return sends_back(one.node, one.form)


def why_returned(one: Submission) -> str:
    """The reason that was written when it was sent back."""
    return reason_of(one.node, one.form)


def _value(field: Mapping[str, Any], value: Any) -> str:
    if field.get("format") == "date":
        return formats.day(date.fromisoformat(str(value)))
    english = i18n.language.get() == "en"
    labels = field.get("x-en", {}).get("labels") if english else None
    labels = labels or field.get("x-labels", {})
    if isinstance(value, bool):
        return str(labels.get(str(value).lower(), _("是") if value else _("否")))
    if isinstance(value, list):
        return _("；").join(
            " ".join(map(str, one.values())) if isinstance(one, dict) else str(one) for one in value
        )
    return str(labels.get(str(value), value))


def _slot_title(slot: Any) -> str:
    return str(slot.title_en if i18n.language.get() == "en" else slot.title)


def phase_at(template: CampaignTemplate, today: date) -> Phase | None:
    """The phase that a day lies in."""
    return next((one for one in template.phases if one.starts_on <= today <= one.ends_on), None)


def phase_line(template: CampaignTemplate, today: date) -> dict[str, Any]:
    """The timeline: phases with their share of the days, and where today is (per cent, None outside)."""
    whole = (template.ends_on - template.starts_on).days + 1
    at = 100 * (today - template.starts_on).days / whole
    phases = [
        {
            "name": phase.name_en if i18n.language.get() == "en" else phase.name,
            "range": f"{formats.short(phase.starts_on)}–{formats.short(phase.ends_on)}", "note": "",
            "days": (phase.ends_on - phase.starts_on).days + 1,
            "state": "done" if phase.ends_on < today else "now" if phase.starts_on <= today else "next",
        }
        for phase in template.phases
    ]  # fmt: skip
    marks = [
        {
            "at": round(100 * ((day - template.starts_on).days + 1) / whole, 2),
            "words": f"{formats.short(day)} {told}",
        }
        for day, told in _marks(template)
        if template.starts_on <= day <= template.ends_on
    ]
    return {"phases": phases, "at": round(at, 2) if 0 <= at <= 100 else None, "marks": marks}


def _marks(template: CampaignTemplate) -> list[tuple[date, str]]:
    rule = template.failing_list
    if rule is None:
        return []
    return [(rule.cutoff_on, _("未达标名单截止，%(day)s补充") % {"day": formats.short(rule.supplement_on)})]


def due_day(moment: datetime | None) -> date | None:
    return day_of(moment) if moment else None


GLOBALS = {
    "ladder_step": words.ladder_step,
    "register_problem": register_problem,
    "workdays": workdays, "action_words": action_words, "ladder_entries": ladder_entries, "error_list": error_list,
    "answers": answers, "answers_in": answers_in, "submission_entries": submission_entries,
    "phase_at": phase_at, "phase_line": phase_line,
    "node_name": node_name, "due_day": due_day, "node_list": node_list,
    "word": words.word, "cause_words": words.cause, "url_of_subject": url_of_subject, "url_of_key": url_of_key,
    "action_name": words.action_name, "subject_name": words.subject_name, "label": words.label,
    "notice_words": sentences.words_of, "notice_url": sentences.url_of, "notice_mark": sentences.mark_of,
    "channel_word": channel_word, **taskforms.GLOBALS, **registerwords.GLOBALS, **staffwords.GLOBALS,
    "attachments": attachment_ids, "is_return": is_return, "why_returned": why_returned, "signed_by": signed_by,
    "task_actor": task_actor, "copied_names": copied_names,
    "problem_words": words.problem, "title_of": title_of,
}  # fmt: skip
