"""Figures of a report as they stood at one instant; kept as JSON, so that no later change of rules touches them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from workflows.campaigns.tallies import Tally
from workflows.documents.types import Kind
from workflows.times import iso


@dataclass(frozen=True, slots=True)
class Reported:
    """What the form of a task reports: which document it becomes, of which campaign (or department in it), what counts
    as new since when, and the day on which its figures are drafted (None: at once).
    """

    kind: Kind
    campaign_id: int
    instance_id: int
    node: str
    since: date
    department_id: int | None = None
    drafted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How the work stood at `as_of`, and what had come since the day `since`. Attachment 3 was not published: these
    figures are ours [D].
    """

    as_of: datetime
    since: date
    enterprises: int
    whole: Tally
    closed_new: int
    hazards: int
    hazards_new: int
    hazards_closed: int
    hazards_closed_new: int
    towns: Mapping[int, Tally]
    items: Mapping[str, Tally]

    def as_json(self) -> dict[str, Any]:
        towns = {str(key): asdict(one) for key, one in self.towns.items()}
        items = {key: asdict(one) for key, one in self.items.items()}
        counts = {name: getattr(self, name) for name in COUNTS}
        moments = {"as_of": iso(self.as_of), "since": self.since.isoformat()}
        return {**counts, **moments, "whole": asdict(self.whole), "towns": towns, "items": items}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Figures:
        return cls(
            as_of=datetime.fromisoformat(data["as_of"]), since=date.fromisoformat(data["since"]),
            whole=Tally(**data["whole"]), towns={int(key): Tally(**one) for key, one in data["towns"].items()},
            items={key: Tally(**one) for key, one in data["items"].items()},
            **{name: data[name] for name in COUNTS},
        )  # fmt: skip


COUNTS = ("enterprises", "closed_new", "hazards", "hazards_new", "hazards_closed", "hazards_closed_new")
