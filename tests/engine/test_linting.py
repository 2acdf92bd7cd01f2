"""Every refusal of the linter, by its code."""

from __future__ import annotations

import pytest

from engine.exceptions import DefinitionRefused
from engine.handlers import handlers
from engine.linting import lint
from tests.engine import bpmn as b
from tests.engine.factories import NOW, codes
from tests.engine.samples import FEATURES, Files, one

ACK = b.declare("Ack")
SIGNAL = '<bpmn:signal id="Stop" name="Stop"/>'
STOP = '<bpmn:signalEventDefinition signalRef="Stop"/>'
CONDITIONAL = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>x</bpmn:condition></bpmn:conditionalEventDefinition>"
)
EVENT_SUB_PROCESS = b.element(
    "subProcess",
    "esp",
    b.element("startEvent", "es", b.message("Ack")) + b.user("eu") + b.end("ee") + b.flows("es>eu eu>ee"),
    triggeredByEvent="true",
)
LOOP = '<bpmn:standardLoopCharacteristics loopMaximum="3"/>'
DATA = '<bpmn:dataObject id="do"/><bpmn:dataObjectReference id="dor" dataObjectRef="do" name="d"/>'
IO = (
    '<bpmn:ioSpecification><bpmn:dataInput id="x" name="x"/><bpmn:dataOutput id="y" name="y"/>'
    "</bpmn:ioSpecification>"
)


def straight(*elements: str, flow: str, declared: str = "", dmn: bytes | None = None) -> Files:
    """A process from `start` to `done`."""
    return one("p", b.start(), *elements, b.end(), flow=flow, declared=declared, dmn=dmn)


REFUSALS: dict[str, tuple[str, Files]] = {
    "event sub-process": (
        "E-EVENT-SUBPROCESS",
        straight(b.user("u"), EVENT_SUB_PROCESS, flow="start>u u>done", declared=ACK),
    ),
    "event-based gateway": (
        "E-EVENT-GATEWAY",
        straight(
            b.element("eventBasedGateway", "g"), b.catch("m", b.message("Ack")), b.catch("t", b.timer('"P1D"')),
            b.end("d2"), flow="start>g g>m g>t m>done t>d2", declared=ACK,
        ),
    ),
    "conditional event": (
        "E-CONDITIONAL",
        straight(b.user("u"), b.boundary("c", "u", CONDITIONAL), b.end("e"), flow="start>u u>done c>e"),
    ),
    "interrupting cycle timer": (
        "E-CYCLE",
        straight(
            b.user("u"), b.boundary("c", "u", b.timer('"R3/P1D"', "timeCycle"), interrupting=True), b.end("e"),
            flow="start>u u>done c>e",
        ),
    ),
    "transaction": (
        "E-TRANSACTION",
        straight(
            b.element("transaction", "t", b.start("a") + b.end("z") + b.flows("a>z")), flow="start>t t>done"
        ),
    ),
    "cancel event": (
        "E-TRANSACTION",
        straight(b.user("u"), b.boundary("c", "u", "<bpmn:cancelEventDefinition/>"), b.end("e"),
                 flow="start>u u>done c>e"),
    ),
    "unsafe script": ("E-EXPR", straight(b.script("s", "import os"), flow="start>s s>done")),
    "unsafe condition": (
        "E-EXPR",
        straight(b.exclusive("g", "done"), b.user("u"), flow="start>g g>done g>u?x.y u>done"),
    ),
    "random numbers": ("E-EXPR", straight(b.script("s", "y = random()"), flow="start>s s>done")),
    "timer start": (
        "E-START",
        one("p", b.element("startEvent", "start", b.timer('"P1D"')), b.user("u"), b.end(), flow="start>u u>done"),
    ),
    "signal end": ("E-SIGNAL-END", one("p", b.start(), b.user("u"), b.end("done", STOP), flow="start>u u>done",
                                       declared=SIGNAL)),
    "signal catch": (
        "E-UNPROVEN",
        straight(b.catch("c", STOP), flow="start>c c>done", declared=SIGNAL),
    ),
    "condition on a task's flow": (
        "E-FLOW-CONDITION",
        straight(b.user("u"), b.user("v"), flow="start>u u>v?x v>done"),
    ),
    "link event": (
        "E-LINK",
        one("p", b.start(), b.element("intermediateThrowEvent", "l", '<bpmn:linkEventDefinition name="L"/>'),
            b.end(), flow="start>l l>done"),
    ),
    "compensation": (
        "E-COMPENSATION",
        straight(b.user("u"), b.boundary("c", "u", "<bpmn:compensateEventDefinition/>"), b.end("e"),
                 flow="start>u u>done c>e"),
    ),
    "message to itself": (
        "E-SELF-EVENT",
        straight(b.element("sendTask", "s", messageRef="Ack"), b.receive("r", "Ack"),
                 flow="start>s s>r r>done", declared=ACK),
    ),
    "standard loop": ("E-UNPROVEN", straight(b.user("u", LOOP), flow="start>u u>done")),
    "escalation event": (
        "E-UNPROVEN",
        straight(
            b.element("intermediateThrowEvent", "t", '<bpmn:escalationEventDefinition escalationRef="X"/>'),
            flow="start>t t>done", declared='<bpmn:escalation id="X" name="X" escalationCode="X"/>',
        ),
    ),
    "join on a cycle": (
        "E-JOIN-IN-LOOP",
        straight(
            b.parallel("g"), b.user("a"), b.user("c"), b.parallel("j"), b.exclusive("x", "done"),
            flow="start>g g>a g>c a>j c>j j>x x>done x>g?p",
        ),
    ),
    "cycle without an exit": (
        "E-NO-EXIT",
        straight(b.exclusive("x", "done"), b.user("a"), b.user("c"), flow="start>x x>a?p x>done a>c c>a"),
    ),
    "boundary event straight back": (
        "E-BOUNDARY-BACK",
        straight(b.user("u"), b.boundary("c", "u", b.message("Ack"), interrupting=True),
                 flow="start>u u>done c>u", declared=ACK),
    ),
    "gateway without default": (
        "E-NO-DEFAULT", straight(b.exclusive("g"), b.user("u"), flow="start>g g>u?x g>done?y u>done")
    ),
    "data object": ("E-DATA-OBJECT", straight(b.user("u"), DATA, flow="start>u u>done")),
    "input and output specification": ("E-IO", straight(b.user("u"), IO, flow="start>u u>done")),
    "decision input without expression": (
        "E-DMN-INPUT",
        straight(b.rule("r", "d"), flow="start>r r>done", dmn=b.decision("d", [""], ["y"], [["1", "2"]])),
    ),
    "decision policy": (
        "E-DMN-POLICY",
        straight(b.rule("r", "d"), flow="start>r r>done",
                 dmn=b.decision("d", ["x"], ["y"], [["1", "2"]], policy="PRIORITY")),
    ),
    "unsafe decision": (
        "E-EXPR",
        straight(b.rule("r", "d"), flow="start>r r>done",
                 dmn=b.decision("d", ["x"], ["y"], [["1", "open('f')"]])),
    ),
    "missing decision": ("E-PARSE", straight(b.rule("r", "nowhere"), flow="start>r r>done")),
    "missing process": ("E-PARSE", straight(b.call("c", "nowhere"), flow="start>c c>done")),
    "wrong key": ("E-PARSE", {"q.bpmn": b.document(b.process("q", b.start(), b.end(), b.flows("start>done")))}),
    "document type": ("E-DOCTYPE", {"p.bpmn": b"<!DOCTYPE x [<!ENTITY y 'z'>]>" + b.document()}),
    "no XML": ("E-XML", {"p.bpmn": b"<bpmn:definitions>"}),
    "service without topic": (
        "E-TOPIC", straight(b.element("serviceTask", "s"), flow="start>s s>done")
    ),
    "malformed group template": (
        "E-TEMPLATE", straight(b.user("u", candidateGroup="{a.b}:x"), flow="start>u u>done")
    ),
    "malformed correlation template": (
        "E-TEMPLATE", straight(b.receive("r", "Ack", correlationKey="{"), flow="start>r r>done", declared=ACK)
    ),
    "due date that is no variable": (
        "E-TEMPLATE", straight(b.user("u", dueDate="due at"), flow="start>u u>done")
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_the_linter_refuses(name: str) -> None:
    code, files = REFUSALS[name]
    assert code in codes("p", files)


@pytest.mark.parametrize("name", FEATURES)
def test_the_linter_accepts(name: str) -> None:
    assert codes(name, FEATURES[name]) == set()


def test_a_topic_without_handler_is_refused_once_handlers_are_registered() -> None:
    files = straight(b.service("s", "nobody.does.this"), flow="start>s s>done")
    assert "E-TOPIC" not in {f.code for f in lint("p", files)[1]}
    assert "E-TOPIC" in {f.code for f in lint("p", files, ["other"])[1]}


def test_a_cycle_through_a_boundary_event_has_an_exit() -> None:
    assert codes("ladder", FEATURES["ladder"]) == set()


def test_a_refused_definition_names_its_findings(session) -> None:  # type: ignore[no-untyped-def]
    from engine.deployment import deploy

    files = straight(b.script("s", "import os"), flow="start>s s>done")
    with pytest.raises(DefinitionRefused) as raised:
        deploy(session, key="p", files=files, now=NOW)
    assert [(f.code, f.node) for f in raised.value.findings] == [("E-EXPR", "s")]
    assert "E-EXPR" in str(raised.value)
    assert "nobody.does.this" not in handlers
