"""The words of notices that leave the system: channels, when they are used, what became of a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workflows.i18n import N_
from workflows.labelled import LabelledEnum


class ChannelKind(LabelledEnum):
    """Where a person can be reached besides the pages; one channel of each kind."""

    EMAIL = "email", N_("电子邮件")
    CHAT = "chat", N_("群机器人")


class Mode(LabelledEnum):
    """When a channel is used."""

    AT_ONCE = "at_once", N_("立即发送")
    DAILY = "daily", N_("每日汇总")
    OFF = "off", N_("只在系统内")


class Topic(StrEnum):
    """What a message tells."""

    NOTICE = "notice"
    DIGEST = "digest"
    CODE = "code"
    HELLO = "hello"


class State(LabelledEnum):
    """What became of a message; `UNCERTAIN` was handed over and never answered, so only a person sends it again."""

    WAITING = "waiting", N_("待发送")
    SENDING = "sending", N_("正在发送")
    SENT = "sent", N_("已发送")
    FAILED = "failed", N_("未送达")
    UNCERTAIN = "uncertain", N_("结果不明")
    DROPPED = "dropped", N_("不再需要")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the reader's language; `lines` are paragraphs, each perhaps with an address it leads to."""

    title: str
    lines: tuple[tuple[str, str | None], ...]
    footer: str
    language: str
