"""Posted fields become the values of a schema; what cannot be read stays as typed, for the schema to name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile

from web.csrf import FIELD
from web.forms.fields import widget_of
from web.inputs import number_of

SLOTS = "evidence-slots"
FILES = "__files"  # after the name of an evidence slot: files that a page without script sends along
_YES = ("true", "on", "1")


def read_form(schema: Mapping[str, Any], fields: FormData) -> dict[str, Any]:
    """The values that were sent. An empty field is absent; a field that the schema does not know is kept,
    so that the schema refuses it by name. Names that start with `_` (buttons) are not part of the form."""
    values = _read(schema, fields, "")
    for name in fields:
        if not (name.startswith("_") or name == FIELD or _is_known(schema, name)):
            values[name] = str(fields[name])
    return values


def files_sent(schema: Mapping[str, Any], fields: FormData) -> list[tuple[str, UploadFile]]:
    """The files in slots of the form, each with the path of its slot (`evidence.PHOTO`)."""
    return [
        (name.removesuffix(FILES), value)
        for name, value in fields.multi_items()
        if isinstance(value, UploadFile)
        and value.filename
        and name.endswith(FILES)
        and _is_known(schema, name)
    ]


def slots_of(schema: Mapping[str, Any], form: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """The path of each place for evidence that the form fills, with what stands there."""
    for name, part in schema.get("properties", {}).items():
        if name in form and widget_of(part) == "evidence":
            yield name, form[name]
        elif name in form and part.get("x-widget") == SLOTS:
            yield from ((f"{name}.{code}", ids) for code, ids in form[name].items())


def add_file(form: dict[str, Any], path: str, evidence_id: int) -> None:
    """Put a stored file into the slot at `path`: `photos`, or `evidence.PHOTO` in a group of slots."""
    group, _, code = path.rpartition(".")
    ids = (form.setdefault(group, {}) if group else form).setdefault(code, [])
    if evidence_id not in ids:
        ids.append(evidence_id)


def _is_known(schema: Mapping[str, Any], name: str) -> bool:
    """Whether a field of this name belongs to the form; one for files, where files belong.

    The bare name of a group or a list says nothing, and is passed over.
    """
    path, is_file = name.removesuffix(FILES), name.endswith(FILES)
    first, _, rest = path.partition(".")
    part = schema.get("properties", {}).get(first)
    if part is None:
        return False
    if name == first and widget_of(part) in ("group", "list"):
        return True
    if part.get("x-widget") == SLOTS:
        return bool(rest) and "." not in rest
    widget = widget_of(part)
    if widget == "list":
        number, _, inner = rest.partition(".")
        return number_of(number) is not None and _is_known(part["items"], inner) and not is_file
    if widget == "group":
        return _is_known(part, rest) and not is_file
    return not rest and (widget == "evidence" or not is_file)


def _read(schema: Mapping[str, Any], fields: FormData, prefix: str) -> dict[str, Any]:
    values = {}
    for name, part in schema.get("properties", {}).items():
        value = _value(part, fields, prefix + name)
        if value is not None:
            values[name] = value
    return values


def _value(schema: Mapping[str, Any], fields: FormData, path: str) -> Any:
    """The value at `path`, None when nothing was sent."""
    widget = widget_of(schema)
    if schema.get("x-widget") == SLOTS:
        return _slots(fields, path) or None
    if widget == "group":
        return _read(schema, fields, f"{path}.") or None
    if widget == "list":
        rows = (_read(schema["items"], fields, f"{path}.{number}.") for number in _numbers(fields, path))
        return [row for row in rows if row] or None
    if widget == "marks":
        return list(dict.fromkeys(_texts(fields, path))) or None
    if widget == "evidence":
        return _ids(fields, path) or None
    texts = _texts(fields, path)
    return _scalar(schema, widget, texts[-1]) if texts else None


def _slots(fields: FormData, path: str) -> dict[str, Any]:
    start = f"{path}."
    codes = [name.removeprefix(start) for name in dict.fromkeys(fields) if name.startswith(start)]
    found = {
        code: _ids(fields, start + code) for code in codes if "." not in code and not code.endswith(FILES)
    }
    return {code: ids for code, ids in found.items() if ids}


def _ids(fields: FormData, path: str) -> list[int | str]:
    return list(dict.fromkeys(_number(text) for text in _texts(fields, path)))


def _scalar(schema: Mapping[str, Any], widget: str, text: str) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return True if text in _YES else (False if text in ("false", "off", "0") else text)
    if kind == "integer":
        return _number(text)
    return text.replace("\r\n", "\n")


def _texts(fields: FormData, path: str) -> list[str]:
    values: Iterable[Any] = fields.getlist(path)
    texts = (value.strip() for value in values if isinstance(value, str))
    return [text for text in texts if text]


def _numbers(fields: FormData, path: str) -> list[int]:
    """The row numbers that were sent for a list; rows that were taken out leave gaps."""
    start = f"{path}."
    steps = {name.removeprefix(start).split(".", 1)[0] for name in fields if name.startswith(start)}
    return sorted(number for step in steps if (number := number_of(step)) is not None)


def _number(text: str) -> int | str:
    number = number_of(text)
    return text if number is None else number
