"""What follows a signature: enterprises are told, enforcements open, and a named person decides on a circular."""

from __future__ import annotations

from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from workflows.audit import service as audit
from workflows.campaigns.models import Campaign, FailingList
from workflows.enforcement.service import open_for
from workflows.failing.queries import standing
from workflows.failing.telling import tell_enterprises
from workflows.notifications.service import notify
from workflows.organizations.models import Organization
from workflows.organizations.queries import office_id
from workflows.subjects import Subject, SubjectKind


def begin(session: Session, listed: FailingList, *, firms: int) -> None:
    """Start what follows, in the background: a list may name thousands."""
    assert listed.signed_at is not None
    campaign = session.get_one(Campaign, listed.campaign_id)
    department = session.get_one(Organization, listed.department_id)
    variables = {
        "list_id": listed.id, "department_id": department.id, "office_id": office_id(session),
        "title": campaign.title, "circular_draft": _draft(listed, campaign, department, firms),
    }  # fmt: skip
    started = runtime.start(
        session, key="failing_list", business_key=str(Subject(SubjectKind.FAILING_LIST, listed.id)),
        group_id=campaign.id, variables=variables, now=listed.signed_at, actor=listed.signed_by or "",
    )  # fmt: skip
    listed.instance_id = started.id


def _draft(listed: FailingList, campaign: Campaign, department: Organization, firms: int) -> str:
    """A public text: it names firms, in a list below it, and nobody's phone or number."""
    day = f"{listed.cutoff_on.year}年{listed.cutoff_on.month}月{listed.cutoff_on.day}日"
    return (
        f"截至{day}，“{campaign.title}”规定的事项，下列{firms}家企业经督促仍未按要求落实，现予通报。\n"
        f"请有关企业立即整改，配合执法检查。对通报内容有异议的，可以向{department.name}提出。"
    )


def issue(session: Session, job: JobContext) -> None:
    """Tell every enterprise that stands and the lead office, and open an enforcement for each."""
    listed = session.get_one(FailingList, job.variables["list_id"])
    campaign = session.get_one(Campaign, listed.campaign_id)
    entries = standing(session, listed)
    firms = [one.enterprise_id for one in entries]
    tell_enterprises(session, listed, firms, campaign=campaign, kind="failing_list.signed", at=job.now)
    department = session.get_one(Organization, listed.department_id)
    office = job.variables["office_id"]
    told = {"campaign": campaign.title, "department": department.name, "count": len(entries)}
    notify(
        session, f"{office}:lead_officer",
        kind="failing_list.handed_over", subject=job.business_key, data=told, at=job.now,
    )  # fmt: skip
    if entries:
        open_for(session, listed, entries, office_id=office, now=job.now)


def publish(session: Session, job: JobContext) -> None:
    """Keep the circular as a named person signed it; its enterprises are told."""
    listed = session.get_one(FailingList, job.variables["list_id"])
    listed.circular, listed.circular_at = job.variables["text"], job.now
    listed.circular_by = job.variables["actor"]
    audit.record(
        session, at=job.now, actor=job.variables["actor"], action="circular.sign", subject=job.business_key,
        detail={"opinion": job.variables["opinion"]},
    )  # fmt: skip
    campaign = session.get_one(Campaign, listed.campaign_id)
    firms = [one.enterprise_id for one in standing(session, listed)]
    tell_enterprises(session, listed, firms, campaign=campaign, kind="circular.published", at=job.now)
