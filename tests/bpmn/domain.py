"""What stands behind the service tasks in these tests: small real functions that note each call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine import decisions, runtime
from engine.handlers import Handler, JobContext
from engine.types import Json, Variables

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Call:
    """A service task that ran."""

    topic: str
    node: str
    properties: Mapping[str, str]
    variables: Variables
    at: datetime


@dataclass(slots=True)
class Domain:
    """The topics of bpmn/README.md. Working days are Monday to Friday of the years in `calendar`."""

    calendar: set[int] = field(default_factory=lambda: {2025})
    sampled: bool = False
    goes_on: bool = False
    periods: list[str] = field(default_factory=list)  # the days (YYYY-MM-DD) on which periods open
    calls: list[Call] = field(default_factory=list)

    def handlers(self) -> dict[str, Handler]:
        noted = (
            "obligation.notify", "obligation.close", "extension.refuse", "unit_task.close", "launch.begin",
            "launch.withdraw", "cosign.record", "objection.record",
            "self_evaluation.record", "self_evaluation.close",
            "failing_list.issue", "failing_list.publish", "tip.accept", "tip.join", "tip.close",
            "enforcement.sanction", "enforcement.close",
        )  # fmt: skip
        campaign = ("dispatch", "draft_failing_lists", "supplement_failing_lists", "archive")
        return {
            **dict.fromkeys(noted, self.note),
            **{f"campaign.{name}": self.note for name in campaign},
            "campaign.open_periods": self.open_periods,
            "unit_task.accept": self.accept,
            "unit_task.next_round": self.next_round,
            "self_evaluation.next_round": self.next_round,
            "escalation.plan": self.plan,
            "escalation.act": self.act,
            "obligation.open_hazards": self.open_hazards,
            "obligation.next_round": self.next_round,
            "obligation.withdraw": self.withdraw,
            "hazard.withdraw": self.withdraw,
            "unit_task.withdraw": self.withdraw,
            "obligation.draw_sample": self.draw_sample,
            "hazard.report_at_once": self.report_at_once,
            "hazard.schedule": self.schedule,
            "hazard.next_round": self.next_round,
            "hazard.begin_control": self.begin_control,
            "hazard.record_listing": self.record_listing,
            "hazard.plan_supervision": self.plan_supervision,
            "hazard.upgrade": self.upgrade,
            "hazard.conclude": self.conclude,
            "hazard.order_suspension": self.order_suspension,
            "hazard.record_effect": self.note,
            "hazard.reopen": self.reopen,
            "hazard.merge": self.note,
            "hazard.close": self.close_hazard,
            "extension.grant": self.grant,
            "tip.forward": self.forward,
            "enforcement.order": self.order,
            "enforcement.expect_recheck": self.expect_recheck,
        }

    def called(self, topic: str) -> list[Call]:
        return [call for call in self.calls if call.topic == topic]

    def note(self, _session: Session, job: JobContext) -> None:
        self.calls.append(Call(job.topic, job.node, job.properties, job.variables, job.now))

    def open_periods(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        later = [f"{day}T00:00:00+08:00" for day in self.periods]
        return {"next_period_at": next((at for at in later if datetime.fromisoformat(at) > job.now), None)}

    def accept(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"goes_on": self.goes_on}

    def withdraw(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"step": 0}

    def plan(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        if job.variables["due_at"] is None:
            return {"action": "none", "step": 99, "next_step_at": None, "calendar_missing": False}
        return self._step(session, job.variables, job.variables["step"])

    def act(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return self._step(session, job.variables, job.variables["step"] + 1)

    def _step(self, session: Session, variables: Variables, step: int) -> Variables:
        inputs = {"ladder": variables["ladder"], "step": step}
        row = decisions.decide(session, key="escalation", decision="ladder", inputs=inputs)
        due_at = datetime.fromisoformat(variables["due_at"]).astimezone(SHANGHAI)
        named = {"action": row["action"], "recipient": row["recipient"], "step": step}
        if row["unit"] == "minute":
            at = (due_at + timedelta(minutes=row["offset"])).isoformat()
            return {**named, "next_step_at": at, "calendar_missing": False}
        due = due_at.date()
        day = None if row["action"] == "none" else self._working_day(due, row["offset"])
        missing = day is None and row["action"] != "none"
        at = None if day is None else datetime.combine(day, time(9), SHANGHAI).isoformat()
        return {**named, "next_step_at": at, "calendar_missing": missing}

    def _working_day(self, day: date, offset: int) -> date | None:
        """None: the calendar of a year on the way is missing."""
        left = abs(offset)
        while left:
            day += timedelta(days=1 if offset > 0 else -1)
            left -= day.weekday() < 5
            if day.year not in self.calendar:
                return None
        return day if day.year in self.calendar else None

    def open_hazards(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"open_hazards": job.variables["open_hazards"] + len(job.variables["defects"])}

    def next_round(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"round": job.variables["round"] + 1, "round_kind": job.properties["kind"], "step": 0}

    def draw_sample(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"sampled": self.sampled}

    def report_at_once(self, session: Session, job: JobContext) -> Variables:
        if job.variables.get("reported_at"):
            return {}
        self.note(session, job)
        return {"reported_at": job.now.isoformat()}

    def schedule(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        level, day = job.variables["level"], job.variables["due_on"]
        return {"round": 1, "due_at": f"{day}T23:59:59+08:00", "ladder": f"hazard_{level}", "step": 0}

    def forward(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        due_at = (job.now + timedelta(days=3)).isoformat()
        return {"enterprise_id": 41, "town_id": 13, "due_at": due_at, "round": 2, "step": 0}

    def order(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        due_at = f"{job.variables['order_due_on']}T23:59:59+08:00"
        return {
            "due_at": due_at,
            "ladder": "enforcement_order",
            "round": job.variables["round"] + 1,
            "step": 0,
        }

    def expect_recheck(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        due_at = (job.now + timedelta(days=10)).isoformat()
        return {
            "due_at": due_at,
            "ladder": "enforcement_check",
            "round": job.variables["round"] + 1,
            "step": 0,
        }

    def begin_control(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"round": -1, "due_at": "2025-06-27T23:59:59+08:00", "ladder": "hazard_major", "step": 0}

    def record_listing(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"accounted": bool(job.variables["request_account"] and job.variables.get("accounted"))}

    def plan_supervision(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        again = (job.now + timedelta(days=14)).isoformat()
        return {"supervise_at": again if job.variables["level"] == "major" else None}

    def upgrade(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"level": "major", "reported_at": job.now.isoformat()}

    def conclude(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        return {"outcome": job.properties["outcome"]}

    def order_suspension(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        due_at = f"{job.variables['rectify_due_on']}T23:59:59+08:00"
        return {
            "due_at": due_at,
            "ladder": "hazard_major",
            "round": job.variables["round"] + 1,
            "step": 0,
        }

    def reopen(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        due_at = (job.now + timedelta(days=7)).isoformat()
        return {"due_at": due_at, "round": 2, "round_kind": "reopened", "step": 0}

    def close_hazard(self, session: Session, job: JobContext) -> Variables:
        self.note(session, job)
        if job.variables["obligation_id"] is not None:
            key = f"obligation:{job.variables['obligation_id']}"
            self._send(session, job, "hazards_closed", key, {"open_hazards": 0})
        opens, due = job.now + timedelta(days=35), job.now + timedelta(days=42)
        return {
            "effect_opens_at": opens.isoformat(),
            "due_at": due.isoformat(),
            "ladder": "hazard_effect",
            "round": -2,
            "step": 0,
        }

    def grant(self, session: Session, job: JobContext) -> None:
        self.note(session, job)
        key = f"{job.variables['subject']}:{job.variables['subject_id']}"
        due_at = f"{job.variables['decided_due_on']}T23:59:59+08:00"
        self._send(session, job, "extension_granted", key, {"due_at": due_at})

    @staticmethod
    def _send(session: Session, job: JobContext, name: str, key: str, payload: Mapping[str, Json]) -> None:
        runtime.correlate(session, name=name, correlation_key=key, payload=payload, now=job.now)
