"""Who sees what: an enterprise itself, a town its area, a department its enterprises, the office everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, or_, true

from workflows.accounts.types import Held, Role

EVERYTHING = frozenset({Role.LEAD_OFFICER, Role.LEADER, Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Sight:
    """The organisations whose obligations, hazards and evidence somebody may see."""

    everything: bool
    town_ids: tuple[int, ...] = ()
    department_ids: tuple[int, ...] = ()
    enterprise_ids: tuple[int, ...] = ()
    actor: str = ""  # whose copies count as well, where one file is opened

    def allows(self, subject: Any) -> bool:
        """Whether a row with `town_id`, `department_id` and `enterprise_id` may be seen."""
        return (
            self.everything
            or subject.town_id in self.town_ids
            or subject.department_id in self.department_ids
            or subject.enterprise_id in self.enterprise_ids
        )

    def of(self, model: Any, *, enterprise_id: Any = None) -> ColumnElement[bool]:
        """The same as a condition of a query on `model`; `enterprise_id` is its column if it has another name.

        Only what somebody holds is compared: an empty IN would keep the database from its index.
        """
        if self.everything:
            return true()
        compared = (
            (model.town_id, self.town_ids),
            (model.department_id, self.department_ids),
            (model.enterprise_id if enterprise_id is None else enterprise_id, self.enterprise_ids),
        )
        return or_(false(), *(column.in_(ids) for column, ids in compared if ids))


def sight_of(held: Iterable[Held], actor: str = "") -> Sight:
    """What the roles somebody holds let them see."""
    roles = list(held)
    return Sight(
        actor=actor,
        everything=any(one.role in EVERYTHING for one in roles),
        town_ids=tuple(one.organization_id for one in roles if one.role is Role.TOWN_OFFICER),
        department_ids=tuple(one.organization_id for one in roles if one.role is Role.DEPARTMENT_OFFICER),
        enterprise_ids=tuple(
            one.organization_id for one in roles if one.role in (Role.SAFETY_OFFICER, Role.PRINCIPAL)
        ),
    )
