"""What was late at the end of any day is what a look at every task that there ever was says, and what one saw then."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests.factories import World
from tests.integration.lateness.history import History, Line
from tests.integration.lateness.story import BEGIN, LAST, live
from workflows.calendar.rules import WorkdayCalendar
from workflows.calendar.service import load
from workflows.lateness import board
from workflows.lateness.rules import BUCKETS, Kind
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
    live(world, random.Random(4), lambda now: photographs.update({now: seen_now(world)}))
    calendar = load(world.session)
    history = History(world.session, calendar)
    chance = random.Random(200)
    totals: Counter[Kind] = Counter()
    for number, day in enumerate(chance.sample(range(LAST - 1), DATES)):
        at = end_of_day(day_of(BEGIN) + timedelta(days=day))
        moment = moment_of(world, at, calendar)
        for kind in Kind:
            wanted = history.late(kind, at)
            matrix = board.matrix(world.session, view=View(kind), moment=moment)
            assert {town or 0: row for town, row in matrix.items()} == grouped(wanted), (kind, at)
            if number % 25 == 0:
                agrees_in_every_cell(world, kind, moment, wanted)
            totals[kind] += sum(wanted.values())
    assert min(totals[kind] for kind in Kind) > DATES / 2, totals
    for now, seen in photographs.items():
        found = board.every(world.session, view=View(), moment=moment_of(world, now, calendar))
        assert {one.id for one, _ in found} == seen, now


def agrees_in_every_cell(world: World, kind: Kind, moment: Moment, wanted: Counter[Line]) -> None:
    """The rows behind each cell are those that history names."""
    for bucket in range(len(BUCKETS)):
        lines = board.every(world.session, view=View(kind, bucket=bucket), moment=moment)
        named = sorted((about, number) for about, _, n, number in wanted.elements() if n == bucket)
        assert sorted((one.kind.value, one.id) for one, _ in lines) == named, (kind, moment.at, bucket)
