"""What was late at the end of any day is what a look at every task that there ever was says, and what one saw then."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import World
from tests.integration.lateness.history import History, Line
from tests.integration.lateness.reviews import kept, waiting
from tests.integration.lateness.story import BEGIN, LAST, live
from workflows.calendar.rules import WorkdayCalendar
from workflows.calendar.service import load
from workflows.lateness import board
from workflows.lateness.rules import BUCKETS, Dimension, Kind
from workflows.lateness.turns import Moment, View
from workflows.obligations.models import Obligation
from workflows.obligations.queries import overdue
from workflows.sight import Sight
from workflows.times import day_of, end_of_day

pytestmark = pytest.mark.slow

DATES = 200
EVERYTHING = Sight(everything=True)


def moment_of(world: World, at: datetime, calendar: WorkdayCalendar) -> Moment:
    return Moment.of(world.session, at, now=world.now, sight=EVERYTHING, calendar=calendar)


def grouped(lines: Counter[Line]) -> dict[int, list[int]]:
    """Town -> number in each bucket."""
    table: dict[int, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
    for (_, town, bucket, _), number in lines.items():
        table[town][bucket] += number
    return dict(table)


def seen_now(world: World) -> set[int]:
    """Obligations that are overdue by the state of their process, at this moment."""
    return set(world.session.scalars(select(Obligation.id).where(overdue(world.session, now=world.now))))


def test_the_board_of_200_random_days_is_what_history_says(world: World) -> None:
    photographs: dict[datetime, set[int]] = {}

    def photograph(now: datetime) -> None:
        photographs[now] = seen_now(world)
        assert kept(world.session) == waiting(world.session), now

    live(world, random.Random(4), photograph)
    calendar = load(world.session)
    history = History(world.session, calendar)
    chance = random.Random(200)
    totals: Counter[Kind] = Counter()
    reached: Counter[str] = Counter()
    for number, day in enumerate(chance.sample(range(LAST - 1), DATES)):
        at = end_of_day(day_of(BEGIN) + timedelta(days=day))
        moment = moment_of(world, at, calendar)
        for kind in Kind:
            wanted = history.late(kind, at)
            matrix = board.matrix(world.session, view=View(kind), moment=moment)
            assert {town or 0: row for town, row in matrix.items()} == grouped(wanted), (kind, at)
            assert board.count(world.session, view=View(kind), moment=moment) == wanted.total(), (kind, at)
            if number % 25 == 0:
                agrees_in_every_cell(world, kind, moment, wanted)
            if kind is not Kind.REVIEW:
                steps = history.steps(kind, at)
                agrees_in_every_step(world, kind, moment, steps)
                reached.update({step: len(lines) for step, lines in steps.items()})
            totals[kind] += sum(wanted.values())
    assert min(totals[kind] for kind in Kind) > DATES / 2, totals
    assert len(reached) > 3, reached
    assert min(reached.values()) > 0, reached
    for now, seen in photographs.items():
        found = board.every(world.session, view=View(), moment=moment_of(world, now, calendar))
        assert {one.id for one, _ in found} == seen, now


def agrees_in_every_step(
    world: World, kind: Kind, moment: Moment, wanted: dict[str, list[tuple[str, int, int]]]
) -> None:
    """The numbers by step, and the rows behind each, listed and all at once."""
    matrix = board.matrix(world.session, view=View(kind, Dimension.STEP), moment=moment)
    assert {step: sum(row) for step, row in matrix.items()} == {
        step: len(each) for step, each in wanted.items()
    }
    for step, lines in wanted.items():
        numbers = Counter(bucket for _, bucket, _ in lines)
        assert matrix[step] == [numbers[bucket] for bucket in range(len(BUCKETS))], (kind, moment.at, step)
        view = View(kind, Dimension.STEP, step=step)
        named = sorted((about, number) for about, _, number in lines)
        every = board.every(world.session, view=view, moment=moment)
        assert sorted((one.kind.value, one.id) for one, _ in every) == named, (kind, moment.at, step)
        assert board.count(world.session, view=view, moment=moment) == len(named)
        second = board.listed(world.session, view=replace(view, offset=1), moment=moment)
        assert len(second) == min(len(named) - 1, board.PAGE + 1), (kind, moment.at, step)
        assert {(one.subject.kind.value, one.subject.id) for one in second} <= set(named)


def agrees_in_every_cell(world: World, kind: Kind, moment: Moment, wanted: Counter[Line]) -> None:
    """The rows behind each cell are those that history names."""
    for bucket in range(len(BUCKETS)):
        lines = board.every(world.session, view=View(kind, bucket=bucket), moment=moment)
        named = sorted((about, number) for about, _, n, number in wanted.elements() if n == bucket)
        assert sorted((one.kind.value, one.id) for one, _ in lines) == named, (kind, moment.at, bucket)
