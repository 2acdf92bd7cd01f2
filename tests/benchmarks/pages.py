"""`python -m tests.benchmarks.pages`: every page of supervision at 750,000 obligations, each as one request.

The application is asked in its own process by a lead officer, a town, two departments and an enterprise: milliseconds
from request to answer, median of five; those that our process computed; those of the statements of the request alone;
their number; those of a fixed piece of work beside it, since such machines are fast and slow by turns. An argument
names one kind of database, or the URL of one that is filled once and kept for the next run; one with a slash is a part
of an address. Files to download are measured too, but count as no page.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi.testclient import TestClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from engine.models import UserTask
from tests.benchmarks.filling import DEPARTMENT, FIRM, NOW, PEOPLE, TOWN, filled_databases
from tests.benchmarks.replay import median_of, pace, read_again, recorded, timed
from tests.web.house import let_in
from web.app import create_app
from web.counts import menu_counts
from workflows.accounts.types import Role
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.campaigns.tallies import Dimension as Compared
from workflows.clock import Clock
from workflows.duties.models import UnitTask
from workflows.enforcement.models import Enforcement
from workflows.lateness.rules import DIMENSIONS, Kind
from workflows.obligations.models import Obligation
from workflows.obligations.parts import Part as Behind
from workflows.promises.queries import Part
from workflows.settings import Mode, Settings

GOAL = 300  # milliseconds, issue 4
NODES = (
    "obligation/self_check", "obligation/town_review", "obligation/await_hazards", "obligation/closed", "hazard/fix",
    "unit_task/file",
)  # fmt: skip
PAPERS = {
    False: ("sign", "print", "print?part=9"),
    True: ("print", "circular", "list.docx", "circular.docx", "export.xlsx"),
}
SUPERVISORS = ("lead", "town", "department")


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds from request to answer, and of the fixed work beside it."""

    passed: float
    pace: float


def board() -> Iterator[str]:
    """The overdue board, now and as of a past day."""
    for day in ("", "&on=2025-08-01"):
        for kind in Kind:
            yield from (f"/overdue?kind={kind}&by={by}{day}" for by in DIMENSIONS[kind])
        yield f"/overdue?town={TOWN + 3}&bucket=2{day}"
        yield f"/overdue?by=industry&industry=machinery&bucket=4{day}"
        yield f"/overdue?by=step&step=town_task&bucket=4{day}"
        yield f"/overdue?offset=1000{day}"


def campaign(number: int) -> Iterator[str]:
    """The page of one campaign, of one town of it, what it opens and what refreshes itself."""
    yield "/campaigns"
    for town in ("", f"?town={TOWN + 3}"):
        more = town.replace("?", "&")
        yield from (
            f"/campaigns/{number}{town}",
            f"HX /campaigns/{number}{town}",
            f"/campaigns/{number}/screen{town}",
        )
        yield from (f"/campaigns/{number}/compare?by={by}{more}" for by in Compared)
        yield from (
            f"/campaigns/{number}/nodes/{key}{town}"
            for key in ("obligation", "unit_task", "hazard", "campaign")
        )
        yield from (f"/campaigns/{number}/nodes/{node}{town}" for node in NODES)
        yield from (f"/obligations?campaign={number}{more}", f"/obligations?campaign={number}{more}&item=5")
    yield f"/campaigns/{number}/nodes/obligation/self_check?offset=1000"
    yield from obligations(number)
    yield from (f"/campaigns/{number}/dispatch", f"/campaigns/{number}/standing", f"/ladders/{number}")
    yield f"/campaigns/{number}/ranking.docx"


def obligations(number: int) -> Iterator[str]:
    """The list of obligations by each filter and at its deepest."""
    yield f"/obligations?campaign={number}&department={DEPARTMENT + 3}"
    yield f"/obligations?campaign={number}&industry=construction"
    yield f"/obligations?campaign={number}&town={TOWN + 3}&department={DEPARTMENT}&offset=1000"
    yield f"/obligations?campaign={number}&town={TOWN + 1}&department={DEPARTMENT + 5}&offset=1000"
    yield f"/obligations?campaign={number}&town={TOWN + 1}&industry=construction&offset=1000"
    yield from (f"/obligations?campaign={number}&part={part}" for part in Behind)
    yield f"/obligations?campaign={number}&town={TOWN + 3}&part=done&offset=1000"
    yield f"/obligations?campaign={number}&offset=5000"
    yield "/obligations"


def papers(session: Session) -> Iterator[str]:
    """Promises, failing lists, enforcement, appraisal, ladders, calendar, the checklist of an enterprise."""
    yield from (f"/promises?part={part}" for part in Part)
    yield "/failing-lists"
    for signed in (False, True):
        query = select(FailingList.id).where(
            FailingList.signed_at.is_not(None) if signed else FailingList.signed_at.is_(None)
        )
        number = session.scalars(
            query.where(FailingList.department_id >= DEPARTMENT).order_by(FailingList.id)
        ).first()
        line = session.scalars(select(FailingListEntry.id).where(FailingListEntry.list_id == number)).first()
        yield from (
            f"/failing-lists/{number}",
            f"/failing-lists/{number}?offset=500",
            f"/failing-lists/lines/{line}",
        )
        yield from (f"/failing-lists/{number}/{paper}" for paper in PAPERS[signed])
    yield from ("/enforcement", "/enforcement?closed=1", "/enforcement?offset=500")
    driven = select(Enforcement.id).where(Enforcement.instance_id.is_not(None)).limit(2)
    yield from (f"/enforcement/{one}" for one in session.scalars(driven))
    yield from ("/documents", f"/enterprises/{FIRM}/checklist.docx")
    yield from ("/appraisal", "/ladders/default", "/calendar", f"/enterprises/{FIRM}/checklist")
    yield from ("/duties", "/hazards", "/hazards?closed=1", "/hazards/analysis")


def reports(session: Session) -> Iterator[str]:
    """The reports there are, and one that was filed."""
    yield "/reports"
    mine = UnitTask.duty_code == "D8", UnitTask.body_id == DEPARTMENT
    filed = session.scalars(select(UnitTask.id).where(*mine, UnitTask.submitted_at.is_not(None))).first()
    yield from (f"/duties/{filed}", f"/duties/{filed}/report", f"/duties/{filed}/report.docx")
    number = session.scalars(select(Campaign.id).order_by(Campaign.id)).first()
    review = f"/campaigns/{number}/reports/review_1"
    yield from (review, f"{review}/report.docx", f"/campaigns/{number}/ledger.xlsx?town={TOWN + 3}")


def summed_up(session: Session) -> Iterator[str]:
    """The summary that the lead office writes, and the cases it may tell."""
    task = session.scalars(select(UserTask.id).where(UserTask.node == "summary")).one()
    yield from (f"/tasks/{task}", f"/tasks/{task}/cases", f"/tasks/{task}/cases?q=企业2999")


def written(session: Session) -> Iterator[str]:
    """The forms that the other department has before it, that of its report with the drafted figures among them."""
    group = f"{DEPARTMENT + 1}:{Role.DEPARTMENT_OFFICER}"
    forms = select(UserTask.id).where(UserTask.node == "file", UserTask.candidate_group == group)
    yield from (f"/tasks/{number}" for number in session.scalars(forms.order_by(UserTask.id)))


def desk() -> Iterator[str]:
    """What lies before somebody: thousands before a supervisor."""
    yield from ("/", "/inbox", "/inbox?group=overdue", "/inbox?who=mine", "/inbox/sent", "/notices")
    yield from (
        "/reviews",
        "/reviews?industry=machinery",
        f"/reviews?town={TOWN + 3}",
        "/reviews?order=enterprise",
    )


def firm(session: Session) -> Iterator[str]:
    """What an enterprise opens."""
    yield from (
        "/obligations",
        "/obligations?part=overdue",
        f"/enterprises/{FIRM}",
        f"/enterprises/{FIRM}/checklist",
    )
    of_it = select(FailingListEntry.id).where(FailingListEntry.enterprise_id == FIRM)
    yield from (f"/failing-lists/lines/{line}" for line in session.scalars(of_it.limit(1)))
    late = select(Obligation.id).where(Obligation.enterprise_id == FIRM).order_by(Obligation.due_at)
    yield from (f"/obligations/{number}" for number in session.scalars(late.limit(1)))
    yield from ("/failing-lists", "/enforcement", "/hazards")


def measure(engine: Engine, folder: str, only: str = "") -> None:
    """Print a line for each page and each person."""
    url = engine.url.render_as_string(hide_password=False)
    settings = Settings(mode=Mode.SAMPLE, database_url=url, data_dir=folder, _env_file=None)  # type: ignore[call-arg]
    app = create_app(settings, counts=menu_counts, machine_clock=lambda: NOW, engine=engine)
    with app.state.sessions.begin() as session:
        session.merge(Clock(id=1, business_at=NOW, machine_at=NOW))
        number = session.scalars(select(Campaign.id).order_by(Campaign.id)).first() or 0
        supervision = [*desk(), *board(), *campaign(number), *papers(session), *reports(session)]
        pages = {
            **dict.fromkeys(SUPERVISORS, supervision),
            "lead": [*supervision, *summed_up(session)],
            "bureau": [*written(session), *desk()],
            "officer": [*desk(), *firm(session)],
        }
    times: list[Spent] = []
    for person in PEOPLE:
        client = TestClient(app, follow_redirects=False)
        let_in(app, client, person, NOW)
        for page in pages[person]:
            if only in page:
                spent = _line(engine, client, person, page)
                times += [] if is_file(page) else [spent]
    _sum_up(times)


def _sum_up(times: list[Spent]) -> None:
    """As measured, and as if the machine had been as fast all the time as at its best."""
    best = min(one.pace for one in times)
    for words, found in (
        ("as measured", [one.passed for one in times]),
        (f"at the machine's best speed (slower up to {max(one.pace for one in times) / best:.1f} times)",
         [one.passed * best / one.pace for one in times]),
    ):  # fmt: skip
        over = sum(one > GOAL for one in found)
        print(f"{len(found)} pages, {words}: slowest {max(found):.0f} ms, {over} above the goal of {GOAL}")


def is_file(page: str) -> bool:
    """Whether it is a document to keep, as long as its list, and not a page."""
    return ".xlsx" in page or ".docx" in page


def _line(engine: Engine, client: TestClient, person: str, page: str) -> Spent:
    headers = {"HX-Request": "true"} if page.startswith("HX ") else {}
    path = page.removeprefix("HX ")
    answer = client.get(path, headers=headers)
    before = pace()
    ours, computed = timed(lambda: client.get(path, headers=headers))
    speed = (before + pace()) / 2
    with recorded(engine) as statements:
        client.get(path, headers=headers)
    reads = [one for one in statements if one[0].lstrip().startswith(("SELECT", "WITH"))]
    with engine.connect().execution_options(reads_only=True) as connection:
        bare = median_of(lambda: read_again(connection, reads))
    facts = f"{ours:8.1f} ms {computed:8.1f} ms {bare:8.1f} ms {len(statements):4d} {speed:5.1f}"
    print(
        f"{person:10s} {page:64s} {answer.status_code} {facts}{'  <<<' if ours > GOAL and not is_file(page) else ''}",
        flush=True,
    )
    return Spent(ours, speed)


def main() -> None:
    """Measure and print; never fails because of time."""
    warnings.simplefilter("ignore")
    wanted = [one for one in sys.argv[1:] if not one.startswith("/")]
    only = "".join(one for one in sys.argv[1:] if one.startswith("/"))
    for one in filled_databases(wanted):
        with tempfile.TemporaryDirectory() as folder:
            measure(one.engine, folder, only)


if __name__ == "__main__":
    main()
