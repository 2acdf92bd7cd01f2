"""Can every reachable marking of a definition still end?

Data is abstracted: each gateway condition, loop condition and collection size is an *oracle call* whose
outcomes are enumerated by replaying the transition with every sequence of answers. Scripts and decision
tables are not evaluated. The result over-approximates the real behaviour: 'sound' means sound for every
combination of data.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from engine.exceptions import TransitionFailed
from engine.spiff.parser import Definition
from engine.transitions import Machine
from engine.types import Event, Finding, Token, TokenKind, Transition

MAX_CHOICES: Final = 40
Witness = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Edge:
    """One explored transition; the source is '' for the start."""

    source: str
    event: Event
    target: str


@dataclass(slots=True)
class Report:
    """What was found; each finding carries the path of events that leads to it."""

    markings: int = 0
    edges: int = 0
    complete: bool = True
    end_reachable: bool = False
    dead_nodes: list[str] = field(default_factory=list)
    deadlocks: list[Witness] = field(default_factory=list)
    livelocks: list[Witness] = field(default_factory=list)
    duplicates: list[Witness] = field(default_factory=list)
    unbounded: list[Witness] = field(default_factory=list)
    incidents: list[Witness] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """No finding at all."""
        return self.complete and self.end_reachable and not self.findings()

    def findings(self) -> list[Finding]:
        """Everything wrong, in the linter's form."""
        out = [Finding("error", "X-DEAD-NODE", n, "can never be reached") for n in self.dead_nodes]
        groups = (
            ("X-DEADLOCK", "nothing is open and the end is not reached", self.deadlocks),
            ("X-LIVELOCK", "the end cannot be reached any more", self.livelocks),
            ("X-DUPLICATE", "active twice at once", self.duplicates),
            ("X-UNBOUNDED", "grows without bound", self.unbounded),
            ("X-INCIDENT", "fails", self.incidents),
        )
        for code, text, witnesses in groups:
            out += [Finding("error", code, what, f"{text}: {how}") for what, how in witnesses]
        if self.complete and not self.end_reachable:
            out.append(Finding("error", "X-NO-END", "", "the end cannot be reached"))
        return out


class Explorer:
    """Breadth-first walk over all markings of one definition."""

    def __init__(
        self, definition: Definition, max_markings: int = 5000, max_same: int = 3, max_runs: int = 4096
    ) -> None:
        self.machine = Machine(definition)
        self.max_markings, self.max_same, self.max_runs = max_markings, max_same, max_runs
        self.edges: list[Edge] = []
        self.via: dict[str, Edge | None] = {"": None}
        self.ran: set[str] = set()
        self.report = Report()

    @property
    def markings(self) -> list[str]:
        """Names of all reachable markings."""
        return [m for m in self.via if m]

    def run(self) -> Report:
        """Explore and judge."""
        queue = deque([""])
        while queue:
            source = queue.popleft()
            for event in [("start",)] if source == "" else self._events(source):
                for result in self._outcomes(source, event):
                    self._visit(source, event, result, queue)
                    if len(self.via) > self.max_markings:
                        self.report.unbounded.append((f"more than {self.max_markings} markings", ""))
                        self.report.complete = False
                        return self._verdict()
        return self._verdict()

    def _visit(
        self, source: str, event: Event, result: Transition | TransitionFailed, queue: deque[str]
    ) -> None:
        if isinstance(result, TransitionFailed):
            self.report.incidents.append((result.message, f"{self._path(source)} ; {event}"))
            return
        self.ran |= set(result.effects.ran)
        edge = Edge(source, event, result.marking)
        self.edges.append(edge)
        if result.marking not in self.via:
            self.via[result.marking] = edge
            if self._inspect(result.marking):
                queue.append(result.marking)

    def _outcomes(self, marking: str, event: Event) -> Iterator[Transition | TransitionFailed]:
        """Every result of `event`, by depth-first enumeration of oracle answers."""
        stack: list[list[int]] = [[]]
        runs = 0
        while stack:
            prefix = stack.pop()
            taken: list[tuple[int, int]] = []
            yield self._replay(marking, event, prefix, taken)
            runs += 1
            if runs > self.max_runs:
                self.report.complete = False
                self.report.unbounded.append((f"more than {self.max_runs} outcomes", f"{event}"))
                return
            for position in range(len(prefix), len(taken)):
                answer, options = taken[position]
                head = [a for a, _ in taken[:position]]
                stack.extend([*head, other] for other in range(answer + 1, options))

    def _replay(
        self, marking: str, event: Event, prefix: list[int], taken: list[tuple[int, int]]
    ) -> Transition | TransitionFailed:
        def choose(label: Any, options: Any) -> Any:
            answer = prefix[len(taken)] if len(taken) < len(prefix) else 0
            taken.append((answer, len(options)))
            if len(taken) > MAX_CHOICES:
                raise TransitionFailed("automatic loop: no wait state on some path")
            return options[answer]

        try:
            return self.machine.compute(marking, event, {}, choose)
        except TransitionFailed as exc:
            return exc

    def _events(self, marking: str) -> list[Event]:
        return [event for token in self.machine.tokens(marking).values() for event in self._events_of(token)]

    def _events_of(self, token: Token) -> list[Event]:
        if token.kind in (TokenKind.USER, TokenKind.SERVICE):
            is_item = "[" in token.key.rsplit("/", 1)[-1]
            local = dict.fromkeys(sorted(self.machine.definition.locals)) if is_item else {}
            return [("complete", token.key, orjson.dumps(local).decode() if local else "")]
        if token.kind is TokenKind.CYCLE:
            return [("timer", token.key, False), ("timer", token.key, True)]
        if token.kind is TokenKind.TIMER:
            return [("timer", token.key, True)]
        if token.kind is TokenKind.SIGNAL:
            return [("signal", token.event_name)]
        return [("message", token.key)]

    def _path(self, marking: str) -> str:
        steps: list[str] = []
        edge = self.via.get(marking)
        while edge is not None:
            steps.append(" ".join(str(x) for x in edge.event[:2]))
            edge = self.via.get(edge.source) if edge.source else None
        return " ; ".join(reversed(steps))

    def _inspect(self, marking: str) -> bool:
        """Local checks; False stops the expansion here."""
        if self.machine.has_ended(marking):
            self.report.end_reachable = True
            return False
        same = Counter(key.split("#")[0] for key in self.machine.tokens(marking))
        same.update(self.machine.join_inputs(marking))
        for key, count in same.items():
            if count > 1 and all(key != seen for seen, _ in self.report.duplicates):
                self.report.duplicates.append((key, self._path(marking)))
            if count > self.max_same:
                self.report.unbounded.append((f"{key} x{count}", self._path(marking)))
                self.report.complete = False
                return False
        return True

    def _verdict(self) -> Report:
        report = self.report
        report.markings, report.edges = len(self.markings), len(self.edges)
        if not report.complete:
            return report
        good = self._can_end()
        for marking in self.markings:
            if marking not in good:
                stuck = not self.machine.tokens(marking)
                (report.deadlocks if stuck else report.livelocks).append((marking[:8], self._path(marking)))
        nodes = self.machine.definition.nodes()
        report.dead_nodes = sorted(n for n in nodes - self.ran if not n.endswith("[child]"))
        return report

    def _can_end(self) -> set[str]:
        back: dict[str, set[str]] = {}
        for edge in self.edges:
            back.setdefault(edge.target, set()).add(edge.source)
        good: set[str] = set()
        todo = [m for m in self.markings if self.machine.has_ended(m)]
        while todo:
            marking = todo.pop()
            if marking not in good:
                good.add(marking)
                todo += back.get(marking, ())
        return good
