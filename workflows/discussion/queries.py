"""Who may be named, what was said, and whose file somebody may read because it was copied to them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from workflows.accounts.models import Account
from workflows.accounts.queries import account_id_of
from workflows.discussion.models import Comment, Copy
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.organizations.queries import office_id
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.models import Submission
from workflows.submissions.queries import attachment_ids

NEWEST = 200


def people(
    session: Session, about: Obligation | Hazard | UnitTask, *, own_organization: int
) -> list[Account]:
    """Who can be named in a file: everybody of its enterprise or body, town, department, of the lead office and of
    one's own organisation."""
    homes = {about.enterprise_id, about.town_id, about.department_id, office_id(session), own_organization}
    query = select(Account).where(Account.organization_id.in_(homes), Account.active)
    return list(session.scalars(query.order_by(Account.organization_id, Account.id)))


def around_task(session: Session, task: UserTask, *, own_organization: int) -> list[Account]:
    """Who can be named at a task: those of its file; of a campaign's or an extension's task those of one's own."""
    instance = session.get_one(ProcessInstance, task.instance_id)
    subject = Subject.parse(instance.business_key)
    about: Obligation | Hazard | UnitTask | None = None
    if subject.kind is SubjectKind.OBLIGATION:
        about = session.get(Obligation, subject.id)
    elif subject.kind is SubjectKind.HAZARD:
        about = session.get(Hazard, subject.id)
    elif subject.kind is SubjectKind.UNIT_TASK:
        about = session.get(UnitTask, subject.id)
    if about is not None:
        return people(session, about, own_organization=own_organization)
    query = select(Account).where(Account.organization_id == own_organization, Account.active)
    return list(session.scalars(query.order_by(Account.id)))


def comments(session: Session, subject: Subject) -> list[Comment]:
    """The newest remarks, oldest first."""
    query = select(Comment).where(Comment.subject == str(subject)).order_by(Comment.id.desc())
    return list(session.scalars(query.limit(NEWEST)))[::-1]


def copies(session: Session, subject: Subject) -> list[Copy]:
    """To whom the file was copied."""
    return list(session.scalars(select(Copy).where(Copy.subject == str(subject)).order_by(Copy.id)))


def is_copied(session: Session, subject: Subject, actor: str) -> bool:
    """Whether the file was copied to this person."""
    account = account_id_of(actor)
    mine = Copy.subject == str(subject), Copy.account_id == account
    return account is not None and session.scalar(select(Copy.id).where(*mine)) is not None


def evidence_is_copied(session: Session, evidence_id: int, actor: str) -> bool:
    """Whether the evidence was submitted in a file that was copied to this person."""
    account = account_id_of(actor)
    if account is None:
        return False
    query = select(Copy.subject).where(Copy.account_id == account).order_by(Copy.id.desc()).limit(NEWEST)
    subjects = [Subject.parse(text) for text in session.scalars(query)]
    instances = _instances(session, subjects)
    held = session.scalars(select(Submission).where(Submission.instance_id.in_(instances)))
    return any(evidence_id in attachment_ids(one) for one in held)


def _instances(session: Session, subjects: Iterable[Subject]) -> list[int]:
    found: list[int] = []
    for kind, model in (
        (SubjectKind.OBLIGATION, Obligation),
        (SubjectKind.HAZARD, Hazard),
        (SubjectKind.UNIT_TASK, UnitTask),
    ):
        ids = [one.id for one in subjects if one.kind is kind]
        query = select(model.instance_id).where(model.id.in_(ids), model.instance_id.is_not(None))
        found += [number for number in session.scalars(query) if number is not None] if ids else []
    return found
