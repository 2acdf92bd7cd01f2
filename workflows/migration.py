"""Bring a database to the newest schema."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from workflows.exceptions import DomainError
from workflows.settings import ROOT


class SchemaOutdated(DomainError):
    """The database has not seen every migration, or one that this version does not know."""

    code = "schema-outdated"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; with a connection it works there instead of opening its own."""
    found = Config(str(ROOT / "alembic.ini"))
    found.set_main_option("script_location", str(ROOT / "workflows" / "migrations"))
    if connection is not None:
        found.attributes["connection"] = connection
    return found


def upgrade(connection: Connection) -> None:
    """Run every migration that this database has not seen."""
    command.upgrade(config(connection), "head")


def check(connection: Connection) -> None:
    """Raises SchemaOutdated unless the database has the newest schema."""
    wanted = ScriptDirectory.from_config(config()).get_heads()
    if set(MigrationContext.configure(connection).get_current_heads()) != set(wanted):
        raise SchemaOutdated
