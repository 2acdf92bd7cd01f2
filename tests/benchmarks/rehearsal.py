"""`python -m tests.benchmarks.rehearsal`: the three-year plan from launch to its end with 600 enterprises."""

from __future__ import annotations

import time
import warnings

from workflows.campaigns import templates
from workflows.rehearsals import rehearse

TEMPLATE = "anshan-three-year"
ENTERPRISES = 600


def main() -> None:
    """Print the seconds that passed and those that this process computed, and what was done in them."""
    began, computed = time.perf_counter(), time.process_time()
    found = rehearse(templates.get(TEMPLATE), enterprises=ENTERPRISES, seed=1)
    passed, computed = time.perf_counter() - began, time.process_time() - computed
    print(f"rehearsal of {TEMPLATE}, {ENTERPRISES} enterprises, until {found.until}")
    print(f"  {passed:8.1f} s passed {computed:8.1f} s computed")
    print(
        f"  {sum(found.obligations.values())} obligations, {found.tasks_completed} tasks, {found.incidents} incidents"
    )
    print(f"  {computed / found.tasks_completed * 1000:8.2f} ms computed for each task")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
