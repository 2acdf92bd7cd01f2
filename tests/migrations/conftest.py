"""Databases of each kind: one without any table, one after `migrate`; `engine_` is one that the models created."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from workflows.database import make_engine
from workflows.migration import upgrade


@pytest.fixture
def bare(bare_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_url)
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(bare: Engine) -> Engine:
    """The bare database after `migrate`."""
    with bare.begin() as connection:
        upgrade(connection)
    return bare
