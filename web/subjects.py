"""The page of what a process or an entry of the audit log is about."""

from __future__ import annotations

from workflows.notifications.sentences import PAGES
from workflows.subjects import Subject, SubjectKind


def url_of_subject(subject: Subject) -> str | None:
    """Where a subject is shown; an extension has no page of its own."""
    page = PAGES.get(subject.kind)
    return page.format(subject.id) if page else None


def url_of_key(key: str) -> str | None:
    """The same for a key such as `obligation:12` or `account:3`, None for one that names no page."""
    kind, _, number = key.partition(":")
    if not (number.isascii() and number.isdigit()):
        return None
    if kind == "account":
        return f"/people/{number}"
    return url_of_subject(Subject(SubjectKind(kind), int(number))) if kind in set(SubjectKind) else None
