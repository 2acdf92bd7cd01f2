"""`make bench`: launch, completion and timer sweep as ratios of one run, on SQLite."""

from __future__ import annotations

import shutil
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from engine import deployment, runtime, timers
from engine.models import Base, UserTask
from engine.types import NewInstance
from tests.benchmarks.replay import Statement, recorded, replay
from tests.benchmarks.sample import FORM, KEY, LATER, NOW, SOURCE, VARIABLES
from tests.benchmarks.stock import Stock, metadata
from workflows.database import make_engine

INSTANCES: Final = 1000
STOCK: Final = range(1, 201)
BATCHES: Final = 5
SWEEP: Final = INSTANCES // BATCHES


@dataclass(slots=True)
class Clock:
    """Seconds per piece of work of one contender, one sample per transaction."""

    samples: list[float] = field(default_factory=list)

    def run(self, work: Callable[[], object], pieces: int = 1) -> None:
        """Measure one transaction."""
        begin = time.perf_counter()
        work()
        self.samples.append((time.perf_counter() - begin) / pieces)

    @property
    def each(self) -> float:
        """Median: the machine does other things too."""
        return median(self.samples)


@dataclass(slots=True)
class Figures:
    """The three contenders of one measurement."""

    ours: Clock
    stock: Clock
    bare: Clock


class Bench:
    """Our database, stock's database, and copies of ours for the statements without an engine."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.stock = folder, Stock()
        self.engine = self._database("ours.db")
        self.stock_engine = self._database("stock.db")
        event.listen(self.stock_engine, "connect", _no_foreign_keys)  # its tasks have no instance row
        metadata.create_all(self.stock_engine)
        with Session(self.engine) as session, session.begin():
            deployment.deploy(session, key=KEY, files={f"{KEY}.bpmn": SOURCE}, now=NOW)

    def _database(self, name: str) -> Engine:
        engine = make_engine(f"sqlite:///{self.folder / name}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return engine

    def _copy(self) -> Engine:
        """Our database as it is now."""
        self.engine.dispose()  # the last connection writes the log back into the file
        for each in self.folder.glob("copy.db*"):
            each.unlink()
        for each in self.folder.glob("ours.db*"):
            shutil.copyfile(each, self.folder / each.name.replace("ours", "copy"))
        return make_engine(f"sqlite:///{self.folder / 'copy.db'}")

    def launch(self) -> Figures:
        """A batch of new instances in one transaction."""
        figures, twin = Figures(Clock(), Clock(), Clock()), self._copy()
        for batch, ids in zip(_split(range(INSTANCES)), _split(STOCK), strict=True):
            new = [NewInstance(f"o:{i}", VARIABLES) for i in batch]
            with recorded(self.engine) as statements:
                figures.ours.run(lambda new=new: self._launch(new), len(batch))
            figures.stock.run(lambda ids=ids: self._stock(ids, self.stock.launch), len(ids))
            figures.bare.run(lambda s=statements: _replay(twin, s), len(batch))
        return figures

    def _launch(self, new: Sequence[NewInstance]) -> None:
        with Session(self.engine) as session, session.begin():
            runtime.start_many(session, key=KEY, instances=new, group_id=1, now=NOW)

    def sweep(self) -> Figures:
        """One reminder in each instance, a batch in one transaction."""
        figures, twin = Figures(Clock(), Clock(), Clock()), self._copy()
        for ids in _split(STOCK):
            with recorded(self.engine) as statements:
                figures.ours.run(self._sweep, SWEEP)
            figures.stock.run(lambda ids=ids: self._stock(ids, self.stock.remind), len(ids))
            figures.bare.run(lambda s=statements: _replay(twin, s), SWEEP)
        return figures

    def _sweep(self) -> None:
        with Session(self.engine) as session, session.begin():
            fired = timers.fire_due(session, now=LATER, limit=SWEEP)
        if fired.count != SWEEP:
            raise AssertionError(fired)

    def complete(self) -> Figures:
        """One self-check after the other, a transaction each, in turns."""
        figures, twin = Figures(Clock(), Clock(), Clock()), self._copy()
        with Session(self.engine) as session:
            tasks = list(session.scalars(select(UserTask.id).order_by(UserTask.id)))
        every = len(tasks) // len(STOCK)
        for number, task_id in enumerate(tasks):
            with recorded(self.engine) as statements:
                figures.ours.run(lambda task_id=task_id: self._complete(task_id))
            figures.bare.run(lambda s=statements: _replay(twin, s))
            if number % every == 0:
                instance_id = STOCK[number // every]
                figures.stock.run(lambda i=instance_id: self._stock([i], self.stock.complete))
        return figures

    def _complete(self, task_id: int) -> None:
        with Session(self.engine) as session, session.begin():
            runtime.complete(session, task_id=task_id, form=FORM, actor="account:1", now=NOW)

    def _stock(self, ids: Iterable[int], work: Callable[[Connection, int], None]) -> None:
        with self.stock_engine.begin() as connection:
            for instance_id in ids:
                work(connection, instance_id)


def _no_foreign_keys(connection: object, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]


def _replay(engine: Engine, statements: Sequence[Statement]) -> None:
    with engine.begin() as connection:
        replay(connection, statements)


def _split(items: Sequence[int]) -> list[Sequence[int]]:
    size = len(items) // BATCHES
    return [items[i : i + size] for i in range(0, len(items), size)]


def _print(name: str, figures: Figures) -> None:
    ours, stock, bare = figures.ours.each, figures.stock.each, figures.bare.each
    print(
        f"{name:12s} {ours * 1e3:8.2f} ms {stock * 1e3:8.2f} ms {bare * 1e3:8.2f} ms"
        f"   {stock / ours:6.1f} x stock   {bare / ours * 100:4.0f} % of the statements alone"
    )


def main() -> None:
    """Measure and print; never fails because of time."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        print(
            f"SQLite, {INSTANCES} instances ({len(STOCK)} for stock SpiffWorkflow); median time per instance"
        )
        print(f"{'':12s} {'engine':>11s} {'stock':>11s} {'statements':>11s}")
        _print("launch", bench.launch())
        _print("timer sweep", bench.sweep())
        _print("completion", bench.complete())


if __name__ == "__main__":
    main()
