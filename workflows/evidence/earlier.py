"""What an enterprise has shown before for the same kind of proof, so that nobody photographs the same licence twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.evidence.models import Evidence
from workflows.evidence.queries import by_ids
from workflows.obligations.models import Obligation
from workflows.submissions.models import Submission

LOOKED_AT = 200  # newest submissions
LISTED = 24


def earlier(session: Session, *, enterprise_id: int, slot: str) -> list[Evidence]:
    """The enterprise's own files that it submitted in slots of this code, the newest first."""
    query = (
        select(Submission)
        .join(Obligation, Obligation.instance_id == Submission.instance_id)
        .where(Obligation.enterprise_id == enterprise_id, Submission.node == "self_check")
        .order_by(Submission.id.desc())
        .limit(LOOKED_AT)
    )
    ids: dict[int, None] = {}
    for one in session.scalars(query):
        ids.update(dict.fromkeys(one.form.get("evidence", {}).get(slot, [])))
    files = by_ids(session, ids)
    own = [
        files[number] for number in ids if number in files and files[number].organization_id == enterprise_id
    ]
    return own[:LISTED]
