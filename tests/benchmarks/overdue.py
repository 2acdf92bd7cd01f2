"""`python -m tests.benchmarks.overdue`: the overdue board at 30,000 enterprises and 750,000 obligations.

Each line is a page's question, median of five, beside its statements alone; on SQLite and on PostgreSQL. An argument
names one of them, or the URL of a database that is filled once and kept for the next run.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.benchmarks.filling import NOW, TOWN, filled_databases
from tests.benchmarks.replay import median_of, read_again, recorded
from tests.factories import end_of
from workflows.calendar.service import load
from workflows.lateness import board
from workflows.lateness.rules import DIMENSIONS, Kind
from workflows.lateness.turns import Moment, View
from workflows.register.types import Industry
from workflows.sight import Sight

GOAL = 300  # milliseconds, issue 4


def questions(session: Session) -> Iterator[tuple[str, Callable[[], object]]]:
    """What the pages ask: numbers by each dimension, the lists behind them, now and as of a past day."""
    everything, town = Sight(everything=True), Sight(everything=False, town_ids=(TOWN + 3,))
    calendar = load(session)
    for words, on in (("now", NOW), ("2025-08-01", end_of("2025-08-01"))):
        moment = Moment.of(session, on, now=NOW, sight=everything, calendar=calendar)
        for kind in (Kind.OBLIGATION, Kind.REVIEW):
            for by in DIMENSIONS[kind]:
                view = View(kind, by)
                yield (
                    f"{words}: {kind} by {by}",
                    lambda v=view, m=moment: board.matrix(session, view=v, moment=m),
                )
            view = View(kind)
            yield f"{words}: {kind} list", lambda v=view, m=moment: board.listed(session, view=v, moment=m)
            cell = replace(view, town_id=TOWN + 3, bucket=2)
            yield f"{words}: {kind} a cell", lambda v=cell, m=moment: board.listed(session, view=v, moment=m)
        cells = {
            "industry": View(industry=Industry.MACHINERY, bucket=4),
            "step": View(step="town_task", bucket=4),
        }
        for name, view in cells.items():
            yield (
                f"{words}: a cell by {name}",
                lambda v=view, m=moment: board.listed(session, view=v, moment=m),
            )
            yield f"{words}: its number", lambda v=view, m=moment: board.count(session, view=v, moment=m)
        yield (
            f"{words}: the tabs",
            lambda m=moment: board.counts(session, view=View(Kind.HAZARD), moment=m, known=0),
        )
        own = replace(moment, sight=town)
        yield f"{words}: a town's own", lambda m=own: board.matrix(session, view=View(), moment=m)


def measure(engine: Engine) -> None:
    """Print a line for each question."""
    slowest = 0.0
    with Session(engine) as session:
        for words, ask in questions(session):
            ask()
            ours = median_of(ask)
            with recorded(engine) as statements:
                ask()
            bare = median_of(lambda s=statements: read_again(session.connection(), s))
            slowest = max(slowest, ours)
            print(
                f"{words:34s} {ours:8.1f} ms {bare:8.1f} ms   {bare / ours * 100:4.0f} % of it the statements"
            )
            session.expunge_all()
    print(f"slowest {slowest:.0f} ms of {GOAL}")


def main() -> None:
    """Measure and print; never fails because of time."""
    warnings.simplefilter("ignore")
    for one in filled_databases(sys.argv[1:]):
        measure(one.engine)


if __name__ == "__main__":
    main()
