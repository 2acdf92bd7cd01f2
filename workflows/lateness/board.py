"""The overdue board: numbers by a dimension and by days late, and the rows behind each number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, case, cast, func, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from engine.among import among
from workflows.duties.models import UnitTask
from workflows.escalation.models import Escalation
from workflows.escalation.rules import Outcome
from workflows.hazards.models import Hazard
from workflows.lateness import climbed
from workflows.lateness.climbed import Group
from workflows.lateness.rules import BUCKETS, Cuts, Dimension, Kind, cuts, days_late
from workflows.lateness.turns import FILES, Arm, Moment, View, arms, between
from workflows.lateness.urged import Urged, last_urges
from workflows.obligations.models import Obligation
from workflows.organizations.models import Organization
from workflows.promises.models import Promise
from workflows.promises.queries import newest_of
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind

PAGE = 50
Key = int | str | None
COLUMNS = {
    Dimension.TOWN: "town_id", Dimension.DEPARTMENT: "department_id", Dimension.ITEM: "item_code",
    Dimension.BODY: "body_id", Dimension.REVIEWER: "candidate_group",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Late:
    """One line: `moment` is the due instant, or since when a review waits; `group` is whose turn it is, if said.

    `step` is the last ladder step after the date that was taken by then.
    """

    subject: Subject
    file: Obligation | UnitTask | Hazard
    enterprise: Enterprise | None
    body: Organization | None
    group: str | None
    moment: datetime
    workdays: int
    step: Escalation | None
    urged: Urged | None
    promise: Promise | None


def matrix(session: Session, *, view: View, moment: Moment) -> dict[Key, list[int]]:
    """Town, item, … -> how many are late in each bucket of `BUCKETS`; one grouped statement. `view` names no step."""
    if view.by is Dimension.STEP:
        return climbed.matrix(session, view=view, moment=moment)
    edges = cuts(view.kind, moment.calendar, at=moment.at)
    counted = (one for arm in arms(view, moment) for one in _counted(arm, view.by, edges))
    table: dict[Key, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
    for key, bucket, number in session.execute(union_all(*counted)):
        table[key][bucket] += number
    return dict(table)


def count(session: Session, *, view: View, moment: Moment) -> int:
    """How many are late."""
    if view.step is not None:
        return sum(one.count for one in climbed.groups(session, view=view, moment=moment))
    numbers = (select(func.count()).select_from(arm.late) for arm in arms(view, moment))
    return sum(session.scalars(union_all(*numbers)))


def count_up_to(session: Session, most: int, *, kinds: Iterable[Kind], moment: Moment) -> int:
    """How many of these kinds are late in sight; from `most` on nobody counts."""
    late = (arm.late for kind in kinds for arm in arms(View(kind), moment))
    some = (select(one.c.id).limit(most).subquery() for one in late)
    found = union_all(*(select(one) for one in some)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def counts(session: Session, *, view: View, moment: Moment, known: int) -> dict[Kind, int]:
    """How many of each kind are late, in the campaign of the view; `known` is the number of its own kind."""
    views = {kind: View(kind, campaign_id=view.campaign_id) for kind in Kind}
    return {
        kind: known if kind is view.kind else count(session, view=one, moment=moment)
        for kind, one in views.items()
    }


def listed(session: Session, *, view: View, moment: Moment) -> list[Late]:
    """One page, the latest first, one more than `PAGE` when there are further ones."""
    groups, offset = None, view.offset
    if view.step is not None:
        found = climbed.groups(session, view=view, moment=moment)
        groups, offset = climbed.page_of(found, view.offset, PAGE + 1)
    first = [
        query.order_by(arm.late.c.moment, arm.late.c.id).limit(offset + PAGE + 1).subquery()
        for arm in arms(view, moment, in_order=True)
        for query in _rows(arm.late, groups)
    ]
    if not first:
        return []
    page = union_all(*(select(one) for one in first)).subquery()
    query = select(page).order_by(page.c.moment, page.c.about, page.c.id).offset(offset).limit(PAGE + 1)
    return _lines(session, session.execute(query).all(), view.kind, moment)


def every(session: Session, *, view: View, moment: Moment) -> list[tuple[Subject, str | None]]:
    """Everything behind a part of the board, whatever its page: what it is about and whose turn it is."""
    groups = climbed.groups(session, view=view, moment=moment) if view.step is not None else None
    parts = [query for arm in arms(view, moment) for query in _rows(arm.late, groups)]
    rows = [row for part in parts for row in session.execute(part)]
    return [(Subject(SubjectKind(about), number), group) for about, number, group, _ in rows]


def _rows(late: Subquery, groups: Sequence[Group] | None) -> list[Select[Any]]:
    """What a list needs of each, only of these groups if they are given."""
    query = select(late.c.about, late.c.id, late.c.candidate_group, late.c.moment)
    return [query] if groups is None else [query.where(one) for one in climbed.only(late, groups)]


def _counted(arm: Arm, by: Dimension, edges: Cuts) -> list[Select[Any]]:
    """How many there are of each row of the board in each bucket.

    A statement for each bucket where an index finds its part: several times cheaper than to work out the bucket of
    each row.
    """
    spans = [(n, edges.span(n)) for n in range(len(BUCKETS))]
    known = [(n, span) for n, span in spans if span[1] is not None]
    if arm.is_sorted:
        return [_grouped(arm.late, by, literal(n), *between(arm.late.c.moment, span)) for n, span in known]
    cases = [(arm.late.c.moment >= since, n) for n, (since, _) in known if since is not None]
    oldest = literal(known[-1][0] if known else 0)
    return [_grouped(arm.late, by, case(*cases, else_=oldest) if cases else oldest)]


def _grouped(
    late: Subquery, by: Dimension, bucket: ColumnElement[int], *inside: ColumnElement[bool]
) -> Select[Any]:
    """Key, bucket, number; `inside` says what is in the bucket if it is only one."""
    if by is Dimension.INDUSTRY:
        return _by_trade(late, bucket, *inside)
    key = late.c[COLUMNS[by]]
    return select(key, bucket, func.count()).where(*inside).group_by(key, *(() if inside else (bucket,)))


def _by_trade(late: Subquery, bucket: ColumnElement[int], *inside: ColumnElement[bool]) -> Select[Any]:
    """Counts by enterprise first, so that each is looked up once."""
    firm = (late.c.enterprise_id + 0).label("firm")  # the sum keeps SQLite from the index of enterprises
    rows = select(firm, bucket.label("bucket"), func.count().label("number")).where(*inside)
    each = rows.group_by(firm, *(() if inside else (bucket,))).subquery("each")
    number = cast(func.sum(each.c.number), Integer)
    query = select(Enterprise.industry, each.c.bucket, number)
    found = query.outerjoin_from(each, Enterprise, Enterprise.id == each.c.firm)
    return found.group_by(Enterprise.industry, each.c.bucket)


def _lines(session: Session, found: Sequence[Any], kind: Kind, moment: Moment) -> list[Late]:
    subjects = [Subject(SubjectKind(about), number) for about, number, _, _ in found]
    files = files_of(session, subjects)
    firms = _by_id(session, Enterprise, (one.enterprise_id for one in files.values()))
    bodies = _by_id(session, Organization, (getattr(one, "body_id", None) for one in files.values()))
    steps = _steps(session, subjects, moment)
    urges = last_urges(session, subjects, at=moment.at)
    promises = newest_of(session, subjects, at=moment.at)
    days = {when: days_late(kind, when, moment.calendar, at=moment.at) for *_, when in found}
    lines = []
    for subject, (_, _, group, when) in zip(subjects, found, strict=True):
        file, step = files[subject], steps.get(subject)
        lines.append(
            Late(
                subject, file, firms.get(file.enterprise_id or 0), bodies.get(getattr(file, "body_id", 0)), group,
                when, days[when],
                step if step and step.acted_at > when else None, urges.get(subject), promises.get(subject),
            )
        )  # fmt: skip
    return lines


def files_of(
    session: Session, subjects: Iterable[Subject]
) -> Mapping[Subject, Obligation | UnitTask | Hazard]:
    """The obligation, duty or hazard of each subject: one statement for each kind there is."""
    ids: dict[SubjectKind, list[int]] = defaultdict(list)
    for subject in subjects:
        ids[subject.kind].append(subject.id)
    return {
        Subject(kind, one.id): one
        for kind, numbers in ids.items()
        for one in session.scalars(select(FILES[kind]).where(among(FILES[kind].id, numbers)))
    }


def _by_id(session: Session, model: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = sorted({number for number in ids if number is not None})
    query = select(model).where(among(model.id, wanted))
    return {one.id: one for one in session.scalars(query)} if wanted else {}


def _steps(session: Session, subjects: Sequence[Subject], moment: Moment) -> dict[Subject, Escalation]:
    found: dict[Subject, Escalation] = {}
    for kind in sorted({subject.kind for subject in subjects}):
        ids = [subject.id for subject in subjects if subject.kind is kind]
        query = select(Escalation).where(
            Escalation.subject_kind == kind, among(Escalation.subject_id, ids), Escalation.outcome == Outcome.SENT,
            Escalation.offset > 0, Escalation.acted_at <= moment.at,
        )  # fmt: skip
        for one in session.scalars(query.order_by(Escalation.acted_at)):
            found[Subject(kind, one.subject_id)] = one
    return found
