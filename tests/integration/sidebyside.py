"""Several people at once, each on a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy.orm import Session

from engine.exceptions import EngineError
from workflows.database import make_engine
from workflows.exceptions import DomainError

SECONDS = 20
Ready = Callable[[], object]  # waits until everybody is
Deed = Callable[[Session, Ready], object]


def side_by_side(url: str, *deeds: Deed) -> list[str]:
    """Do all of them at once; the codes of those that were refused."""
    barrier, refused = threading.Barrier(len(deeds)), list[str]()

    def do(deed: Deed) -> None:
        engine = make_engine(url)
        try:
            with Session(engine) as session:
                deed(session, lambda: barrier.wait(SECONDS))
        except (DomainError, EngineError) as told:
            refused.append(told.code)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads)
    return refused
