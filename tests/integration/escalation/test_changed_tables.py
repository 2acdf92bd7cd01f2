"""A ladder table that changes under running rounds: no step twice, none too many, no incident.

Counted by hand on the State Council's notice: due on 2025-09-30, working days after it are 10-09 (T+1), 10, 11 (T+3),
13, 14 (T+5), 15, 16 (T+7), 17, 20, 21 (T+10), 22, 23 (T+12), 24, 27, 28 (T+15).
"""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.models import Incident, ProcessInstance
from tests.factories import World, at
from workflows import processes
from workflows.audit.models import AuditEntry
from workflows.escalation import tables
from workflows.escalation.exceptions import LadderRefused
from workflows.escalation.models import Escalation, LadderVersion
from workflows.escalation.queries import ladder_of
from workflows.escalation.table import Row, rows_of
from workflows.exceptions import Conflict, NotFound
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.subjects import Subject, SubjectKind

OFFICE = Row(None, "office_task", 5, "workday", "lead_officer")


def rows(world: World, campaign_id: int | None) -> list[Row]:
    return rows_of(tables.table_of(world.session, campaign_id).steps("obligation"))


def outcomes(world: World, one: Obligation) -> list[tuple[int, str]]:
    return [(step.offset, step.outcome) for step in world.steps(one)]


def kinds(world: World) -> list[str]:
    """What the ladder told, one kind for each notice."""
    query = select(Notification.kind).where(Notification.kind.startswith("ladder."))
    return list(world.session.scalars(query))


def save(world: World, campaign_id: int | None, written: list[Row], *, base: str = "") -> LadderVersion:
    return tables.save(
        world.session, {"obligation": written}, campaign_id=campaign_id, reason="汛期从严", now=world.now,
        base=base or tables.table_of(world.session, campaign_id).hash, actor="account:1",
    )  # fmt: skip


def climbed(world: World, until: str = "2025-10-13 12:00") -> Obligation:
    """An obligation that was due before the holiday, with T-5, T-1, T+1 and T+3 taken."""
    one = world.obligation(due="2025-09-30")
    world.advance(at(until))
    return one


def later(world: World, one: Obligation, until: str = "2025-10-31 12:00") -> list[tuple[int, str]]:
    """What was taken after T+3."""
    world.advance(at(until))
    assert world.session.scalar(select(func.count()).select_from(Incident)) == 0
    return world.acted(one)[4:]


# --- running rounds


def test_a_round_whose_table_was_cut_short_ends_where_the_table_ends(world: World) -> None:
    one = climbed(world)
    save(world, one.campaign_id, rows(world, one.campaign_id)[:4])
    assert later(world, one) == []


def test_the_step_that_was_waited_for_may_be_gone(world: World) -> None:
    one = climbed(world)
    written = rows(world, one.campaign_id)
    save(world, one.campaign_id, [*written[:4], written[5]])
    assert later(world, one) == [(12, "2025-10-23 09:00")]


def test_a_table_cut_below_what_was_taken_ends_the_ladder(world: World) -> None:
    one = climbed(world)
    save(world, one.campaign_id, rows(world, one.campaign_id)[:1])
    assert later(world, one) == []


def test_a_longer_table_is_climbed_to_its_end(world: World) -> None:
    one = climbed(world)
    written = rows(world, one.campaign_id)
    save(world, one.campaign_id, [*written[:5], replace(OFFICE, offset=10), *written[5:]])
    assert [offset for offset, _ in later(world, one)] == [7, 10, 12, 15]
    assert (10, "2025-10-21 09:00") in world.acted(one)


def test_a_row_before_the_armed_step_is_taken_when_that_one_is_due(world: World) -> None:
    one = climbed(world)
    written = rows(world, one.campaign_id)
    save(world, one.campaign_id, [*written[:4], OFFICE, *written[4:]])
    assert later(world, one, "2025-10-16 12:00") == [(5, "2025-10-16 09:00"), (7, "2025-10-16 09:00")]


def test_a_row_below_what_was_taken_is_written_down_and_not_sent(world: World) -> None:
    one = climbed(world)
    written = rows(world, one.campaign_id)
    save(world, one.campaign_id, [*written[:3], replace(OFFICE, offset=2), *written[3:]])
    later(world, one, "2025-10-16 12:00")
    assert [(step.offset, step.outcome) for step in world.steps(one)][4:] == [(2, "superseded"), (7, "sent")]
    told = select(func.count()).where(Notification.kind == "ladder.office_task")
    assert world.session.scalar(told) == 0


def test_a_step_that_was_taken_is_not_taken_again_at_its_new_time(world: World) -> None:
    one = climbed(world)
    written = rows(world, one.campaign_id)
    moved = [*written[:3], *written[4:5], replace(written[3], offset=10), *written[5:]]
    save(world, one.campaign_id, moved)
    assert [offset for offset, _ in later(world, one)] == [7, 12, 15]


def test_a_step_that_was_moved_back_waits_for_its_new_day(world: World) -> None:
    one = climbed(world)
    written = rows(world, one.campaign_id)
    save(world, one.campaign_id, [*written[:4], replace(written[4], offset=10), *written[5:]])
    assert later(world, one, "2025-10-21 12:00") == [(10, "2025-10-21 09:00")]


def test_a_new_round_climbs_the_new_table(world: World) -> None:
    one = climbed(world, "2025-09-20 12:00")
    save(world, one.campaign_id, rows(world, one.campaign_id)[1:3])
    world.advance(at("2025-09-29 15:00"))
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片看不清，请重拍")
    world.advance(at("2025-10-31 12:00"))  # due again on 10-13
    assert world.acted(one, round=2) == [(-1, "2025-10-11 09:00"), (1, "2025-10-14 09:00")]


def test_the_page_of_a_round_shows_what_was_taken_and_what_the_new_table_has(world: World) -> None:
    one = climbed(world)
    written = rows(world, one.campaign_id)
    save(world, one.campaign_id, [*written[:3], replace(OFFICE, offset=2), written[5]])
    subject = Subject(SubjectKind.OBLIGATION, one.id)
    assert one.instance_id is not None
    planned = ladder_of(
        world.session, world.session.get_one(ProcessInstance, one.instance_id), subject, now=world.now
    )
    assert [(step.offset, step.acted_at is not None) for step in planned] == [
        (-5, True), (-1, True), (1, True), (3, True), (12, False),
    ]  # fmt: skip


def definitions_that_ask_themselves(folder: Path) -> Path:
    """bpmn/ as it was when the process itself asked `ladder.dmn` after each answer of a handler."""
    shutil.copytree(processes.FOLDER, folder)
    file = folder / "escalation" / "escalation.bpmn"
    text = file.read_text("utf-8")
    for flow in ("plan_steps_to_more", "act_to_more"):
        text = text.replace(f"<bpmn:incoming>{flow}</bpmn:incoming>", "")
        source = flow.removesuffix("_to_more")
        before = f'id="{flow}" sourceRef="{source}" targetRef="more"'
        assert before in text
        text = text.replace(before, before.replace('"more"', '"ask"'))
    asking = (
        '<bpmn:businessRuleTask id="ask" name="查下一步"><bpmn:extensionElements>'
        "<spiffworkflow:calledDecisionId>ladder</spiffworkflow:calledDecisionId></bpmn:extensionElements>"
        "<bpmn:incoming>plan_steps_to_more</bpmn:incoming><bpmn:incoming>act_to_more</bpmn:incoming>"
        "<bpmn:outgoing>asked</bpmn:outgoing></bpmn:businessRuleTask>"
        '<bpmn:sequenceFlow id="asked" sourceRef="ask" targetRef="more" />'
    )
    text = text.replace("</bpmn:laneSet>", f"</bpmn:laneSet>{asking}")
    gateway = '<bpmn:exclusiveGateway id="more" name="还有下一步？" default="more_to_wait">'
    assert gateway in text
    text = text.replace(gateway, f"{gateway}<bpmn:incoming>asked</bpmn:incoming>")
    file.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(("kept", "offsets"), [(slice(0, 4), []), (slice(0, 6), [7, 12])])
def test_a_round_of_an_older_definition_goes_on_without_an_incident(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: slice, offsets: list[int]
) -> None:
    monkeypatch.setattr(processes, "FOLDER", definitions_that_ask_themselves(tmp_path / "bpmn"))
    processes.deploy_all(world.session, now=world.now)
    one = climbed(world)
    save(world, one.campaign_id, rows(world, one.campaign_id)[kept])
    assert [offset for offset, _ in later(world, one)] == offsets


def test_a_round_of_an_older_definition_ends_where_its_own_table_ends(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "FOLDER", definitions_that_ask_themselves(tmp_path / "bpmn"))
    processes.deploy_all(world.session, now=world.now)
    one = climbed(world)
    written = rows(world, one.campaign_id)
    save(world, one.campaign_id, [*written, replace(OFFICE, offset=16)])
    assert [offset for offset, _ in later(world, one)] == [7, 12, 15]


# --- whose table


def test_another_campaign_goes_on_with_the_default(world: World) -> None:
    other = world.obligation(due="2025-10-24")
    one = climbed(world, "2025-09-20 12:00")
    save(world, one.campaign_id, rows(world, one.campaign_id)[:4])
    world.advance(at("2025-11-05 12:00"))  # T+7 of 10-24 is 11-04
    assert world.acted(other)[-1] == (7, "2025-11-04 09:00")


def test_a_campaign_without_a_table_follows_the_newest_default(world: World) -> None:
    one = climbed(world)
    save(world, None, rows(world, None)[:4])
    assert later(world, one) == []


def test_a_campaign_with_a_table_of_its_own_follows_no_default(world: World) -> None:
    one = climbed(world)
    save(world, one.campaign_id, rows(world, one.campaign_id)[:5])
    save(world, None, rows(world, None)[:4])
    assert [offset for offset, _ in later(world, one)] == [7]


def test_only_the_ladder_that_was_changed_is_another_one(world: World) -> None:
    before = tables.table_of(world.session, None)
    save(world, None, rows(world, None)[:4])
    after = tables.table_of(world.session, None)
    assert [name for name in after.ladders if after.steps(name) != before.steps(name)] == ["obligation"]


def test_a_file_of_another_shape_is_not_deployed(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "FOLDER", shutil.copytree(processes.FOLDER, tmp_path / "bpmn"))
    file = tmp_path / "bpmn" / "escalation" / "ladder.dmn"
    file.write_text(file.read_text("utf-8").replace("<text>-5</text>", "<text>&lt; 0</text>", 1), "utf-8")
    with pytest.raises(LadderRefused) as caught:
        processes.deploy_all(world.session, now=world.now)
    assert caught.value.problems[0].data["id"] == "ladder_obligation_0"


# --- versions


def test_a_version_is_kept_with_who_when_and_why(world: World) -> None:
    one = world.obligation()
    save(world, one.campaign_id, rows(world, one.campaign_id)[:4])
    [kept] = tables.versions(world.session, one.campaign_id)
    assert (kept.version, kept.saved_by, kept.saved_at, kept.reason) == (
        1,
        "account:1",
        world.now,
        "汛期从严",
    )


def test_a_version_is_written_into_the_audit_log(world: World) -> None:
    one = world.obligation()
    kept = save(world, one.campaign_id, rows(world, one.campaign_id)[:4])
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "ladder.save")).one()
    assert (entry.subject, entry.actor) == (f"campaign:{one.campaign_id}", "account:1")
    assert entry.detail == {"version": 1, "hash": kept.hash, "ladders": ["obligation"], "reason": "汛期从严"}


def test_the_same_rows_again_are_no_version(world: World) -> None:
    with pytest.raises(LadderRefused) as caught:
        save(world, None, rows(world, None))
    assert [one.code for one in caught.value.problems] == ["no-change"]


def test_what_was_made_from_an_older_version_is_refused(world: World) -> None:
    base, written = tables.table_of(world.session, None).hash, rows(world, None)
    save(world, None, written[:4])
    with pytest.raises(Conflict):
        save(world, None, written[:3], base=base)


def test_a_number_that_was_given_is_never_given_again(world: World) -> None:
    save(world, None, [*rows(world, None)[:4], OFFICE])
    given = tables.table_of(world.session, None).steps("obligation")[-1].number
    save(world, None, rows(world, None)[:4])
    save(world, None, [*rows(world, None)[:4], replace(OFFICE, offset=6)])
    assert (given, tables.table_of(world.session, None).steps("obligation")[-1].number) == (7, 8)


def test_a_version_that_nobody_saved_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        tables.version_of(world.session, None, 1)


# --- downtime


def test_after_ten_days_of_downtime_across_the_holiday_each_campaign_climbs_its_own_table(
    world: World,
) -> None:
    strict, usual = world.obligation(due="2025-09-30"), world.obligation(due="2025-09-30")
    written = rows(world, strict.campaign_id)
    save(world, strict.campaign_id, [written[0], *written[2:4], replace(OFFICE, offset=4), *written[4:]])
    world.advance(at("2025-09-29 08:00"))
    world.jump(at("2025-10-09 12:00"))
    assert outcomes(world, strict) == [(-5, "sent"), (1, "sent")]
    assert outcomes(world, usual) == [(-5, "sent"), (-1, "superseded"), (1, "sent")]
    world.advance(at("2025-10-31 12:00"))
    assert [offset for offset, _ in world.acted(strict)] == [-5, 1, 3, 4, 7, 12, 15]
    assert [offset for offset, _ in world.acted(usual)] == [-5, -1, 1, 3, 7, 12, 15]
    steps = world.session.scalars(select(Escalation)).all()  # the second campaign reaches both firms
    assert len(steps) == len({(step.subject_id, step.offset) for step in steps})
    sent = Counter(step.action for step in steps if step.outcome == "sent")
    assert Counter(kinds(world)) == {f"ladder.{action}": number for action, number in sent.items()}
