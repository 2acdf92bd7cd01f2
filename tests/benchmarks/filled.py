"""The statements that write the district of `filling`; `n` counts rows, `bench_…` are its helping tables."""

from __future__ import annotations

from typing import Final

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many) "
FIRM = "(1 + i % :firms)"  # the number of the enterprise
TOWN_OF = "CASE WHEN {0} % 5 = 0 THEN :town + 3 ELSE :town + {0} / :departments % :towns END"  # one is large
DEPARTMENT_OF = "CASE WHEN {0} % 3 = 0 THEN :department ELSE :department + {0} % :departments END"
TOWN, DEPARTMENT = f"({TOWN_OF.format(FIRM)})", f"({DEPARTMENT_OF.format(FIRM)})"
SHARE = "((i + i / :firms * 37) % 100 * 7919) % 100"
LATE, REVIEW, LATELY, COMING, HELD = (
    f"{SHARE} < 10", f"{SHARE} BETWEEN 10 AND 13", f"{SHARE} BETWEEN 14 AND 23", f"{SHARE} BETWEEN 24 AND 38",
    f"{SHARE} = 39",
)  # fmt: skip
WITH_FIRM = f"({LATE} OR {COMING})"
PLACE = (
    f"CASE WHEN {WITH_FIRM} THEN 'self_check' WHEN {SHARE} BETWEEN 10 AND 12 THEN 'town_review' "
    f"WHEN {SHARE} = 13 THEN 'department_review' WHEN {HELD} THEN 'await_hazards' ELSE 'closed' END"
)
DAY = "JOIN bench_day s ON s.n = i % :days"
CLIMBED = (  # the last of the steps that were taken by then
    "(SELECT max(k.n * 10 + k.step) FROM bench_step k WHERE k.n = s.n AND "
    f"(({LATE} AND k.at <= :now) OR ({LATELY} AND k.at <= s.late_at)))"
)
DUE = f"CASE WHEN {COMING} THEN :later ELSE s.due_at END"

FIRMS: Final = (
    "INSERT INTO organization (id, kind, name, code, parent_id) " + COUNT + "SELECT 1000 + i, 'enterprise', "
    f"'企业' || i, 'B' || i, {TOWN_OF.format('i')} FROM n",
    "INSERT INTO enterprise (id, uscc, name, town_id, department_id, industry, employees, flags, status, risk_level, "
    "is_sample, updated_at) "
    + COUNT
    + f"SELECT 1000 + i, 'B' || i, '企业' || i, {TOWN_OF.format('i')}, {DEPARTMENT_OF.format('i')}, "
    "CASE i % 4 WHEN 0 THEN 'machinery' WHEN 1 THEN 'other' WHEN 2 THEN 'construction' ELSE 'metal_smelting' END, "
    "20, '{}', 'operating', 'low', FALSE, :now FROM n",
)
EACH: Final = (
    "INSERT INTO ladder_path (id, parent_id, action, acted_at) SELECT n * 10 + step, "
    "CASE WHEN step > 5 THEN n * 10 + step - 1 END, action, at FROM bench_step",
    "INSERT INTO process_instance (id, definition_id, group_id, business_key, marking_id, variables, timers, "
    "next_timer_at, status, version, started_at) " + COUNT + "SELECT 1000000 + i, :definition, :campaign, "
    "'obligation\\:' || (1000000 + i), p.marking_id, p.variables, '{}', "
    f"CASE WHEN {WITH_FIRM} THEN :later END, p.status, 0, :begin "
    f"FROM n JOIN bench_place p ON p.name = {PLACE}",
    "INSERT INTO obligation (id, campaign_id, item_code, period, title, phase, enterprise_id, town_id, department_id, "
    "due_at, original_due_at, round, round_kind, submitted_at, outcome, closed_at, path_id, instance_id) "
    + COUNT
    + "SELECT "
    f"1000000 + i, :campaign, b.code, '', b.title, 1, 1000 + {FIRM}, {TOWN}, {DEPARTMENT}, {DUE}, s.due_at, 1, "
    f"CASE WHEN {SHARE} BETWEEN 36 AND 38 THEN 'return' ELSE 'first' END, "
    f"CASE WHEN {WITH_FIRM} THEN NULL WHEN {LATELY} THEN s.late_at ELSE s.sent_at END, "
    f"CASE WHEN {WITH_FIRM} OR {REVIEW} OR {HELD} THEN NULL WHEN {SHARE} > 94 THEN 'defects_fixed' "
    "ELSE 'compliant' END, "
    f"CASE WHEN {WITH_FIRM} OR {REVIEW} OR {HELD} THEN NULL ELSE s.late_at END, {CLIMBED}, 1000000 + i "
    f"FROM n {DAY} JOIN bench_item b ON b.n = (i - 1) / :firms",
    "INSERT INTO user_task (id, instance_id, group_id, token, node, name, candidate_group, form_key, status, due_at, "
    "created_at, closed_at, version) " + COUNT + "SELECT 1000000 + i, 1000000 + i, :campaign, 't', 'self_check', "
    f"'自查', (1000 + {FIRM}) || '\\:safety_officer', 'self_check', "
    f"CASE WHEN {WITH_FIRM} THEN 'open' ELSE 'completed' END, "
    f"{DUE}, :begin, CASE WHEN {WITH_FIRM} THEN NULL WHEN {LATELY} THEN s.late_at ELSE s.sent_at END, 0 FROM n {DAY}",
    "INSERT INTO user_task (id, instance_id, group_id, token, node, name, candidate_group, form_key, status, "
    "created_at, version) " + COUNT + f"SELECT 3000000 + i, 1000000 + i, :campaign, 'r', {PLACE}, '审核', "
    f"CASE WHEN {SHARE} = 13 THEN {DEPARTMENT} || '\\:department_officer' ELSE {TOWN} || '\\:town_officer' END, "
    f"{PLACE}, 'open', s.sent_at, 0 FROM n {DAY} WHERE {REVIEW}",
    "INSERT INTO late_turn (task_id, kind, subject_id, campaign_id, town_id, department_id, enterprise_id, item_code, "
    "candidate_group, due_at, since, until, path_id) " + COUNT + "SELECT 1000000 + i, 'obligation', 1000000 + i, "
    ":campaign, "
    f"{TOWN}, {DEPARTMENT}, 1000 + {FIRM}, b.code, (1000 + {FIRM}) || '\\:safety_officer', s.due_at, :begin, "
    f"s.late_at, {CLIMBED} "
    f"FROM n {DAY} JOIN bench_item b ON b.n = (i - 1) / :firms WHERE {LATELY}",
    'INSERT INTO escalation (campaign_id, subject_kind, subject_id, enterprise_id, round, step, action, "offset", '
    "candidate_group, planned_at, acted_at, outcome) " + COUNT + "SELECT :campaign, 'obligation', 1000000 + i, "
    f"1000 + {FIRM}, 1, k.step, k.action, k.days, CASE k.step WHEN 5 THEN (1000 + {FIRM}) || '\\:principal' "
    f"WHEN 6 THEN {TOWN} || '\\:town_officer' ELSE :office || '\\:lead_officer' END, k.at, k.at, 'sent' "
    f"FROM n {DAY} JOIN bench_step k ON k.n = s.n "
    f"WHERE ({LATE} AND k.at <= :now) OR ({LATELY} AND k.at <= s.late_at)",
    "INSERT INTO notification (candidate_group, kind, subject, data, created_at) " + COUNT + "SELECT "
    f"(1000 + {FIRM}) || '\\:safety_officer', 'urged', 'obligation\\:' || (1000000 + i), '{{}}', s.late_at "
    f"FROM n {DAY} WHERE {SHARE} < 5",
)  # fmt: skip
WHERE_HAZARD = "CASE i % 4 WHEN 0 THEN 'fix' WHEN 1 THEN 'verify' ELSE 'over' END"
HAZARDS: Final = (
    "INSERT INTO process_instance (id, definition_id, group_id, business_key, marking_id, variables, timers, status, "
    "version, started_at) "
    + COUNT
    + "SELECT 5000000 + i, :hazards, :campaign, 'hazard\\:' || (5000000 + i), "
    f"p.marking_id, p.variables, '{{}}', p.status, 0, :begin FROM n JOIN bench_place p ON p.name = {WHERE_HAZARD}",
    "INSERT INTO hazard (id, campaign_id, enterprise_id, town_id, department_id, title, place, description, level, "
    "found_at, found_by, due_at, original_due_at, round, round_kind, closed_at, source, place_key, instance_id) "
    + COUNT
    + "SELECT "
    f"5000000 + i, :campaign, 1000 + {FIRM}, {TOWN}, {DEPARTMENT}, '护栏松动', '二号车间', '东侧', 'general', "
    "s.sent_at, 'x', s.late_at, s.late_at, 1, 'first', CASE WHEN i % 4 > 1 THEN s.late_at END, "
    "'report', '二号车间', 5000000 + i "
    f"FROM n {DAY}",
    "INSERT INTO user_task (id, instance_id, group_id, token, node, name, candidate_group, form_key, status, due_at, "
    "created_at, version) "
    + COUNT
    + f"SELECT 5000000 + i, 5000000 + i, :campaign, 'h', {WHERE_HAZARD}, '隐患', "
    f"CASE i % 4 WHEN 0 THEN (1000 + {FIRM}) || '\\:safety_officer' ELSE {TOWN} || '\\:town_officer' END, "
    f"'hazard_' || {WHERE_HAZARD}, "
    f"'open', CASE i % 4 WHEN 0 THEN s.late_at END, s.sent_at, 0 FROM n {DAY} WHERE i % 4 < 2",
)
AFTERWARDS: Final = (
    "UPDATE failing_list SET signed_at = :now, signed_by = 'x', opinion = '情况属实', circular = '现予通报。', "
    "circular_at = :now, circular_by = 'x' WHERE id % 2 = 0",
    "INSERT INTO enforcement (campaign_id, list_id, entry_id, enterprise_id, town_id, department_id, title, round, "
    "due_at, opened_at, outcome, closed_at) SELECT l.campaign_id, l.id, e.id, e.enterprise_id, e.town_id, "
    "l.department_id, '执法检查', 1, :later, :now, CASE WHEN e.id % 3 = 0 THEN 'closed' END, "
    "CASE WHEN e.id % 3 = 0 THEN l.signed_at END FROM failing_list_entry e JOIN failing_list l ON l.id = e.list_id "
    "WHERE l.signed_at IS NOT NULL AND e.id NOT IN (SELECT min(x.id) FROM failing_list_entry x GROUP BY x.list_id)",
    "INSERT INTO promise (subject_kind, subject_id, campaign_id, town_id, department_id, enterprise_id, "
    "organization_id, instance_id, whose, title, by_on, words, promised_by, promised_at, urged_by, urged_at, outcome, "
    "settled_at) SELECT 'obligation', o.id, o.campaign_id, o.town_id, o.department_id, o.enterprise_id, "
    "o.enterprise_id, o.instance_id, '企业', o.title, '2025-09-05', '本周内提交', 'x', o.due_at, 'y', o.due_at, "
    "CASE o.id % 3 WHEN 0 THEN 'broken' WHEN 1 THEN 'kept' END, CASE WHEN o.id % 3 < 2 THEN o.due_at END "
    "FROM obligation o WHERE o.submitted_at IS NULL AND o.closed_at IS NULL AND o.due_at < :now AND o.id % 4 = 0",
    "INSERT INTO user_task (id, instance_id, group_id, token, node, name, candidate_group, form_key, status, "
    "created_at, closed_at, actor, version) SELECT 7000000 + d.n, c.instance_id, c.id, 't' || d.n, "
    "CASE d.n WHEN 0 THEN 'review_1' ELSE 'summary' END, CASE d.n WHEN 0 THEN '第一阶段评议' ELSE '总结行动' END, "
    ":office || '\\:lead_officer', CASE d.n WHEN 0 THEN 'phase_review' ELSE 'summary' END, "
    "CASE d.n WHEN 0 THEN 'completed' ELSE 'open' END, :begin, CASE d.n WHEN 0 THEN s.late_at END, "
    "CASE d.n WHEN 0 THEN 'account\\:1' END, 0 "
    "FROM campaign c JOIN bench_day d ON d.n < 2 JOIN bench_day s ON s.n = 39 WHERE c.id = :campaign",
)
