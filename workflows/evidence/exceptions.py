"""What evidence refuses."""

from __future__ import annotations

from workflows.exceptions import DomainError


class EmptyFile(DomainError):
    """The file has no content; `name` is in the data of this and of the next three."""

    code = "evidence-empty"


class FileTooLarge(DomainError):
    """The file is larger than `limit` bytes."""

    code = "evidence-too-large"


class FileTypeRefused(DomainError):
    """The content is of no kind that is accepted."""

    code = "evidence-type"


class FileTypeLies(DomainError):
    """The content is `found`, the name says otherwise."""

    code = "evidence-lies"


class ForeignEvidence(DomainError):
    """A form names evidence (`ids`) that its organisation did not upload."""

    code = "evidence-foreign"
