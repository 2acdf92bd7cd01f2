"""Which function answers which topic of a service task; imported once, by whoever runs processes."""

from __future__ import annotations

from engine import handlers as engine_handlers
from workflows.campaigns import dispatch, failing_lists
from workflows.campaigns import service as campaigns
from workflows.escalation import service as escalation
from workflows.hazards import service as hazards
from workflows.obligations import extensions
from workflows.obligations import service as obligations

HANDLERS: dict[str, engine_handlers.Handler] = {
    "campaign.dispatch": dispatch.dispatch_phase,
    "campaign.draft_failing_lists": failing_lists.draft,
    "campaign.supplement_failing_lists": failing_lists.supplement,
    "campaign.archive": campaigns.archive,
    "escalation.plan": escalation.plan,
    "escalation.act": escalation.act,
    "extension.grant": extensions.grant,
    "extension.refuse": extensions.refuse,
    "hazard.report_at_once": hazards.report_at_once,
    "hazard.schedule": hazards.schedule,
    "hazard.next_round": hazards.next_round,
    "hazard.close": hazards.close,
    "obligation.notify": obligations.notify_enterprise,
    "obligation.open_hazards": obligations.open_hazards,
    "obligation.next_round": obligations.next_round,
    "obligation.draw_sample": obligations.draw_sample,
    "obligation.close": obligations.close,
}


def register() -> None:
    """Tell the engine about every handler; telling it again changes nothing."""
    for topic, handler in HANDLERS.items():
        engine_handlers.register(topic, handler)
