"""Which columns a kind of file may have: the header each goes by, what else people call it, how it is read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflows.register.cells import Reader

PROBLEMS_HEADER = "问题（导入时不读）"  # ours, in the file of refused rows, so that it can be uploaded again
UNREAD = ("", "序号", "编号", "备注", "说明", PROBLEMS_HEADER)
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_DECORATION = re.compile(r"[\s*:：、,，.。_/\\-]+")


def canonical(header: str) -> str:
    """A header without what does not matter: width, case, spaces, marks, remarks in brackets."""
    narrow = unicodedata.normalize("NFKC", header)
    return _DECORATION.sub("", _IN_BRACKETS.sub("", narrow)).casefold()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the field it fills, how it is read, and the other headers people give it.

    A `verbatim` column is read as it was written; the others have their full-width characters narrowed first.
    """

    header: str
    name: str
    read: Reader
    required: bool = False
    also: tuple[str, ...] = ()
    verbatim: bool = False


class Catalogue:
    """The columns of a kind of file, by name and by header; `ignored` headers are passed over without a word."""

    def __init__(self, columns: Iterable[Column], *, ignored: Iterable[str] = ()) -> None:
        self.columns = tuple(columns)
        self.required = tuple(column for column in self.columns if column.required)
        self.by_name: Mapping[str, Column] = {column.name: column for column in self.columns}
        self._of_header = {
            canonical(word): column
            for column in reversed(self.columns)
            for word in (*column.also, column.header)
        }
        self._ignored = frozenset(map(canonical, (*UNREAD, *ignored)))

    def column_of(self, header: str) -> Column | None:
        """The column that goes by this header, if any."""
        return self._of_header.get(canonical(header))

    def is_ignored(self, header: str) -> bool:
        """Whether a column of this header is passed over without a word."""
        return canonical(header) in self._ignored
