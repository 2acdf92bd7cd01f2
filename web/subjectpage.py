"""What the pages of an obligation and of a hazard share: diagram, submissions, ladder, history, one's own next task."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.history import of_instance
from engine.markings import open_nodes
from engine.models import ProcessInstance
from web.auth import Visitor
from web.formats import local_day
from web.people import is_enterprise, person_of
from web.timeline import entries
from workflows import inbox, taskview
from workflows.accounts.queries import names_of
from workflows.calendar.service import load
from workflows.escalation.queries import ladder_of, taken
from workflows.subjects import Subject
from workflows.submissions import queries as submissions


def story(
    session: Session, instance: ProcessInstance, subject: Subject, *, visitor: Visitor, now: datetime
) -> dict[str, Any]:
    """Open nodes, nodes already passed, what was entered, the ladder, the history, tasks the visitor can do."""
    history = of_instance(session, instance.id)
    entered = submissions.of_instance(session, instance.id)
    steps = taken(session, subject)
    names = names_of(session, [one.actor for one in history] + [one.actor for one in entered])
    here = [token.node for token in open_nodes(session, instance.id)]
    return {
        "instance": instance, "open_nodes": here,
        "passed_nodes": sorted({one.node for one in history if one.node} - set(here)),
        "told": entries(history, entered, steps, names=names, today=local_day(now)), "submissions": entered,
        "evidence": taskview.evidence_of(session, "hazard_report", instance.variables, entered), "names": names,
        "planned": ladder_of(session, instance, subject, now=now), "calendar": load(session),
        "tasks": inbox.open_in(session, instance.id, person_of(visitor)), "is_enterprise": is_enterprise(visitor),
    }  # fmt: skip
