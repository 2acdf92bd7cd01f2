"""A district as a YAML file describes it: the lead office, its departments and what they supervise, its towns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflows.exceptions import DomainError
from workflows.organizations.types import OrganizationFunction, OrganizationKind, OrganizationNode
from workflows.register.types import Industry
from workflows.settings import ROOT
from workflows.yamlfile import YamlFlaw, read

SAMPLE = ROOT / "seeds" / "district.yaml"


class DistrictRefused(DomainError):
    """The file does not describe a district: `file`, and `why`."""

    code = "district-refused"


@dataclass(frozen=True, slots=True)
class Department:
    """A department and the trades it supervises."""

    code: str
    name: str
    industries: frozenset[Industry]
    function: OrganizationFunction | None = None


@dataclass(frozen=True, slots=True)
class District:
    """Everything above the enterprises."""

    code: str
    name: str
    departments: tuple[Department, ...]
    towns: tuple[tuple[str, str], ...]  # (code, name)

    @property
    def tree(self) -> OrganizationNode:
        """The organisations to create, the lead office on top."""
        departments = [
            OrganizationNode(OrganizationKind.DEPARTMENT, d.code, d.name, function=d.function)
            for d in self.departments
        ]
        towns = [OrganizationNode(OrganizationKind.TOWN, code, name) for code, name in self.towns]
        return OrganizationNode(
            OrganizationKind.DISTRICT_OFFICE, self.code, self.name, (*departments, *towns)
        )

    def supervisor(self, industry: Industry) -> Department:
        """The department of a trade; the first one without named trades takes what nobody names."""
        for department in self.departments:
            if industry in department.industries:
                return department
        return next(department for department in self.departments if not department.industries)


def load(path: Path = SAMPLE) -> District:
    """Read a district. Raises DistrictRefused for a file of another shape."""
    try:
        return _district(read(path.read_text("utf-8")).data)
    except KeyError as error:
        raise DistrictRefused(file=path.name, why=f"{error.args[0]}?") from error
    except (YamlFlaw, ValueError, TypeError) as error:
        raise DistrictRefused(file=path.name, why=str(error)) from error


def _district(data: Mapping[str, Any]) -> District:
    return District(
        code=data["code"],
        name=data["name"],
        departments=tuple(map(_department, data["departments"])),
        towns=tuple((town["code"], town["name"]) for town in data["towns"]),
    )


def _department(data: Mapping[str, Any]) -> Department:
    function = OrganizationFunction(data["function"]) if "function" in data else None
    return Department(data["code"], data["name"], frozenset(map(Industry, data["industries"])), function)
