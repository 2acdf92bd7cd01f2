"""How much one client and one code may send in a while; in memory, so that no address is ever written down."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

MOST_KEYS: Final = 20_000
MEGABYTE: Final = 1024 * 1024


@dataclass(slots=True)
class Window:
    """At most `most` within `span`, for each key by itself; a key is kept as a hash that dies with the process."""

    most: int
    span: timedelta
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    _taken: OrderedDict[bytes, deque[tuple[datetime, int]]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, key: str, *, now: datetime, weight: int = 1) -> timedelta | None:
        """How long to wait before so much more may come; None when it may come now."""
        with self._lock:
            taken = self._recent(self._hash(key), now)
            excess = sum(one for _, one in taken) + weight - self.most
            for at, one in taken:
                if excess <= 0:
                    break
                excess -= one
                if excess <= 0:
                    return at + self.span - now
            return self.span if excess > 0 else None

    def take(self, key: str, *, now: datetime, weight: int = 1) -> None:
        """Count it."""
        with self._lock:
            hashed = self._hash(key)
            self._recent(hashed, now)
            self._taken.setdefault(hashed, deque()).append((now, weight))
            self._taken.move_to_end(hashed)
            while len(self._taken) > MOST_KEYS:
                self._taken.popitem(last=False)

    def _recent(self, hashed: bytes, now: datetime) -> deque[tuple[datetime, int]]:
        taken = self._taken.get(hashed, deque())
        while taken and taken[0][0] + self.span <= now:
            taken.popleft()
        return taken

    def _hash(self, key: str) -> bytes:
        return hashlib.blake2b(key.encode(), key=self._salt, digest_size=16).digest()


@dataclass(slots=True)
class Limits:
    """All of them [D]. A code's is high: whoever wants to silence a code must not do it by flooding it."""

    client: Window = field(default_factory=lambda: Window(20, timedelta(minutes=10)))
    bytes: Window = field(default_factory=lambda: Window(100 * MEGABYTE, timedelta(minutes=10)))
    code: Window = field(default_factory=lambda: Window(300, timedelta(hours=1)))
    look_ups: Window = field(default_factory=lambda: Window(30, timedelta(minutes=10)))

    def send(self, *, client: str, code: str, size: int, now: datetime) -> timedelta | None:
        """Count one report; or, uncounted, how long to wait before the next."""
        asked = (self.client, client, 1), (self.bytes, client, size), (self.code, code, 1)
        waits = [wait for window, key, weight in asked if (wait := window.wait(key, now=now, weight=weight))]
        if waits:
            return max(waits)
        for window, key, weight in asked:
            window.take(key, now=now, weight=weight)
        return None

    def look_up(self, *, client: str, now: datetime) -> timedelta | None:
        """Count one look-up; or, uncounted, how long to wait before the next."""
        if wait := self.look_ups.wait(client, now=now):
            return wait
        self.look_ups.take(client, now=now)
        return None
