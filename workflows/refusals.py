"""What the command line says when something is refused: one sentence, Chinese first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from pydantic import ValidationError

from workflows.accounts.rules import MAX_LENGTH, MIN_CLASSES, MIN_LENGTH

SECRETS = ("database_url", "smtp_password")  # settings that may hold a password
PASSWORDS = {
    "password-short": f"密码至少{MIN_LENGTH}位 / at least {MIN_LENGTH} characters",
    "password-long": f"密码最多{MAX_LENGTH}位 / at most {MAX_LENGTH} characters",
    "password-plain": f"密码须含大写字母、小写字母、数字、符号中的至少{MIN_CLASSES}种"
    f" / {MIN_CLASSES} of capitals, small letters, digits, signs",
    "password-has-name": "密码不能包含用户名 / the password must not contain the user name",
}


class Refused(Protocol):
    """An error of the domain or the engine: a stable code and the facts."""

    code: str
    data: Any


def sentence(refused: Refused) -> str:
    """The sentence for a refusal; one that nobody put into words shows its code and facts."""
    found = SENTENCES.get(refused.code, lambda _: None)(refused.data)
    return found or f"{refused.code}: {refused}"


def settings_sentence(wrong: ValidationError) -> str:
    """One line for each setting that is wrong; what may hold a password is not repeated."""
    lines = []
    for error in wrong.errors(include_url=False):
        name = str(error["loc"][0]) if error["loc"] else ""
        given = "" if name in SECRETS else f"={error['input']}"
        lines.append(f"设置有误 / wrong setting: BIHUAN_{name.upper()}{given}: {error['msg']}")
    return "\n".join(lines)


def _not_found(data: Mapping[str, Any]) -> str | None:
    kind = data.get("kind")
    if kind == "template":
        return f"没有代码为“{data['code']}”的模板 / no template with this code; see `bihuan templates`"
    if kind == "district_office":
        return "还没有区安委办，请先运行 bihuan load-district / load a district first"
    if data.get("what") == "incident":
        return f"没有编号为{data['id']}的故障 / no such incident; see `bihuan incidents`"
    return None


def _conflict(data: Mapping[str, Any]) -> str | None:
    if data.get("what") == "incident-resolved":
        return f"这个故障已由{data['by']}处理 / this incident has been resolved"
    if data.get("what") != "campaign-running":
        return None
    number = data["campaign_id"]
    return f"同一模板的行动（编号{number}）正在进行，没有重复发起 / campaign {number} of this template is running"


def _invalid(data: Mapping[str, Any]) -> str | None:
    first = next(iter(data["problems"]), None)
    if first is not None and first.code == "nobody-in-scope":
        return "范围内没有企业，请先运行 bihuan import-register / no enterprise in scope: import a register first"
    if first is not None and first.code == "template-over":
        day = first.data["ends_on"]
        return f"模板的最后一个阶段已于{day}结束，不能再发起 / the template ended on {day}"
    return None


SENTENCES: Mapping[str, Callable[[Any], str | None]] = {
    "username-taken": lambda data: f"用户名“{data['username']}”已有人使用 / this user name is taken",
    "password-weak": lambda data: PASSWORDS.get(data["problem"]),
    "schema-outdated": lambda _: (
        "数据库还没有建好，或版本不同，请先运行 bihuan migrate / run `bihuan migrate` first"
    ),
    "district-refused": lambda data: (
        f"“{data['file']}”不是辖区文件：{data['why']} / not a file like seeds/district.yaml"
    ),
    "not-found": _not_found,
    "conflict": _conflict,
    "invalid-form": _invalid,
}
