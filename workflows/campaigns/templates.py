"""Which campaign templates there are: YAML files, checked, as read-only values."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from workflows.campaigns.template_reading import template_from
from workflows.campaigns.template_rules import Flaw, flaws
from workflows.campaigns.types import CampaignTemplate, Duty, EvidenceSlot, Phase, TemplateItem
from workflows.exceptions import DomainError, NotFound
from workflows.settings import ROOT
from workflows.yamlfile import Place, YamlDocument, YamlFlaw, read

__all__ = [
    "CampaignTemplate",
    "Duty",
    "EvidenceSlot",
    "Phase",
    "TemplateItem",
    "TemplateRefused",
    "from_json",
    "get",
    "load",
    "load_all",
    "to_json",
    "with_parameters",
    "with_sets",
]

FOLDER = ROOT / "seeds" / "templates"


@dataclass(frozen=True, slots=True)
class FlawAt:
    """A flaw with its place in words (`items[4] (4b).due`) and its line, where there is a file."""

    place: str
    line: int | None
    code: str
    data: Mapping[str, Any]

    def __str__(self) -> str:
        facts = ", ".join(str(value) for value in self.data.values())
        return f"line {self.line}: {self.place}: {self.code}" + (f" ({facts})" if facts else "")


class TemplateRefused(DomainError):
    """A template that is not sound: `file` and all `flaws`."""

    code = "template-refused"

    def __init__(self, *, file: str, flaws: list[FlawAt]) -> None:
        super().__init__(file=file, flaws=flaws)
        self.file, self.flaws = file, flaws

    def __str__(self) -> str:
        return "\n".join(f"{self.file}: {flaw}" for flaw in self.flaws)


def load(path: Path) -> CampaignTemplate:
    """Read one template. Raises TemplateRefused, naming the file and every place that is wrong."""
    try:
        return _read(path.read_text("utf-8"), path.name)
    except UnicodeDecodeError as error:
        at = FlawAt("file", None, "not-utf-8", {})
        raise TemplateRefused(file=path.name, flaws=[at]) from error


@lru_cache(16)
def _read(text: str, file: str) -> CampaignTemplate:
    """The same text is the same template; reading a long one takes a third of a second."""
    try:
        document = read(text)
    except YamlFlaw as flaw:
        at = FlawAt("file", flaw.line, flaw.code, {"detail": flaw.detail})
        raise TemplateRefused(file=file, flaws=[at]) from flaw
    return _checked(document, file)


def load_all(folder: Path = FOLDER) -> list[CampaignTemplate]:
    """Every template of a folder, in the order of file names."""
    return [load(path) for path in sorted(folder.glob("*.yaml"))]


def get(code: str, folder: Path = FOLDER) -> CampaignTemplate:
    """The template with this code. Raises NotFound."""
    for template in load_all(folder):
        if template.code == code:
            return template
    raise NotFound(kind="template", code=code)


def to_json(template: CampaignTemplate) -> dict[str, Any]:
    """The template as a launch keeps it."""
    return dict(template.data)


def from_json(data: dict[str, Any]) -> CampaignTemplate:
    """A kept template again. Raises TemplateRefused when it was changed into something unsound."""
    return _checked(YamlDocument(data, {}), str(data.get("code", "template")))


def with_parameters(template: CampaignTemplate, values: Mapping[str, int | None]) -> CampaignTemplate:
    """The template with numbers that its launcher supplies. Raises NotFound for one it does not ask for."""
    unknown = set(values) - {parameter.code for parameter in template.parameters}
    if unknown:
        raise NotFound(kind="parameter", code=min(unknown))
    parameters = [
        {**p, "value": values.get(p["code"], p["value"])} for p in template.data.get("parameters", [])
    ]
    return from_json({**template.data, "parameters": parameters})


Definition = tuple[Collection[str] | None, int | None]  # industries, headcount


def with_sets(template: CampaignTemplate, sets: Mapping[str, Definition]) -> CampaignTemplate:
    """The template with some of its named sets defined anew. Raises NotFound for one it does not have."""
    unknown = set(sets) - {one.code for one in template.sets}
    if unknown:
        raise NotFound(kind="set", code=min(unknown))
    changed = [_defined(one, sets.get(one["code"])) for one in template.data.get("sets", [])]
    return from_json({**template.data, "sets": changed})


def _defined(one: Mapping[str, Any], definition: Definition | None) -> dict[str, Any]:
    if definition is None:
        return dict(one)
    industries, headcount = definition
    names = None if industries is None else sorted(map(str, industries))
    return {**one, "industries": names, "employees_at_least": headcount}


def _checked(document: YamlDocument, file: str) -> CampaignTemplate:
    found = flaws(document.data)
    if found:
        raise TemplateRefused(file=file, flaws=[_at(document, flaw) for flaw in found])
    return template_from(document.data)


def _at(document: YamlDocument, flaw: Flaw) -> FlawAt:
    return FlawAt(_words(document.data, flaw.place), document.line_of(flaw.place), flaw.code, flaw.data)


def _words(data: Any, place: Place) -> str:
    words = ""
    for step in place:
        words += f"[{step}]" if isinstance(step, int) else f".{step}"
        if isinstance(step, int):
            data = data[step]
            words += f" ({data['code']})" if isinstance(data, dict) and "code" in data else ""
        else:
            data = data.get(step)
    return words.removeprefix(".") or "file"
