"""What a placeholder stands for and what is wrong with an uploaded template, to somebody who writes in Word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows import i18n
from workflows.documents.exceptions import Flaw
from workflows.documents.types import Placeholder
from workflows.i18n import N_
from workflows.i18n import gettext as _

_WORDS: Mapping[Flaw, str] = {
    Flaw.TOO_LARGE: N_("文件大于2MB。模板里不要放大图片，压缩后再上传。"),
    Flaw.NOT_DOCX: N_("这不是Word文档（.docx）。请在Word里“另存为”.docx后再上传。"),
    Flaw.SWOLLEN: N_("这份文件内容异常，展开后太大或占位符太多，不能用作模板。"),
    Flaw.ACTIVE: N_("模板里不能有宏、嵌入的对象或其他程序（%(name)s）。请去掉后再上传。"),
    Flaw.EXTERNAL: N_("模板里不能有链接到外面的内容（%(name)s）。请取消超链接、外部图片和域后再上传。"),
    Flaw.UNFINISHED: N_("“%(name)s”里的花括号没有成对。占位符要写完整，如{{ 行动名称 }}，不能跨段。"),
    Flaw.SYNTAX: N_("花括号里的写法不对（%(name)s）。请照本页的占位符和写法改正。"),
    Flaw.CONSTRUCT: N_("花括号里只能写占位符、重复（for）和条件（if），不能写“%(name)s”。"),
    Flaw.UNKNOWN: N_("没有“%(name)s”这个占位符。请从本页列出的占位符里选。"),
    Flaw.NOT_A_LIST: N_("“%(name)s”不是列表，不能用来重复。"),
    Flaw.A_LIST: N_("“%(name)s”是列表，要写在重复里，用其中的栏目。"),
    Flaw.TOO_LONG: N_("内容太多，一份文档放不下。请改用台账（XLSX），或先选一个镇街。"),
    Flaw.BROKEN: N_("套不出能打开的文档。请用系统自带的模板重新改一份。"),
}


def meaning(placeholder: Placeholder) -> str:
    """What a placeholder stands for, in the reader's language."""
    return placeholder.means_en if i18n.language.get() == "en" else placeholder.means


def flaw_words(data: Mapping[str, Any]) -> str:
    """The sentence for a refused template."""
    return _(_WORDS[Flaw(data["flaw"])]) % {"name": data.get("name", "")}
