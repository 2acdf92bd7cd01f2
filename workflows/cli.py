"""The command `bihuan`."""

from __future__ import annotations

import dataclasses
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from engine.exceptions import EngineError
from workflows import (
    handlers,
    imports,
    incidents,
    logs,
    migration,
    processes,
    refusals,
    rehearsals,
    scheduler,
    startup,
)
from workflows.accounts import rules as accounts
from workflows.accounts.service import create_account
from workflows.accounts.types import Held, Role
from workflows.calendar import reading
from workflows.calendar import service as calendar
from workflows.campaigns import library, service, templates
from workflows.campaigns.scope import Scope
from workflows.campaigns.shifting import EARLIEST, LATEST, starting_in
from workflows.campaigns.types import CampaignTemplate
from workflows.clock import business_now
from workflows.database import make_engine, make_sessions, taking_turns
from workflows.exceptions import DomainError
from workflows.organizations import district
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.service import create_tree
from workflows.register import importing
from workflows.register import service as register
from workflows.register.problems import Severity, sentence
from workflows.register.queries import directory, mappings
from workflows.settings import settings

app = typer.Typer(
    help="闭环：安全生产专项行动 / work-safety campaigns as executable BPMN",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
LONGEST_NAME = 64
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


Template = Annotated[str, typer.Argument(help="Code of a template, or the key of a kept version.")]
Year = Annotated[
    int | None,
    typer.Option(min=EARLIEST, max=LATEST, help="Year to start in; every date moves by as many years."),
]


@contextmanager
def _database(*, migrated: bool = True) -> Iterator[tuple[Engine, sessionmaker[Session]]]:
    """The database of the settings. Raises SchemaOutdated for one that `migrate` has not seen, unless told not to."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings().url)
    handlers.register()
    try:
        if migrated:
            with engine.connect() as connection:
                migration.check(connection)
        yield engine, make_sessions(engine)
    finally:
        engine.dispose()


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    for row in rows:
        typer.echo("  ".join(str(value) for value in row.values()))


@app.command()
def serve() -> None:
    """Prepare the database, then serve the pages and tick."""
    import uvicorn

    chosen = settings()
    with _database(migrated=False) as (engine, sessions):
        startup.prepare(chosen, engine, sessions, machine_now=scheduler.machine_now())
        ticking = scheduler.background(sessions, chosen)
        ticking.start()
        typer.echo(f"http://{chosen.host}:{chosen.port}")
        try:
            uvicorn.run(
                "web.app:application", factory=True, host=chosen.host, port=chosen.port, log_level="warning"
            )
        finally:
            ticking.shutdown()


@app.command("scheduler")
def scheduler_command() -> None:
    """Tick without serving pages, beside any number of `serve` processes."""
    with _database() as (_, sessions):
        scheduler.run(sessions, settings())


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    with _database(migrated=False) as (engine, _), taking_turns(engine), engine.begin() as connection:
        migration.upgrade(connection)
    typer.echo("ok")


@app.command()
def deploy(as_json: AsJson = False) -> None:
    """Deploy the process definitions of `bpmn/`; one that is not sound is refused with the reasons."""
    with _database() as (_, sessions), sessions.begin() as session:
        rows = [
            {"key": one.key, "version": one.version, "hash": one.hash}
            for one in processes.deploy_all(session, now=scheduler.machine_now())
        ]
    _print(rows, as_json=as_json)


@app.command("templates")
def templates_command(
    kept: Annotated[
        bool, typer.Option("--kept", help="Also the versions that somebody changed and kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the campaign templates."""
    rows = [_offered(one.code, one) for one in templates.load_all()]
    if kept:
        with _database() as (_, sessions), sessions.begin() as session:
            rows += [_offered(one.key, one.template) for one in library.offers(session) if one.version]
    _print(rows, as_json=as_json)


def _offered(key: str, template: CampaignTemplate) -> dict[str, Any]:
    return {
        "code": key, "title": template.title, "starts_on": template.starts_on, "ends_on": template.ends_on,
        "items": len(template.items),
    }  # fmt: skip


@app.command("create-user")
def create_user(
    username: str,
    display_name: str,
    organization: Annotated[str, typer.Option(help="Code of the organisation; an enterprise's is its USCC.")],
    role: Annotated[list[str], typer.Option(help=f"{', '.join(Role)}. May be given more than once.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Create an account."""
    for name in (username, display_name):
        if not 0 < len(name.strip()) <= LONGEST_NAME:
            _fail(f"用户名和姓名须有1至{LONGEST_NAME}个字 / names have 1 to {LONGEST_NAME} characters")
    with _database() as (_, sessions), sessions.begin() as session:
        home = organizations.by_code(session, organization)
        if home is None:
            _fail(f"没有代码为“{organization}”的单位 / no organisation with this code")
        held = [Held(home.id, _role(one, home)) for one in role]
        create_account(
            session, username=username, display_name=display_name, organization_id=home.id, roles=held,
            now=scheduler.machine_now(), password=password,
        )  # fmt: skip
    typer.echo(username)


def _role(name: str, home: Organization) -> Role:
    """The role of this name, if an organisation of this kind has it."""
    if name not in set(Role):
        choices = "、".join(f"{one}（{one.label}）" for one in Role)
        _fail(f"没有岗位“{name}”，可填：{choices} / unknown role")
    role = Role(name)
    if accounts.HOME[role] is not home.kind:
        wanted = accounts.HOME[role].label
        _fail(
            f"岗位“{name}”（{role.label}）只设在{wanted}，“{home.name}”是{home.kind.label} / a role of others"
        )
    return role


@app.command("load-district")
def load_district(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="YAML like seeds/district.yaml.")],
) -> None:
    """Create or rename the lead office, its departments and its towns."""
    with _database() as (_, sessions), sessions.begin() as session:
        create_tree(session, district.load(file).tree)
    typer.echo("ok")


@app.command("import-register")
def import_register(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX with Chinese headers.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only.")] = False,
    as_json: AsJson = False,
) -> None:
    """Import enterprises; rows with errors are named and left out, the others go in."""
    with _database() as (_, sessions), sessions.begin() as session:
        parsed = importing.read_register(file.read_bytes(), directory(session), mappings(session))
        planned = register.plan(session, parsed)
        counts = {
            "new": len(planned.new), "changed": len(planned.changed), "unchanged": len(planned.unchanged),
            "rejected": len(parsed.rejected),
        }  # fmt: skip
        refused = any(one.severity is not Severity.WARNING for one in parsed.problems)
        if not dry_run and parsed.rows:
            now = business_now(session, machine_now=scheduler.machine_now())
            done = register.apply(session, parsed, now=now, actor="command-line", file_name=file.name)
            imports.adjust_all(session, done, now=now)
    problems = [{**one.as_json(), "text": sentence(one)} for one in parsed.problems]
    if as_json:
        typer.echo(json.dumps({**counts, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        typer.echo("  ".join(f"{key}={number}" for key, number in counts.items()))
        for one in problems:
            typer.echo(one["text"], err=True)
    raise typer.Exit(1 if refused else 0)


def _chosen(session: Session, key: str, year: int | None) -> CampaignTemplate:
    """A template or a kept version, in the start year that was asked for."""
    template = library.find(session, key).template
    return starting_in(template, year) if year else template


def _own(key: str, year: int | None) -> CampaignTemplate | None:
    """One of the product's templates, which needs no database."""
    if key not in [one.code for one in templates.load_all()]:
        return None
    return starting_in(templates.get(key), year) if year else templates.get(key)


def _kept(key: str, year: int | None) -> CampaignTemplate:
    with _database() as (_, sessions), sessions.begin() as session:
        return _chosen(session, key, year)


@app.command()
def launch(
    template: Template,
    title: Annotated[str | None, typer.Option()] = None,
    year: Year = None,
    as_json: AsJson = False,
) -> None:
    """Launch a campaign for the whole district."""
    with _database() as (_, sessions), sessions.begin() as session:
        chosen = _chosen(session, template, year)
        now = business_now(session, machine_now=scheduler.machine_now())
        office = organizations.office_id(session)
        campaign = service.launch(
            session, chosen, scope=Scope(), office_id=office, title=title or chosen.title,
            actor="command-line", now=now,
        )  # fmt: skip
        _print([{"id": campaign.id, "title": campaign.title}], as_json=as_json)


@app.command()
def rehearse(
    template: Template,
    enterprises: Annotated[int, typer.Option(min=1)] = 40,
    seed: Annotated[int, typer.Option()] = 1,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default: the day after the end.")
    ] = None,
    year: Year = None,
    as_json: AsJson = False,
) -> None:
    """Run a whole campaign on generated enterprises in a temporary database, with a moving clock."""
    last: date | None = until.date() if until else None
    chosen = _own(template, year) or _kept(template, year)
    if last and last < chosen.starts_on:
        _fail(f"{last}早于行动的第一天{chosen.starts_on} / before the first day of the campaign")
    found = rehearsals.rehearse(chosen, enterprises=enterprises, seed=seed, until=last)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False, indent=2))
        return
    for name, value in dataclasses.asdict(found).items():
        if isinstance(value, list):
            typer.echo(f"{name}:")
            _print(value, as_json=False)
        else:
            typer.echo(f"{name}: {value}")


@app.command("load-calendar")
def load_calendar(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: day, works (是/否), name.")],
    source: Annotated[str | None, typer.Option(help="The document; default: the file's name.")] = None,
) -> None:
    """Load the working calendar of a year; a list with errors is refused as a whole."""
    found = reading.read(reading.text_of(file.read_bytes()))
    if found.problems or found.year is None:
        _fail("\n".join(reading.sentence(one) for one in found.problems))
    with _database() as (_, sessions), sessions.begin() as session:
        now = business_now(session, machine_now=scheduler.machine_now())
        document = (source or file.name)[: calendar.LONGEST_REASON]
        went_on = calendar.load_year(
            session, found.year, days=found.days, source=document, now=now, actor="command-line"
        )
    typer.echo(f"year={found.year}  workdays={found.workdays}  went_on={went_on}")


@app.command("incidents")
def incidents_command(as_json: AsJson = False) -> None:
    """List what broke and waits for somebody, the newest first."""
    with _database() as (_, sessions), sessions.begin() as session:
        rows = [
            {
                "id": one.incident.id, "at": one.incident.created_at, "kind": one.incident.kind, "node": one.node,
                "about": str(one.subject), "code": one.incident.code, "message": one.incident.message,
            }
            for one in incidents.every(session)
        ]  # fmt: skip
    _print(rows, as_json=as_json)


@app.command("retry-incident")
def retry_incident(incident_id: Annotated[int, typer.Argument(min=1, max=2**31 - 1)]) -> None:
    """Try again what failed; 1 when it fails again."""
    with _database() as (_, sessions), sessions.begin() as session:
        now = business_now(session, machine_now=scheduler.machine_now())
        outcome, again = incidents.retry(session, incident_id, now=now, actor="command-line")
    typer.echo(outcome)
    if again is not None:
        _fail(f"又失败了 / failed again: {again.code}: {again.message}")


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(1)


def _stop(*_: object) -> NoReturn:
    """A polite request to end lets everything be closed."""
    raise SystemExit(0)


def main() -> None:
    """The entry point: what is refused, set wrongly or out of reach is said, not traced."""
    logs.configure()
    for request in (
        signal.SIGTERM,
        signal.SIGINT,
    ):  # also where a shell has told its background jobs to ignore Ctrl-C
        signal.signal(request, _stop)
    try:
        app()
    except (DomainError, EngineError) as refused:
        _end(refusals.sentence(refused))
    except ValidationError as wrong:
        _end(refusals.settings_sentence(wrong))
    except OperationalError as error:
        _end(f"数据库无法使用 / the database cannot be used: {error.orig}")
    except OSError as error:
        _end(f"无法读写 / cannot read or write: {error}")


def _end(text: str) -> NoReturn:
    typer.echo(text, err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
