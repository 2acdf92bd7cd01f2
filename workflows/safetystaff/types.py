"""The words of safety staff: what is required, what is there, what is short."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.i18n import N_
from workflows.labelled import LabelledEnum


class StaffState(LabelledEnum):
    """Whether an enterprise has the safety body and staff that it must have."""

    SHORT = "short", N_("有差额")
    UNKNOWN = "unknown", N_("待核实")
    MET = "met", N_("已配齐")


class StaffKind(LabelledEnum):
    """What an article asks for."""

    DEPARTMENT = "department", N_("安全生产管理机构")
    FULL_TIME = "full_time", N_("专职安全生产管理人员")
    ANYONE = "anyone", N_("专职或兼职人员，或委托服务机构")
    ENGINEERS = "engineers", N_("注册安全工程师（相应类别）")


@dataclass(frozen=True, slots=True)
class Staff:
    """What is known of an enterprise; None means nobody knows. Without a record there is no national rule."""

    industry: str
    employees: int | None
    national_rule: bool | None = None
    has_safety_department: bool | None = None
    full_time_officers: int | None = None
    part_time_officers: int | None = None
    commissioned_agency: bool | None = None
    registered_engineers: int | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What articles 11 and 12 ask for. `anyone`: full-time, part-time or commissioned, that many in all."""

    article: str
    excepted: bool
    department: bool
    full_time: int
    anyone: int


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One thing that is required: how many, how many are there, how many are short.

    `present` is None while `unknown` facts hide it. `at_least`: `required` may grow when they are known.
    """

    kind: StaffKind
    article: str
    required: int
    present: int | None
    unknown: tuple[str, ...] = ()
    at_least: bool = False

    @property
    def missing(self) -> int | None:
        """How many are short; None while nobody knows."""
        if self.present is None:
            return None
        short = max(0, self.required - self.present)
        return None if self.at_least and not short else short


@dataclass(frozen=True, slots=True)
class Assessment:
    """The lines of one enterprise; `unknown` are the facts that would settle what is open, sorted."""

    article: str
    excepted: bool
    state: StaffState
    lines: tuple[StaffLine, ...]
    unknown: tuple[str, ...]
