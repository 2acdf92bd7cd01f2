"""Exchange indexes in a migration."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

Index = tuple[str, str, list[str], str | None]  # name, table, columns, condition


def exchange(before: Sequence[Index], after: Sequence[Index]) -> None:
    """Drop those from before and create those for afterwards; ones of the same name may differ."""
    for name, table, _columns, _condition in before:
        op.drop_index(name, table_name=table)
    for name, table, columns, condition in after:
        where = None if condition is None else sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
