"""The statements that lock instances and read what a unit is made of."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, select

from engine.among import among_given
from engine.models import Marking, ProcessInstance, UserTask

_I = ProcessInstance.__table__
COLUMNS: Final = tuple(
    _I.c[name]
    for name in (
        "id", "definition_id", "group_id", "business_key", "marking_id", "variables", "timers", "status", "version",
        "started_at",
    )
)  # fmt: skip
LOCK: Final = select(*COLUMNS).where(_I.c.id == bindparam("id")).with_for_update()
_ALL: Final = select(*COLUMNS).where(among_given(_I.c.id, "ids")).order_by(_I.c.id)
LOCK_ALL: Final = _ALL.with_for_update()
LOCK_FREE: Final = _ALL.with_for_update(skip_locked=True)  # without those that somebody else has locked
LOCK_OF_TASK: Final = (
    select(*COLUMNS)
    .where(_I.c.id == select(UserTask.instance_id).where(UserTask.id == bindparam("id")).scalar_subquery())
    .with_for_update()
)
BODY: Final = select(Marking.body).where(Marking.id == bindparam("id"))
