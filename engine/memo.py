"""Which transitions have been computed: a decision trie per (definition, marking, event).

A run is deterministic, so the first variable read depends only on the key, the second only on the first
value, and so on: a lookup follows exactly one path. Lookups take no lock (dictionary reads); insertions do.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from engine.types import Transition
from engine.values import lookup, value_key

# a node is (path, {value key: node}) or, after the last read, the Transition itself


class Memo:
    """Least recently used tries. Eviction is always safe: what is missing is computed again.

    `max_leaves` bounds all results; `max_per_key` one (marking, event): beyond it, values are too diverse to
    repeat.
    """

    def __init__(self, max_leaves: int = 200_000, max_per_key: int = 2_000) -> None:
        self.max_leaves, self.max_per_key = max_leaves, max_per_key
        self._roots: OrderedDict[tuple[Any, ...], list[Any]] = OrderedDict()
        self._lock = threading.Lock()
        self.leaves = self.hits = self.misses = self.evictions = 0

    def __len__(self) -> int:
        return len(self._roots)

    def keys(self) -> list[tuple[Any, ...]]:
        """The (definition, marking, event) that have results."""
        return list(self._roots)

    def get(self, key: tuple[Any, ...], variables: Mapping[str, Any]) -> Transition | None:
        """The transition that an equal run has computed, if any."""
        entry = self._roots.get(key)
        node: Any = entry[0] if entry else None
        while node is not None and type(node) is not Transition:
            node = node[1].get(value_key(lookup(variables, node[0])))
        if node is None:
            self.misses += 1
            return None
        self.hits += 1
        with suppress(KeyError):  # evicted meanwhile: the answer is still right
            self._roots.move_to_end(key)
        found: Transition = node
        return found

    def put(self, key: tuple[Any, ...], result: Transition) -> None:
        """Remember a computed transition under the values it read."""
        with self._lock:
            entry = self._roots.get(key)
            if entry is None:
                self._roots[key] = [_branch(result, 0), 1]
                self.leaves += 1
            elif entry[1] < self.max_per_key and _graft(entry[0], result):
                entry[1] += 1
                self.leaves += 1
            while self.leaves > self.max_leaves and len(self._roots) > 1:
                _, old = self._roots.popitem(last=False)
                self.leaves -= old[1]
                self.evictions += 1


def _branch(result: Transition, start: int) -> Any:
    node: Any = result
    for path, key in reversed(result.reads[start:]):
        node = (path, {key: node})
    return node


def _graft(root: Any, result: Transition) -> bool:
    node = root
    for i, (path, key) in enumerate(result.reads):
        if type(node) is not tuple or node[0] != path:
            raise AssertionError("a run read its variables in another order than before")
        if key not in node[1]:
            node[1][key] = _branch(result, i + 1)
            return True
        node = node[1][key]
    return False
