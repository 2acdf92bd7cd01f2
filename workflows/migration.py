"""Bring a database to the newest schema."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from workflows.settings import ROOT


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
