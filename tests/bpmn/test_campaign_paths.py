"""Every path of a campaign: four phases by date, reviews beside them, the summary at the end."""

from __future__ import annotations

from engine import timers
from tests.bpmn.playing import Play, Run

PHASE_ENDS = ("07-01 00:00", "08-16 00:00", "09-16 00:00", "10-01 00:00")


def test_the_four_phases_change_at_the_end_of_their_last_day(play: Play) -> None:
    run = begun(play)
    seen = [run.next_timer]
    for when in PHASE_ENDS[:3]:
        play.at(when)
        seen.append(run.next_timer)
    assert seen == ["06-30 23:59", "08-10 23:59", "09-15 23:59", "09-30 23:59"]


def test_each_phase_dispatches_when_it_begins(play: Play) -> None:
    begun(play)
    for when in PHASE_ENDS:
        play.at(when)
    dispatched = [
        (c.properties["phase"], c.at.strftime("%m-%d")) for c in play.domain.called("campaign.dispatch")
    ]
    assert dispatched == [("1", "06-20"), ("2", "07-01"), ("3", "08-16"), ("4", "09-16")]


def test_the_dispatch_is_left_to_the_background(play: Play) -> None:
    run = play.start("campaign")
    assert run.open() == {"dispatch_1", "open_periods"}
    assert play.domain.calls == []
    assert timers.next_due(play.session) is None
    play.sweep()
    assert run.open() == {"phase_1_end"}


def test_a_review_does_not_hold_up_the_next_phase(play: Play) -> None:
    run = begun(play)
    for when in PHASE_ENDS:
        play.at(when)
    assert run.tasks().keys() == {"review_1", "review_2", "review_3", "review_4", "summary"}


def test_a_review_can_be_written_while_the_next_phase_runs(play: Play) -> None:
    run = begun(play)
    play.at(PHASE_ENDS[0])
    run.do("review_1", assessment="进展正常")
    assert run.tasks() == {}
    assert run.next_timer == "08-10 23:59"


def test_the_campaign_is_archived_after_its_summary_and_ends_with_its_last_review(play: Play) -> None:
    run = begun(play)
    for when in PHASE_ENDS:
        play.at(when)
    run.do("summary", summary="行动按期完成，成效明显")
    assert len(play.domain.called("campaign.archive")) == 1
    assert not run.ended
    for number in (2, 1, 4, 3):
        run.do(f"review_{number}", assessment="进展正常")
    assert run.ended


def test_the_failing_lists_are_drafted_on_their_date_and_supplemented_in_phase_three(play: Play) -> None:
    run = begun(play)
    play.at(PHASE_ENDS[0])
    play.at("08-10 23:58")
    assert play.domain.called("campaign.draft_failing_lists") == []
    play.at("08-11 00:00")
    assert len(play.domain.called("campaign.draft_failing_lists")) == 1
    assert run.next_timer == "08-15 23:59"
    assert play.domain.called("campaign.supplement_failing_lists") == []
    play.at(PHASE_ENDS[1])
    assert len(play.domain.called("campaign.supplement_failing_lists")) == 1


def test_a_campaign_without_a_date_for_the_list_drafts_none(play: Play) -> None:
    begun(play, failing_list_at=None)
    play.at(PHASE_ENDS[0])
    play.at(PHASE_ENDS[1])
    assert play.domain.called("campaign.draft_failing_lists") == []
    assert [c.properties["phase"] for c in play.domain.called("campaign.dispatch")] == ["1", "2", "3"]


def test_after_a_long_silence_the_phases_follow_one_another_in_order(play: Play) -> None:
    run = begun(play)
    play.at("10-09")
    assert [c.properties["phase"] for c in play.domain.called("campaign.dispatch")] == ["1", "2", "3", "4"]
    assert run.next_timer is None


def test_the_lead_office_reviews_and_sums_up(play: Play) -> None:
    run = begun(play)
    play.at("10-09")
    assert {task.candidate_group for task in run.tasks().values()} == {"1:lead_officer"}


def test_periods_open_on_their_days_beside_the_phases(play: Play) -> None:
    play.domain.periods = ["2025-07-01", "2025-08-01"]
    run = begun(play)
    assert "next_period" in run.open()
    for when in ("07-01 00:00", "08-01 00:00"):
        play.at(when)
    opened = [c.at.strftime("%m-%d") for c in play.domain.called("campaign.open_periods")]
    assert opened == ["06-20", "07-01", "08-01"]
    assert "next_period" not in run.open()


def begun(play: Play, **changes: None) -> Run:
    run = play.start("campaign", **changes)
    play.sweep()
    return run
