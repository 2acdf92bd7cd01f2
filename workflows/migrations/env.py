"""Run migrations on the database of the settings, or on a connection that the caller brings."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from workflows import models
from workflows.database import make_engine
from workflows.settings import settings


def run(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=models.metadata, render_as_batch=True, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        run(connection)
        return
    with make_engine(settings().url).connect() as own:
        run(own)
        own.commit()


main()
