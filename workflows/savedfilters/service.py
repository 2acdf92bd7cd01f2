"""Keep a filter, share it, throw it away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from workflows.exceptions import InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.savedfilters.models import SavedFilter

LONGEST = 40  # characters of a name
MOST = 30  # filters of one person on one page


def save(
    session: Session, *, account_id: int, organization_id: int | None, page: str, name: str,
    query: Mapping[str, str], now: datetime,
) -> SavedFilter:  # fmt: skip
    """Keep a filter under a name; the same name again replaces it. With an `organization_id` it is shared there.

    Raises InvalidForm without a name, with one that is too long, or when there are `MOST` already.
    """
    title = name.strip()
    problem = _problem(session, title, account_id=account_id, page=page)
    if problem is not None:
        raise InvalidForm(problems=[problem])
    kept = session.scalar(_own(account_id, page).where(SavedFilter.name == title))
    if kept is None:
        kept = SavedFilter(account_id=account_id, page=page, name=title, query={}, created_at=now)
        session.add(kept)
    kept.organization_id, kept.query = organization_id, dict(query)
    session.flush()
    return kept


def _problem(session: Session, title: str, *, account_id: int, page: str) -> FieldProblem | None:
    if not title:
        return FieldProblem("name", "required")
    if len(title) > LONGEST:
        return FieldProblem("name", "maxLength", {"limit": LONGEST})
    others = session.scalars(_own(account_id, page).where(SavedFilter.name != title)).all()
    return FieldProblem("name", "maxItems", {"limit": MOST}) if len(others) >= MOST else None


def remove(session: Session, filter_id: int, *, account_id: int) -> SavedFilter:
    """Throw away one's own filter. Raises NotFound for somebody else's, a shared one included."""
    kept = session.get(SavedFilter, filter_id)
    if kept is None or kept.account_id != account_id:
        raise NotFound(what="filter", id=filter_id)
    session.delete(kept)
    session.flush()
    return kept


def listed(session: Session, *, account_id: int, organization_id: int, page: str) -> list[SavedFilter]:
    """One's own filters and those shared in the organisation, one's own first."""
    theirs = or_(SavedFilter.account_id == account_id, SavedFilter.organization_id == organization_id)
    query = select(SavedFilter).where(SavedFilter.page == page, theirs)
    return list(session.scalars(query.order_by(SavedFilter.account_id != account_id, SavedFilter.name)))


def _own(account_id: int, page: str) -> Select[SavedFilter]:
    return select(SavedFilter).where(SavedFilter.account_id == account_id, SavedFilter.page == page)
