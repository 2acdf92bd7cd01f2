"""What the fields of a JSON Schema form are, with their values and problems; `components/form.html` draws them.

Of a property it reads `title`, `description`, `x-widget`, `x-labels`, `x-order`, `x-show-when` and, for the
English page, `x-en`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol
from unicodedata import east_asian_width

from web.forms import problems as words
from workflows import i18n
from workflows.forms import FieldProblem

HALF_A_LINE: Final = 16  # columns of a choice that may stand beside another one on a phone
A_THIRD: Final = 8  # of one that may stand beside two
NEW_ROW = "__n__"  # where the script puts the number of a row it adds


class Slot(Protocol):
    """One proof that a checklist item asks for (`campaigns.types.EvidenceSlot`)."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def title_en(self) -> str: ...
    @property
    def required(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a radio, select or checkbox group."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `name` is its path (`defects.0.place`); `error` the sentence beside it."""

    name: str
    widget: str  # text textarea number date radio select checkbox evidence list group
    title: str
    description: str
    required: bool
    value: Any = None
    error: str = ""
    options: tuple[Option, ...] = ()
    fields: tuple[Field, ...] = ()  # of a group
    rows: tuple[tuple[Field, ...], ...] = ()  # of a list
    new_row: tuple[Field, ...] = ()
    row_title: str = ""
    when: str = ""  # result=defects|other
    limits: Mapping[str, Any] = field(default_factory=dict)
    sometimes: bool = False  # required for some answers of another field

    @property
    def id(self) -> str:
        return "f-" + self.name.replace(".", "-")

    @property
    def spread(self) -> str:
        """How much room its choices need on a phone: a line each (`long`), half a line each (`wide`), or less."""
        widest = max((_columns(one.label) for one in self.options), default=0)
        return "long" if widest > HALF_A_LINE else "wide" if widest > A_THIRD else ""


@dataclass(frozen=True, slots=True)
class Described:
    """A form ready to draw: its fields, and every problem in the order of the fields."""

    fields: tuple[Field, ...]
    errors: tuple[Mapping[str, str], ...]


def describe(
    schema: Mapping[str, Any],
    form: Mapping[str, Any],
    problems: Mapping[str, FieldProblem] | Sequence[FieldProblem] = (),
    slots: Sequence[Slot] = (),
) -> Described:
    """The fields of `schema` filled with `form`. `slots` are the proofs that the checklist item asks for: what
    stands in a field with the widget `evidence-slots`."""
    by_path = dict(problems) if isinstance(problems, Mapping) else {one.path: one for one in problems}
    fields = tuple(_fields(schema, form, by_path, "", slots))
    return Described(fields, tuple(_errors(fields, by_path)))


def _fields(
    schema: Mapping[str, Any],
    form: Mapping[str, Any],
    problems: Mapping[str, FieldProblem],
    prefix: str,
    slots: Sequence[Slot] = (),
) -> Iterator[Field]:
    properties = schema.get("properties", {})
    order = list(dict.fromkeys([*schema.get("x-order", ()), *properties]))
    required, sometimes = set(schema.get("required", ())), _sometimes(schema)
    for name in order:
        part, value = properties[name], form.get(name)
        one = _field(part, value, problems, prefix + name, name in required)
        one = replace(one, sometimes=name in sometimes)
        inner = value if isinstance(value, Mapping) else {}
        if part.get("x-widget") == "evidence-slots":
            one = replace(one, fields=tuple(_slots(slots, inner, problems, one.name)))
        elif one.widget == "group":
            one = replace(one, fields=tuple(_fields(part, inner, problems, f"{one.name}.")))
        if one.widget != "group" or one.fields:
            yield one


def _slots(
    slots: Sequence[Slot], held: Mapping[str, Any], problems: Mapping[str, FieldProblem], name: str
) -> Iterator[Field]:
    """The slots of an item; what an earlier version of the item asked for is kept at the end."""
    for slot in slots:
        title = slot.title_en if i18n.language.get() == "en" and slot.title_en else slot.title
        yield _slot(slot.code, title, slot.required, held, problems, name)
    for code in sorted(set(held) - {slot.code for slot in slots}):
        yield _slot(code, code, False, held, problems, name)


def _slot(
    code: str,
    title: str,
    required: bool,
    held: Mapping[str, Any],
    problems: Mapping[str, FieldProblem],
    name: str,
) -> Field:
    path = f"{name}.{code}"
    problem = problems.get(path)
    error = words.sentence(problem, title=title, widget="evidence") if problem else ""
    return Field(path, "evidence", title, "", required, value=held.get(code, []), error=error)


def _sometimes(schema: Mapping[str, Any]) -> set[str]:
    """The fields that `allOf: if … then required` asks for under a condition."""
    thens = (rule.get("then", {}) for rule in schema.get("allOf", ()))
    return {name for then in thens for name in then.get("required", ())}


def _field(
    schema: Mapping[str, Any], value: Any, problems: Mapping[str, FieldProblem], name: str, required: bool
) -> Field:
    title = _said(schema, "title") or name.rsplit(".", 1)[-1]
    problem = problems.get(name)
    one = Field(
        name=name,
        widget=widget_of(schema),
        title=title,
        description=_said(schema, "description"),
        required=required,
        value=value,
        error=words.sentence(problem, title=title, widget=widget_of(schema)) if problem else "",
        options=_options(schema, value),
        when=_when(schema, name),
        limits={key: schema[key] for key in ("maxLength", "minimum", "maximum", "minItems") if key in schema},
    )
    if one.widget != "list":
        return one
    items = schema["items"]
    rows = value if isinstance(value, list) else []
    return replace(
        one,
        rows=tuple(tuple(_fields(items, row, problems, f"{name}.{at}.")) for at, row in enumerate(rows)),
        new_row=tuple(_fields(items, {}, {}, f"{name}.{NEW_ROW}.")),
        row_title=_said(items, "title"),
    )


def widget_of(schema: Mapping[str, Any]) -> str:
    """The widget that is asked for, else the one that the type suggests."""
    asked = schema.get("x-widget")
    if asked:
        return {"evidence-slots": "group", "object": "group", "integer": "number"}.get(asked, str(asked))
    kind = schema.get("type")
    if kind == "array":
        return "list" if schema.get("items", {}).get("type") == "object" else "evidence"
    if schema.get("format") == "date":
        return "date"
    if "enum" in schema:
        return "radio" if len(schema["enum"]) <= 4 else "select"
    by_type = {"object": "group", "boolean": "checkbox", "integer": "number", "number": "number"}
    return by_type.get(str(kind), "text")


def _columns(words: str) -> int:
    """How wide it stands: a Chinese character takes two columns."""
    return sum(2 if east_asian_width(letter) in "FW" else 1 for letter in words)


def _options(schema: Mapping[str, Any], value: Any) -> tuple[Option, ...]:
    labels = schema.get("x-labels", {})
    if i18n.language.get() == "en":
        labels = {**labels, **schema.get("x-en", {}).get("labels", {})}
    values = schema.get("enum") or ([True, False] if schema.get("type") == "boolean" else [])
    chosen = _text(value)
    return tuple(
        Option(_text(one), labels.get(_text(one), _text(one)), _text(one) == chosen) for one in values
    )


def _text(value: Any) -> str:
    """A value as a form field holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _said(schema: Mapping[str, Any], key: str) -> str:
    english = schema.get("x-en", {}).get(key) if i18n.language.get() == "en" else None
    return str(english or schema.get(key, ""))


def _when(schema: Mapping[str, Any], name: str) -> str:
    """`x-show-when: {"result": ["defects"]}` as the script reads it; names are siblings'."""
    prefix = name.rpartition(".")[0]
    for other, values in schema.get("x-show-when", {}).items():
        wanted = values if isinstance(values, list) else [values]
        return f"{prefix + '.' if prefix else ''}{other}={'|'.join(_text(one) for one in wanted)}"
    return ""


def _errors(fields: Sequence[Field], problems: Mapping[str, FieldProblem]) -> Iterator[Mapping[str, str]]:
    shown = list(_flat(fields))
    for one in shown:
        if one.error:
            yield {"id": one.id, "text": one.error}
    for path in sorted(set(problems) - {one.name for one in shown}):
        yield {"id": "", "text": words.sentence(problems[path], title=path, widget="")}


def _flat(fields: Sequence[Field]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _flat(one.fields)
        for row in one.rows:
            yield from _flat(row)
