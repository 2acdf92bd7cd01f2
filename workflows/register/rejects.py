"""The rows that were not taken, as a file to correct and upload again: as written, with a column of reasons."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from workflows.register.importing import ParsedRegister
from workflows.register.problems import Problem, Severity

REASONS = (
    "备注"  # a header that the importer passes over, so that the corrected file can be uploaded as it is
)


def rejects_csv(parsed: ParsedRegister, sentence: Callable[[Problem], str]) -> str:
    """The refused rows as CSV text; `sentence` puts a problem into the reader's words."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*parsed.header, REASONS])
    width = len(parsed.header)
    for row in parsed.rejected:
        reasons = [p for p in parsed.problems if p.row == row.row and p.severity is Severity.ROW]
        padding = [""] * (width - len(row.cells))
        reason = " ".join(map(sentence, reasons))
        writer.writerow([*row.cells[:width], *padding, reason, *row.cells[width:]])
    return file.getvalue()
