"""Kinds of organisations, and a tree of them before it is stored."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.i18n import N_
from workflows.labelled import LabelledEnum


class OrganizationKind(LabelledEnum):
    """What an organisation is in a district's work on safety."""

    DISTRICT_OFFICE = "district_office", N_("区安委办")
    DEPARTMENT = "department", N_("区级部门")
    TOWN = "town", N_("镇街")
    ENTERPRISE = "enterprise", N_("企业")


class OrganizationFunction(LabelledEnum):
    """A department that templates name by what it does."""

    EMERGENCY = "emergency", N_("应急管理")
    DEVELOPMENT_REFORM = "development_reform", N_("发展改革")


@dataclass(frozen=True, slots=True)
class OrganizationNode:
    """One organisation to create, with those below it. `code` is unique in the whole tree."""

    kind: OrganizationKind
    code: str
    name: str
    children: tuple[OrganizationNode, ...] = ()
    function: OrganizationFunction | None = None
