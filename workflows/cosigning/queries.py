"""Which signatures a task waits for, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among_given
from workflows.cosigning.models import Cosignature
from workflows.exceptions import Conflict
from workflows.returning import sends_back

_ASKED: Final = (
    select(Cosignature)
    .where(among_given(Cosignature.task_id, "ids"), Cosignature.withdrawn_at.is_(None))
    .order_by(Cosignature.id)
)


def of_task(session: Session, task_id: int) -> list[Cosignature]:
    """Every signature that was asked for at a task, oldest first; withdrawn ones apart."""
    query = select(Cosignature).where(Cosignature.task_id == task_id, Cosignature.withdrawn_at.is_(None))
    return list(session.scalars(query.order_by(Cosignature.id)))


def check(session: Session, task_id: int, *, node: str, form: Mapping[str, Any]) -> None:
    """Raises Conflict while a signature is missing, or when one was refused and the form does not send the work back.

    What somebody said last counts: who refused may be asked again.
    """
    check_each(session, [(task_id, node, form)])


def check_each(session: Session, decided: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None:
    """The same for many: (task, node, form), in one statement."""
    found = session.scalars(_ASKED, {"ids": [task_id for task_id, _, _ in decided]})
    latest = {(one.task_id, one.cosigner_id): one for one in found}
    forms = {task_id: (node, form) for task_id, node, form in decided}
    for one in latest.values():
        if one.agreed is None:
            raise Conflict(what="waits-for-cosigner", by=f"account:{one.cosigner_id}", at=one.asked_at)
        if not one.agreed and not sends_back(*forms[one.task_id]):
            raise Conflict(what="cosigner-refused", by=f"account:{one.cosigner_id}", at=one.decided_at)
