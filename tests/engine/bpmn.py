"""Small helpers that write BPMN and DMN sources for tests."""

from __future__ import annotations

from xml.sax.saxutils import escape

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="defs" targetNamespace="http://example.org/p">\n'
)
TERMINATE = "<bpmn:terminateEventDefinition/>"


def document(*parts: str) -> bytes:
    """A BPMN file."""
    return (HEAD + "\n".join(parts) + "\n</bpmn:definitions>").encode()


def process(key: str, *elements: str) -> str:
    """A process."""
    return f'<bpmn:process id="{key}" isExecutable="true">\n' + "\n".join(elements) + "\n</bpmn:process>"


def flows(text: str) -> str:
    """Sequence flows from lines `a>b` or `a>b?condition`."""
    out = []
    for line in text.split():
        edge, _, condition = line.partition("?")
        a, b = edge.split(">")
        inner = ""
        if condition:
            plain = condition.replace("~", " ")
            inner = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{plain}</bpmn:conditionExpression>"
            )
        flow = (
            f'<bpmn:sequenceFlow id="f_{a}_{b}" sourceRef="{a}" targetRef="{b}">{inner}</bpmn:sequenceFlow>'
        )
        out.append(flow)
    return "\n".join(out)


def element(tag: str, node: str, inner: str = "", **attributes: str) -> str:
    """Any element, named like its id."""
    text = "".join(f' {k}="{v}"' for k, v in attributes.items())
    return f'<bpmn:{tag} id="{node}" name="{node}"{text}>{inner}</bpmn:{tag}>'


def extensions(inner: str) -> str:
    """Extension elements."""
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""


def properties(**values: str) -> str:
    """SpiffWorkflow's extension properties."""
    items = "".join(f'<spiffworkflow:property name="{k}" value="{v}"/>' for k, v in values.items())
    return extensions(f"<spiffworkflow:properties>{items}</spiffworkflow:properties>") if items else ""


def start(node: str = "start") -> str:
    """A start event."""
    return element("startEvent", node)


def end(node: str = "done", inner: str = "") -> str:
    """An end event."""
    return element("endEvent", node, inner)


def user(node: str, inner: str = "", **values: str) -> str:
    """A user task with extension properties."""
    return element("userTask", node, properties(**values) + inner)


def service(node: str, topic: str = "", **values: str) -> str:
    """A service task."""
    return element("serviceTask", node, properties(topic=topic or node, **values))


def script(node: str, code: str) -> str:
    """A script task."""
    return element("scriptTask", node, f"<bpmn:script>{escape(code)}</bpmn:script>")


def rule(node: str, decision: str) -> str:
    """A business rule task."""
    called = f"<spiffworkflow:calledDecisionId>{decision}</spiffworkflow:calledDecisionId>"
    return element("businessRuleTask", node, extensions(called))


def exclusive(node: str, default: str = "") -> str:
    """An exclusive gateway; `default` is the target of its default flow."""
    return element("exclusiveGateway", node, **({"default": f"f_{node}_{default}"} if default else {}))


def inclusive(node: str, default: str = "") -> str:
    """An inclusive gateway."""
    return element("inclusiveGateway", node, **({"default": f"f_{node}_{default}"} if default else {}))


def parallel(node: str) -> str:
    """A parallel gateway."""
    return element("parallelGateway", node)


def timer(expression: str, kind: str = "timeDuration") -> str:
    """A timer event definition."""
    inner = f"<bpmn:{kind}>{expression}</bpmn:{kind}>"
    return f"<bpmn:timerEventDefinition>{inner}</bpmn:timerEventDefinition>"


def message(reference: str) -> str:
    """A message event definition."""
    return f'<bpmn:messageEventDefinition messageRef="{reference}"/>'


def declare(*names: str) -> str:
    """Message declarations, ids like names."""
    return "".join(f'<bpmn:message id="{name}" name="{name}"/>' for name in names)


def boundary(node: str, attached: str, inner: str, *, interrupting: bool = False, **values: str) -> str:
    """A boundary event."""
    cancel = "true" if interrupting else "false"
    body = properties(**values) + inner
    return element("boundaryEvent", node, body, attachedToRef=attached, cancelActivity=cancel)


def catch(node: str, inner: str, **values: str) -> str:
    """An intermediate catch event."""
    return element("intermediateCatchEvent", node, properties(**values) + inner)


def receive(node: str, reference: str, **values: str) -> str:
    """A receive task."""
    return element("receiveTask", node, properties(**values), messageRef=reference)


def sub_process(node: str, *elements: str) -> str:
    """An embedded sub-process."""
    return element("subProcess", node, "".join(elements))


def call(node: str, called: str) -> str:
    """A call activity."""
    return element("callActivity", node, calledElement=called)


def multi(collection: str, output: str, item: str, result: str, *, sequential: bool = False) -> str:
    """Multi-instance characteristics."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef>"
        f"<bpmn:loopDataOutputRef>{output}</bpmn:loopDataOutputRef>"
        f'<bpmn:inputDataItem id="{item}"/><bpmn:outputDataItem id="{result}"/>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def decision(
    name: str, inputs: list[str], outputs: list[str], rows: list[list[str]], policy: str = "FIRST"
) -> bytes:
    """A decision table: each row gives the input entries, then the output entries, XML-escaped."""
    columns = "".join(
        f'<input id="{name}_i{n}" label="{x}"><inputExpression id="{name}_e{n}"><text>{x}</text>'
        "</inputExpression></input>"
        for n, x in enumerate(inputs)
    )
    columns += "".join(f'<output id="{name}_o{n}" label="{x}" name="{x}"/>' for n, x in enumerate(outputs))
    rules = ""
    for r, row in enumerate(rows):
        cells = ""
        for c, cell in enumerate(row):
            tag = "inputEntry" if c < len(inputs) else "outputEntry"
            cells += f'<{tag} id="{name}_r{r}c{c}"><text>{cell}</text></{tag}>'
        rules += f'<rule id="{name}_r{r}">{cells}</rule>'
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="{name}" name="{name}"><decisionTable id="{name}_t" hitPolicy="{policy}">'
        f"{columns}{rules}</decisionTable></decision></definitions>"
    ).encode()
