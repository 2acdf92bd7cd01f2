"""The number of statements of a page does not grow with the campaign."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.databases import SqliteTemplate, close
from tests.factories import at, drive_of, found_district, world_in
from tests.people import add_account
from tests.web.house import NOW, ROLES, Place, place_on
from workflows.database import make_engine

FEW, MANY = 40, 600
PAGES = {
    "officer": ("/inbox", "/obligations", "/notices"),
    "town": ("/reviews", "/inbox", "/overdue", "/hazards", "/hazards/new", "/enterprises", "/campaigns/1",
             "/enterprises/staff?state=met"),
    "lead": ("/inbox", "/campaigns", "/campaigns/1", "/campaigns/1/nodes/obligation", "/overdue", "/overdue?bucket=0",
             "/overdue?by=step", "/overdue?kind=review", "/overdue?on=2025-08-16", "/promises",
             "/obligations", "/campaigns/new", "/enterprises", "/enterprises?account=none"),
}  # fmt: skip


def fill(session: Session, folder: Path, firms: int) -> None:
    """A drive that is late, with every enterprise's tasks open; each tenth has a hazard."""
    found_district(session, at("2025-06-01 09:00"))
    world = world_in(session, folder)
    owners = [world.firm(town_id=world.towns[n % 2]) for n in range(firms)]
    homes = {"officer": owners[0].id, "principal": owners[0].id, "town": world.towns[0]}
    for name, role in ROLES.items():
        add_account(session, name, homes.get(name, world.office), role)
    world.launch(drive_of("3", due={"3": "2025-08-15"}))
    world.advance(at("2025-07-01 09:30"))
    for owner in owners[::10]:
        world.hazard(owner)
    world.jump(at("2025-08-18 10:00"))
    world.advance(NOW)


@pytest.fixture(scope="module")
def sizes(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[int, Place]]:
    """The same district with few and with many enterprises."""
    places = {}
    for firms in (FEW, MANY):
        folder = tmp_path_factory.mktemp(f"firms{firms}")
        with sqlite_template.copy() as url:
            engine = make_engine(url)
            with Session(engine) as session, session.begin():
                fill(session, folder / "evidence", firms)
            close(engine)
            shutil.copyfile(url.removeprefix("sqlite:///"), folder / "house.db")
        places[firms] = place_on(f"sqlite:///{folder}/house.db", folder)
    yield places
    for place in places.values():
        place.app.state.engine.dispose()


@contextmanager
def counted(place: Place) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(place.app.state.engine, "before_cursor_execute", note)
    yield statements
    event.remove(place.app.state.engine, "before_cursor_execute", note)


def statements_of(place: Place, who: str, page: str) -> int:
    client = place.enter(who)
    client.get(page)  # what is read once per process is read
    with counted(place) as statements:
        assert client.get(page).status_code == 200
    return len(statements)


@pytest.mark.parametrize(("who", "page"), [(who, page) for who, pages in PAGES.items() for page in pages])
def test_a_page_asks_as_often_for_many_enterprises_as_for_few(
    sizes: dict[int, Place], who: str, page: str
) -> None:
    assert statements_of(sizes[MANY], who, page) == statements_of(sizes[FEW], who, page)


def test_urging_all_writes_as_often_for_many_enterprises_as_for_few(sizes: dict[int, Place]) -> None:
    asked = {}
    for firms, place in sizes.items():
        client = place.enter("lead")
        with counted(place) as statements:
            answer = client.post("/overdue/urge", data={"all": "1"})
        assert answer.headers["location"] == f"/overdue?urged={firms}"
        asked[firms] = len(statements)
    assert asked[MANY] == asked[FEW]
