"""A filed report as facts of a document: the figures as they were taken, the words as they were sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from workflows import formats
from workflows.accounts.queries import names_of
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.documents.ranking import UNNUMBERED, tally_facts
from workflows.documents.types import Facts
from workflows.duties.models import UnitTask
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.reports.queries import Version
from workflows.reports.reported import SUMMARY, phase_number
from workflows.reports.snapshots import Figures


def monthly_facts(session: Session, task: UnitTask, version: Version) -> Facts:
    """A department's report of a month."""
    campaign = session.get_one(Campaign, task.campaign_id)
    form, year_month = version.submission.form, task.period.split("-")
    return {
        **_figures(session, campaign, version), **_signed(session, version),
        "行动名称": campaign.title, "单位": session.get_one(Organization, task.body_id).name,
        "期间": f"{year_month[0]}年{int(year_month[1])}月", "期限": formats.day(task.original_due_at),
        "第几次": f"第{version.number}次报送", "办理情况": form.get("statement", ""),
        "报送日期": formats.day(version.submission.submitted_at),
    }  # fmt: skip


def review_facts(session: Session, campaign: Campaign, version: Version) -> Facts:
    """The review of a phase, or the summary of the campaign."""
    form, filed_on = version.submission.form, formats.day(version.submission.submitted_at)
    common = {
        **_figures(session, campaign, version), **_signed(session, version), "文号": UNNUMBERED,
        "行动名称": campaign.title, "落款单位": session.get_one(Organization, campaign.office_id).name,
    }  # fmt: skip
    template = template_of(campaign)
    if version.submission.node == SUMMARY:
        span = f"{formats.day(template.starts_on)}至{formats.day(template.ends_on)}"
        cases = [_case(number, one) for number, one in enumerate(form.get("typical_cases", []), start=1)]
        return {
            **common,
            "行动起止": span,
            "总结": form.get("summary", ""),
            "总结日期": filed_on,
            "典型案例": cases,
        }
    phase = template.phases[phase_number(version.submission.node) - 1]
    return {
        **common, "阶段": phase.name, "评议日期": filed_on, "总体评价": form.get("assessment", ""),
        "阶段起止": f"{formats.day(phase.starts_on)}至{formats.day(phase.ends_on)}",
        "主要问题": form.get("problems", ""), "下一步安排": form.get("next_steps", ""),
    }  # fmt: skip


def _case(number: int, one: Mapping[str, Any]) -> dict[str, str]:
    return {
        "序号": str(number), "名称": one["title"], "单位": one.get("unit", ""), "做法": one["practice"],
        "成效": one.get("result", ""),
    }  # fmt: skip


def _signed(session: Session, version: Version) -> dict[str, str]:
    """Who signed: the name that was written, else that of who sent it."""
    actor = version.submission.actor
    sender = names_of(session, [actor]).get(actor, formats.NONE)
    return {"签发人": version.submission.form.get("signed_by") or sender, "报送人": sender}


def _figures(session: Session, campaign: Campaign, version: Version) -> dict[str, Any]:
    found = version.taken.figures if version.taken else None
    if found is None:
        return {name: [] if name in ("各镇街", "各清单项") else formats.NONE for name in FIGURES}
    numbers = {
        "企业数": found.enterprises, "本期办结": found.closed_new, "隐患数": found.hazards,
        "隐患已闭环": found.hazards_closed, "本期新发现隐患": found.hazards_new,
        "本期闭环隐患": found.hazards_closed_new,
    }  # fmt: skip
    return {
        "截止日期": formats.day(found.as_of), "起始日期": formats.day(found.since), **tally_facts(found.whole),
        **{name: formats.number(value) for name, value in numbers.items()},
        "各镇街": _towns(session, found), "各清单项": _items(campaign, found),
    }  # fmt: skip


FIGURES = (
    "截止日期", "起始日期", "企业数", "应办", "已办结", "办结率", "待审核", "被退回", "逾期", "本期办结", "隐患数",
    "隐患已闭环", "本期新发现隐患", "本期闭环隐患", "各镇街", "各清单项",
)  # fmt: skip


def _towns(session: Session, found: Figures) -> list[dict[str, str]]:
    towns = organizations.of_kind(session, OrganizationKind.TOWN)
    return [{"镇街": one.name, **tally_facts(found.towns[one.id])} for one in towns if one.id in found.towns]


def _items(campaign: Campaign, found: Figures) -> list[dict[str, str]]:
    return [
        {"项": one.code, "内容": one.title, **tally_facts(found.items[one.code])}
        for one in template_of(campaign).items if one.code in found.items
    ]  # fmt: skip
