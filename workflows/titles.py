"""Words of templates in the reader's language: titles and requirements are stored in Chinese, and the templates that
come with the product know their English twins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain

from workflows import i18n
from workflows.campaigns import templates
from workflows.campaigns.types import CampaignTemplate, Duty, NamedSet, Parameter, TemplateItem

OF_A_PERIOD = re.compile(r"(?P<title>.+)（(?P<period>[^（）]+)）")


def titled(stored: str) -> str:
    """主要负责人安全宣讲 -> Principal's safety talk; what a person wrote stays as it was written."""
    if i18n.language.get() != "en":
        return stored
    known = _english()
    if stored in known:
        return known[stored]
    parts = OF_A_PERIOD.fullmatch(stored)
    if parts and parts["title"] in known:
        return f"{known[parts['title']]} ({parts['period']})"
    return stored


@cache
def _english() -> Mapping[str, str]:
    return {chinese: english for template in templates.load_all() for chinese, english in _pairs(template)}


def _pairs(template: CampaignTemplate) -> Iterator[tuple[str, str]]:
    yield template.title, template.title_en
    for row in chain[TemplateItem | Duty](template.items, template.duties):
        yield row.title, row.title_en
        yield row.requirement, row.requirement_en
    for named in chain[NamedSet | Parameter](template.sets, template.parameters):
        yield named.title, named.title_en
    for phase in template.phases:
        yield phase.name, phase.name_en
