"""Which process definitions there are: every folder of `bpmn/`, deployed with what it calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy.orm import Session

from engine import deployment
from engine.models import ProcessDefinition
from workflows.escalation import tables
from workflows.safetystaff import decisions
from workflows.settings import ROOT

FOLDER = ROOT / "bpmn"
KEYS = (
    "escalation", "obligation", "extension", "hazard_control", "hazard_acceptance", "hazard", "unit_task", "campaign",
    "launch", "cosign", "objection", "failing_list", "enforcement", "self_evaluation", "tip",
)  # fmt: skip
TABLES = (decisions.KEY,)  # folders of decision tables that belong to no process
CALLS: Mapping[str, tuple[str, ...]] = {
    "obligation": ("escalation",),
    "hazard": ("hazard_control", "hazard_acceptance", "escalation"),
    "hazard_control": ("escalation",),
    "hazard_acceptance": ("escalation",),
    "unit_task": ("escalation",),
    "enforcement": ("escalation",),
    "self_evaluation": ("escalation",),
    "tip": ("escalation",),
}


def files_of(key: str) -> dict[str, bytes]:
    """The BPMN and DMN files of a process and of the processes it calls, by name."""
    folders = [FOLDER / name for name in (key, *CALLS.get(key, ()))]
    return {
        path.name: path.read_bytes()
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.suffix in {".bpmn", ".dmn"}
    }


def deploy_all(session: Session, *, now: datetime) -> list[ProcessDefinition]:
    """Deploy every definition whose content is new.

    Raises DefinitionRefused for one that is not sound and for a decision table of its own that is not, LadderRefused
    for a table of ladders of another shape.
    """
    decisions.tables()
    tables.of_file(files_of(tables.PROCESS)[tables.FILE])
    return [deployment.deploy(session, key=key, files=files_of(key), now=now) for key in KEYS]


@lru_cache
def form_schema(form_key: str) -> dict[str, Any]:
    """The JSON Schema of a form that a user task names. Raises KeyError for a form nobody wrote."""
    for path in FOLDER.glob(f"*/{form_key}.schema.json"):
        schema: dict[str, Any] = orjson.loads(path.read_bytes())
        return schema
    raise KeyError(form_key)


def diagram(definition: ProcessDefinition) -> str:
    """The BPMN text that the diagram viewer draws."""
    return str(definition.files[f"{definition.key}.bpmn"])
