"""What BPMN names exists in the code, and what the code offers BPMN is named: topics, forms, messages, roles."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest
from lxml import etree

from tests.architecture.source import Module, product
from tests.bpmn.files import KEYS, NS, ROOT, forms, read
from workflows.accounts.types import Role
from workflows.behaviour import FORMS
from workflows.handlers import HANDLERS
from workflows.processes import CALLS, TABLES
from workflows.processes import KEYS as DEPLOYED


def properties(tag: str, name: str) -> set[str]:
    """The values of an extension property of all nodes of one kind."""
    nodes = [node for key in KEYS for node in read(key).nodes.values() if node.tag == tag]
    return {node.properties[name] for node in nodes if name in node.properties}


def awaited(files: Iterable[bytes]) -> set[str]:
    """The names of the messages that some node waits for."""
    found: set[str] = set()
    for content in files:
        root = etree.fromstring(content)
        names = {m.get("id"): m.get("name") for m in root.iterfind("bpmn:message", NS)}
        found |= {names[e.get("messageRef")] for e in root.iter() if e.get("messageRef")}
    return found


def sent(modules: Iterable[Module]) -> set[str]:
    """The names that `correlate(..., name=...)` and `Message(...)` send: a string, or a constant of the module."""
    found: set[str] = set()
    for module in modules:
        known = constants(module.tree)
        for call in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            if ast.unparse(call.func).rpartition(".")[2] in ("correlate", "Message"):
                names = (keyword.value for keyword in call.keywords if keyword.arg == "name")
                found.update(known.get(ast.unparse(name), "") or _string(name) for name in names)
                found.update(_string(name) for name in call.args[:1])
    return found - {""}


def constants(tree: ast.Module) -> dict[str, str]:
    """The module's names of strings."""
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    return {ast.unparse(target): _string(node.value) for node in assigned for target in node.targets}


def _string(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def bpmn_files() -> list[bytes]:
    return [path.read_bytes() for path in sorted(ROOT.glob("*/*.bpmn"))]


def test_every_folder_of_definitions_is_deployed() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    assert folders - set(TABLES) == set(DEPLOYED) == set(KEYS)


def test_every_called_process_is_deployed_with_its_caller() -> None:
    called = {
        key: {
            e.get("calledElement")
            for e in etree.parse(ROOT / key / f"{key}.bpmn").iter()
            if e.get("calledElement")
        }
        for key in KEYS
    }
    assert {key: set(CALLS.get(key, ())) for key in KEYS} == called


def test_every_topic_has_a_handler_and_every_handler_a_topic() -> None:
    assert properties("serviceTask", "topic") == set(HANDLERS)


def test_every_service_task_names_its_topic() -> None:
    tasks = [node for key in KEYS for node in read(key).nodes.values() if node.tag == "serviceTask"]
    assert [task.id for task in tasks if not task.properties.get("topic")] == []


def test_every_user_task_names_a_form_that_there_is_and_every_form_is_named() -> None:
    assert properties("userTask", "formKey") == set(forms())


def test_a_rehearsal_can_fill_in_every_form() -> None:
    before_it = {"launch_proposal", "launch_approval"}  # a rehearsal begins with the launch
    assert set(FORMS) | before_it == set(forms())


def test_every_user_task_names_a_group_of_people_that_there_are() -> None:
    groups = properties("userTask", "candidateGroup")
    roles = {group for group in groups if not group.startswith("account:")}  # a co-signer is one named person
    named = {group.rpartition(":")[2] for group in roles} - {"{body_role}"}  # the template says which body's
    assert named <= {role.value for role in Role}
    assert named


def test_every_message_that_is_awaited_is_sent_somewhere_and_the_other_way_round() -> None:
    assert awaited(bpmn_files()) == sent(product()) != set()


def test_a_message_that_nobody_sends_is_noticed() -> None:
    text = f'''<definitions xmlns="{NS["bpmn"]}"><message id="m" name="nobody_sends"/>
        <process id="p"><receiveTask id="r" messageRef="m"/></process></definitions>'''
    assert awaited([text.encode()]) - sent(product()) == {"nobody_sends"}


def test_a_message_that_nobody_awaits_is_noticed() -> None:
    module = Module.of("runtime.correlate(session, name='nobody_awaits', now=now)")
    assert sent([module]) - awaited(bpmn_files()) == {"nobody_awaits"}


@pytest.mark.parametrize("key", KEYS)
def test_no_task_is_without_what_makes_it_work(key: str) -> None:
    needed = {
        "userTask": {"formKey", "candidateGroup"},
        "serviceTask": {"topic"},
        "receiveTask": {"correlationKey"},
    }
    lacking = {
        node.id: missing
        for node in read(key).nodes.values()
        if (missing := needed.get(node.tag, set()) - node.properties.keys())
    }
    assert lacking == {}
