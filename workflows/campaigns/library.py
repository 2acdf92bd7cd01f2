"""Which templates can be launched: those of the product and the versions that somebody changed and kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.campaigns import templates
from workflows.campaigns.models import TemplateVersion
from workflows.campaigns.types import CampaignTemplate
from workflows.exceptions import NotFound

SHOWN = 12  # characters of a hash that name a version in addresses


@dataclass(frozen=True, slots=True)
class Offer:
    """A template with the key that names it: the code of the product's own, the hash of a kept version."""

    key: str
    template: CampaignTemplate
    version: TemplateVersion | None = None


def offers(session: Session) -> list[Offer]:
    """The product's templates, then the kept versions, the newest first."""
    own = [Offer(template.code, template) for template in templates.load_all()]
    kept = session.scalars(select(TemplateVersion).order_by(TemplateVersion.id.desc()))
    return own + [_offer(version) for version in kept]


def find(session: Session, key: str) -> Offer:
    """Raises NotFound."""
    for template in templates.load_all():
        if template.code == key:
            return Offer(key, template)
    known = TemplateVersion.hash.startswith(key, autoescape=True)
    version = session.scalar(select(TemplateVersion).where(known)) if len(key) == SHOWN else None
    if version is None:
        raise NotFound(kind="template", code=key)
    return _offer(version)


def save(session: Session, data: dict[str, Any], *, based_on: str, actor: str, now: datetime) -> Offer:
    """Keep a changed template as a version of its own; the same content again is the version there is.

    No running campaign changes: each keeps its own copy. Raises TemplateRefused for one that is not sound.
    """
    template = templates.from_json(data)
    digest = content_hash(data)
    known = session.scalar(select(TemplateVersion).where(TemplateVersion.hash == digest))
    if known is not None:
        return Offer(digest[:SHOWN], template, known)
    version = TemplateVersion(
        code=template.code, title=template.title, data=data, hash=digest, based_on=based_on, saved_at=now,
        saved_by=actor,
    )  # fmt: skip
    session.add(version)
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="template.save", subject=f"template:{digest[:SHOWN]}",
        detail={"code": template.code, "based_on": based_on},
    )  # fmt: skip
    return Offer(digest[:SHOWN], template, version)


def content_hash(data: dict[str, Any]) -> str:
    """SHA-256 of the content, whatever the order of its names."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _offer(version: TemplateVersion) -> Offer:
    return Offer(version.hash[:SHOWN], templates.from_json(version.data), version)
