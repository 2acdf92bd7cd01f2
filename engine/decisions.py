"""What a decision table of a deployed definition answers."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine import deployment
from engine.machines import machine_of
from engine.spiff import deciding
from engine.types import Json, Variables
from engine.values import check_variables


def decide(session: Session, *, key: str, decision: str, inputs: Mapping[str, Json]) -> Variables:
    """Outputs of the table `decision` in the latest version of `key`; empty when no rule matches.

    Raises UnknownDefinition, UnknownDecision, InvalidValues, TransitionFailed (an input is missing).
    """
    row = deployment.latest(session, key)
    machine = machine_of(session, row.id, row.hash)
    return deciding.evaluate(machine.definition, decision, check_variables(inputs))
