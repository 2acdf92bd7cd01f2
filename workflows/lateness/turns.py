"""What is late at an instant, as a query: turns that are under way, and kept ones that ended after it.

Only what is late is read: an obligation or a duty by an index over those still with their enterprise or body, a
review by one over what waits for it, the past by the late turns that were kept when they ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql.selectable import Subquery

from engine.among import among
from engine.models import UserTask
from workflows.calendar.rules import WorkdayCalendar
from workflows.campaigns.models import Campaign, CampaignChange
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.hazards.rules import DATED_NODES
from workflows.lateness.models import LateTurn
from workflows.lateness.rules import Cuts, Dimension, Kind, cuts
from workflows.lateness.triggers import REVIEWS
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise
from workflows.sight import Sight
from workflows.subjects import SubjectKind

FILES: dict[SubjectKind, type[Any]] = {
    SubjectKind.OBLIGATION: Obligation,
    SubjectKind.UNIT_TASK: UnitTask,
    SubjectKind.HAZARD: Hazard,
}
ABOUT = {
    Kind.OBLIGATION: (SubjectKind.OBLIGATION,),
    Kind.DUTY: (SubjectKind.UNIT_TASK,),
    Kind.HAZARD: (SubjectKind.HAZARD,),
    Kind.REVIEW: tuple(FILES),
}
AFTERWARDS = "check_effect"  # what comes after the closure of a hazard
UNDER_SUSPENSION = (SubjectKind.OBLIGATION, SubjectKind.UNIT_TASK)  # a hazard is fixed all the same


@dataclass(frozen=True, slots=True)
class View:
    """What part of the board is shown; None restricts nothing. `chosen` are ids of the kind."""

    kind: Kind = Kind.OBLIGATION
    by: Dimension = Dimension.TOWN
    campaign_id: int | None = None
    town_id: int | None = None
    department_id: int | None = None
    body_id: int | None = None
    item: str | None = None
    industry: str | None = None
    step: str | None = None
    reviewer: str | None = None
    bucket: int | None = None
    offset: int = 0
    chosen: tuple[tuple[SubjectKind, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """The instant that is asked about, who asks, and what one needs to know to answer."""

    at: datetime
    is_now: bool
    sight: Sight
    calendar: WorkdayCalendar
    standing: frozenset[int]
    cancelled: frozenset[int]
    is_reopened: bool  # whether anything that is late now was given to its people again after `at`

    @classmethod
    def of(
        cls, session: Session, at: datetime, *, now: datetime, sight: Sight, calendar: WorkdayCalendar
    ) -> Moment:
        """At `at`, or now if that is earlier."""
        gone = session.scalars(select(Campaign.id).where(Campaign.cancelled_at.is_not(None)))
        asked = min(at, now)
        reopened = at < now and session.scalar(_opened_later(asked).limit(1)) is not None
        return cls(asked, at >= now, sight, calendar, _suspended(session, asked), frozenset(gone), reopened)


def _suspended(session: Session, at: datetime) -> frozenset[int]:
    """Campaigns that stood still at an instant: nothing of them counts as late."""
    query = select(CampaignChange).where(CampaignChange.at <= at).order_by(CampaignChange.id)
    last = {one.campaign_id: one.kind for one in session.scalars(query)}
    return frozenset(number for number, kind in last.items() if kind == "suspended")


@dataclass(frozen=True, slots=True)
class Arm:
    """A part of the late turns: about, id, campaign_id, town_id, department_id, enterprise_id, body_id, item_code,
    path_id, candidate_group, and `moment`: when it was due, for a review since when it waits.
    """

    late: Subquery
    is_sorted: bool  # whether an index holds all of it by `moment`


def arms(view: View, moment: Moment, *, in_order: bool = False) -> list[Arm]:
    """The late turns of a view in parts that have nothing in common; with `in_order` each is read along an index."""
    edges = cuts(view.kind, moment.calendar, at=moment.at)
    return [arm for about in ABOUT[view.kind] for arm in _arms(about, view, moment, edges, in_order)]


def _arms(about: SubjectKind, view: View, moment: Moment, edges: Cuts, in_order: bool) -> Iterator[Arm]:
    model = FILES[about]
    if view.kind is Kind.REVIEW and about is SubjectKind.OBLIGATION:
        yield _sorted(_reviewed(view, moment, edges))
    elif view.kind is Kind.REVIEW:
        for nodes in [(node,) for node in REVIEWS[about]] if in_order else [REVIEWS[about]]:
            yield _arm(_waiting(model, about, nodes, view, moment, edges))
    elif about is SubjectKind.HAZARD:
        yield _arm(_unfixed(view, moment, edges))
    else:
        yield _sorted(_unsubmitted(model, about, view, moment, edges))
    if not moment.is_now:
        yield _arm(_ended(about, view, moment, edges))


def _arm(rows: Select[Any]) -> Arm:
    return Arm(rows.subquery("late"), is_sorted=False)


def _sorted(rows: Select[Any]) -> Arm:
    return Arm(rows.subquery("late"), is_sorted=True)


def _unsubmitted(model: Any, about: SubjectKind, view: View, moment: Moment, edges: Cuts) -> Select[Any]:
    """Still with the enterprise or the body; those whose task was opened later were not at the time."""
    query = select(*_columns(model, about, model.id, model.due_at, cast(null(), String))).where(
        model.submitted_at.is_(None), model.closed_at.is_(None), *_within(model.due_at, view, edges),
        *_conditions(model, model.id, about, view, moment, live=True),
    )  # fmt: skip
    return query.where(model.instance_id.not_in(_opened_later(moment.at))) if moment.is_reopened else query


def _opened_later(at: datetime) -> Select[int]:
    """Processes with an open task that was due before it was opened, after this instant: returned, say."""
    return select(UserTask.instance_id).where(
        UserTask.closed_at.is_(None), UserTask.due_at < UserTask.created_at, UserTask.created_at > at
    )


def _unfixed(view: View, moment: Moment, edges: Cuts) -> Select[Any]:
    """Hazards with an open task that has a date, whoever's it is; of several side by side the one due first.

    Of a closed hazard it is the check of its effect.
    """
    columns = _columns(Hazard, SubjectKind.HAZARD, Hazard.id, UserTask.due_at, UserTask.candidate_group)
    beside = aliased(UserTask)
    earlier = select(beside.id).where(
        beside.instance_id == UserTask.instance_id, beside.closed_at.is_(None), beside.created_at <= moment.at,
        tuple_(beside.due_at, beside.id) < tuple_(UserTask.due_at, UserTask.id),
    )  # fmt: skip
    return (
        select(*columns)
        .join(UserTask, UserTask.instance_id == Hazard.instance_id)
        .where(
            or_(Hazard.closed_at.is_(None), UserTask.node == AFTERWARDS),
            UserTask.closed_at.is_(None),
            UserTask.node.in_(DATED_NODES),  # else every open task is looked at
            UserTask.created_at <= moment.at,
            ~earlier.exists(),
            *_within(UserTask.due_at, view, edges),
            *_conditions(Hazard, Hazard.id, SubjectKind.HAZARD, view, moment, live=True),
        )
    )


def _reviewed(view: View, moment: Moment, edges: Cuts) -> Select[Any]:
    """Obligations that wait for a review longer than its limit; since when is kept beside them by a trigger."""
    since, group = Obligation.review_since, Obligation.review_group
    query = select(*_columns(Obligation, SubjectKind.OBLIGATION, Obligation.id, since, group))
    return query.where(
        since.is_not(None), *_within(since, view, edges), *_of_reviewer(group, view),
        *_conditions(Obligation, Obligation.id, SubjectKind.OBLIGATION, view, moment, live=True),
    )  # fmt: skip


def _waiting(
    model: Any, about: SubjectKind, nodes: Sequence[str], view: View, moment: Moment, edges: Cuts
) -> Select[Any]:
    """What waits for a review at one of these nodes longer than its limit."""
    columns = _columns(model, about, model.id, UserTask.created_at, UserTask.candidate_group)
    query = select(*columns).join(UserTask, UserTask.instance_id == model.instance_id)
    return query.where(
        UserTask.closed_at.is_(None), UserTask.due_at.is_(None), UserTask.node.in_(nodes),
        *_within(UserTask.created_at, view, edges), *_of_reviewer(UserTask.candidate_group, view),
        *_conditions(model, model.id, about, view, moment, live=True),
    )  # fmt: skip


def _ended(about: SubjectKind, view: View, moment: Moment, edges: Cuts) -> Select[Any]:
    """What was late then and has ended since."""
    is_review = view.kind is Kind.REVIEW
    when = LateTurn.since if is_review else LateTurn.due_at
    query = select(*_columns(LateTurn, about, LateTurn.subject_id, when, LateTurn.candidate_group))
    if about is SubjectKind.HAZARD:  # side by side counts once
        query = query.distinct()
    return query.where(
        LateTurn.kind == about, LateTurn.until > moment.at, LateTurn.since <= moment.at,
        LateTurn.due_at.is_(None) if is_review else LateTurn.due_at.is_not(None),
        *_within(when, view, edges), *_of_reviewer(LateTurn.candidate_group, view),
        *_conditions(LateTurn, LateTurn.subject_id, about, view, moment, live=False),
    )  # fmt: skip


def _columns(model: Any, about: SubjectKind, number: Any, when: Any, group: Any) -> Sequence[Any]:
    return (
        literal(about.value).label("about"), number.label("id"), model.campaign_id.label("campaign_id"),
        model.town_id.label("town_id"), model.department_id.label("department_id"),
        model.enterprise_id.label("enterprise_id"), _body(model).label("body_id"), _item(model).label("item_code"),
        model.path_id.label("path_id"), group.label("candidate_group"), when.label("moment"),
    )  # fmt: skip


def _body(model: Any) -> Any:
    return model.body_id if model in (UnitTask, LateTurn) else cast(null(), Integer)


def _item(model: Any) -> Any:
    if model is Hazard:
        return cast(null(), String)
    return model.duty_code if model is UnitTask else model.item_code


def _within(when: InstrumentedAttribute[Any], view: View, edges: Cuts) -> list[ColumnElement[bool]]:
    """Late, and in the bucket that is asked for."""
    return between(when, (None, edges.at[0]) if view.bucket is None else edges.span(view.bucket))


def between(
    when: ColumnElement[Any] | InstrumentedAttribute[Any], span: tuple[datetime | None, datetime | None]
) -> list[ColumnElement[bool]]:
    """From (None: from ever) and before (None: there is nothing)."""
    since, before = span
    if before is None:
        return [false()]
    return [when < before, *([when >= since] if since is not None else [])]


def _of_reviewer(group: InstrumentedAttribute[Any], view: View) -> list[ColumnElement[bool]]:
    return [group == view.reviewer] if view.reviewer is not None else []


def _conditions(
    model: Any, number: Any, about: SubjectKind, view: View, moment: Moment, *, live: bool
) -> list[ColumnElement[bool]]:
    pairs = [
        (model.campaign_id, view.campaign_id), (model.town_id, view.town_id),
        (model.department_id, view.department_id), (_body(model), view.body_id), (_item(model), view.item),
    ]  # fmt: skip
    found = [moment.sight.of(model), *(column == value for column, value in pairs if value is not None)]
    if about in UNDER_SUSPENSION and (out := moment.standing | (moment.cancelled if live else frozenset())):
        found.append(model.campaign_id.not_in(sorted(out)))
    if view.industry is not None:
        trade = Enterprise.id == model.enterprise_id, Enterprise.industry == view.industry
        found.append(select(Enterprise.id).where(*trade).exists())
    if view.chosen is not None:
        found.append(among(number, [id_ for kind, id_ in view.chosen if kind is about]))
    return found
