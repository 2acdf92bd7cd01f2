"""The words of the overdue board: what stands at the head of each row."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from web.inputs import number_of
from web.words import word
from workflows.accounts.queries import organization_names
from workflows.accounts.types import Role
from workflows.campaigns.models import Campaign
from workflows.campaigns.queries import newest_first
from workflows.campaigns.service import template_of
from workflows.i18n import gettext as _
from workflows.lateness.board import Key
from workflows.lateness.climbed import NO_STEP
from workflows.lateness.rules import Dimension
from workflows.register.types import Industry
from workflows.titles import titled

ORGANIZATIONS = (Dimension.TOWN, Dimension.DEPARTMENT, Dimension.BODY)


def key_words(session: Session, by: Dimension, keys: Iterable[Key]) -> dict[Key, str]:
    """The words for the rows of a matrix."""
    found = list(keys)
    if by in ORGANIZATIONS:
        names = organization_names(session, [int(key) for key in found if key is not None])
        return {key: names.get(int(key or 0), "—") for key in found}
    if by is Dimension.REVIEWER:
        return _reviewers(session, found)
    if by is Dimension.ITEM:
        return _items(session, found)
    return {key: _industry_or_step(by, key) for key in found}


def key_name(session: Session, by: Dimension, key: Key) -> str:
    """The words for one row."""
    return key_words(session, by, [key])[key]


def _industry_or_step(by: Dimension, key: Key) -> str:
    if by is Dimension.INDUSTRY:
        return _(Industry(str(key)).label) if key else "—"
    try:
        return _("尚未升级") if key == NO_STEP else word(key, "ladder")
    except KeyError:
        return str(key)


def _reviewers(session: Session, keys: list[Key]) -> dict[Key, str]:
    """The office of each candidate group, with its role where an office has several."""
    homes = {key: str(key).partition(":") for key in keys}
    ids = {key: number_of(home) or 0 for key, (home, _colon, _role) in homes.items()}
    names = organization_names(session, ids.values())
    roles = {
        Role.TOWN_OFFICER: _("镇街"),
        Role.DEPARTMENT_OFFICER: _("部门"),
        Role.LEAD_OFFICER: _("区安委办"),
    }
    return {
        key: f"{names.get(ids.get(key, 0), '—')}（{roles.get(role, role)}）"  # type: ignore[call-overload]
        for key, (_home, _colon, role) in homes.items()
    }


def _items(session: Session, keys: list[Key]) -> dict[Key, str]:
    """The code with the title that the newest campaign gives it."""
    titles: dict[str, str] = {}
    for campaign in reversed(newest_first(session)):
        titles |= _titles(campaign)
    return {key: f"{key} {titled(titles[str(key)])}" if key in titles else str(key or "—") for key in keys}


def _titles(campaign: Campaign) -> dict[str, str]:
    template = template_of(campaign)
    items = {item.code: item.title for item in template.items}
    return items | {duty.code: duty.title for duty in template.duties}
