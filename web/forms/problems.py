"""The sentence for each thing that can be wrong with a field."""

from __future__ import annotations

from workflows.forms import FieldProblem
from workflows.i18n import gettext as _
from workflows.i18n import ngettext


def sentence(problem: FieldProblem, *, title: str, widget: str) -> str:
    """What is wrong with the field called `title`, and so what to do."""
    limit = problem.data.get("limit")
    said = {"title": title, "n": limit, "num": limit, "name": problem.data.get("name", "")}
    if problem.code in ("required", "minItems", "evidence-missing"):
        return _missing(widget, limit if problem.code == "minItems" else 1) % said
    if problem.code in ("minLength", "maxLength"):
        return _length(problem.code, limit) % said
    return _WORDS.get(problem.code, lambda: _("“%(title)s”填写不正确。"))() % said


def _missing(widget: str, limit: object) -> str:
    number = limit if isinstance(limit, int) else 1
    if widget in ("radio", "select"):
        return _("请选择“%(title)s”。")
    if widget == "evidence":
        return ngettext(
            "“%(title)s”还缺材料，至少%(num)s份。", "“%(title)s”还缺材料，至少%(num)s份。", number
        ).replace("%(num)s", str(number))
    if widget == "list":
        return _("“%(title)s”至少登记一条。")
    return _("请填写“%(title)s”。")


def _length(code: str, limit: object) -> str:
    number = limit if isinstance(limit, int) else 1
    if code == "minLength":
        return ngettext("“%(title)s”至少写%(num)s个字。", "“%(title)s”至少写%(num)s个字。", number)
    return ngettext("“%(title)s”最多写%(num)s个字。", "“%(title)s”最多写%(num)s个字。", number)


_WORDS = {
    "unknown": lambda: _("这张表没有“%(title)s”一栏，请刷新后重填。"),
    "enum": lambda: _("“%(title)s”请从列出的几项里选。"),
    "const": lambda: _("“%(title)s”请从列出的几项里选。"),
    "type": lambda: _("“%(title)s”格式不对，数字栏请只填数字。"),
    "format": lambda: _("“%(title)s”应为日期，如2025-08-20。"),
    "pattern": lambda: _("“%(title)s”应为日期，如2025-08-20。"),
    "minimum": lambda: _("“%(title)s”不能小于%(n)s。"),
    "maximum": lambda: _("“%(title)s”不能大于%(n)s。"),
    "maxItems": lambda: _("“%(title)s”最多%(n)s条。"),
    "evidence-empty": lambda: _("“%(title)s”里的“%(name)s”是空的，请重新选择文件。"),
    "evidence-too-large": lambda: _("“%(title)s”里的“%(name)s”大于20MB，请压缩后重传。"),
    "evidence-type": lambda: _("“%(title)s”里的“%(name)s”不是可以接收的文件。"),
    "evidence-lies": lambda: _("“%(title)s”里的“%(name)s”内容与扩展名不符，请用原始文件上传。"),
    "evidence-unknown": lambda: _("“%(title)s”里有一份材料不是本单位上传的，已去掉，请重新上传。"),
    "not-later": lambda: _("“%(title)s”须晚于现在的期限。"),
    "not-future": lambda: _("“%(title)s”不能早于今天。"),
    "too-far": lambda: _("“%(title)s”须在%(n)s天之内；需要更久的，定下措施后再申请延期。"),
    "uniqueItems": lambda: _("“%(title)s”里有重复的材料。"),
}
