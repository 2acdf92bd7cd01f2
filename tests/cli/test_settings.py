"""Settings from the environment and from a file; one that is wrong is named, not traced."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Bihuan
from workflows.settings import ROOT


def test_the_settings_come_from_the_environment(
    bihuan: Bihuan, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("BIHUAN_DATABASE_URL", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    assert bihuan("migrate").code == 0
    assert (tmp_path / "elsewhere.db").exists()


def test_the_settings_come_from_a_file_and_the_environment_wins(
    bihuan: Bihuan, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.delenv("BIHUAN_DATA_DIR")
    (tmp_path / ".env").write_text("BIHUAN_DATA_DIR=from-file\n")
    bihuan("migrate")
    environment.setenv("BIHUAN_DATA_DIR", "from-environment")
    bihuan("migrate")
    assert sorted(path.parent.name for path in tmp_path.glob("*/bihuan.db")) == [
        "from-environment",
        "from-file",
    ]


def test_the_example_of_settings_can_be_taken_as_it_is(
    bihuan: Bihuan, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.delenv("BIHUAN_DATA_DIR")
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    assert bihuan("migrate").code == 0
    assert (tmp_path / "var" / "bihuan.db").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MODE", "festival", "BIHUAN_MODE=festival"),
        ("PORT", "eighty", "BIHUAN_PORT=eighty"),
        ("PORT", "70000", "BIHUAN_PORT=70000"),
        ("SMTP_HOST", "mail.example.cn", "BIHUAN_SMTP_FROM"),
        ("SMTP_PORT", "0", "BIHUAN_SMTP_PORT=0"),
        ("SMTP_SECURITY", "perhaps", "BIHUAN_SMTP_SECURITY=perhaps"),
        ("DATABASE_URL", "nonsense", "BIHUAN_DATABASE_URL"),
        ("DATABASE_URL", "mysql://localhost/x", "BIHUAN_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_named_without_a_traceback(
    bihuan: Bihuan, environment: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    environment.setenv(f"BIHUAN_{name}", value)
    said = bihuan("migrate")
    assert (said.code, "设置有误" in said.err, words in said.err) == (1, True, True), said
    assert "Traceback" not in said.err


def test_a_password_in_a_wrong_address_is_not_repeated(
    bihuan: Bihuan, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("BIHUAN_DATABASE_URL", "mysql://anna:Secret-1@localhost/x")
    assert "Secret-1" not in bihuan("migrate").err


def test_the_password_of_the_mail_server_is_not_repeated(
    bihuan: Bihuan, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("BIHUAN_SMTP_HOST", "mail.example.cn")
    environment.setenv("BIHUAN_SMTP_PASSWORD", "Secret-1")
    said = bihuan("migrate")
    assert said.code == 1
    assert "Secret-1" not in said.err


def test_a_database_that_does_not_answer_is_said(bihuan: Bihuan, environment: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, and nobody listens
        address = f"postgresql://anna:Secret-1@127.0.0.1:{nobody.getsockname()[1]}/x"
        environment.setenv("BIHUAN_DATABASE_URL", address)
        said = bihuan("migrate")
    assert (said.code, "数据库无法使用" in said.err, "Secret-1" in said.err) == (1, True, False), said


def test_a_data_folder_that_cannot_be_made_is_said(
    bihuan: Bihuan, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    environment.setenv("BIHUAN_DATA_DIR", str(tmp_path / "file" / "var"))
    said = bihuan("migrate")
    assert (said.code, "无法读写" in said.err) == (1, True)
