"""What a chat platform says in its answer: 企业微信, 钉钉 and 飞书 answer 200 to a wrong key as well.

企业微信 and 钉钉 say `{"errcode": 0, "errmsg": "ok"}`, their installations inside an organisation too; 飞书 says
`{"code": 0, "msg": "success"}` and in older robots `{"StatusCode": 0, "StatusMessage": "success"}`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

PLATFORMS = ("wecombot", "dingtalk", "feishu")  # apprise's names
ANYWHERE = ("errcode", "errmsg")  # nobody else uses this word, so it counts in the answer of any webhook
FEISHU = (("code", "msg"), ("StatusCode", "StatusMessage"))
_SECRET = re.compile(r"[A-Za-z0-9_-]{8,}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a platform took a message; None: its answer does not say. `said` is safe to show."""

    taken: bool | None
    said: str = ""


def verdict_of(body: bytes, address: str) -> Verdict:
    """Read the body of an answer 200 of the robot at an address in apprise's words, e.g. `feishu://token/`."""
    platform = address.partition("://")[0]
    answer = _object(body)
    for code, words in (ANYWHERE, *(FEISHU if platform == "feishu" else ())):
        if code in answer:
            number = answer[code]
            said = f"{number} {answer.get(words) or ''}"
            return Verdict(str(number) == "0", _without_secrets(said, address))
    return Verdict(None if platform in PLATFORMS else True)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _without_secrets(said: str, address: str) -> str:
    """On one line, and without whatever of the address the platform repeats."""
    for secret in _SECRET.findall(unquote(address.partition("://")[2])):
        said = said.replace(secret, "…")
    return " ".join(said.split())
