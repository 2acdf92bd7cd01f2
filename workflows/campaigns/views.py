"""What part of a campaign somebody looks at: what they may see of it, and the town they have chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from workflows.sight import Sight


@dataclass(frozen=True, slots=True)
class View:
    """A campaign as far as `sight` reaches, or one town of it."""

    campaign_id: int
    sight: Sight
    town_id: int | None = None

    def of(self, model: Any) -> tuple[ColumnElement[bool], ...]:
        """The conditions of a query on obligations, hazards or unit tasks."""
        return (model.campaign_id == self.campaign_id, *self.within(model))

    def within(self, model: Any) -> tuple[ColumnElement[bool], ...]:
        """The same where something else says of which campaign they are."""
        chosen = () if self.town_id is None else (model.town_id == self.town_id,)
        return (self.sight.of(model), *chosen)

    def shows(self, town_id: int, department_id: int) -> bool:
        """Whether what one town and department has closed belongs to it."""
        if self.town_id not in (None, town_id):
            return False
        seen = self.sight
        return seen.everything or town_id in seen.town_ids or department_id in seen.department_ids
