"""What a template of a document is refused for."""

from __future__ import annotations

from enum import StrEnum

from workflows.exceptions import DomainError


class Flaw(StrEnum):
    """Why a template cannot be used."""

    TOO_LARGE = "too-large"  # `limit` in bytes
    NOT_DOCX = "not-docx"
    SWOLLEN = "swollen"  # unpacks to more than anybody writes
    ACTIVE = "active"  # macros, embedded programs: `name` is the part
    EXTERNAL = "external"  # fetches something from elsewhere: `name` is the address
    UNFINISHED = "unfinished"  # braces that do not close: `name` is the paragraph
    SYNTAX = "syntax"  # `name` is what was found
    CONSTRUCT = "construct"  # more than placeholders, repetitions and conditions
    UNKNOWN = "unknown"  # no placeholder of this document: `name`
    NOT_A_LIST = "not-a-list"
    A_LIST = "a-list"
    TOO_LONG = "too-long"  # the filled document
    BROKEN = "broken"  # Word would not open it


class TemplateRefused(DomainError):
    """A template cannot be used; `flaw` says why, `name` where."""

    code = "document-refused"

    def __init__(self, flaw: Flaw, **data: object) -> None:
        super().__init__(flaw=flaw, **data)
