"""Hazards that were open when their process became another: they end by the definition with which they began.

`earlier/` holds the definition that was deployed until 22 November 2026.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import deployment
from tests.factories import World
from tests.remediation import acceptance, major_plan
from workflows import processes
from workflows.hazards.models import Hazard
from workflows.hazards.queries import steps_of
from workflows.hazards.rules import HazardStep

EARLIER = Path(__file__).parent / "earlier"


@pytest.fixture
def begun(world: World) -> Hazard:
    """Reported by the earlier definition; since then today's has been deployed."""
    files = {
        name: body for name, body in processes.files_of("hazard").items() if name.startswith("escalation")
    }
    files |= {path.name: path.read_bytes() for path in EARLIER.iterdir()}
    old = deployment.deploy(world.session, key="hazard", files=files, now=world.now)
    hazard = world.hazard()
    world.report(
        hazard, possible_casualties=5, matches_major_criteria=True, immediate_measures="立即撤人并设警戒"
    )
    today = {
        name: body + b"\n" for name, body in processes.files_of("hazard").items()
    }  # newer than the district's
    new = deployment.deploy(world.session, key="hazard", files=today, now=world.now)
    assert deployment.latest(world.session, "hazard").id == new.id > old.id
    return hazard


def test_a_general_one_is_planned_fixed_sent_back_and_closed(world: World, begun: Hazard) -> None:
    world.do(begun, "assess", world.town(), level="general", assessment="现场核实为一般")
    world.do(
        begun, "plan", world.safety(begun.enterprise_id),
        measures="更换护栏", responsible_person="车间主任", due_on="2025-07-18",
    )  # fmt: skip
    world.fix(begun)
    world.do(begun, "verify", world.town(), passed=False, findings="护栏仍然松动")
    world.fix(begun)
    world.do(begun, "verify", world.town(), passed=True, findings="已更换")
    assert (steps_of(world.session, [begun])[begun.id], begun.closed_at) == (HazardStep.CLOSED, world.now)


def test_a_major_one_is_planned_approved_accepted_and_closed(world: World, begun: Hazard) -> None:
    safety = world.safety(begun.enterprise_id)
    world.do(begun, "assess", world.town(), level="major", assessment="符合判定标准")
    world.do(begun, "plan_major", safety, **major_plan("2025-07-18"))
    world.do(begun, "approve_plan", world.department(), approved=True)
    world.fix(begun)
    world.do(begun, "accept", world.department(), **acceptance(world.proof(world.departments[0])))
    assert (steps_of(world.session, [begun])[begun.id], begun.closed_at) == (HazardStep.CLOSED, world.now)
    assert begun.outcome == "closed"
