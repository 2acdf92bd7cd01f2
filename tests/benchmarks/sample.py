"""The process that is measured: a self-check with a reminder and an overdue timer, then a review."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from tests.engine import bpmn as b

KEY: Final = "measured"
NOW: Final = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER: Final = datetime(2026, 12, 5, tzinfo=UTC)
VARIABLES: Final = {
    "remind_at": "2026-12-01T09:00:00+08:00",
    "due_at": "2026-12-20T09:00:00+08:00",
    "enterprise_id": 1,
}
FORM: Final = {"outcome": "done"}

_ROUND: Final = b.sub_process(
    "round",
    b.start("round_start"),
    b.user("self_check", candidateGroup="{enterprise_id}:safety_officer", dueDate="due_at"),
    b.boundary("remind", "self_check", b.timer("remind_at", "timeDate")),
    b.script("do_remind", "reminded = True"),
    b.end("reminded_end"),
    b.boundary("overdue", "self_check", b.timer("due_at", "timeDate")),
    b.user("urge", candidateGroup="{enterprise_id}:town_officer"),
    b.end("urged_end"),
    b.end("checked", b.TERMINATE),
    b.flows(
        "round_start>self_check self_check>checked remind>do_remind do_remind>reminded_end "
        "overdue>urge urge>urged_end"
    ),
)
SOURCE: Final = b.document(
    b.process(
        KEY,
        b.start(),
        b.script("notify", "notified = True"),
        _ROUND,
        b.exclusive("gateway", "review"),
        b.user("review", candidateGroup="{enterprise_id}:town_officer"),
        b.exclusive("reviewed", "done"),
        b.end(),
        b.flows(
            "start>notify notify>round round>gateway gateway>review gateway>done?outcome~==~'na' "
            "review>reviewed reviewed>done reviewed>round?approved~==~False"
        ),
    )
)
