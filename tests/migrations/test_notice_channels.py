"""Revision 0003: what a group had read, everybody in it has read; and back."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Engine, text

from workflows.migration import config

AT = "2025-06-20 01:00:00+00:00"
PEOPLE = f"""
    INSERT INTO organization (id, kind, name, code) VALUES (1, 'enterprise', '宏岳铸造', 'E1');
    INSERT INTO account (id, username, display_name, password_hash, organization_id, phone, language, is_sample,
        active, failed, created_at) VALUES
        (1, 'zhou', '周', 'x', 1, '', 'zh_CN', false, true, 0, '{AT}'),
        (2, 'wu', '吴', 'x', 1, '', 'zh_CN', false, true, 0, '{AT}');
    INSERT INTO role_assignment (id, account_id, organization_id, role) VALUES
        (1, 1, 1, 'safety_officer'), (2, 2, 1, 'safety_officer'), (3, 2, 1, 'principal');
    INSERT INTO notification (id, candidate_group, kind, subject, data, created_at, read_at) VALUES
        (1, '1:safety_officer', 'urged', 'obligation:1', '{{}}', '{AT}', '{AT}'),
        (2, '1:principal', 'urged', 'obligation:1', '{{}}', '{AT}', NULL)
"""


@pytest.fixture
def before(bare: Engine) -> Engine:
    """A database of revision 0001 with two people; their group has read the first of two notices."""
    with bare.begin() as connection:
        command.upgrade(config(connection), "0001")
        for statement in PEOPLE.split(";"):
            connection.exec_driver_sql(statement)
    return bare


def test_what_a_group_had_read_everybody_in_it_has_read(before: Engine) -> None:
    with before.begin() as connection:
        command.upgrade(config(connection), "0003")
    with before.connect() as connection:
        found = connection.execute(text("SELECT account_id, notification_id FROM notice_reading ORDER BY 1"))
        assert [tuple(row) for row in found] == [(1, 1), (2, 1)]
        assert len(connection.execute(text("SELECT id FROM notification")).all()) == 2


def test_on_the_way_back_the_group_has_read_what_somebody_has_read(before: Engine) -> None:
    with before.begin() as connection:
        command.upgrade(config(connection), "0003")
        command.downgrade(config(connection), "0001")
    with before.connect() as connection:
        found = connection.execute(text("SELECT id, read_at IS NULL FROM notification ORDER BY id"))
        assert [(number, bool(is_null)) for number, is_null in found] == [(1, False), (2, True)]
