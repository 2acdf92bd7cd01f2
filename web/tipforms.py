"""The form behind a code on a wall: what was typed, the picture without its secrets, and what is wrong with them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

from starlette.datastructures import FormData, UploadFile

from workflows.evidence.exceptions import EmptyFile, FileTooLarge, FileTypeRefused
from workflows.i18n import gettext as _
from workflows.i18n import ngettext
from workflows.tips import pictures
from workflows.tips.rules import LONGEST, LONGEST_PLACE, SHORTEST

KEY_LENGTH = 64


@dataclass(slots=True)
class Typed:
    """What was sent. `kept` is the sha256 of a picture that came with an earlier try, `picture` a new one."""

    place: str = ""
    text: str = ""
    form_key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    kept: str = ""
    picture: BytesIO | None = None
    problems: dict[str, str] = field(default_factory=dict)


def size_of(fields: FormData) -> int:
    """How many bytes of pictures came."""
    files = [one for one in fields.getlist("photo") if isinstance(one, UploadFile)]
    return sum(one.size or 0 for one in files)


def read(fields: FormData) -> Typed:
    """The texts, and what is wrong with them; the picture is not looked at."""
    typed = Typed(
        place=_text(fields, "place"), text=_text(fields, "text"), kept=_text(fields, "kept")[:KEY_LENGTH]
    )
    typed.form_key = _text(fields, "form_key")[:KEY_LENGTH] or typed.form_key
    typed.problems = {name: said for name, said in _wrong(typed).items() if said}
    return typed


def look_at_picture(typed: Typed, fields: FormData) -> None:
    """Take the picture, if there is one, without what is written into the file."""
    sent = fields.get("photo")
    if not isinstance(sent, UploadFile) or not sent.filename:
        return
    try:
        typed.picture = pictures.cleaned(sent.file)
    except EmptyFile:
        typed.problems["photo"] = _("照片是空的，没有收到。请重新拍一张；您写的内容还在。")
    except FileTooLarge:
        typed.problems["photo"] = _("照片大于20MB。请换一张小一些的；您写的内容还在。")
    except FileTypeRefused:
        typed.problems["photo"] = _("这个文件不是照片。请重新拍一张（JPG、PNG或WebP）；您写的内容还在。")


def wait_words(wait: timedelta) -> str:
    """When to try again."""
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return ngettext("请在%(num)s分钟后再按“发送”。", "请在%(num)s分钟后再按“发送”。", minutes) % {
        "num": minutes
    }


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _wrong(typed: Typed) -> Mapping[str, str]:
    return {"place": _wrong_place(typed.place), "text": _wrong_text(typed.text)}


def _wrong_place(place: str) -> str:
    if not place:
        return _("请写明在哪里。")
    return _("地点最多%(n)s个字。") % {"n": LONGEST_PLACE} if len(place) > LONGEST_PLACE else ""


def _wrong_text(text: str) -> str:
    if len(text) < SHORTEST:
        return _("请用一句话写明看到了什么，至少%(n)s个字。") % {"n": SHORTEST}
    return _("最多%(n)s个字，请写短一些。") % {"n": LONGEST} if len(text) > LONGEST else ""
