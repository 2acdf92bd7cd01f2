"""Obligations that come with an event: an accident within sixty minutes, a permit before the job begins."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import SHANGHAI, World, at, drive_of
from workflows.campaigns import standing
from workflows.campaigns.service import Scope
from workflows.exceptions import InvalidForm, NotFound
from workflows.notifications.models import Notification
from workflows.obligations import events
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise


def opened(world: World, firm: Enterprise, code: str, when: str) -> Obligation:
    campaign = max(one.campaign.id for one in events.choices(world.session, firm.id))
    return events.open_event(
        world.session, firm.id, key=f"{campaign}:{code}", what="三号炉烫伤一人", place="三号炉台", at=at(when),
        actor="safety", now=world.now,
    )  # fmt: skip


def running(world: World, **facts: object) -> Enterprise:
    firm = world.firm(**facts)
    world.launch(drive_of("3", "15", "20"))
    world.now = at("2025-07-05 14:20")  # a Saturday
    return firm


def test_an_accident_is_due_sixty_minutes_after_it_happened(world: World) -> None:
    accident = opened(world, running(world), "20", "2025-07-05 14:10")
    assert accident.due_at == at("2025-07-05 15:10")
    assert accident.period == "2025-07-05T14:10"
    assert world.open_nodes(accident) == ["self_check"]


def test_everybody_over_the_firm_hears_of_an_accident_at_once(world: World) -> None:
    firm = running(world)
    opened(world, firm, "20", "2025-07-05 14:10")
    told = select(Notification.candidate_group).where(Notification.kind == "accident.reported")
    assert set(world.session.scalars(told)) == {
        f"{firm.id}:principal",
        f"{firm.town_id}:town_officer",
        f"{firm.department_id}:department_officer",
        f"{world.office}:lead_officer",
    }


def test_the_ladder_of_an_accident_counts_minutes_on_any_day(world: World) -> None:
    accident = opened(world, running(world), "20", "2025-07-05 14:10")
    world.advance(at("2025-07-05 15:10"))
    steps = [
        (one.action, one.acted_at.astimezone(SHANGHAI).strftime("%H:%M")) for one in world.steps(accident)
    ]
    assert steps == [
        ("remind", "14:40"),
        ("notify", "15:00"),
        ("town_task", "15:10"),
        ("department_task", "15:10"),
        ("office_task", "15:10"),
    ]


def test_a_report_in_time_ends_the_clock(world: World) -> None:
    accident = opened(world, running(world), "20", "2025-07-05 14:10")
    world.check(accident)
    world.sign(accident)
    world.advance(at("2025-07-05 16:00"))
    assert world.steps(accident) == []


def test_a_permit_is_due_when_the_job_begins(world: World) -> None:
    firm = running(world, flags={"hazardous_work": True})
    permit = opened(world, firm, "15", "2025-07-05 16:00")
    assert permit.due_at == at("2025-07-05 16:00")
    world.advance(at("2025-07-05 16:00"))
    assert [one.action for one in world.steps(permit)] == ["remind", "notify"]
    assert not list(
        world.session.scalars(select(Notification).where(Notification.kind == "accident.reported"))
    )


def test_two_events_of_one_minute_are_two_obligations(world: World) -> None:
    firm = running(world)
    both = [opened(world, firm, "20", "2025-07-05 14:10") for _ in range(2)]
    assert [one.period for one in both] == ["2025-07-05T14:10", "2025-07-05T14:10#2"]


def test_a_firm_is_offered_what_may_apply_to_it(world: World) -> None:
    welds = running(world, flags={"hazardous_work": True})
    unknown, quiet = world.firm(flags={"hazardous_work": None}), world.firm()
    offered = {
        name: [one.item.code for one in events.choices(world.session, firm.id)]
        for name, firm in (("welds", welds), ("unknown", unknown), ("quiet", quiet))
    }
    assert offered == {"welds": ["15", "20"], "unknown": ["15", "20"], "quiet": ["20"]}


@pytest.mark.parametrize(
    ("code", "when", "problem"),
    [
        ("20", "2025-07-05 14:30", "too-late"),
        ("20", "2025-05-01 08:00", "too-early"),
        ("15", "2025-08-20 08:00", "too-late"),
    ],
)
def test_an_impossible_time_is_refused(world: World, code: str, when: str, problem: str) -> None:
    firm = running(world, flags={"hazardous_work": True})
    with pytest.raises(InvalidForm) as refused:
        opened(world, firm, code, when)
    assert [one.code for one in refused.value.data["problems"]] == [problem]


@pytest.mark.parametrize("code", ["3", "99"])
def test_what_comes_by_date_or_does_not_exist_is_not_opened(world: World, code: str) -> None:
    with pytest.raises(NotFound):
        opened(world, running(world), code, "2025-07-05 14:10")


def test_nothing_is_opened_in_a_campaign_that_was_cancelled(world: World) -> None:
    firm = running(world)
    [campaign] = {one.campaign.id for one in events.choices(world.session, firm.id)}
    standing.cancel(world.session, campaign, reason="与另一行动重复", actor="lead", now=world.now)
    assert events.choices(world.session, firm.id) == []


def test_an_enterprise_out_of_scope_has_nothing_to_open(world: World) -> None:
    near, far = world.firm(), world.firm(town_id=world.towns[1])
    world.launch(drive_of("20"), scope=Scope(town_ids=(near.town_id,)))
    offered = {
        firm.id: [one.item.code for one in events.choices(world.session, firm.id)] for firm in (near, far)
    }
    assert offered == {near.id: ["20"], far.id: []}
