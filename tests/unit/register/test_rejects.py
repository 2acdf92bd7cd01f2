"""Refused rows go back to their author, ready to be corrected and uploaded again."""

from __future__ import annotations

import csv
import io

from tests.unit.register.test_importing import DIRECTORY, GOOD, OTHER, read, sentence
from workflows.register.importing import read_csv
from workflows.register.rejects import rejects_csv

BAD = {**GOOD, "镇街": "柳泉"}


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_only_the_refused_rows_come_back_with_their_reasons() -> None:
    _, row = rows_of(rejects_csv(read(OTHER, BAD), sentence))
    assert row == [*BAD.values(), "第3行：镇街“柳泉”不在名录中。您是指“柳泉镇”吗？"]


def test_the_corrected_file_is_taken() -> None:
    corrected = rejects_csv(read(OTHER, BAD), sentence).replace(",柳泉,", ",柳泉镇,")
    assert [row.name for row in read_csv(corrected.encode(), DIRECTORY).rows] == ["甲有限公司"]


def test_cells_beyond_the_header_are_not_lost() -> None:
    content = ",".join(GOOD) + "\n" + ",".join(GOOD.values()) + ",多余\n"
    _, row = rows_of(rejects_csv(read_csv(content.encode(), DIRECTORY), sentence))
    assert row[-1] == "多余"
