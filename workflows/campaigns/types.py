"""What a campaign template says: phases, checklist items, duties of government bodies; read-only values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeAlias

from workflows.campaigns.applicability import InSet, Predicate
from workflows.i18n import N_
from workflows.labelled import LabelledEnum


class EvidenceType(LabelledEnum):
    """What kind of proof a slot of an item takes."""

    POSTING_PHOTO = "posting_photo", N_("公示照片")
    SIGNED_LETTER = "signed_letter", N_("签字文书")
    RECORD = "record", N_("工作记录")
    LEDGER = "ledger", N_("台账")
    PHOTO = "photo", N_("现场照片")
    CERTIFICATE = "certificate", N_("证照")
    POLICY = "policy", N_("保险单")
    SYSTEM_REFERENCE = "system_reference", N_("系统申报凭证")
    EXPERT_SIGNATURE = "expert_signature", N_("专家签字材料")
    LEAVE_LETTER = "leave_letter", N_("书面请假条")
    REPORT = "report", N_("报告")
    LIST = "list", N_("清单")
    PLAN = "plan", N_("计划方案")


class RecurrenceKind(LabelledEnum):
    """How often an item is to be done; `planning.occurrences` says what a campaign hands out."""

    ONCE = "once", N_("一次")
    CONTINUOUS = "continuous", N_("持续")
    PERIODIC = "periodic", N_("定期")
    MONTHLY = "monthly", N_("每月")
    HALF_YEARLY = "half_yearly", N_("每半年")
    YEARLY = "yearly", N_("每年")
    EACH_EVENT = "each_event", N_("每次发生")
    KEY_DATES = "key_dates", N_("重要时间节点")


class ItemKind(StrEnum):
    """Who answers for an item: each enterprise, or a government body."""

    OBLIGATION = "obligation"
    UNIT = "unit"


class Body(LabelledEnum):
    """The bodies that a template names for its government duties."""

    DISTRICT_OFFICE = "district_office", N_("区安委办")
    DEPARTMENT = "department", N_("有关部门")
    DEPARTMENT_HEAD = "department_head", N_("部门党政主要负责人")
    TOWN = "town", N_("镇街")
    ENFORCEMENT = "enforcement", N_("区镇执法力量")
    STATE_FIRM = "state_firm", N_("国有企业")
    EMERGENCY = "emergency", N_("应急管理部门")
    DEVELOPMENT_REFORM = "development_reform", N_("发展改革部门")


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often, and on which day where the source names one (`day` is clamped to the month's end).

    `within_minutes` is the limit after an event; `due_at_start`: it must be done when the job begins.
    A `gap`: the source does not say how often.
    """

    kind: RecurrenceKind
    month: int | None = None
    day: int | None = None
    within_minutes: int | None = None
    due_at_start: bool = False
    gap: bool = False

    @property
    def is_per_period(self) -> bool:
        """Whether the row names the day of each period, so that every period is a task of its own."""
        if self.kind is RecurrenceKind.MONTHLY:
            return self.day is not None
        return self.kind is RecurrenceKind.YEARLY and self.day is not None and self.month is not None


@dataclass(frozen=True, slots=True)
class EvidenceSlot:
    """One proof an item asks for; `code` is unique within its item."""

    code: str
    type: EvidenceType
    title: str
    title_en: str
    required: bool


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a campaign, both days included; `number` counts from 1."""

    number: int
    code: str
    name: str
    name_en: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class TemplateItem:
    """One row of the checklist for enterprises.

    `number` is the row in the source that `code` was split from. `due_on` is None for what has no day; it is
    the template's default where `due_is_default`. `gap_note` says what the source leaves open (`source_gap`).
    `dispatched` is False for what a campaign does not hand out yet (each job, each accident).
    """

    code: str
    number: int | str
    title: str
    title_en: str
    requirement: str
    requirement_en: str
    applies: Predicate
    due_on: date | None
    due_is_default: bool
    recurrence: Recurrence
    evidence: tuple[EvidenceSlot, ...]
    legal_refs: tuple[str, ...]
    source: str
    source_gap: bool
    gap_note: str | None
    dispatched: bool
    kind: ItemKind = ItemKind.OBLIGATION


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of government bodies, run by the unit process; `dispatched` is False for what is opened by hand."""

    code: str
    title: str
    title_en: str
    requirement: str
    requirement_en: str
    bodies: tuple[Body, ...]
    opens_on: date | None
    due_on: date | None
    due_is_default: bool
    recurrence: Recurrence
    evidence: tuple[EvidenceSlot, ...]
    legal_refs: tuple[str, ...]
    source: str
    source_gap: bool
    gap_note: str | None
    dispatched: bool
    kind: ItemKind = ItemKind.UNIT


TemplateRow: TypeAlias = TemplateItem | Duty


@dataclass(frozen=True, slots=True)
class NamedSet:
    """A set of enterprises that several rows name and that a launcher may edit.

    Without industries (None) and without a headcount it is not defined yet: `gap_note` says what is open.
    """

    code: str
    title: str
    title_en: str
    members: InSet
    gap_note: str | None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that items depend on and that the launcher must supply while `value` is None."""

    code: str
    title: str
    title_en: str
    value: int | None
    gap_note: str | None


@dataclass(frozen=True, slots=True)
class FailingListRule:
    """Cut-off of the list of failing enterprises, and of the supplement to it."""

    cutoff_on: date
    supplement_on: date


@dataclass(frozen=True, slots=True)
class CampaignTemplate:
    """A campaign as its source describes it. `data` is the file's content, to keep with a launch."""

    code: str
    title: str
    title_en: str
    issuer: str
    source: str
    phases: tuple[Phase, ...]
    items: tuple[TemplateItem, ...]
    duties: tuple[Duty, ...]
    parameters: tuple[Parameter, ...]
    sets: tuple[NamedSet, ...]
    failing_list: FailingListRule | None
    key_dates: tuple[date, ...]
    gaps: tuple[str, ...]
    data: Mapping[str, Any]

    @property
    def rows(self) -> tuple[TemplateRow, ...]:
        """Items of enterprises and duties of bodies."""
        return (*self.items, *self.duties)

    @property
    def starts_on(self) -> date:
        return self.phases[0].starts_on

    @property
    def ends_on(self) -> date:
        return self.phases[-1].ends_on

    @property
    def failing_list_on(self) -> date | None:
        """Cut-off of the first failing list, if the template has one."""
        return self.failing_list.cutoff_on if self.failing_list else None

    def item(self, code: str) -> TemplateItem:
        """Raises KeyError for a code that is not in the checklist."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def duty(self, code: str) -> Duty:
        """Raises KeyError for a code that is not among the duties."""
        for duty in self.duties:
            if duty.code == code:
                return duty
        raise KeyError(code)
