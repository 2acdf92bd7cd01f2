"""A drafted list: struck by a named person, objected to by an enterprise, signed when everybody was heard."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.models import UserTask
from tests.factories import World, at, drive_of, end_of
from workflows import inbox
from workflows.audit.models import AuditEntry
from workflows.calendar.exceptions import CalendarMissing
from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.evidence.exceptions import ForeignEvidence
from workflows.exceptions import Conflict, InvalidForm, NotAllowed, NotFound
from workflows.failing import objections, queries, service
from workflows.failing.models import Objection
from workflows.notifications.models import Notification
from workflows.register.models import Enterprise
from workflows.sight import Sight

OBJECTION = "证照已于8月8日换发，系统里还没有更新"


def drafted(world: World, **facts: Any) -> tuple[FailingList, FailingListEntry, Enterprise]:
    """The list of the cut-off day (Sunday 2025-08-10), on the morning after, with one enterprise on it."""
    firm = world.firm(**facts)
    world.launch(drive_of("3"))
    world.advance(at("2025-08-11 09:00"))
    entry = world.session.scalars(
        select(FailingListEntry).where(FailingListEntry.enterprise_id == firm.id)
    ).one()
    return world.session.get_one(FailingList, entry.list_id), entry, firm


def object_to(world: World, entry: FailingListEntry, **more: Any) -> Objection:
    facts = {"text": OBJECTION, "evidence": [], "person": world.safety(entry.enterprise_id), **more}
    return objections.file(world.session, entry.id, now=world.now, **facts)


def strike(world: World, entry: FailingListEntry, **more: Any) -> FailingListEntry:
    facts = {"reason": "该企业已停产", "person": world.department(), **more}
    return service.strike(world.session, entry.id, now=world.now, **facts)


def sign(world: World, listed: FailingList, **more: Any) -> FailingList:
    facts = {"opinion": "情况属实，同意上报", "person": world.department(), **more}
    return service.sign(world.session, listed.id, now=world.now, **facts)


def answer(world: World, one: Objection, *, upheld: bool) -> None:
    query = select(UserTask.id).where(UserTask.instance_id == one.instance_id)
    inbox.complete(
        world.session, world.session.scalars(query).one(), person=world.department(), now=world.now,
        form={"upheld": upheld, "answer": "经现场核实，材料属实" if upheld else "经核实，仍未换发"},
    )  # fmt: skip
    world.session.expire_all()


def notices(world: World, kind: str) -> dict[str, Notification]:
    return {
        one.candidate_group: one
        for one in world.session.scalars(select(Notification).where(Notification.kind == kind))
    }


def test_a_draft_tells_the_enterprise_and_names_the_last_day_to_object(world: World) -> None:
    listed, _, firm = drafted(world)
    assert listed.objections_until == end_of("2025-08-13")  # told in Sunday's last second
    told = notices(world, "failing_list.listed")
    assert set(told) == {f"{firm.id}:safety_officer", f"{firm.id}:principal"}
    assert told[f"{firm.id}:principal"].subject == f"failing_list:{listed.id}"


def test_a_line_remembers_obligation_and_due_date(world: World) -> None:
    _, entry, firm = drafted(world)
    [item] = entry.items
    assert (item["code"], item["due_at"]) == ("3", "2025-08-15T15:59:59+00:00")
    assert (entry.town_id, entry.department_id) == (firm.town_id, firm.department_id)


def test_a_year_without_calendar_holds_up_no_draft_but_the_signature(world: World) -> None:
    listed, _, _ = drafted(world)
    listed.objections_until, listed.drafted_at = None, at("2031-08-11 00:00")
    world.now = at("2031-08-20 09:00")
    with pytest.raises(CalendarMissing):
        sign(world, listed)


def test_a_named_official_strikes_a_line_and_the_enterprise_is_told_why(world: World) -> None:
    listed, entry, firm = drafted(world)
    strike(world, entry)
    assert (entry.struck_at, entry.struck_by) == (world.now, world.department().actor)
    assert notices(world, "failing_list.struck")[f"{firm.id}:principal"].data["reason"] == "该企业已停产"
    assert queries.numbers(world.session, listed) == queries.Numbers(standing=0, struck=1)


def test_a_strike_and_a_signature_stand_in_the_audit_log(world: World) -> None:
    listed, entry, _ = drafted(world)
    strike(world, entry)
    world.now = at("2025-08-15 00:00")
    sign(world, listed)
    query = (
        select(AuditEntry).where(AuditEntry.subject == f"failing_list:{listed.id}").order_by(AuditEntry.id)
    )
    done = [(one.action, one.actor) for one in world.session.scalars(query)]
    who = world.department().actor
    assert done == [("failing_list.strike", who), ("failing_list.sign", who)]


def test_nobody_strikes_without_a_reason(world: World) -> None:
    _, entry, _ = drafted(world)
    with pytest.raises(InvalidForm):
        strike(world, entry, reason="停产  ")


def test_another_department_decides_nothing(world: World) -> None:
    listed, entry, _ = drafted(world)
    with pytest.raises(NotAllowed):
        strike(world, entry, person=world.department(number=1))
    world.now = at("2025-08-15 00:00")
    with pytest.raises(NotAllowed):
        sign(world, listed, person=world.department(number=1))


def test_a_town_decides_nothing(world: World) -> None:
    _, entry, _ = drafted(world)
    with pytest.raises(NotAllowed):
        strike(world, entry, person=world.town())


def test_the_lead_office_may_decide_for_a_department(world: World) -> None:
    _, entry, _ = drafted(world)
    assert strike(world, entry, person=world.lead()).struck_by == world.lead().actor


def test_a_line_is_struck_once(world: World) -> None:
    _, entry, _ = drafted(world)
    strike(world, entry)
    with pytest.raises(Conflict) as refused:
        strike(world, entry)
    assert refused.value.data["what"] == "line-struck"


def test_nobody_signs_while_enterprises_may_object(world: World) -> None:
    listed, _, _ = drafted(world)
    world.now = end_of("2025-08-13")
    with pytest.raises(Conflict) as refused:
        sign(world, listed)
    assert refused.value.data == {"what": "objections-run", "until": end_of("2025-08-13")}


def test_a_signed_list_names_who_signed_and_with_which_opinion(world: World) -> None:
    listed, _, _ = drafted(world)
    world.now = at("2025-08-15 00:00")
    sign(world, listed)
    assert (listed.signed_at, listed.signed_by) == (world.now, world.department().actor)
    assert listed.opinion == "情况属实，同意上报"


def test_a_signed_list_never_changes(world: World) -> None:
    listed, entry, _ = drafted(world)
    world.now = at("2025-08-15 00:00")
    sign(world, listed)
    for change in (
        lambda: strike(world, entry),
        lambda: sign(world, listed),
        lambda: object_to(world, entry),
    ):
        with pytest.raises(Conflict) as refused:
            change()
        assert refused.value.data["what"] == "failing-list-signed"


def test_nobody_signs_without_an_opinion(world: World) -> None:
    listed, _, _ = drafted(world)
    world.now = at("2025-08-15 00:00")
    with pytest.raises(InvalidForm):
        sign(world, listed, opinion="同意")


def test_an_objection_is_a_task_of_the_department_with_a_date(world: World) -> None:
    _, entry, firm = drafted(world)
    one = object_to(world, entry)
    task = world.session.scalars(select(UserTask).where(UserTask.instance_id == one.instance_id)).one()
    assert task.candidate_group == f"{firm.department_id}:department_officer"
    assert task.due_at == end_of("2025-08-14")


def test_nobody_signs_while_an_objection_waits(world: World) -> None:
    listed, entry, _ = drafted(world)
    object_to(world, entry)
    world.now = at("2025-08-15 09:00")
    with pytest.raises(Conflict) as refused:
        sign(world, listed)
    assert refused.value.data == {"what": "objections-wait", "count": 1}


def test_nobody_strikes_past_an_objection_that_waits(world: World) -> None:
    _, entry, _ = drafted(world)
    object_to(world, entry)
    with pytest.raises(Conflict) as refused:
        strike(world, entry)
    assert refused.value.data["what"] == "objection-waits"


def test_an_objection_that_is_upheld_strikes_the_line(world: World) -> None:
    _, entry, firm = drafted(world)
    one = object_to(world, entry)
    answer(world, one, upheld=True)
    assert (one.upheld, one.answered_by) == (True, world.department().actor)
    assert entry.strike_reason == "经现场核实，材料属实"
    assert f"{firm.id}:safety_officer" in notices(world, "failing_list.struck")


def test_an_objection_that_is_refused_leaves_the_line_and_is_answered(world: World) -> None:
    listed, entry, firm = drafted(world)
    one = object_to(world, entry)
    answer(world, one, upheld=False)
    assert (one.upheld, entry.struck_at) == (False, None)
    told = notices(world, "objection.refused")[f"{firm.id}:safety_officer"]
    assert told.data["reason"] == "经核实，仍未换发"
    world.now = at("2025-08-15 09:00")
    assert sign(world, listed).signed_at == world.now


def test_one_objection_waits_at_a_time(world: World) -> None:
    _, entry, _ = drafted(world)
    object_to(world, entry)
    with pytest.raises(Conflict) as refused:
        object_to(world, entry)
    assert refused.value.data["what"] == "objection-pending"


def test_nobody_objects_after_the_last_day(world: World) -> None:
    _, entry, _ = drafted(world)
    world.now = end_of("2025-08-13")
    object_to(world, entry)
    other, entry, _ = drafted_again(world)
    world.now = at("2025-08-14 00:00")
    with pytest.raises(Conflict) as refused:
        object_to(world, entry)
    assert refused.value.data == {"what": "objections-over", "at": other.objections_until}


def drafted_again(world: World) -> tuple[FailingList, FailingListEntry, Enterprise]:
    """A second line on the first list."""
    firm = world.firm()
    listed = world.session.scalars(select(FailingList)).first()
    assert listed is not None
    entry = FailingListEntry(
        list_id=listed.id, enterprise_id=firm.id, item_codes="3", items=[],
        town_id=firm.town_id, department_id=firm.department_id,
    )  # fmt: skip
    world.session.add(entry)
    world.session.flush()
    return listed, entry, firm


def test_nobody_objects_for_another_enterprise(world: World) -> None:
    _, entry, _ = drafted(world)
    with pytest.raises(NotFound):
        object_to(world, entry, person=world.safety(world.firm()))


def test_an_objection_says_something(world: World) -> None:
    _, entry, _ = drafted(world)
    with pytest.raises(InvalidForm):
        object_to(world, entry, text="不同意")


def test_evidence_of_another_enterprise_supports_no_objection(world: World) -> None:
    _, entry, _ = drafted(world)
    with pytest.raises(ForeignEvidence):
        object_to(world, entry, evidence=[world.proof(world.firm().id)])


def test_who_sees_a_list_sees_the_lines_of_their_own(world: World) -> None:
    listed, entry, firm = drafted(world)
    _, other_entry, other = drafted_again(world)
    other_entry.town_id = world.towns[1]
    world.session.flush()

    def seen(sight: Sight) -> list[int]:
        return [line.id for line, _ in queries.lines(world.session, listed.id, sight=sight)]

    assert seen(Sight(everything=True)) == [entry.id, other_entry.id]
    assert seen(Sight(False, department_ids=(world.departments[0],))) == [entry.id, other_entry.id]
    assert seen(Sight(False, town_ids=(world.towns[1],))) == [other_entry.id]
    assert seen(Sight(False, enterprise_ids=(firm.id,))) == [entry.id]
    with pytest.raises(NotFound):
        queries.find(world.session, listed.id, sight=Sight(False, department_ids=(world.departments[1],)))
    with pytest.raises(NotFound):
        queries.find_line(world.session, entry.id, sight=Sight(False, enterprise_ids=(other.id,)))
