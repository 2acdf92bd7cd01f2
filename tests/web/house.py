"""A district in the middle of its work, for tests of pages: who is there, and what each of them has before them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import at, found_district, world_in
from tests.people import add_account
from web import cookies, csrf
from web.app import create_app
from web.counts import menu_counts
from workflows.accounts import sessions
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.campaigns.models import Campaign
from workflows.clock import Clock
from workflows.register.types import EnterpriseStatus
from workflows.settings import Mode, Settings

NOW = at("2025-08-18 10:00")  # three days after the due date of `late`
ROLES = {
    "officer": Role.SAFETY_OFFICER, "principal": Role.PRINCIPAL, "town": Role.TOWN_OFFICER,
    "department": Role.DEPARTMENT_OFFICER, "lead": Role.LEAD_OFFICER, "leader": Role.LEADER,
    "administrator": Role.ADMINISTRATOR,
}  # fmt: skip
OTHERS = ("other_officer", "other_town", "other_department")  # of the other firm, town and department


@dataclass(frozen=True)
class House:
    """Ids. What is not called `other` belongs to `firm`, in `town` under `department`."""

    office: int
    town: int
    other_town: int
    firm: int
    other_firm: int
    campaign: int
    late: int
    """An obligation that is overdue, its self-check open: `check`."""
    check: int
    submitted: int
    """An obligation that waits for the town: `review`."""
    review: int
    hazard: int
    proof: int
    other_late: int
    other_check: int
    other_review: int
    other_hazard: int
    other_proof: int
    other_extension_task: int


EMPTY = House(**dict.fromkeys(House.__annotations__, 0))


def furnish(session: Session, folder: Path) -> House:
    """Two enterprises in two towns under two departments, and a campaign that is late."""
    found_district(session, at("2025-06-01 09:00"))
    world = world_in(session, folder)
    firm = world.firm(name="宏岳铸造")
    other = world.firm(name="云麓食品", town_id=world.towns[1], department_id=world.departments[1])
    world.firm(name="柳泉机械", status=EnterpriseStatus.STOPPED)  # in sight of the town, in no campaign
    late, submitted = world.obligation(firm), world.obligation(firm)
    other_late, other_submitted, asked = (world.obligation(other) for _ in range(3))
    world.submit(submitted)
    world.submit(other_submitted)
    hazard, other_hazard = world.hazard(firm), world.hazard(other)
    proof, other_proof = world.proof(firm.id), world.proof(other.id)
    extension = world.ask(asked, "2025-09-01")
    _people(session, world.office, world.towns, world.departments, firm.id, other.id)
    world.advance(NOW)
    session.add(Clock(id=1, business_at=NOW, machine_at=NOW))
    return House(
        office=world.office, town=world.towns[0], other_town=world.towns[1], firm=firm.id, other_firm=other.id,
        campaign=late.campaign_id, late=late.id, check=world.task(late, "self_check").id,
        submitted=submitted.id, review=world.task(submitted, "town_review").id, hazard=hazard.id, proof=proof,
        other_late=other_late.id, other_check=world.task(other_late, "self_check").id,
        other_review=world.task(other_submitted, "town_review").id, other_hazard=other_hazard.id,
        other_proof=other_proof, other_extension_task=world.task(extension, "decide").id,
    )  # fmt: skip


def _people(
    session: Session, office: int, towns: tuple[int, int], departments: tuple[int, int], firm: int, other: int
) -> None:
    homes = {"officer": firm, "principal": firm, "town": towns[0], "department": departments[0]}
    for name, role in ROLES.items():
        add_account(session, name, homes.get(name, office), role)
    for name, home in zip(OTHERS, (other, towns[1], departments[1]), strict=True):
        add_account(session, name, home, ROLES[name.removeprefix("other_")])
    add_account(session, "other_lead", office, Role.LEAD_OFFICER)  # who approves what `lead` proposes


@dataclass(frozen=True)
class Place:
    """The application on a furnished district; people are let in without the work of checking a password."""

    app: FastAPI
    house: House

    def approve(self) -> int:
        """Let another official approve what is proposed; the id of the campaign."""
        with self.look() as session:
            open_ones = UserTask.node == "approve_launch", UserTask.status == TaskStatus.OPEN
            task = session.scalars(select(UserTask.id).where(*open_ones)).one()
        assert self.enter("other_lead").post(f"/tasks/{task}", data={"approved": "true"}).status_code == 303
        with self.look() as session:
            return session.scalars(select(Campaign.id).order_by(Campaign.id.desc())).first() or 0

    def enter(self, username: str = "", **headers: str) -> TestClient:
        """A browser, of nobody or of this person; it follows no redirect."""
        client = TestClient(
            self.app,
            follow_redirects=False,
            raise_server_exceptions=False,
            headers={"accept": "text/html"} | headers,
        )
        if username:
            secret = let_in(self.app, client, username, NOW)
            client.headers["X-CSRF-Token"] = csrf.token_for(secret)
        return client

    def look(self) -> Session:
        """A session of its own, to see what a page wrote."""
        session: Session = self.app.state.sessions()
        return session


def let_in(app: FastAPI, client: TestClient, username: str, now: datetime) -> str:
    """Sign a person in without the work of checking a password; the secret of the session."""
    with app.state.sessions.begin() as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        secret = sessions.open_session(session, account_id=account.id, now=now)
    client.cookies.set(cookies.SESSION, secret)
    return secret


def place_on(
    url: str, folder: Path, house: House = EMPTY, mode: Mode = Mode.SAMPLE, engine: Engine | None = None
) -> Place:
    """An application whose clocks stand still at `NOW`."""
    settings = Settings(mode=mode, database_url=url, data_dir=folder, _env_file=None)
    app = create_app(settings, counts=menu_counts, machine_clock=lambda: NOW, engine=engine)
    return Place(app, house)
