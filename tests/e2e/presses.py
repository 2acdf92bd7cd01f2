"""How often somebody presses something, from a page that is open to the end of a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.e2e.person import Person

COUNT = """if (!window.counting) { window.counting = true; document.addEventListener('pointerdown', () =>
  sessionStorage.setItem('presses', 1 + Number(sessionStorage.getItem('presses') || 0)), true); }"""


@dataclass
class Presses:
    """How often this person pressed something."""

    person: Person
    made: int = 0

    @contextmanager
    def counted(self, page: str = "/") -> Iterator[None]:
        """From a page that is open, by default the one after sign-in, to the end of the block."""
        self.person.visit(page)
        self.person.page.evaluate(f"() => {{ {COUNT}; sessionStorage.removeItem('presses') }}")
        self.person.page.add_init_script(COUNT)
        yield
        self.made = int(self.person.page.evaluate("Number(sessionStorage.getItem('presses') || 0)"))
