"""What each role may do; the pages ask for a permission, never for a role."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from workflows.accounts.types import Role


class Permission(StrEnum):
    """One thing a page or a button does."""

    WORK = "work"  # the inbox and its forms; whose task it is, the candidate group decides
    SEE_OWN_FILE = "see_own_file"  # obligations, hazards and evidence of one's own organisation
    REPORT_HAZARD = "report_hazard"
    ASK_EXTENSION = "ask_extension"
    URGE = "urge"  # who has what one's enterprise has submitted
    UPLOAD_EVIDENCE = "upload_evidence"
    REVIEW = "review"
    DECIDE_EXTENSION = "decide_extension"
    DIRECT_HAZARD = "direct_hazard"  # raise its level, hand it to another department, merge it, open it again
    IMPORT_HAZARDS = "import_hazards"  # open hazards of enterprises in sight, from a workbook
    MAKE_TIP_CODES = "make_tip_codes"  # codes to print, through which people report without an account
    SEE_TIPS = "see_tips"  # what was reported through them
    OPEN_EVENT = "open_event"  # an accident or a hazardous job of one's own enterprise
    OBJECT = "object"  # to one's own line on a failing list
    DECIDE_FAILING_LIST = (
        "decide_failing_list"  # strike lines and sign, for one's own department; the office for any
    )
    OPEN_DUTY = "open_duty"  # a duty that comes with a finding
    EDIT_TEMPLATES = "edit_templates"
    EDIT_DOCUMENTS = "edit_documents"  # the templates of documents, the office's or one's own department's
    EDIT_LADDER = "edit_ladder"  # which steps follow on what is late, and when
    SEE_CAMPAIGNS = "see_campaigns"
    LAUNCH = "launch"
    SEE_OVERDUE = "see_overdue"
    REMIND = "remind"
    PROMISE = "promise"  # by which day it will be done, in answer to an urge
    SEE_ENTERPRISES = "see_enterprises"
    IMPORT_REGISTER = "import_register"
    EDIT_FILE = "edit_file"  # facts, contacts and licences of enterprises in sight; what no longer applies
    COMPLETE_FILE = "complete_file"  # facts of one's own enterprise that are still unknown
    SEE_PROCESSES = "see_processes"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_CALENDAR = "manage_calendar"
    MANAGE_CHANNELS = "manage_channels"  # what did not go out by mail or chat
    RETRY_INCIDENTS = "retry_incidents"
    READ_AUDIT = "read_audit"
    APPRAISE = "appraise"  # report values, set self-evaluations, freeze an appraisal
    MOVE_CLOCK = "move_clock"  # sample mode only; the clock's routes do not exist in production


_EVERYONE = frozenset({Permission.WORK, Permission.SEE_OWN_FILE, Permission.MOVE_CLOCK})
_ENTERPRISE = _EVERYONE | {
    Permission.UPLOAD_EVIDENCE,
    Permission.REPORT_HAZARD,
    Permission.ASK_EXTENSION,
    Permission.OPEN_EVENT,
    Permission.COMPLETE_FILE,
    Permission.OBJECT,
    Permission.URGE,
    Permission.PROMISE,
}
_AUTHORITY = _EVERYONE | {
    Permission.REVIEW,
    Permission.REPORT_HAZARD,
    Permission.UPLOAD_EVIDENCE,
    Permission.SEE_CAMPAIGNS,
    Permission.SEE_OVERDUE,
    Permission.REMIND,
    Permission.PROMISE,
    Permission.SEE_ENTERPRISES,
}

GRANTED: dict[Role, frozenset[Permission]] = {
    Role.SAFETY_OFFICER: _ENTERPRISE | {Permission.MAKE_TIP_CODES},
    Role.PRINCIPAL: _ENTERPRISE,
    Role.TOWN_OFFICER: _AUTHORITY
    | {
        Permission.OPEN_DUTY,
        Permission.EDIT_FILE,
        Permission.DIRECT_HAZARD,
        Permission.IMPORT_HAZARDS,
        Permission.MAKE_TIP_CODES,
        Permission.SEE_TIPS,
    },
    Role.DEPARTMENT_OFFICER: _AUTHORITY
    | {
        Permission.DECIDE_EXTENSION,
        Permission.OPEN_DUTY,
        Permission.DECIDE_FAILING_LIST,
        Permission.EDIT_DOCUMENTS,
        Permission.DIRECT_HAZARD,
        Permission.IMPORT_HAZARDS,
    },
    Role.LEAD_OFFICER: _AUTHORITY
    | {
        Permission.DECIDE_EXTENSION,
        Permission.DECIDE_FAILING_LIST,
        Permission.DIRECT_HAZARD,
        Permission.IMPORT_HAZARDS,
        Permission.LAUNCH,
        Permission.EDIT_TEMPLATES,
        Permission.EDIT_DOCUMENTS,
        Permission.EDIT_LADDER,
        Permission.SEE_TIPS,
        Permission.OPEN_DUTY,
        Permission.EDIT_FILE,
        Permission.IMPORT_REGISTER,
        Permission.SEE_PROCESSES,
        Permission.MANAGE_CALENDAR,
        Permission.APPRAISE,
    },
    Role.LEADER: _EVERYONE | {Permission.SEE_CAMPAIGNS, Permission.SEE_OVERDUE, Permission.SEE_ENTERPRISES},
    Role.ADMINISTRATOR: _EVERYONE
    | {
        Permission.SEE_CAMPAIGNS,
        Permission.SEE_ENTERPRISES,
        Permission.SEE_PROCESSES,
        Permission.IMPORT_REGISTER,
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_CALENDAR,
        Permission.MANAGE_CHANNELS,
        Permission.RETRY_INCIDENTS,
        Permission.READ_AUDIT,
    },
}


def granted(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything the given roles together may do."""
    return frozenset().union(*(GRANTED[role] for role in roles))
