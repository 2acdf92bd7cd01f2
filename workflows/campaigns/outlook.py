"""What a launch would mean today: what it hands out, who would review it, whom it does not reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from workflows.calendar import service as calendar
from workflows.campaigns.crowds import alike
from workflows.campaigns.previewing import Preview, preview
from workflows.campaigns.scope import Scope, reached
from workflows.campaigns.staffing import Post, posts
from workflows.campaigns.types import CampaignTemplate
from workflows.campaigns.weeks import weeks_of
from workflows.duties.bodies import bodies_of
from workflows.register.models import Enterprise
from workflows.register.queries import lacks_account

NAMED = 20  # enterprises without an account that are named; the register lists the others


@dataclass(frozen=True, slots=True)
class Outlook:
    """Counts, people, and the first enterprises that nobody could work for.

    Weeks in `unknown_years` count as five working days, since nobody published their calendar.
    """

    preview: Preview
    posts: Sequence[Post]
    unknown_years: tuple[int, ...]
    without_account: Sequence[Enterprise]


def outlook(
    session: Session, template: CampaignTemplate, *, scope: Scope, office_id: int, per_reviewer: int, today: date
) -> Outlook:  # fmt: skip
    """A number of statements that does not grow with the enterprises."""
    bodies = bodies_of(session, scope=scope, office_id=office_id)
    found = preview(template, alike(session, scope, template), launched_on=today, bodies=bodies)
    first, last = max(today, template.starts_on), max(today, template.ends_on)
    due = {monday for reviews in found.reviews.values() for monday in reviews if monday is not None}
    weeks = weeks_of(calendar.load(session), due)
    return Outlook(
        preview=found,
        posts=posts(
            session, found, office_id=office_id, per_reviewer=per_reviewer, workdays=weeks.workdays, first=first,
            last=last,
        ),
        unknown_years=weeks.unknown_years,
        without_account=_without_account(session, scope) if found.without_account else (),
    )  # fmt: skip


def _without_account(session: Session, scope: Scope) -> Sequence[Enterprise]:
    query = reached(scope).where(lacks_account()).order_by(Enterprise.town_id, Enterprise.id)
    return session.scalars(query.limit(NAMED)).all()
