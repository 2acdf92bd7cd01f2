"""What happened to an obligation or a hazard, in one line of time: submissions, ladder steps, what the engine noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from engine.models import HistoryEntry
from web import formats, words
from web.diagrams import node_name
from web.presenters import answers, in_words, is_return, signed_by
from workflows.escalation.models import Escalation
from workflows.hazards.rules import HazardStep
from workflows.i18n import gettext as _
from workflows.submissions.models import Submission

NOTED = frozenset({"started", "incident", "cancelled", "suspended", "resumed", "ended"})
PASSED_ON = frozenset({"claimed", "unclaimed", "assigned", "delegated", "taken_back", "resolved"})
MESSAGES = {
    "withdrawn", "signing_withdrawn", "verification_withdrawn", "acceptance_withdrawn", "extended", "await_hazards",
    "await_calendar", "merged", "upgraded_planning", "upgraded_fixing", "upgraded_verifying", "reopened",
}  # fmt: skip
STEPS = {
    HazardStep.REPORT: ("report",),
    HazardStep.ASSESS: ("assess",),
    HazardStep.PLAN: ("plan", "plan_major", "approve_plan", "list_plate", "list_account"),
    HazardStep.FIX: ("fix",),
    HazardStep.VERIFY: (
        "verify",
        "accept",
        "consent",
        "site_review",
        "suspend",
        "re_review",
        "decide_closure",
    ),
    HazardStep.CLOSED: (),
}
DECIDED = frozenset(
    {
        "result", "reason", "signed", "office_decision", "opinion", "town_decision", "department_decision",
        "site_result", "findings", "granted", "decided_due_on", "level", "due_on", "approved", "passed",
        "interim_confirmed", "plated", "accounted", "in_order", "consented", "review_passed", "suspension", "closure",
        "closure_outcome", "effective", "supervision_findings", "effect_findings",
    }
)  # fmt: skip
Entry = dict[str, str]


def entries(
    history: Iterable[HistoryEntry], submissions: Iterable[Submission], taken: Iterable[Escalation],
    *, names: Mapping[str, str], today: date,
) -> list[Entry]:  # fmt: skip
    """The newest first."""
    found: list[tuple[datetime, int, Entry]] = []
    found += [(one.submitted_at, 1, _submitted(one, names)) for one in submissions]
    found += [(one.acted_at, 2, _stepped(one)) for one in taken]
    found += [
        (one.at, 3 if one.kind == "ended" else 0, _noted(one, names)) for one in history if _is_told(one)
    ]
    found.sort(key=lambda one: one[:2], reverse=True)
    return [{"at": formats.instant(at, today), **entry} for at, _order, entry in found]


def hazard_steps(
    step: HazardStep, submissions: Sequence[Submission], names: Mapping[str, str]
) -> list[dict[str, str]]:
    """The six steps of a hazard's loop: who did each and when, as far as it has come."""
    order = list(STEPS)
    return [
        {
            "title": words.word(one, "step"), "url": "",
            "note": _done_by(one, submissions, names) if place <= order.index(step) else "",
            "state": "done" if place < order.index(step) or step is order[-1] else "now" if one is step else "next",
        }
        for place, one in enumerate(order)
    ]  # fmt: skip


def _done_by(step: HazardStep, submissions: Sequence[Submission], names: Mapping[str, str]) -> str:
    done = [one for one in submissions if one.node in STEPS[step]]
    return f"{names.get(done[-1].actor, '')} {formats.short(done[-1].submitted_at)}".strip() if done else ""


def _is_told(one: HistoryEntry) -> bool:
    return one.kind in NOTED | PASSED_ON or (one.kind == "message_received" and one.node in MESSAGES)


def _submitted(one: Submission, names: Mapping[str, str]) -> Entry:
    note = in_words(answers(one, only=DECIDED))
    kind = "back" if is_return(one) else "ok"
    return {"title": node_name(str(one.node)), "who": signed_by(one, names), "note": note, "kind": kind}


def _stepped(one: Escalation) -> Entry:
    told = words.ladder_step(one.action, one.candidate_group)
    if one.outcome != "sent":
        told = _("%(step)s（已被下一步取代，未发）") % {"step": told}
    return {"title": told, "who": _("系统"), "note": "", "kind": "late" if one.offset > 0 else "wait"}


def _noted(one: HistoryEntry, names: Mapping[str, str]) -> Entry:
    who = names.get(str(one.actor), _("系统"))
    if one.kind == "message_received":
        title = _("准予延期，按新期限办理") if one.node == "extended" else node_name(str(one.node))
        return {"title": title, "who": "", "note": "", "kind": ""}
    if one.kind in PASSED_ON:
        body = one.body or {}
        title = words.word(one.kind, "history") % {"to": names.get(body.get("to", ""), _("有人"))}
        return {
            "title": f"{node_name(str(one.node))}：{title}",
            "who": who,
            "note": body.get("note", ""),
            "kind": "",
        }
    kind = "ok" if one.kind == "ended" else ("late" if one.kind in ("incident", "cancelled") else "")
    return {"title": words.word(one.kind, "history"), "who": who, "note": "", "kind": kind}
