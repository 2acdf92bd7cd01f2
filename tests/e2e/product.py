"""The product as people run it: `bihuan serve` as a process of its own, on a free port, with a folder of its own."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE = 180  # seconds until it must answer, on a machine that is busy with other things too
COLLEAGUES = """
    SELECT officer.username FROM account AS officer
    JOIN enterprise ON officer.organization_id = {column}
    JOIN account AS one ON one.organization_id = enterprise.id
    WHERE one.username = ? ORDER BY officer.id
"""


@dataclass(frozen=True, slots=True)
class Product:
    """A running product in sample mode."""

    url: str
    folder: Path

    def town_officers(self, username: str) -> list[str]:
        """Who reviews for the town of this enterprise account; any of them may."""
        return self._officers("enterprise.town_id", username)

    def department_officers(self, username: str) -> list[str]:
        """Who reviews for the department of this enterprise account."""
        return self._officers("enterprise.department_id", username)

    def enterprise_of(self, username: str) -> str:
        """The name of the enterprise that an account belongs to."""
        query = "SELECT name FROM organization WHERE id = (SELECT organization_id FROM account WHERE username = ?)"
        [(name,)] = self._rows(query, username)
        return str(name)

    def accounts_with_a_hazard(self) -> tuple[str, str]:
        """Safety officer and principal of the first enterprise that has a hazard."""
        return self._accounts_of("SELECT min(enterprise_id) FROM hazard")

    def accounts_with_a_late(self, title: str) -> tuple[str, str]:
        """Safety officer and principal of the first enterprise that has not handed in this item."""
        return self._accounts_of(
            """
            SELECT min(enterprise_id) FROM obligation JOIN user_task USING (instance_id)
            WHERE node = 'self_check' AND user_task.status = 'open' AND obligation.title = ?
            """,
            title,
        )

    def accounts_on_a_list(self) -> tuple[str, str]:
        """Safety officer and principal of the first enterprise on a failing list that names several."""
        return self._accounts_of(
            """
            SELECT min(enterprise_id) FROM failing_list_entry
            WHERE list_id IN (SELECT list_id FROM failing_list_entry GROUP BY list_id HAVING count(*) > 1)
            AND enterprise_id IN (SELECT organization_id FROM account WHERE username LIKE 'qiye%f')
            """
        )

    def _accounts_of(self, enterprise: str, *values: str) -> tuple[str, str]:
        query = f"SELECT username FROM account WHERE organization_id = ({enterprise}) ORDER BY username"
        [(safety_officer,), (principal,)] = self._rows(query, *values)
        return str(safety_officer), str(principal)

    def _officers(self, column: str, username: str) -> list[str]:
        return [name for (name,) in self._rows(COLLEAGUES.format(column=column), username)]

    def _rows(self, query: str, *values: str) -> list[tuple[str, ...]]:
        address = f"file:{self.folder / 'bihuan.db'}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return connection.execute(query, values).fetchall()


@contextmanager
def running(folder: Path) -> Iterator[Product]:
    """Start it with an empty folder, wait for the sign-in page, stop it at the end."""
    port = _free_port()
    command = Path(sys.executable).with_name("bihuan")
    settings = {
        "BIHUAN_MODE": "sample", "BIHUAN_HOST": "127.0.0.1", "BIHUAN_PORT": str(port),
        "BIHUAN_DATA_DIR": str(folder), "BIHUAN_DATABASE_URL": "",
    }  # fmt: skip
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [command, "serve"], cwd=folder, env=os.environ | settings, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            product = Product(f"http://127.0.0.1:{port}", folder)
            _wait(product, process)
            yield product
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(product: Product, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{product.url}/login", timeout=5):
                return
        except (URLError, TimeoutError):
            time.sleep(0.1)
    said = (product.folder / "serve.log").read_text(encoding="utf-8", errors="replace")
    raise RuntimeError(f"bihuan serve does not answer:\n{said[-2000:]}")
