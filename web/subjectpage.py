"""What the pages of an obligation and of a hazard share: diagram, submissions, ladder, history, one's own next task."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.history import of_instance
from engine.markings import open_nodes
from engine.models import ProcessInstance
from engine.types import Token
from web.auth import Visitor
from web.formats import local_day
from web.people import is_enterprise, person_of
from web.timeline import entries
from workflows import inbox, taskview
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.calendar.service import load
from workflows.discussion import queries as discussion
from workflows.escalation.queries import ladder_of, taken
from workflows.lateness.urged import last_urges
from workflows.markings import parts_of
from workflows.promises.queries import newest_of
from workflows.promises.service import FARTHEST, may_promise
from workflows.subjects import Subject, SubjectKind
from workflows.submissions import queries as submissions

ABOUT = {
    SubjectKind.OBLIGATION: "/obligations/{}", SubjectKind.HAZARD: "/hazards/{}", SubjectKind.UNIT_TASK: "/duties/{}",
}  # fmt: skip


def story(
    session: Session, instance: ProcessInstance, subject: Subject, *, visitor: Visitor, now: datetime
) -> dict[str, Any]:
    """Open nodes, nodes already passed, what was entered, the ladder, the history, tasks the visitor can do."""
    history = of_instance(session, instance.id)
    entered = submissions.of_instance(session, instance.id)
    steps = taken(session, subject)
    actors = [one.actor for one in history] + [(one.body or {}).get("to") for one in history]
    actors += [actor for one in entered for actor in (one.actor, one.on_behalf_of)]
    said, copied = discussion.comments(session, subject), discussion.copies(session, subject)
    actors += [one.actor for one in said] + [f"account:{one.account_id}" for one in copied]
    names = names_of(session, actors)
    here = _here(open_nodes(session, instance.id))
    about = taskview.about_of(session, subject)
    named = discussion.people(session, about, own_organization=visitor.organization_id) if about else []
    return {
        "said": said, "copied": copied, "named": [one for one in named if one.actor != visitor.actor],
        "about_file": ABOUT.get(subject.kind, "").format(subject.id),
        "instance": instance, "open_nodes": here,
        "passed_nodes": sorted({one.node for one in history if one.node} - set(here)),
        "told": entries(history, entered, steps, names=names, today=local_day(now)), "submissions": entered,
        "evidence": taskview.evidence_of(session, "hazard_report", instance.variables, entered), "names": names,
        "planned": ladder_of(session, instance, subject, now=now), "calendar": load(session),
        "tasks": inbox.open_in(session, instance.id, person_of(visitor, session, now)),
        "is_enterprise": is_enterprise(visitor), "promise_card": _promise_card(session, subject, visitor, now),
    }  # fmt: skip


def _here(tokens: Iterable[Token]) -> list[str]:
    """Where it stands, the parts of the process around it among them."""
    found = [node for token in tokens for node in (token.node, *sorted(parts_of(token.key)))]
    return list(dict.fromkeys(found))


def _promise_card(session: Session, subject: Subject, visitor: Visitor, now: datetime) -> dict[str, Any]:
    """What `promises/_card.html` needs: the last urge, the newest promise, whether the visitor may make one."""
    urged = last_urges(session, [subject], at=now).get(subject)
    made = newest_of(session, [subject], at=now).get(subject)
    may = urged is not None and visitor.may(Permission.PROMISE)
    may = may and may_promise(session, subject, organization_ids=visitor.organizations(), now=now)
    names = names_of(session, [urged.by if urged else None, made.promised_by if made else None])
    latest = local_day(now) + FARTHEST
    return {
        "urged": urged,
        "promise": made,
        "may": may,
        "names": names,
        "subject": str(subject),
        "latest": latest,
    }
