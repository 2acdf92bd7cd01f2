"""The numbers at the end of menu entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from web.auth import Visitor
from web.formats import MOST_IN_MENU
from web.people import person_of, sight
from workflows import enterprisefile, facets, incidents
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.campaigns import filetasks
from workflows.failing import queries as failing
from workflows.lateness import board
from workflows.lateness.rules import Kind
from workflows.lateness.turns import Moment
from workflows.notifications.queries import unread
from workflows.tips import queries as tips


def menu_counts(session: Session, visitor: Visitor, now: datetime) -> Mapping[str, int]:
    """Open tasks, tasks to review, what is overdue in sight, questions about the file, incidents, notices.

    What may be thousands is counted only as far as a menu tells.
    """
    person = person_of(visitor, session, now)
    most = MOST_IN_MENU + 1
    found = {"inbox": facets.count(session, person, reviews=False, now=now, most=most)}
    if visitor.may(Permission.REVIEW):
        found["reviews"] = facets.count(session, person, reviews=True, now=now, most=most)
    if visitor.may(Permission.SEE_OVERDUE):
        moment = Moment.of(session, now, now=now, sight=sight(visitor), calendar=load(session))
        whose = Kind.OBLIGATION, Kind.DUTY
        found["overdue"] = board.count_up_to(session, most, kinds=whose, moment=moment)
    if visitor.may(Permission.COMPLETE_FILE):
        found["file"] = len(filetasks.open_questions(session, visitor.organization_id))
    found |= _failing(session, visitor)
    if visitor.may(Permission.SEE_TIPS):
        found["tips"] = tips.count_open(session, sight=sight(visitor))
    if visitor.may(Permission.EDIT_FILE):
        found["enterprises"] = enterprisefile.count_undecided(session, sight(visitor))
    if visitor.may(Permission.RETRY_INCIDENTS):
        found["incidents"] = incidents.count_open(session)
    found["notices"] = unread(session, visitor.groups, account_id=visitor.account_id)
    return found


def _failing(session: Session, visitor: Visitor) -> Mapping[str, int]:
    """Drafts to decide; for an enterprise its lines on drafts."""
    if visitor.may(Permission.DECIDE_FAILING_LIST) or visitor.may(Permission.OBJECT):
        return {"failing": failing.count_drafts(session, sight=sight(visitor))}
    return {}
