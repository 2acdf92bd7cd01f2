"""The words of the register: industries, risk levels, flags, and the facts that decide what applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.i18n import N_
from workflows.labelled import LabelledEnum
from workflows.safetystaff.types import StaffState


class Industry(LabelledEnum):
    """The trade under which an enterprise is supervised (监管行业)."""

    COAL_MINE = "coal_mine", N_("煤矿")
    NON_COAL_MINE = "non_coal_mine", N_("非煤矿山")
    CHEMICALS_PRODUCTION = "chemicals_production", N_("危险化学品生产")
    CHEMICALS_TRADE = "chemicals_trade", N_("危险化学品经营")
    CHEMICALS_STORAGE = "chemicals_storage", N_("危险化学品储存")
    CHEMICALS_USE = "chemicals_use", N_("危险化学品使用")
    CHEMICAL_INDUSTRY = "chemical_industry", N_("化工")
    PHARMACEUTICAL = "pharmaceutical", N_("医药")
    FIREWORKS = "fireworks", N_("烟花爆竹")
    CIVIL_EXPLOSIVES = "civil_explosives", N_("民用爆炸物品")
    CONSTRUCTION = "construction", N_("建筑施工")
    ROAD_TRANSPORT = "road_transport", N_("道路运输")
    OTHER_TRANSPORT = "other_transport", N_("其他交通运输")
    METAL_SMELTING = "metal_smelting", N_("金属冶炼")
    MACHINERY = "machinery", N_("机械制造")
    OTHER_INDUSTRY = "other_industry", N_("工贸其他")
    CROWDED_PLACES = "crowded_places", N_("人员密集场所")
    CITY_UTILITIES = "city_utilities", N_("城市运行")
    SPECIAL_EQUIPMENT = "special_equipment", N_("特种设备")
    OTHER = "other", N_("其他")


class RiskLevel(LabelledEnum):
    """The four grades of risk; red, orange, yellow and blue on maps and lists."""

    MAJOR = "major", N_("重大")
    LARGER = "larger", N_("较大")
    ORDINARY = "ordinary", N_("一般")
    LOW = "low", N_("低")


class EnterpriseStatus(LabelledEnum):
    """Whether an enterprise works; only one in operation is given obligations."""

    OPERATING = "operating", N_("在业")
    STOPPED = "stopped", N_("停产")
    DEREGISTERED = "deregistered", N_("注销")


class Flag(LabelledEnum):
    """Yes-or-no facts of an enterprise; one that is not stored is unknown."""

    DUST = "dust", N_("涉爆粉尘")
    SPRAY = "spray", N_("喷涂作业")
    DEEP_CAST = "deep_cast", N_("深井铸造")
    AL_MG = "al_mg", N_("铝镁机加工")
    NIGHT = "night", N_("经常夜间生产")
    OUTSOURCING = "outsourcing", N_("外包作业")
    CONFINED_SPACE = "confined_space", N_("有限空间")
    ENV_FACILITY = "env_facility", N_("环保设施")
    PROJECT = "project", N_("新改扩建项目")
    HAZARDOUS_WORK = "hazardous_work", N_("危险作业")
    CHEMICALS_USE = "chemicals_use", N_("使用危化品")
    STANDARDISED = "standardised", N_("标准化达标")
    OCCUPATIONAL_HAZARD = "occupational_hazard", N_("职业病危害")


class LicenceKind(LabelledEnum):
    """What an enterprise has to hold and to renew; one of each kind is kept."""

    SAFETY_PRODUCTION = "safety_production", N_("安全生产许可证")
    CHEMICALS_TRADE = "chemicals_trade", N_("危险化学品经营许可证")
    CHEMICALS_USE = "chemicals_use", N_("危险化学品安全使用许可证")
    FIREWORKS = "fireworks", N_("烟花爆竹经营许可证")
    ROAD_TRANSPORT = "road_transport", N_("道路运输经营许可证")
    SPECIAL_EQUIPMENT = "special_equipment", N_("特种设备使用登记证")
    STANDARDISATION = "standardisation", N_("安全生产标准化证书")
    LIABILITY_INSURANCE = "liability_insurance", N_("安全生产责任保险")
    PRINCIPAL_TRAINING = "principal_training", N_("主要负责人安全考核证")


class ContactRole(LabelledEnum):
    """What somebody is at an enterprise, beside those the register file names."""

    LEGAL_REPRESENTATIVE = "legal_representative", N_("法定代表人")
    CONTROLLER = "controller", N_("实际控制人")
    PRINCIPAL = "principal", N_("主要负责人")
    SAFETY_DIRECTOR = "safety_director", N_("安全总监")
    SAFETY_OFFICER = "safety_officer", N_("安全员")
    DUTY_ROOM = "duty_room", N_("值班室")
    OTHER = "other", N_("其他联系人")


class ImportStatus(LabelledEnum):
    """Where a file is on its way into the register."""

    WAITING = "waiting", N_("等待读取")
    ASKING = "asking", N_("等您对应列")
    REFUSED = "refused", N_("无法读取")
    READY = "ready", N_("等您确认")
    ACCEPTED = "accepted", N_("正在导入")
    ADJUSTING = "adjusting", N_("正在核对适用事项")
    DONE = "done", N_("已导入")
    UNDOING = "undoing", N_("正在撤销")
    UNDONE = "undone", N_("已撤销")
    FAILED = "failed", N_("中断了")


@dataclass(frozen=True, slots=True)
class EnterpriseFacts:
    """What decides applicability; None, or a flag that is missing, means nobody knows yet."""

    industry: Industry | None = None
    employees: int | None = None
    above_scale: bool | None = None
    state_owned: bool | None = None
    risk_level: RiskLevel | None = None
    flags: Mapping[Flag, bool | None] = field(default_factory=dict)
    staff_state: StaffState = StaffState.UNKNOWN
    staff_open: tuple[str, ...] = ()


# What people call each fact: "the file lacks …". A flag's fact is named by the flag itself.
FACT_LABELS: Mapping[str, str] = {
    "industry": N_("行业"),
    "employees": N_("从业人数"),
    "above_scale": N_("规上企业"),
    "state_owned": N_("国有企业"),
    "risk_level": N_("风险等级"),
    "has_safety_department": N_("设有安全生产管理机构"),
    "full_time_officers": N_("专职安全生产管理人员"),
    "part_time_officers": N_("兼职安全生产管理人员"),
    "commissioned_agency": N_("委托安全服务机构"),
    "registered_engineers": N_("注册安全工程师"),
    "national_rule": N_("机构人员国家另有规定"),
    **{flag.value: flag.label for flag in Flag},
}
