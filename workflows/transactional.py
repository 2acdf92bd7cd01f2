"""What one transaction reads once and keeps until it ends, or until it changes it itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session, SessionTransaction

Found = TypeVar("Found")
_KEPT: WeakKeyDictionary[SessionTransaction, dict[str, Any]] = WeakKeyDictionary()


def once(session: Session, name: str, read: Callable[[], Found]) -> Found:
    """What `read` found the first time in this transaction."""
    kept = _kept(session)
    if name not in kept:
        kept[name] = read()
    found: Found = kept[name]
    return found


def changed(session: Session, name: str) -> None:
    """Let it be read again."""
    _kept(session).pop(name, None)


def _kept(session: Session) -> dict[str, Any]:
    transaction = session.get_transaction() or session.begin()
    return _KEPT.setdefault(transaction, {})
