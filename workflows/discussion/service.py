"""Say something about a file, name people in it, copy the file to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account
from workflows.audit import service as audit
from workflows.discussion.models import Comment, Copy
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem
from workflows.notifications.service import notify_all
from workflows.subjects import Subject

LONGEST = 2000
LONGEST_NOTE = 500


def comment(
    session: Session,
    subject: Subject,
    *,
    body: str,
    title: str,
    among: Sequence[Account],
    actor: str,
    now: datetime,
) -> Comment:
    """A remark that stays; who is named in it (`@张三`) is told and may read the file.

    Raises InvalidForm for one that is empty or too long.
    """
    text = body.strip()
    if not text:
        raise InvalidForm(problems=[FieldProblem("body", "required")])
    if len(text) > LONGEST:
        raise InvalidForm(problems=[FieldProblem("body", "maxLength", {"limit": LONGEST})])
    named = [one for one in mentioned(text, among) if one.actor != actor]
    said = Comment(
        subject=str(subject), body=text, mentions=[one.actor for one in named], actor=actor, created_at=now
    )
    session.add(said)
    for one in named:
        give_access(session, subject, one.id, note="", actor=actor, now=now)
    data = {"title": title, "note": text, "by": actor}
    notify_all(
        session,
        [one.actor for one in named],
        kind="comment.mentioned",
        subject=str(subject),
        data=data,
        at=now,
    )
    audit.record(session, at=now, actor=actor, action="comment", subject=str(subject), detail={"body": text})
    session.flush()
    return said


def mentioned(text: str, among: Sequence[Account]) -> list[Account]:
    """The people whose name stands after an @; the longest name counts, so that 王安 is not found in @王安平."""
    found: list[Account] = []
    rest = text
    for one in sorted(among, key=lambda account: len(account.display_name), reverse=True):
        if f"@{one.display_name}" in rest:
            found.append(one)
            rest = rest.replace(f"@{one.display_name}", "")
    return found


def copy_to(
    session: Session,
    subject: Subject,
    *,
    account: Account | None,
    title: str,
    note: str,
    actor: str,
    now: datetime,
) -> None:
    """Somebody may read the file and is told so; a second time changes nothing.

    Raises InvalidForm for nobody or a note that is too long.
    """
    if account is None or account.actor == actor:
        raise InvalidForm(problems=[FieldProblem("to", "enum")])
    if len(note) > LONGEST_NOTE:
        raise InvalidForm(problems=[FieldProblem("note", "maxLength", {"limit": LONGEST_NOTE})])
    if not give_access(session, subject, account.id, note=note, actor=actor, now=now):
        return
    data = {"title": title, "note": note, "by": actor}
    notify_all(session, [account.actor], kind="copied", subject=str(subject), data=data, at=now)
    detail = {"to": account.actor, "note": note}
    audit.record(session, at=now, actor=actor, action="copy", subject=str(subject), detail=detail)
    session.flush()


def give_access(
    session: Session, subject: Subject, account_id: int, *, note: str, actor: str, now: datetime
) -> bool:
    """Let an account read one file; False when it may already because of an earlier copy."""
    known = select(Copy.id).where(Copy.subject == str(subject), Copy.account_id == account_id)
    if session.scalar(known) is not None:
        return False
    session.add(Copy(subject=str(subject), account_id=account_id, note=note, copied_by=actor, copied_at=now))
    session.flush()
    return True
