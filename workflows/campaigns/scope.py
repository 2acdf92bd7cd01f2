"""Whom a campaign reaches: towns, industries, a list of enterprises; and the enterprises that are in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from workflows.campaigns.planning import Member
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus


@dataclass(frozen=True, slots=True)
class Listed:
    """The enterprises of a list. `key` names the text it was read from, `unknown` counts its lines that name nobody."""

    ids: frozenset[int]
    key: str = ""
    unknown: int = 0

    def as_json(self) -> dict[str, Any]:
        return {"ids": sorted(self.ids), "key": self.key, "unknown": self.unknown}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Listed:
        return cls(frozenset(data["ids"]), data["key"], data["unknown"])


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a campaign reaches. An empty tuple, or no list, is no restriction; an empty list is nobody.

    Restrictions add up: an enterprise lies in one of the towns, in one of the industries and on the list.
    """

    town_ids: tuple[int, ...] = ()
    industries: tuple[str, ...] = ()
    listed: Listed | None = None

    @property
    def is_restricted(self) -> bool:
        return bool(self.town_ids or self.industries) or self.listed is not None

    def as_json(self) -> dict[str, Any]:
        return {
            "town_ids": list(self.town_ids), "industries": list(self.industries),
            "list": self.listed.as_json() if self.listed else None,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scope:
        """What was stored before there were lists has none."""
        listed = data.get("list")
        return cls(
            tuple(data["town_ids"]), tuple(data["industries"]), Listed.from_json(listed) if listed else None
        )

    def fault(self, firm: Enterprise) -> str | None:
        """`town`, `industry` or `list` when an enterprise is left out for it."""
        if self.town_ids and firm.town_id not in self.town_ids:
            return "town"
        if self.industries and firm.industry.value not in self.industries:
            return "industry"
        if self.listed is not None and firm.id not in self.listed.ids:
            return "list"
        return None

    def conditions(self, *, after: int = 0) -> list[ColumnElement[bool]]:
        """The restrictions on enterprises whose id is greater than `after`."""
        found = [Enterprise.id > after] if after else []
        if self.town_ids:
            found.append(Enterprise.town_id.in_(self.town_ids))
        if self.industries:
            found.append(Enterprise.industry.in_(self.industries))
        if self.listed is not None:
            found.append(Enterprise.id.in_(sorted(one for one in self.listed.ids if one > after)))
        return found


def overlap(session: Session, some: Scope, other: Scope) -> bool:
    """Whether some enterprise may lie in both, now or once it joins; of lists, one that is registered."""
    if not (_meet(some.town_ids, other.town_ids) and _meet(some.industries, other.industries)):
        return False
    if some.listed is None and other.listed is None:
        return True
    both = select(Enterprise.id).where(*some.conditions(), *other.conditions())
    return session.scalar(both.limit(1)) is not None


def _meet(some: Collection[Any], others: Collection[Any]) -> bool:
    return not some or not others or not set(some).isdisjoint(others)


def reached(scope: Scope, *, after: int = 0) -> Select[Enterprise]:
    """The enterprises in operation that a scope reaches."""
    operating = Enterprise.status == EnterpriseStatus.OPERATING
    return select(Enterprise).where(operating, *scope.conditions(after=after))


def members(session: Session, scope: Scope, *, after: int = 0, limit: int | None = None) -> list[Member]:
    """The enterprises in operation that a scope reaches, by id; `after` an id, `limit` of them."""
    query = reached(scope, after=after).order_by(Enterprise.id).limit(limit)
    return [_member(one) for one in session.scalars(query)]


def member(session: Session, scope: Scope, enterprise_id: int) -> Member | None:
    """One enterprise, if it is in operation and the scope reaches it."""
    one = session.scalar(reached(scope).where(Enterprise.id == enterprise_id))
    return _member(one) if one else None


def _member(one: Enterprise) -> Member:
    return Member(one.id, one.town_id, one.department_id, one.facts)
