"""A stand-in that the lead office names for somebody on the launch page: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from starlette.datastructures import FormData

from web import words
from web.inputs import number_of, plain
from workflows.assignments.standins import LONGEST
from workflows.campaigns.types import CampaignTemplate
from workflows.exceptions import Conflict, InvalidForm
from workflows.forms import FieldProblem

CONFLICTS = {"stand-in-overlap": "from_on", "stand-in-away": "to"}  # what it is -> the field to change


@dataclass(frozen=True, slots=True)
class Asked:
    """Texts as they were typed: `absent` and `to` are ids of accounts, `group` the role; `errors` by field."""

    absent: str
    group: str
    to: str
    from_on: str
    to_on: str
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date | None, date | None]:
        return _day(self.from_on), _day(self.to_on)

    @property
    def stand_in_id(self) -> int | None:
        return number_of(self.to)

    def refused(self, because: InvalidForm | Conflict) -> Asked:
        """The same with what is wrong beside each field."""
        found = because.data.get("problems") or _conflicting(because)
        return replace(self, errors={one.path: words.problem(one) for one in found})

    def is_about(self, group: str, account_id: int) -> bool:
        return (self.group, self.absent) == (group, str(account_id))


@dataclass(frozen=True, slots=True)
class Naming:
    """What the forms of the page need: the page's own query, the usual days, and what was refused."""

    query: str
    from_on: date
    to_on: date
    refused: Asked | None = None


def read(fields: FormData) -> Asked:
    """What the form sent."""
    absent, group, to, from_on, to_on = (
        plain(str(fields.get(name, ""))).strip() for name in ("absent", "group", "to", "from_on", "to_on")
    )
    return Asked(absent, group, to, from_on, to_on)


def usual_days(template: CampaignTemplate, today: date) -> tuple[date, date]:
    """The days of the campaign that are left, a year at most."""
    first = max(today, template.starts_on)
    return first, min(max(first, template.ends_on), first + LONGEST)


def _conflicting(because: InvalidForm | Conflict) -> list[FieldProblem]:
    what = str(because.data["what"])
    return [FieldProblem(CONFLICTS[what], what)]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
