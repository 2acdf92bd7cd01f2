"""What an event does to a marking: computed once by SpiffWorkflow, then remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from engine.exceptions import InvalidValues, TransitionFailed
from engine.memo import Memo
from engine.spiff import stepping
from engine.spiff.codec import END, digest
from engine.spiff.parser import Definition
from engine.types import Event, Token, Transition
from engine.values import check_variables

_MEMO: Final = Memo()
_MACHINES: Final[OrderedDict[str, Machine]] = OrderedDict()
_MAX_MACHINES: Final = 256
_LOCK: Final = threading.Lock()


class Machine:
    """Lazy automaton of one definition; thread-safe. Markings are named by the digest of their bytes."""

    def __init__(self, definition: Definition, memo: Memo | None = None) -> None:
        self.definition = definition
        self.memo = memo if memo is not None else Memo()
        self._blobs: dict[str, bytes] = {}
        self._tokens: dict[str, Mapping[str, Token]] = {}

    def knows(self, marking: str) -> bool:
        """Are the bytes of this marking here? If not, `learn` them from the database first."""
        return marking in self._blobs

    def learn(self, blob: bytes) -> str:
        """Take in the bytes of a marking; returns its name."""
        name = digest(blob)
        self._blobs.setdefault(name, blob)
        return name

    def blob(self, marking: str) -> bytes:
        """The bytes of a marking."""
        return self._blobs[marking]

    def has_ended(self, marking: str) -> bool:
        """Is this the marking of a finished process?"""
        return self._blobs[marking] == END

    def tokens(self, marking: str) -> Mapping[str, Token]:
        """Open tokens by key, in canonical order."""
        found = self._tokens.get(marking)
        if found is None:
            found = {t.key: t for t in stepping.tokens(self.definition, self._blobs[marking])}
            self._tokens[marking] = found
        return found

    def join_inputs(self, marking: str) -> list[str]:
        """Satisfied inputs of waiting joins (for the exploration)."""
        return stepping.join_inputs(self.definition, self._blobs[marking])

    def fire(self, marking: str, event: Event, variables: Mapping[str, Any]) -> Transition:
        """The transition for `event`; form and payload values are already in `variables`."""
        key = (self.definition.hash, marking, event)
        hit = self.memo.get(key, variables)
        if hit is not None:
            return hit
        result = self.compute(marking, event, variables)
        if not result.volatile:
            self.memo.put(key, result)
        return result

    def compute(
        self,
        marking: str,
        event: Event,
        variables: Mapping[str, Any],
        choose: Callable[[Any, Sequence[Any]], Any] | None = None,
    ) -> Transition:
        """One real run, past the memo. Raises TransitionFailed and leaves no trace."""
        blob = None if event[0] == "start" else self._blobs[marking]
        done = stepping.step(self.definition, blob, event, variables, choose)
        try:
            for values in (done.writes, *(thrown.payload for thrown in done.effects.thrown)):
                check_variables(values)
        except InvalidValues as exc:
            raise TransitionFailed(str(exc)) from exc
        return Transition(self.learn(done.blob), done.writes, done.effects, done.reads, done.volatile)


def machine_for(definition_hash: str, load: Callable[[], Definition]) -> Machine:
    """The process-wide machine of a definition; `load` is called when it is not here yet.

    Machines are found by content, so databases may share them.
    """
    found = _MACHINES.get(definition_hash)
    if found is not None:
        return found
    with _LOCK:
        found = _MACHINES.get(definition_hash)
        if found is None:
            found = _MACHINES[definition_hash] = Machine(load(), _MEMO)
            while len(_MACHINES) > _MAX_MACHINES:
                _MACHINES.popitem(last=False)
    return found
