"""A ladder table as a DMN file, both ways; a file is distrusted, and what has another shape is refused by its place.

The shape: one decision with one table of hit policy FIRST, inputs `ladder` and `step` (from 0), outputs `action`,
`offset`, `unit` and `recipient`, a rule per step. The number of a step stands in the id of its rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from lxml import etree

from engine.spiff.parser import read_xml
from workflows.escalation.checking import problems
from workflows.escalation.exceptions import LadderRefused
from workflows.escalation.rules import NO_ACTION, LadderStep
from workflows.escalation.table import LADDERS, Problem, Row, Table

LARGEST: Final = 200_000  # bytes of a file
NAMESPACE: Final = "https://www.omg.org/spec/DMN/20191111/MODEL/"
INPUTS: Final = (("ladder", "升级类别", "string"), ("step", "第几步（从0起）", "number"))
OUTPUTS: Final = (
    ("action", "动作", "string"), ("offset", "距期限的数", "number"), ("unit", "单位", "string"),
    ("recipient", "对象", "string"),
)  # fmt: skip
_NAMES: Final = {"name": "升级步骤表", "namespace": "https://bihuan.example/dmn/ladder"}
_NSMAP: Final[dict[Any, str]] = {None: NAMESPACE}
_STRING = re.compile(r'"([^"]*)"')
_NUMBER = re.compile(r"-?\d{1,6}")
_ID = re.compile(r"ladder_([a-z_]+)_(\d{1,6})")
Rows = dict[str, list[Row]]


def read(content: bytes) -> Rows:
    """The rows of each ladder. Raises LadderRefused for what is no ladder table, with every place that is wrong."""
    rows: Rows = {name: [] for name in LADDERS}
    wrong = list(_take(_table(_root(content)), rows))
    wrong = wrong or [one for name in LADDERS for one in problems(name, rows[name])]
    if wrong:
        raise LadderRefused(wrong)
    return rows


def _root(content: bytes) -> Any:
    if len(content) > LARGEST:
        raise LadderRefused([Problem("file-large", data={"limit": LARGEST // 1000})])
    try:
        root = read_xml(content)
    except etree.XMLSyntaxError as error:
        raise LadderRefused([Problem("file-xml", data={"line": error.lineno or 1})]) from error
    if root.getroottree().docinfo.doctype:
        raise LadderRefused([Problem("file-doctype")])
    return root


def _table(root: Any) -> Any:
    found = root.findall("{*}decision/{*}decisionTable")
    if etree.QName(root).localname != "definitions" or len(found) != 1:
        raise LadderRefused([Problem("file-table", data={"count": len(found)})])
    [table] = found
    inputs = [_text(one.find("{*}inputExpression")) for one in table.findall("{*}input")]
    outputs = [one.get("name") for one in table.findall("{*}output")]
    if table.get("hitPolicy") != "FIRST":
        raise LadderRefused([Problem("file-policy", data={"given": table.get("hitPolicy") or "UNIQUE"})])
    if inputs != [name for name, *_ in INPUTS]:
        raise LadderRefused([Problem("file-inputs", data={"given": "、".join(inputs)})])
    if outputs != [name for name, *_ in OUTPUTS]:
        raise LadderRefused([Problem("file-outputs", data={"given": "、".join(map(str, outputs))})])
    return table


def _take(table: Any, rows: Rows) -> Iterator[Problem]:
    """Put each rule into its ladder; what cannot be put there is a problem of that rule."""
    for at, rule in enumerate(table.findall("{*}rule"), 1):
        given = [_text(one) for one in (*rule.findall("{*}inputEntry"), *rule.findall("{*}outputEntry"))]
        place = {"rule": at, "id": rule.get("id", "")}
        if len(given) != len(INPUTS) + len(OUTPUTS):
            yield Problem("rule-cells", data=place)
            continue
        if given[:2] == ["", ""] and given[2] == f'"{NO_ACTION}"':
            continue
        bad = _bad(given)
        if bad is not None:
            yield Problem("rule-value", data={**place, **bad})
            continue
        name, step = given[0].strip('"'), int(given[1])
        if name not in rows:
            yield Problem("rule-ladder", data={**place, "given": name})
        elif step != len(rows[name]):
            yield Problem("rule-step", data={**place, "given": step, "expected": len(rows[name])})
        else:
            rows[name].append(_row(given, _ID.fullmatch(rule.get("id", "")), name))


def _bad(given: list[str]) -> dict[str, str] | None:
    """The first cell that is not one word in quotation marks, or not one number: its name and what stands there."""
    for (name, _label, kind), cell in zip((*INPUTS, *OUTPUTS), given, strict=True):
        if not (_NUMBER if kind == "number" else _STRING).fullmatch(cell):
            return {"output": name, "given": cell}
    return None


def _row(given: list[str], found: re.Match[str] | None, name: str) -> Row:
    action, offset, unit, recipient = (cell.strip('"') for cell in given[len(INPUTS) :])
    number = int(found[2]) if found is not None and found[1] == name else None
    return Row(number, action, int(offset), unit, recipient)


def _text(element: Any) -> str:
    found = None if element is None else element.find("{*}text")
    return "" if found is None else "".join(found.itertext()).strip()


def write(table: Table, *, told: Callable[[LadderStep], str]) -> bytes:
    """The table as a DMN file; `told` says what a step is, for whoever reads the file."""
    root = etree.Element(f"{{{NAMESPACE}}}definitions", {"id": "ladder_definitions", **_NAMES}, nsmap=_NSMAP)
    decision = _under(root, "decision", {"id": "ladder", "name": _NAMES["name"]})
    body = _under(decision, "decisionTable", {"id": "ladder_table", "hitPolicy": "FIRST"})
    _add_heads(body)
    for name in LADDERS:
        for at, step in enumerate(table.steps(name)):
            _add_rule(body, f"ladder_{name}_{step.number}", _cells(name, at, step), told(step))
    _add_rule(body, "ladder_no_more", ("", "", f'"{NO_ACTION}"', "0", '"workday"', '""'), "")
    etree.indent(root)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _under(parent: Any, tag: str, values: dict[str, str] | None = None) -> Any:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", values or {})


def _add_heads(body: Any) -> None:
    for name, label, kind in INPUTS:
        head = _under(body, "input", {"id": f"ladder_in_{name}", "label": label})
        key = f"ladder_in_{name}_expression"
        expression = _under(head, "inputExpression", {"id": key, "typeRef": kind})
        _under(expression, "text").text = name
    for name, label, kind in OUTPUTS:
        named = {"id": f"ladder_out_{name}", "label": label, "name": name, "typeRef": kind}
        _under(body, "output", named)


def _add_rule(body: Any, key: str, cells: tuple[str, ...], told: str) -> None:
    rule = _under(body, "rule", {"id": key})
    _under(rule, "description").text = told
    names = [f"in_{name}" for name, *_ in INPUTS] + [f"out_{name}" for name, *_ in OUTPUTS]
    for name, cell in zip(names, cells, strict=True):
        tag = "inputEntry" if name.startswith("in_") else "outputEntry"
        _under(_under(rule, tag, {"id": f"{key}_{name}"}), "text").text = cell


def _cells(name: str, at: int, step: LadderStep) -> tuple[str, ...]:
    return (
        f'"{name}"', str(at), f'"{step.action}"', str(step.offset), f'"{step.unit}"', f'"{step.recipient}"',
    )  # fmt: skip
