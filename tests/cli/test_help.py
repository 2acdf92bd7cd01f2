"""What people read first: help, and the list of templates."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Bihuan

COMMANDS = (
    "serve", "scheduler", "migrate", "deploy", "templates", "create-user", "load-district",
    "import-register", "launch", "rehearse",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(bihuan: Bihuan, command: str) -> None:
    said = bihuan(command, "--help")
    assert said.code == 0
    assert f"bihuan {command}" in said.out


def test_the_help_lists_every_command(bihuan: Bihuan) -> None:
    out = bihuan("--help").out
    assert [command for command in COMMANDS if f" {command} " not in out] == []


def test_an_unknown_command_is_refused(bihuan: Bihuan) -> None:
    assert bihuan("fly").code == 2
