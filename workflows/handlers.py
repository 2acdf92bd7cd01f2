"""Which function answers which topic of a service task; imported once, by whoever runs processes."""

from __future__ import annotations

from engine import handlers as engine_handlers
from workflows.appraisal import evaluations
from workflows.campaigns import dispatch, proposals
from workflows.campaigns import service as campaigns
from workflows.cosigning import service as cosigning
from workflows.duties import service as duties
from workflows.enforcement import service as enforcement
from workflows.escalation import service as escalation
from workflows.failing import drafting, issuing, objections
from workflows.hazards import conclusion, control, effect
from workflows.hazards import service as hazards
from workflows.obligations import extensions
from workflows.obligations import service as obligations
from workflows.tips import service as tips

HANDLERS: dict[str, engine_handlers.Handler] = {
    "campaign.dispatch": dispatch.dispatch_phase,
    "campaign.draft_failing_lists": drafting.draft,
    "campaign.supplement_failing_lists": drafting.supplement,
    "campaign.archive": campaigns.archive,
    "campaign.open_periods": dispatch.open_periods,
    "cosign.record": cosigning.record,
    "escalation.plan": escalation.plan,
    "escalation.act": escalation.act,
    "enforcement.order": enforcement.order,
    "enforcement.expect_recheck": enforcement.expect_recheck,
    "enforcement.sanction": enforcement.sanction,
    "enforcement.close": enforcement.close,
    "failing_list.issue": issuing.issue,
    "failing_list.publish": issuing.publish,
    "extension.grant": extensions.grant,
    "extension.refuse": extensions.refuse,
    "hazard.report_at_once": hazards.report_at_once,
    "hazard.schedule": hazards.schedule,
    "hazard.next_round": hazards.next_round,
    "hazard.withdraw": hazards.withdraw,
    "hazard.close": effect.close,
    "hazard.begin_control": control.begin_control,
    "hazard.record_listing": control.record_listing,
    "hazard.plan_supervision": control.plan_supervision,
    "hazard.upgrade": control.upgrade,
    "hazard.conclude": conclusion.conclude,
    "hazard.order_suspension": conclusion.order_suspension,
    "hazard.record_effect": effect.record_effect,
    "hazard.reopen": effect.reopen,
    "hazard.merge": effect.merge,
    "launch.begin": proposals.begin,
    "launch.withdraw": proposals.withdraw,
    "objection.record": objections.record,
    "obligation.notify": obligations.notify_enterprise,
    "obligation.open_hazards": obligations.open_hazards,
    "obligation.next_round": obligations.next_round,
    "obligation.withdraw": obligations.withdraw,
    "obligation.draw_sample": obligations.draw_sample,
    "obligation.close": obligations.close,
    "self_evaluation.close": evaluations.close,
    "self_evaluation.next_round": evaluations.next_round,
    "self_evaluation.record": evaluations.record,
    "tip.accept": tips.accept,
    "tip.join": tips.join,
    "tip.close": tips.close,
    "tip.forward": tips.forward,
    "unit_task.accept": duties.accept,
    "unit_task.next_round": duties.next_round,
    "unit_task.withdraw": duties.withdraw,
    "unit_task.close": duties.close,
}


BATCHES: dict[str, engine_handlers.BatchHandler] = {  # the same for many instances at once
    "escalation.plan": escalation.plan_many,
    "escalation.act": escalation.act_many,
    "hazard.report_at_once": hazards.report_many_at_once,
    "hazard.schedule": hazards.schedule_many,
    "hazard.next_round": hazards.next_rounds,
    "hazard.close": effect.close_many,
    "obligation.notify": obligations.notify_enterprises,
    "obligation.open_hazards": obligations.open_hazards_of_many,
    "obligation.next_round": obligations.next_rounds,
    "obligation.draw_sample": obligations.draw_samples,
    "obligation.close": obligations.close_many,
    "unit_task.accept": duties.accept_many,
    "unit_task.next_round": duties.next_rounds,
    "unit_task.close": duties.close_many,
}


def register() -> None:
    """Tell the engine about every handler; telling it again changes nothing."""
    for topic, handler in HANDLERS.items():
        engine_handlers.register(topic, handler, batch=BATCHES.get(topic))
