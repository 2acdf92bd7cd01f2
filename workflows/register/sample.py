"""A register of invented enterprises, the same for the same seed, as a file that goes through the importer.

Nothing in it is real: names begin with 样例, area digits 999999 belong to no place, numbers begin with 000.
Row n depends on the seed and n alone, so a longer register begins with the shorter one.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

from workflows.organizations.district import District, load
from workflows.register.columns import BASE
from workflows.register.types import Flag, Industry, RiskLevel
from workflows.register.uscc import check_character, organisation_check

T = TypeVar("T")

SEED = 1
AREA = "999999"
FIRST = "安邦昌达东方恒宏华嘉金九康联隆明宁鹏启荣瑞盛泰通万祥新兴延永裕"
SECOND = "诚德丰广海航和佳捷凯乐力利茂庆润升顺腾伟信旭扬益元源远振正"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严"
GIVEN = ("样", "样一", "样二", "样三", "样安", "样宁", "样平", "样和")
ROADS = ("一号路", "二号路", "三号路", "四号路", "五号路")
UNKNOWN_SHARE = 0.06
UNKNOWN_RISK_SHARE = 0.04

# Word in the name, weight, and how likely each trait is where it is not 0.
TRADES: Mapping[Industry, tuple[str, int, Mapping[Flag, float]]] = {
    Industry.MACHINERY: ("机械", 24, {Flag.SPRAY: 0.45, Flag.DUST: 0.15, Flag.AL_MG: 0.2, Flag.NIGHT: 0.3}),
    Industry.OTHER_INDUSTRY: ("制品", 22, {Flag.DUST: 0.3, Flag.SPRAY: 0.2, Flag.ENV_FACILITY: 0.3}),
    Industry.METAL_SMELTING: ("铸造", 7, {Flag.DEEP_CAST: 0.4, Flag.AL_MG: 0.2, Flag.NIGHT: 0.8}),
    Industry.CHEMICALS_PRODUCTION: ("化学品", 3, {Flag.ENV_FACILITY: 0.9, Flag.NIGHT: 0.9}),
    Industry.CHEMICALS_TRADE: ("化工贸易", 4, {Flag.CHEMICALS_USE: 0.1}),
    Industry.CHEMICALS_STORAGE: ("危化仓储", 2, {Flag.ENV_FACILITY: 0.3}),
    Industry.CHEMICALS_USE: ("涂料应用", 4, {Flag.CHEMICALS_USE: 0.9, Flag.SPRAY: 0.4}),
    Industry.CHEMICAL_INDUSTRY: ("化工", 4, {Flag.CHEMICALS_USE: 0.6, Flag.ENV_FACILITY: 0.9}),
    Industry.PHARMACEUTICAL: ("制药", 3, {Flag.CHEMICALS_USE: 0.7, Flag.ENV_FACILITY: 0.9}),
    Industry.CONSTRUCTION: ("建设工程", 8, {Flag.OUTSOURCING: 0.9, Flag.PROJECT: 0.6}),
    Industry.ROAD_TRANSPORT: ("运输", 6, {Flag.NIGHT: 0.7}),
    Industry.OTHER_TRANSPORT: ("港航", 2, {Flag.NIGHT: 0.6}),
    Industry.NON_COAL_MINE: ("石料", 2, {Flag.DUST: 0.2, Flag.NIGHT: 0.3}),
    Industry.CITY_UTILITIES: ("燃气", 3, {Flag.CONFINED_SPACE: 0.8}),
    Industry.CROWDED_PLACES: ("商贸", 5, {Flag.OUTSOURCING: 0.3}),
    Industry.SPECIAL_EQUIPMENT: ("设备", 2, {}),
    Industry.OTHER: ("服务", 3, {}),
}
COMMON = {
    Flag.OUTSOURCING: 0.3,
    Flag.CONFINED_SPACE: 0.25,
    Flag.ENV_FACILITY: 0.12,
    Flag.PROJECT: 0.12,
    Flag.HAZARDOUS_WORK: 0.5,
    Flag.CHEMICALS_USE: 0.15,
    Flag.STANDARDISED: 0.35,
    Flag.NIGHT: 0.15,
    Flag.OCCUPATIONAL_HAZARD: 0.3,
}
RISKS = ((RiskLevel.MAJOR, 5), (RiskLevel.LARGER, 15), (RiskLevel.ORDINARY, 45), (RiskLevel.LOW, 35))
HEADERS = tuple(column.header for column in BASE)


def sample_register(
    count: int, *, seed: int = SEED, district: District | None = None
) -> list[dict[str, str]]:
    """`count` rows, header to text, for a district (the sample district unless given)."""
    home = district or load()
    return [_row(index, Random(f"{seed}/{index}"), home) for index in range(count)]  # noqa: S311 -- no secret


def sample_csv(count: int, *, seed: int = SEED, district: District | None = None) -> str:
    """The same rows as the text of a CSV file."""
    file = io.StringIO()
    writer = csv.DictWriter(file, HEADERS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sample_register(count, seed=seed, district=district))
    return file.getvalue()


def _row(index: int, random: Random, district: District) -> dict[str, str]:
    industry = _industry(index, random)
    employees = _employees(random)
    name = _name(index, TRADES[industry][0])
    town = district.towns[index % len(district.towns)][1]
    return {
        "统一社会信用代码": _code(index),
        "企业名称": f"{name}有限公司",
        "镇街": town,
        "监管部门": district.supervisor(industry).name,
        "行业": industry.label,
        "企业简称": name,
        "从业人数": _maybe(random, str(employees)),
        "规上企业": _maybe(random, _yes(employees >= 80 and random.random() < 0.8)),
        "国有企业": _maybe(random, _yes(random.random() < 0.08)),
        "风险等级": _maybe(random, _weighted(random, RISKS).label, UNKNOWN_RISK_SHARE),
        **{flag.label: _flag(random, flag, industry) for flag in Flag},
        "地址": f"{town}{random.choice(ROADS)}{random.randrange(1, 200)}号",
        "主要负责人": random.choice(SURNAMES) + random.choice(GIVEN),
        "安全员": random.choice(SURNAMES) + random.choice(GIVEN),
        "联系电话": f"000-{index + 1:08d}",
        "状态": "停产" if index % 50 == 49 else "在业",
        **_staff(Random(f"staff/{index}"), employees),  # noqa: S311 -- no secret
    }


def _staff(random: Random, employees: int) -> dict[str, str]:
    """Safety staff, drawn apart from the rest: many have what they need, some lack one, of some nobody knows."""
    officers = max(1, employees // 100)
    return {
        "设有安全生产管理机构": _maybe(random, _yes(employees > 100 and random.random() < 0.9)),
        "专职安全生产管理人员": _maybe(random, str(officers - (random.random() < 0.3))),
        "兼职安全生产管理人员": _maybe(random, str(random.randrange(0, 3))),
        "委托安全服务机构": _maybe(random, _yes(random.random() < 0.2)),
        "注册安全工程师": _maybe(random, str(random.randrange(0, 2))),
        "机构人员国家另有规定": "否",
    }


def _industry(index: int, random: Random) -> Industry:
    """The first enterprises show every trade once; the rest are spread by weight."""
    trades = list(TRADES)
    if index < len(trades):
        return trades[index]
    return _weighted(random, [(trade, weight) for trade, (_, weight, _) in TRADES.items()])


def _weighted(random: Random, choices: Sequence[tuple[T, int]]) -> T:
    return random.choices([value for value, _ in choices], [weight for _, weight in choices])[0]


def _employees(random: Random) -> int:
    """Many small firms, few large ones."""
    return min(3000, max(3, round(random.lognormvariate(3.6, 1.1))))


def _name(index: int, word: str) -> str:
    """No two firms share a name, however many there are."""
    per_round = len(FIRST) * len(SECOND)
    first, second = FIRST[index % len(FIRST)], SECOND[(index // len(FIRST) + index) % len(SECOND)]
    round_number = index // per_round
    return f"样例{first}{second}{word}" + (f"{round_number + 1}厂" if round_number else "")


def _code(index: int) -> str:
    organisation = f"{10_000_000 + index:08d}"
    body = f"91{AREA}{organisation}{organisation_check(organisation)}"
    return body + check_character(body)


def _flag(random: Random, flag: Flag, industry: Industry) -> str:
    share = TRADES[industry][2].get(flag, COMMON.get(flag, 0.0))
    return _maybe(random, _yes(random.random() < share))


def _maybe(random: Random, text: str, share: float = UNKNOWN_SHARE) -> str:
    return "" if random.random() < share else text


def _yes(value: bool) -> str:
    return "是" if value else "否"
