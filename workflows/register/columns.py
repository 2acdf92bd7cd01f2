"""Which columns a register file may have.

A column's `name` is one of the enterprise's, a flag, or `licence:<kind>:number` and `licence:<kind>:expires_on`.
"""

from __future__ import annotations

from workflows.i18n import N_
from workflows.register.catalogue import Catalogue, Column
from workflows.register.cells import (
    RISK_WORDS,
    credit_code,
    department,
    headcount,
    last_day,
    text,
    town,
    word_of,
    yes_no,
)
from workflows.register.types import EnterpriseStatus, Flag, Industry, LicenceKind, RiskLevel

LICENCE = "licence"
STATUS_WORDS = {
    "存续": EnterpriseStatus.OPERATING,
    "正常": EnterpriseStatus.OPERATING,
    "停业": EnterpriseStatus.STOPPED,
    "歇业": EnterpriseStatus.STOPPED,
    "吊销": EnterpriseStatus.DEREGISTERED,
}


def _licence_columns(kind: LicenceKind) -> tuple[Column, Column]:
    ends = tuple(f"{kind.label}{word}" for word in ("有效期", "到期日", "到期日期", "截止日期"))
    return (
        Column(f"{kind.label}编号", f"{LICENCE}:{kind}:number", text, also=(kind.label, f"{kind.label}号")),
        Column(f"{kind.label}有效期至", f"{LICENCE}:{kind}:expires_on", last_day, also=ends),
    )


BASE: tuple[Column, ...] = (
    Column(
        N_("统一社会信用代码"), "uscc", credit_code, required=True,
        also=("社会信用代码", "信用代码", "统一信用代码", "社会统一信用代码", "USCC", "unified social credit code"),
    ),
    Column(
        N_("企业名称"), "name", text, required=True,
        also=("单位名称", "企业全称", "公司名称", "名称", "企业", "单位", "生产经营单位", "生产经营单位名称", "name"),
    ),
    Column(
        N_("镇街"), "town_id", town, required=True,
        also=("所属镇街", "所在镇街", "乡镇", "街道", "乡镇街道", "镇", "属地", "所属乡镇", "所属街道", "town"),
    ),
    Column(
        N_("监管部门"), "department_id", department, required=True,
        also=("行业主管部门", "主管部门", "监管单位", "行业监管部门", "department"),
    ),
    Column(
        N_("行业"), "industry", word_of(Industry), required=True,
        also=("监管行业", "行业类别", "行业领域", "所属行业", "行业分类", "industry"),
    ),
    Column(N_("企业简称"), "short_name", text, also=("简称",)),
    Column(
        N_("从业人数"), "employees", headcount,
        also=("员工人数", "职工人数", "从业人员", "员工数", "人数", "从业人员总数", "employees"),
    ),
    Column(N_("规上企业"), "above_scale", yes_no, also=("是否规上", "规模以上", "是否规模以上", "规上")),
    Column(N_("国有企业"), "state_owned", yes_no, also=("是否国有", "国企", "国有")),
    Column(
        N_("风险等级"), "risk_level", word_of(RiskLevel, RISK_WORDS),
        also=("安全风险等级", "风险级别", "风险分级", "风险"),
    ),
    *(Column(flag.label, flag.value, yes_no, also=(f"是否{flag.label}", f"是否有{flag.label}")) for flag in Flag),
    Column(
        N_("设有安全生产管理机构"), "has_safety_department", yes_no,
        also=("安全生产管理机构", "安全管理机构", "是否设有安全生产管理机构", "是否设置安全管理机构"),
    ),
    Column(
        N_("专职安全生产管理人员"), "full_time_officers", headcount,
        also=("专职安全生产管理人员数", "专职安全管理人员", "专职安全员人数", "专职安全员数", "专职安全管理人员数"),
    ),
    Column(
        N_("兼职安全生产管理人员"), "part_time_officers", headcount,
        also=("兼职安全生产管理人员数", "兼职安全管理人员", "兼职安全员人数", "兼职安全员数", "兼职安全管理人员数"),
    ),
    Column(N_("委托安全服务机构"), "commissioned_agency", yes_no, also=("是否委托安全服务机构", "委托服务机构")),
    Column(
        N_("注册安全工程师"), "registered_engineers", headcount,
        also=("注册安全工程师数", "注册安全工程师人数", "注安师", "注安师人数", "相应类别注册安全工程师"),
    ),
    Column(N_("机构人员国家另有规定"), "national_rule", yes_no, also=("国家另有规定",)),
    Column(N_("地址"), "address", text, also=("企业地址", "经营地址", "生产地址", "注册地址", "详细地址", "address")),
    Column(N_("主要负责人"), "principal_name", text, also=("负责人", "企业负责人", "主要负责人姓名")),
    Column(N_("安全员"), "safety_officer_name", text, also=("安全管理人员", "安全负责人", "专职安全员", "安全员姓名")),
    Column(N_("联系电话"), "phone", text, also=("电话", "手机", "手机号", "联系方式", "联系人电话", "phone")),
    Column(N_("状态"), "status", word_of(EnterpriseStatus, STATUS_WORDS), also=("经营状态", "企业状态", "登记状态")),
)  # fmt: skip
REGISTER = Catalogue((*BASE, *(column for kind in LicenceKind for column in _licence_columns(kind))))
