"""Posted fields become the values of a schema; what cannot be read stays as typed, for the schema to name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile

from web.csrf import FIELD
from web.forms.fields import widget_of

FILES = "__files"  # after the name of an evidence slot: files that a page without script sends along
_YES = ("true", "on", "1")


def read_form(schema: Mapping[str, Any], fields: FormData) -> dict[str, Any]:
    """The values that were sent. An empty field is absent; a field that the schema does not know is kept,
    so that the schema refuses it by name. Names that start with `_` (buttons) are not part of the form."""
    values = _read(schema, fields, "")
    for name in fields:
        top = name.split(".", 1)[0].removesuffix(FILES)
        if top not in schema.get("properties", {}) and not name.startswith("_") and name != FIELD:
            values[name] = str(fields[name])
    return values


def files_sent(schema: Mapping[str, Any], fields: FormData) -> list[tuple[str, UploadFile]]:
    """The files in slots of the form, each with the path of its slot (`evidence.PHOTO`)."""
    return [
        (name.removesuffix(FILES), value)
        for name, value in fields.multi_items()
        if name.endswith(FILES) and isinstance(value, UploadFile) and value.filename
    ]


def add_file(form: dict[str, Any], path: str, evidence_id: int) -> None:
    """Put a stored file into the slot at `path`."""
    *way, last = path.split(".")
    for step in way:
        form = form.setdefault(step, {})
    ids = form.setdefault(last, [])
    if evidence_id not in ids:
        ids.append(evidence_id)


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
    if schema.get("x-widget") == "evidence-slots":
        return _slots(fields, path) or None
    if widget == "group":
        return _read(schema, fields, f"{path}.") or None
    if widget == "list":
        rows = (_read(schema["items"], fields, f"{path}.{number}.") for number in _numbers(fields, path))
        return [row for row in rows if row] or None
    if widget == "evidence":
        return _ids(fields, path) or None
    texts = _texts(fields, path)
    return _scalar(schema, widget, texts[-1]) if texts else None


def _slots(fields: FormData, path: str) -> dict[str, Any]:
    start = f"{path}."
    names = [name for name in dict.fromkeys(fields) if name.startswith(start) and not name.endswith(FILES)]
    found = {name.removeprefix(start): _ids(fields, name) for name in names}
    return {code: ids for code, ids in found.items() if ids}


def _ids(fields: FormData, path: str) -> list[int | float | str]:
    return list(dict.fromkeys(_number(text, int) for text in _texts(fields, path)))


def _scalar(schema: Mapping[str, Any], widget: str, text: str) -> Any:
    kind = schema.get("type")
    if kind == "boolean":
        return True if text in _YES else (False if text in ("false", "off", "0") else text)
    if kind in ("integer", "number"):
        return _number(text, int if kind == "integer" else float)
    return text.replace("\r\n", "\n")


def _texts(fields: FormData, path: str) -> list[str]:
    values: Iterable[Any] = fields.getlist(path)
    texts = (value.strip() for value in values if isinstance(value, str))
    return [text for text in texts if text]


def _numbers(fields: FormData, path: str) -> list[int]:
    """The row numbers that were sent for a list; rows that were taken out leave gaps."""
    start = f"{path}."
    steps = {name.removeprefix(start).split(".", 1)[0] for name in fields if name.startswith(start)}
    return sorted(int(step) for step in steps if step.isascii() and step.isdigit())


def _number(text: str, kind: type[int] | type[float]) -> int | float | str:
    try:
        return kind(text)
    except ValueError:
        return text
