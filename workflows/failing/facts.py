"""The facts behind the lines of a failing list: what was open, since when it is late, what had been done about it.

What is told stopped at the instant of the draft; only the present state of an item is of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.campaigns.models import FailingListEntry
from workflows.escalation.models import Escalation
from workflows.notifications.models import Notification
from workflows.obligations import queries as obligations
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.returning import RETURNING, sends_back
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.models import Submission
from workflows.times import parse_iso

REMINDING = frozenset({"remind", "notify"})  # steps of the ladder that reach the enterprise itself


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that was done before the cut-off; `kind` is a step of the ladder, `urged` or `returned`."""

    at: datetime
    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One item that was not accepted at the draft, with the due date it had then and its state today."""

    obligation: Obligation
    due_at: datetime | None
    is_late: bool
    state: ObligationState
    done: tuple[Done, ...]

    @property
    def reminders(self) -> int:
        return sum(one.kind in REMINDING or one.kind == "urged" for one in self.done)

    @property
    def steps(self) -> int:
        return sum(one.kind not in REMINDING and one.kind not in ("urged", "returned") for one in self.done)

    @property
    def returns(self) -> int:
        return sum(one.kind == "returned" for one in self.done)


def of_lines(
    session: Session, entries: Sequence[FailingListEntry], *, drafted_at: datetime
) -> dict[int, list[ItemFacts]]:
    """The facts of each line, by its id: a handful of statements for a page of lines."""
    ids = [item["obligation"] for entry in entries for item in entry.items]
    found = {one.id: one for one in session.scalars(select(Obligation).where(among(Obligation.id, ids)))}
    states = obligations.states(session, found.values())
    done = _done(session, found.values(), until=drafted_at)
    return {
        entry.id: [
            _item(item, found[item["obligation"]], states, done, drafted_at)
            for item in entry.items
            if item["obligation"] in found
        ]
        for entry in entries
    }


def late_since(facts: Iterable[ItemFacts]) -> datetime | None:
    """The earliest due date that had passed at the draft; None when all were still running."""
    return min((one.due_at for one in facts if one.is_late and one.due_at), default=None)


def _item(
    item: Mapping[str, str | None],
    obligation: Obligation,
    states: Mapping[int, ObligationState],
    done: Mapping[int, list[Done]],
    drafted_at: datetime,
) -> ItemFacts:
    due_at = parse_iso(item["due_at"])
    told = tuple(sorted(done.get(obligation.id, []), key=lambda one: one.at))
    late = due_at is not None and due_at < drafted_at
    return ItemFacts(obligation, due_at, late, states[obligation.id], told)


def _done(session: Session, found: Iterable[Obligation], *, until: datetime) -> dict[int, list[Done]]:
    told: dict[int, list[Done]] = {one.id: [] for one in found}
    by_instance = {one.instance_id: one.id for one in found if one.instance_id is not None}
    for number, one in (
        *_climbed(session, told, until),
        *_urged(session, told, until),
        *_returned(session, by_instance, until),
    ):
        told[number].append(one)
    return told


def _climbed(session: Session, ids: Iterable[int], until: datetime) -> Iterable[tuple[int, Done]]:
    query = select(Escalation.subject_id, Escalation.acted_at, Escalation.action).where(
        Escalation.subject_kind == SubjectKind.OBLIGATION,
        among(Escalation.subject_id, ids),
        Escalation.acted_at <= until,
        Escalation.outcome == "sent",
    )
    return [(number, Done(at, action)) for number, at, action in session.execute(query)]


def _urged(session: Session, ids: Iterable[int], until: datetime) -> Iterable[tuple[int, Done]]:
    """By hand; several people of one enterprise are told at once, which counts once."""
    subjects = [str(Subject(SubjectKind.OBLIGATION, number)) for number in ids]
    query = (
        select(Notification.subject, Notification.created_at)
        .where(among(Notification.subject, subjects), Notification.kind == "urged")
        .where(Notification.created_at <= until)
        .distinct()
    )
    return [(Subject.parse(key).id, Done(at, "urged")) for key, at in session.execute(query)]


def _returned(
    session: Session, by_instance: Mapping[int, int], until: datetime
) -> Iterable[tuple[int, Done]]:
    query = select(Submission).where(
        among(Submission.instance_id, by_instance),
        among(Submission.node, RETURNING),
        Submission.submitted_at <= until,
    )
    for one in session.scalars(query):
        if sends_back(one.node, one.form):
            said = one.form.get("reason") or one.form.get("findings") or one.form.get("opinion") or ""
            yield by_instance[one.instance_id], Done(one.submitted_at, "returned", str(said))
