"""Which evidence there is, and who may see or use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.discussion.queries import evidence_is_copied
from workflows.evidence.exceptions import ForeignEvidence
from workflows.evidence.models import Evidence
from workflows.evidence.types import ANONYMOUS
from workflows.exceptions import NotFound
from workflows.hazards import queries as hazards
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.register.models import Enterprise
from workflows.sight import Sight


def by_ids(session: Session, ids: Iterable[int]) -> dict[int, Evidence]:
    """The evidence with these ids; ids that are none are left out."""
    rows = session.scalars(select(Evidence).where(Evidence.id.in_(list(ids))))
    return {row.id: row for row in rows}


def check_usable(session: Session, ids: Iterable[int], *, organization_id: int) -> None:
    """Raises ForeignEvidence when a form names evidence that its organisation did not upload."""
    wanted = set(ids)
    if not wanted:
        return
    query = select(Evidence.id).where(Evidence.id.in_(wanted), Evidence.organization_id == organization_id)
    if foreign := wanted - set(session.scalars(query)):
        raise ForeignEvidence(ids=sorted(foreign))


def check_all_usable(session: Session, wanted: Sequence[tuple[int, Iterable[int]]]) -> None:
    """The same for many: (organisation, ids of evidence)."""
    asked = {(home, number) for home, ids in wanted for number in ids}
    if not asked:
        return
    query = select(Evidence.organization_id, Evidence.id).where(
        Evidence.id.in_({number for _, number in asked})
    )
    if foreign := asked - {(home, number) for home, number in session.execute(query)}:
        raise ForeignEvidence(ids=sorted(number for _, number in foreign))


def readable(
    session: Session, evidence_id: int, *, organization_ids: Iterable[int], sight: Sight
) -> Evidence:
    """One piece of evidence that somebody may open. Raises NotFound for one that does not concern them.

    One's own organisation's always; an enterprise's for the authorities that see the enterprise; an
    authority's (photos of a site check) for every authority, but what came in anonymously for that one alone; that of
    a hazard for the department that it was handed to; what belongs to a file that was copied to them.
    """
    evidence = session.get(Evidence, evidence_id)
    if evidence is None:
        raise NotFound(what="evidence", id=evidence_id)
    if evidence.organization_id in set(organization_ids) or _in_sight(session, evidence, sight):
        return evidence
    if hazards.shows(
        session, evidence_id, enterprise_id=evidence.organization_id, department_ids=sight.department_ids
    ):
        return evidence
    if evidence_is_copied(session, evidence_id, sight.actor):
        return evidence
    raise NotFound(what="evidence", id=evidence_id)


def _in_sight(session: Session, evidence: Evidence, sight: Sight) -> bool:
    if sight.everything:
        return True
    owner = session.get_one(Organization, evidence.organization_id)
    if owner.kind != OrganizationKind.ENTERPRISE:
        return evidence.uploaded_by != ANONYMOUS and bool(sight.town_ids or sight.department_ids)
    enterprise = session.get(Enterprise, owner.id)
    if enterprise is None:
        return False
    return (
        enterprise.town_id in sight.town_ids
        or enterprise.department_id in sight.department_ids
        or enterprise.id in sight.enterprise_ids
    )
