"""What a reporter wrote and photographed goes when it was no hazard; with a hazard it stays."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import World, at
from tests.integration.tips.test_tips import TEXT, WORDS, code_of, triage
from workflows.audit.models import AuditEntry
from workflows.evidence import service as evidence
from workflows.evidence import storage
from workflows.evidence.models import Evidence
from workflows.evidence.types import ANONYMOUS
from workflows.simulation import PICTURE
from workflows.tips import codes, retention, service
from workflows.tips.models import Tip

MACHINE = datetime(2030, 1, 1, tzinfo=UTC)  # long after the files of the tests were written
NOT_HAZARD = {"decision": "not_hazard", "reason": "经现场查看，护栏完好"}


def picture(world: World, *, town: int | None = None, who: str = ANONYMOUS, content: bytes = b"") -> Evidence:
    """A picture as it comes in with a form: without a name."""
    return evidence.store(
        world.session, BytesIO(PICTURE + content), filename="photo.png", organization_id=town or world.towns[0],
        uploaded_by=who, now=world.now, folder=world.folder,
    )  # fmt: skip


def tip_with(world: World, kept: Evidence, *, key: str = "form-1") -> Tip:
    code = code_of(world, world.firm(name=f"宏岳铸造{key}"))
    scanned = codes.scanned(world.session, code.token)
    assert scanned is not None
    sighting = service.Sighting(place="二号平台，我的工位旁", text=TEXT, evidence_id=kept.id, form_key=key)
    return service.take_in(world.session, scanned, sighting, now=world.now)


def erase(world: World, day: str) -> int:
    world.session.flush()
    done = retention.erase_due(world.session, folder=world.folder, now=at(day), machine_now=MACHINE)
    world.session.expire_all()
    return done


def file_of(world: World, kept: Evidence) -> Path:
    return storage.path_of(world.folder, kept.sha256)


def test_after_ninety_days_neither_words_nor_picture_are_left(world: World) -> None:
    kept = picture(world)
    tip, path, number = tip_with(world, kept), file_of(world, kept), kept.id
    triage(world, tip, **NOT_HAZARD)  # on 2025-06-20
    assert erase(world, "2025-09-18 01:00") == 0
    assert path.exists()
    erase(world, "2025-09-19 01:00")
    assert (tip.text, tip.place, tip.evidence_id) == ("", "二号平台", None)
    assert world.session.get(Evidence, number) is None
    assert not path.exists()


def test_what_was_decided_and_why_stays_to_be_looked_up(world: World) -> None:
    tip = tip_with(world, picture(world))
    triage(world, tip, **NOT_HAZARD)
    erase(world, "2025-09-19 01:00")
    assert (tip.outcome, tip.reason, tip.erased_at) == (
        "not_hazard",
        NOT_HAZARD["reason"],
        at("2025-09-19 01:00"),
    )


def test_it_is_written_down_that_it_was_erased_but_not_what(world: World) -> None:
    tip = tip_with(world, picture(world))
    triage(world, tip, **NOT_HAZARD)
    erase(world, "2025-09-19 01:00")
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "tip.erase")).one()
    assert (entry.subject, entry.detail) == (f"tip:{tip.id}", {})


def test_it_is_erased_once(world: World) -> None:
    triage(world, tip_with(world, picture(world)), **NOT_HAZARD)
    assert erase(world, "2025-09-19 01:00") > 0
    assert erase(world, "2025-09-20 01:00") == 0


@pytest.mark.parametrize("decided", [True, False])
def test_what_led_to_a_hazard_or_still_waits_is_kept(world: World, decided: bool) -> None:
    kept = picture(world)
    tip = tip_with(world, kept)
    if decided:
        triage(world, tip, **WORDS)
    erase(world, "2026-09-19 01:00")
    assert (tip.text, tip.evidence_id) == (TEXT, kept.id)
    assert file_of(world, kept).exists()


def test_a_picture_whose_form_was_never_sent_goes_after_a_day(world: World) -> None:
    kept = picture(world)
    path = file_of(world, kept)
    assert erase(world, "2025-06-21 08:00") == 0  # it came on the 20th at nine
    erase(world, "2025-06-21 10:00")
    assert not path.exists()


def test_a_file_that_somebody_else_has_too_stays(world: World) -> None:
    triage(world, tip_with(world, picture(world)), **NOT_HAZARD)
    other = picture(world, town=world.towns[1], who="account:7")
    erase(world, "2025-09-19 01:00")
    assert file_of(world, other).exists()


def test_a_picture_that_an_officer_uploads_too_is_theirs_and_stays(world: World) -> None:
    tip = tip_with(world, picture(world))
    theirs = picture(world, who="account:7")
    triage(world, tip, **NOT_HAZARD)
    erase(world, "2025-09-19 01:00")
    assert (tip.evidence_id, theirs.uploaded_by) == (None, "account:7")
    assert file_of(world, theirs).exists()


def test_a_file_that_has_just_come_in_again_stays(world: World) -> None:
    kept = picture(world)
    path = file_of(world, kept)
    fresh = MACHINE - timedelta(hours=1)
    os.utime(path, (fresh.timestamp(), fresh.timestamp()))
    erase(world, "2025-06-22 10:00")
    assert path.exists()


def test_the_picture_that_was_passed_on_stays_with_the_hazard(world: World) -> None:
    kept = picture(world)
    tip = tip_with(world, kept)
    triage(world, tip, **WORDS)
    erase(world, "2026-09-19 01:00")
    passed = world.session.scalars(
        select(Evidence).where(Evidence.organization_id == tip.enterprise_id)
    ).one()
    assert file_of(world, passed).exists()
