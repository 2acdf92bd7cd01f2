"""Decision tables that belong to no process: refused like those of a definition, asked without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.exceptions import DefinitionRefused
from engine.linting import lint_xml
from engine.spiff import deciding
from engine.spiff.checks import check_tables
from engine.spiff.parser import load_tables
from engine.types import Finding, Json, Variables
from engine.values import check_variables


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables by the id of their decision; `key` names them in an error."""

    key: str
    by_decision: Mapping[str, Any]

    def decide(self, decision: str, inputs: Mapping[str, Json]) -> Variables:
        """Outputs of a table; empty when no rule matches.

        Raises UnknownDecision, InvalidValues, TransitionFailed (an input is missing).
        """
        return deciding.answer(self.by_decision, self.key, decision, check_variables(inputs))


def read(key: str, files: Mapping[str, bytes]) -> Tables:
    """The tables of these DMN files. Raises DefinitionRefused with everything that is wrong."""
    findings = [found for name in sorted(files) for found in lint_xml(files[name])]
    if findings:
        raise DefinitionRefused(key, findings)
    try:
        tables = load_tables(files)
    except Exception as exc:  # the parser raises many kinds; each is a finding
        raise DefinitionRefused(
            key, [Finding("error", "E-PARSE", key, f"{type(exc).__name__}: {exc}")]
        ) from exc
    if findings := check_tables(tables):
        raise DefinitionRefused(key, findings)
    return Tables(key, tables)
