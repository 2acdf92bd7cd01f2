"""`python -m tests.benchmarks.rehearsal`: the three-year plan from launch to its end with 600 enterprises.

The goal is two minutes on two cores with nothing else to do.
"""

from __future__ import annotations

import resource
import warnings

from workflows.campaigns import templates
from workflows.rehearsals import rehearse

TEMPLATE = "anshan-three-year"
ENTERPRISES = 600
GOAL = 120  # seconds


def main() -> None:
    """Print the seconds that passed and those that all processes computed, and what was done in them."""
    found = rehearse(templates.get(TEMPLATE), enterprises=ENTERPRISES, seed=1)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    computed = sum(one.ru_utime + one.ru_stime for one in used)
    print(f"rehearsal of {TEMPLATE}, {ENTERPRISES} enterprises, until {found.until}")
    print(
        f"  {found.seconds:8.1f} s passed {computed:8.1f} s computed {found.seconds / GOAL:6.2f} x the goal"
    )
    print(
        f"  {sum(found.obligations.values())} obligations, {found.tasks_completed} tasks, {found.incidents} incidents"
    )
    print(f"  {computed / found.tasks_completed * 1000:8.2f} ms computed for each task")
    if sum(found.hazards.values()) != found.hazards_reported:
        raise SystemExit(f"hazards are lost: {found.hazards_reported} reported, {found.hazards}")
    late = max((line["days_late"] for line in found.hazards_open), default=0)
    print(f"  {found.hazards_reported} hazards: {found.hazards}; the latest {late} days late")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
