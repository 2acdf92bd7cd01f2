"""A small district that lives for some months: people work, forget, return, ask for time, take back, give up."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from tests.factories import World, at, drive_of
from workflows import withdrawal
from workflows.campaigns import adjusting, standing
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.duties.models import UnitTask
from workflows.exceptions import Conflict, InvalidForm
from workflows.hazards.models import Hazard
from workflows.inbox import Person
from workflows.obligations import extensions
from workflows.obligations.models import Extension, Obligation
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of

DATED = (
    "self_check", "sign", "report", "assess", "plan", "plan_major", "approve_plan", "fix", "check_effect", "file",
)  # fmt: skip
REVIEWED = ("town_review", "department_review", "site_check", "verify", "accept", "check")
BEGIN = at("2025-06-20 09:00")
DAYS, LAST = 60, 220  # of work, and until nobody looks any more
PATIENCE = 0.12  # how much of what lies open is done in a day
TABLES = {
    SubjectKind.OBLIGATION: Obligation, SubjectKind.HAZARD: Hazard, SubjectKind.UNIT_TASK: UnitTask,
    SubjectKind.EXTENSION: Extension,
}  # fmt: skip


def live(world: World, chance: random.Random, photograph: Callable[[datetime], None]) -> None:
    """Two campaigns, hazards, and somebody who does something on most days; `photograph` after each day."""
    firms = [
        world.firm(town_id=world.towns[n % 2], department_id=world.departments[n // 3 % 2]) for n in range(4)
    ]
    due = {"3": "2025-07-04", "4": "2025-08-08", "8": "2025-07-18"}
    first = world.launch(drive_of("3", "4", "8", due=due, duties=True))
    second = world.launch(drive_of("5", "6", due={"5": "2025-07-11", "6": "2025-09-05"}))
    for number in range(DAYS):
        world.advance(BEGIN + timedelta(days=number, hours=chance.random() * 8))
        if chance.random() < 0.12:
            world.hazard(chance.choice(firms))
        _administer(world, first, second, number)
        _work(world, chance)
        world.session.flush()
        photograph(world.now)
    world.advance(BEGIN + timedelta(days=LAST))


def _administer(world: World, first: Campaign, second: Campaign, number: int) -> None:
    facts = {"reason": "台风来袭，暂停", "actor": "lead", "now": world.now}
    if number == 30:
        standing.suspend(world.session, first.id, **facts)
    if number == 37:
        standing.resume(world.session, first.id, **facts)
        world.jump(world.now)
    if number == 55:
        standing.cancel(world.session, second.id, **facts)
    if number == 50:
        one = world.session.scalars(select(Obligation).where(Obligation.closed_at.is_(None))).first()
        assert one is not None
        adjusting.withdraw(world.session, one, reason="停产", now=world.now, actor="lead")


def _work(world: World, chance: random.Random) -> None:
    query = select(UserTask, ProcessInstance.business_key).where(UserTask.status == TaskStatus.OPEN)
    query = query.join(ProcessInstance, ProcessInstance.id == UserTask.instance_id).order_by(UserTask.id)
    for task, key in world.session.execute(query).all():
        kind = SubjectKind(key.partition(":")[0])
        if kind in TABLES and chance.random() < PATIENCE:
            world.session.refresh(task)
            if task.status is TaskStatus.OPEN:
                _act(world, chance, task, Subject.parse(key))


def _act(world: World, chance: random.Random, task: UserTask, about: Subject) -> None:
    one = world.session.get_one(TABLES[about.kind], about.id)
    who = Person(
        f"of-{task.node}", frozenset({task.candidate_group}), int(task.candidate_group.partition(":")[0])
    )
    if task.node in ("town_review", "verify", "check") and chance.random() < 0.3:
        sender = Person("sender", frozenset(_senders(one)), one.enterprise_id or 0)
        if isinstance(one, Obligation) and withdrawal.may_withdraw(world.session, one, task, sender):
            withdrawal.withdraw(world.session, one, person=sender, now=world.now)
            return
    if task.node in ("self_check", "fix") and chance.random() < 0.4:
        due_on = (world.now + timedelta(days=chance.randint(5, 25))).date().isoformat()
        try:
            world.ask(one, due_on)
        except (Conflict, InvalidForm):
            return
        return
    forms = FORMS[task.node]
    world.do(one, task.node, who, **chance.choice(forms)(world, one))


def _senders(one: Obligation | Hazard | UnitTask | Extension) -> list[str]:
    home = getattr(one, "enterprise_id", 0)
    return [f"{home}:safety_officer", f"{home}:principal"]


def _checked(world: World, one: Obligation) -> dict[str, object]:
    evidence = {slot: [world.proof(one.enterprise_id)] for slot in world.slots(one)}
    return {"result": "compliant", "statement": "已逐条核对", "evidence": evidence}


def _filed(world: World, one: UnitTask) -> dict[str, object]:
    duty = template_of(world.session.get_one(Campaign, one.campaign_id)).duty(one.duty_code)
    slots = [slot.code for slot in duty.evidence if slot.required]
    return {"statement": "方案已经印发", "evidence": {slot: [world.proof(one.body_id)] for slot in slots}}


def _extended(world: World, one: Extension) -> dict[str, object]:
    about = extensions.load_target(world.session, Subject(SubjectKind(one.subject_kind), one.subject_id))
    assert about.due_at is not None
    after = max(day_of(about.due_at), day_of(world.now)) + timedelta(days=1)
    latest = max(one.requested_due_on, after)
    return {"granted": True, "decided_due_on": latest.isoformat()}


FORMS: dict[str, list[Callable[..., dict[str, object]]]] = {
    "self_check": [_checked],
    "sign": [
        lambda _w, _o: {"signed": True},
        lambda _w, _o: {"signed": True},
        lambda _w, _o: {"signed": False, "opinion": "材料不清楚，请重拍"},
    ],
    "town_review": [
        lambda _w, _o: {"town_decision": "accept"},
        lambda _w, _o: {"town_decision": "return", "reason": "照片不是本厂的，请重拍"},
    ],
    "department_review": [
        lambda _w, _o: {"department_decision": "accept"},
        lambda _w, _o: {"department_decision": "return", "reason": "缺少有效期，请补充"},
    ],
    "site_check": [
        lambda _w, _o: {"site_result": "pass", "second_inspector": "李检查"},
        lambda _w, _o: {"site_result": "fail", "second_inspector": "李检查", "findings": "现场与材料不一致"},
    ],
    "decide": [_extended, lambda _w, _o: {"granted": False, "reason": "理由不充分，不予延期"}],
    "report": [
        lambda _w, one: {
            "title": one.title, "place": one.place, "description": one.description, "possible_casualties": 0,
            "work_stopped": False, "matches_major_criteria": False,
        }
    ],
    "assess": [lambda _w, _o: {"level": "general", "assessment": "现场核实为一般"}],
    "plan": [
        lambda w, _o: {
            "measures": "更换护栏", "responsible_person": "车间主任",
            "due_on": (w.now + timedelta(days=9)).date().isoformat(),
        }
    ],
    "fix": [
        lambda w, one: {
            "cause": "年久失修", "correction": "已更换", "prevention": "列入点检",
            "evidence": [w.proof(one.enterprise_id)],
        }
    ],
    "verify": [
        lambda _w, _o: {"passed": True},
        lambda _w, _o: {"passed": False, "findings": "护栏仍然松动"},
    ],
    "file": [_filed],
    "check": [
        lambda _w, _o: {"office_decision": "accept"},
        lambda _w, _o: {"office_decision": "return", "reason": "缺少进度安排"},
    ],
}  # fmt: skip
