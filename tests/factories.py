"""A small district and what people do in it: every test builds just what it needs."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from engine.handlers import JobContext
from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from tests import remediation
from workflows import handlers, inbox, processes, simulation
from workflows.appraisal.models import EvaluationTask
from workflows.campaigns import dispatch, templates
from workflows.campaigns import service as campaigns
from workflows.campaigns.models import Campaign, LaunchProposal
from workflows.campaigns.planning import phase_of
from workflows.campaigns.scope import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.enforcement.models import Enforcement
from workflows.escalation.models import Escalation
from workflows.evidence import service as evidence
from workflows.hazards import service as hazards
from workflows.hazards.models import Hazard
from workflows.inbox import Completed, Person
from workflows.obligations import extensions
from workflows.obligations.models import Extension, Obligation
from workflows.organizations.models import Organization
from workflows.organizations.service import create_tree
from workflows.organizations.types import OrganizationKind, OrganizationNode
from workflows.register import grams, judging
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus, Flag, Industry, RiskLevel
from workflows.subjects import Subject, SubjectKind
from workflows.submissions import queries as submissions
from workflows.sweep import Swept, advance, sweep
from workflows.tips.models import Tip

SHANGHAI = ZoneInfo("Asia/Shanghai")
DRIVE = templates.get("hundred-day-drive")
NO_TRAITS: Mapping[str, bool | None] = dict.fromkeys((flag.value for flag in Flag), False)
_NUMBERS = count(1)
About = Obligation | Hazard | Extension | Campaign | LaunchProposal | Enforcement | EvaluationTask | Tip


def at(text: str) -> datetime:
    """`2025-07-01 09:00` as an instant, read on a clock in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def end_of(text: str) -> datetime:
    """The last second of a Shanghai day."""
    return datetime.combine(date.fromisoformat(text), time(23, 59, 59), SHANGHAI)


def drive_of(
    *codes: str, due: Mapping[str, str | None] | None = None, duties: bool = False
) -> CampaignTemplate:
    """The hundred-day drive under another code with these items only; `due` gives some of them another day.

    Without the duties of government bodies unless they are asked for.
    """
    changed = due or {}
    items = [item for item in DRIVE.data["items"] if not codes or item["code"] in codes]
    items = [{**i, "due": changed[i["code"]]} if i["code"] in changed else i for i in items]
    bodies = DRIVE.data["duties"] if duties else []
    return templates.from_json(
        {**DRIVE.data, "code": f"drive-{next(_NUMBERS)}", "items": items, "duties": bodies}
    )


class OneSession:
    """Stands for a sessionmaker where a test lives in one transaction: each `begin` is a savepoint."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with self.session.begin_nested():
            yield self.session
        self.session.expire_all()


@dataclass
class World:
    """One lead office, two departments, two towns; enterprises and campaigns as a test asks for them."""

    session: Session
    folder: Path
    office: int
    departments: tuple[int, int]
    towns: tuple[int, int]
    now: datetime = field(default_factory=lambda: at("2025-06-20 09:00"))

    @property
    def sessions(self) -> sessionmaker[Session]:
        return cast("sessionmaker[Session]", OneSession(self.session))

    # --- who there is

    def firm(self, **facts: Any) -> Enterprise:
        """An enterprise whose every fact is known and unremarkable, unless said otherwise."""
        number = next(_NUMBERS)
        given = {
            "industry": Industry.OTHER, "employees": 20, "above_scale": False, "state_owned": False,
            "risk_level": RiskLevel.LOW, "status": EnterpriseStatus.OPERATING, "town_id": self.towns[0],
            "department_id": self.departments[0], "name": f"测试企业{number}", "has_safety_department": True,
            "full_time_officers": 1, "part_time_officers": 0, "commissioned_agency": False,
            "registered_engineers": 0, **facts,
        }  # fmt: skip
        flags = {**NO_TRAITS, **given.pop("flags", {})}
        code = f"TEST{number:014d}"
        home = Organization(
            kind=OrganizationKind.ENTERPRISE, name=given["name"], code=code, parent_id=given["town_id"]
        )
        self.session.add(home)
        self.session.flush()
        firm = Enterprise(id=home.id, uscc=code, flags=flags, updated_at=self.now, **given)
        self.session.add(firm)
        self.session.flush()
        grams.refresh(self.session, [firm.id])
        judging.refresh(self.session, [firm.id])
        return firm

    def person(self, organization_id: int, role: str, who: str = "a") -> Person:
        return Person(
            f"{role}-{organization_id}-{who}", frozenset({f"{organization_id}:{role}"}), organization_id
        )

    def safety(self, firm: Enterprise | int, who: str = "a") -> Person:
        return self.person(firm if isinstance(firm, int) else firm.id, "safety_officer", who)

    def principal(self, firm: Enterprise | int) -> Person:
        return self.person(firm if isinstance(firm, int) else firm.id, "principal")

    def town(self, who: str = "a", number: int = 0) -> Person:
        return self.person(self.towns[number], "town_officer", who)

    def department(self, who: str = "a", number: int = 0) -> Person:
        return self.person(self.departments[number], "department_officer", who)

    def lead(self, who: str = "a") -> Person:
        return self.person(self.office, "lead_officer", who)

    # --- time

    def advance(self, to: datetime) -> Swept:
        """Let time pass, every due instant in its order."""
        swept = advance(self.sessions, until=to, now=self.now)
        self.now = to
        return swept

    def jump(self, to: datetime) -> Swept:
        """The sweep stood still until `to`."""
        self.now = to
        return sweep(self.sessions, now=to)

    # --- what is launched and opened

    def launch(self, template: CampaignTemplate = DRIVE, **more: Any) -> Campaign:
        """Launch at once; background jobs of that instant have run."""
        facts = {
            "scope": Scope(), "office_id": self.office, "title": template.title,
            "actor": "lead", "now": self.now, **more,
        }  # fmt: skip
        campaign = campaigns.launch(self.session, template, **facts)
        self.jump(self.now)
        return campaign

    def obligation(
        self, firm: Enterprise | None = None, *, code: str = "3", due: str | None = "2025-08-15"
    ) -> Obligation:
        """One obligation, dispatched: item 3 (licences, one slot `licences`) unless said otherwise."""
        owner = firm or self.firm()
        template = drive_of(code, due={code: due})
        title = f"{template.title} {next(_NUMBERS)}"
        scope = Scope(town_ids=(owner.town_id,))
        campaign = self.launch(template, title=title, scope=scope)
        phase = phase_of(template, template.item(code))
        if phase > 1:  # the campaign would do it later; it finds it done
            dispatch.dispatch_phase(self.session, self.dispatch_job(campaign, phase))
        query = select(Obligation).where(
            Obligation.campaign_id == campaign.id, Obligation.enterprise_id == owner.id
        )
        return self.session.scalars(query).one()

    def dispatch_job(self, campaign: Campaign, phase: int) -> JobContext:
        """What the campaign hands to the dispatch of a phase."""
        assert campaign.instance_id is not None
        return JobContext(
            instance_id=campaign.instance_id, group_id=campaign.id, business_key=f"campaign:{campaign.id}",
            node=f"dispatch_{phase}", topic="campaign.dispatch", properties={"phase": str(phase)}, variables={},
            now=self.now,
        )  # fmt: skip

    def hazard(self, firm: Enterprise | None = None, **more: Any) -> Hazard:
        owner = firm or self.firm()
        facts = {
            "title": "护栏松动", "place": "二号车间", "description": "东侧护栏松动", "found_by": "somebody", **more,
        }  # fmt: skip
        now = facts.pop("now", self.now)
        return hazards.open_hazard(self.session, hazards.Finding(enterprise_id=owner.id, **facts), now=now)

    def proof(self, organization_id: int) -> int:
        """A real picture, stored for an organisation; a new one each time."""
        content = simulation.PICTURE + str(next(_NUMBERS)).encode()
        stored = evidence.store(
            self.session, io.BytesIO(content), filename="proof.png", organization_id=organization_id,
            uploaded_by="test", now=self.now, folder=self.folder,
        )  # fmt: skip
        return stored.id

    # --- what people do

    def task(self, about: About, node: str) -> UserTask:
        """The open task at a node; fails when there is none."""
        query = select(UserTask).where(
            UserTask.instance_id == about.instance_id,
            UserTask.node == node,
            UserTask.status == TaskStatus.OPEN,
        )
        return self.session.scalars(query).one()

    def open_nodes(self, about: About) -> list[str]:
        """The nodes at which people have something to do."""
        query = select(UserTask.node).where(
            UserTask.instance_id == about.instance_id, UserTask.status == TaskStatus.OPEN
        )
        return sorted(self.session.scalars(query))

    def do(
        self,
        about: About,
        node: str,
        person: Person,
        **form: Any,
    ) -> Completed:
        """Complete a task as a page does."""
        task = self.task(about, node)
        done = inbox.complete(self.session, task.id, form=form, person=person, now=self.now)
        self.session.expire_all()
        return done

    def check(self, one: Obligation, **form: Any) -> Completed:
        """The safety officer's self-check: compliant, with a proof in every slot, unless said otherwise."""
        if not form:
            slots = self.slots(one)
            form = {
                "result": "compliant",
                "statement": "已逐条核对",
                "evidence": {slot: [self.proof(one.enterprise_id)] for slot in slots},
            }
        return self.do(one, "self_check", self.safety(one.enterprise_id), **form)

    def slots(self, one: Obligation) -> Sequence[str]:
        campaign = self.session.get_one(Campaign, one.campaign_id)
        return [s.code for s in campaigns.template_of(campaign).item(one.item_code).evidence if s.required]

    def sign(self, one: Obligation) -> Completed:
        return self.do(one, "sign", self.principal(one.enterprise_id), signed=True)

    def submit(self, one: Obligation) -> None:
        """Self-check and signature."""
        self.check(one)
        self.sign(one)

    def accept(self, one: Obligation) -> None:
        """Town and department accept."""
        self.do(one, "town_review", self.town(), town_decision="accept")
        self.do(one, "department_review", self.department(), department_decision="accept")

    def finish(self, one: Obligation) -> None:
        """Accepted, and good on the spot where it is drawn for that."""
        self.accept(one)
        if "site_check" in self.open_nodes(one):
            self.do(one, "site_check", self.town("b"), site_result="pass", second_inspector="李检查")

    def ask(self, about: Obligation | Hazard, due_on: str, **more: Any) -> Extension:
        """The enterprise asks for more time."""
        kind = SubjectKind.OBLIGATION if isinstance(about, Obligation) else SubjectKind.HAZARD
        facts = {
            "due_on": date.fromisoformat(due_on), "reason": "设备到货推迟，需要延期", "office_id": self.office,
            "actor": "safety", "now": self.now, **more,
        }  # fmt: skip
        return extensions.request(self.session, Subject(kind, about.id), **facts)

    def report(self, hazard: Hazard, **more: Any) -> Completed:
        form = {
            "title": hazard.title, "place": hazard.place, "description": hazard.description or "现场发现",
            "possible_casualties": 0, "work_stopped": False, "matches_major_criteria": False, **more,
        }  # fmt: skip
        return self.do(hazard, "report", self.safety(hazard.enterprise_id), **form)

    def planned(self, hazard: Hazard, due_on: str = "2025-07-20") -> None:
        """A general hazard up to the work of fixing it."""
        self.report(hazard)
        self.do(hazard, "assess", self.town(), level="general", assessment="现场核实为一般")
        self.do(
            hazard, "plan", self.safety(hazard.enterprise_id),
            measures="更换护栏", responsible_person="车间主任", due_on=due_on,
        )  # fmt: skip

    def planned_major(self, hazard: Hazard, due_on: str = "2025-07-20") -> None:
        """A major hazard up to the work of fixing it."""
        self.report(
            hazard, possible_casualties=5, matches_major_criteria=True, immediate_measures="立即撤人并设警戒"
        )
        self.do(hazard, "assess", self.town(), level="major", assessment="符合判定标准")
        self.controlled(hazard, due_on)

    def controlled(self, hazard: Hazard, due_on: str = "2025-07-20", *, accounted: bool = False) -> None:
        """A hazard known to be major up to the work: measures in place, plan checked, marks decided."""
        safety, proof = self.safety(hazard.enterprise_id), self.proof(hazard.enterprise_id)
        self.do(hazard, "interim", safety, **remediation.measures(self.now))
        self.do(hazard, "confirm_interim", self.town(), interim_confirmed=True)
        self.do(hazard, "survey", safety, **remediation.survey(proof))
        self.do(hazard, "plan_major", safety, **remediation.major_plan(due_on))
        self.do(hazard, "approve_plan", self.department(), approved=True)
        self.do(hazard, "list_plate", self.department(), **remediation.plate(request_account=accounted))
        if accounted:
            self.do(hazard, "list_account", self.lead(), **remediation.account())

    def fix(self, hazard: Hazard, who: Person | None = None) -> Completed:
        return self.do(
            hazard, "fix", who or self.safety(hazard.enterprise_id),
            cause="年久失修", correction="已更换", prevention="列入点检", evidence=[self.proof(hazard.enterprise_id)],
        )  # fmt: skip

    def close_hazard(self, hazard: Hazard) -> None:
        """A general hazard from report to closure."""
        self.planned(hazard, due_on=(self.now + timedelta(days=10)).date().isoformat())
        self.fix(hazard)
        self.do(hazard, "verify", self.town(), passed=True)

    def accept_major(self, hazard: Hazard) -> None:
        """A fixed major hazard: accepted with a written opinion, and the department consents to resuming."""
        proof = self.proof(self.departments[0])
        self.do(hazard, "accept", self.department(), **remediation.acceptance(proof))
        self.do(hazard, "consent", self.department("b"), consented=True)

    # --- what came of it

    def steps(self, about: About, *, round: int | None = None) -> list[Escalation]:
        """The ladder's record, in the order in which the steps were taken."""
        assert about.instance_id is not None
        subject = Subject.parse(self.session.get_one(ProcessInstance, about.instance_id).business_key)
        query = select(Escalation).where(
            Escalation.subject_kind == subject.kind, Escalation.subject_id == subject.id
        )
        if round is not None:
            query = query.where(Escalation.round == round)
        return list(self.session.scalars(query.order_by(Escalation.round, Escalation.id)))

    def acted(self, about: About, *, round: int | None = None) -> list[tuple[int, str]]:
        """Offset and Shanghai minute of each step that was taken."""
        return [
            (one.offset, one.acted_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
            for one in self.steps(about, round=round)
        ]

    def last_form(self, about: Obligation | Hazard, node: str = "self_check") -> dict[str, Any]:
        """What was last submitted at a node."""
        assert about.instance_id is not None
        found = submissions.last(submissions.of_instance(self.session, about.instance_id), node)
        assert found is not None
        return found.form

    def variables(self, about: Obligation | Hazard | Campaign) -> dict[str, Any]:
        assert about.instance_id is not None
        return self.session.get_one(ProcessInstance, about.instance_id).variables


def found_district(session: Session, now: datetime) -> None:
    """What `World` needs: definitions, handlers, the authorities."""
    handlers.register()
    processes.deploy_all(session, now=now)
    nodes = [
        *(OrganizationNode(OrganizationKind.DEPARTMENT, f"D{n}", f"测试部门{n}") for n in (1, 2)),
        *(OrganizationNode(OrganizationKind.TOWN, f"T{n}", f"测试镇{n}") for n in (1, 2)),
    ]
    create_tree(session, OrganizationNode(OrganizationKind.DISTRICT_OFFICE, "O1", "测试安委办", tuple(nodes)))


def world_in(session: Session, folder: Path) -> World:
    """The district that `found_district` made."""
    ids = {one.code: one.id for one in session.scalars(select(Organization))}
    return World(session, folder, ids["O1"], (ids["D1"], ids["D2"]), (ids["T1"], ids["T2"]))
