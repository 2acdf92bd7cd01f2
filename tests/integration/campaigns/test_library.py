"""Kept versions of templates: by content, apart from running campaigns, refused when unsound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.factories import DRIVE, World
from workflows.campaigns import library
from workflows.campaigns.editing import Changes, RowChange, SetChange, apply
from workflows.campaigns.models import TemplateVersion
from workflows.campaigns.service import template_of
from workflows.campaigns.templates import TemplateRefused, get
from workflows.exceptions import NotFound

ANSHAN = get("anshan-three-year")


def changed(data: Mapping[str, Any] = DRIVE.data, **more: Any) -> dict[str, Any]:
    return apply(data, Changes(title=data["title"], default_due_on=data["default_due_on"], **more))


def save(world: World, data: dict[str, Any]) -> library.Offer:
    return library.save(world.session, data, based_on="hundred-day-drive", actor="lu", now=world.now)


def test_a_change_is_a_version_beside_the_templates_of_the_product(world: World) -> None:
    kept = save(world, changed(rows={"3": RowChange("证照核对", "2025-08-01")}))
    assert [one.key for one in library.offers(world.session)] == [
        "anshan-three-year", "hundred-day-drive", "safety-staff", kept.key,
    ]  # fmt: skip
    item = library.find(world.session, kept.key).template.item("3")
    assert (item.title, str(item.due_on)) == ("证照核对", "2025-08-01")


def test_the_same_content_is_the_same_version(world: World) -> None:
    first = save(world, changed(rows={"3": RowChange("证照核对", None)}))
    again = save(world, changed(rows={"3": RowChange("证照核对", None)}))
    assert first.key == again.key
    assert world.session.scalar(select(func.count()).select_from(TemplateVersion)) == 1


def test_a_running_campaign_keeps_its_own_copy(world: World) -> None:
    world.firm()
    campaign = world.launch()
    save(world, changed(rows={"3": RowChange("证照核对", None)}))
    assert template_of(campaign).item("3").title == DRIVE.item("3").title


def test_dropped_rows_are_gone(world: World) -> None:
    kept = save(
        world,
        changed(rows={"3": RowChange("", None, is_kept=False), "D1": RowChange("", None, is_kept=False)}),
    )
    assert "3" not in {item.code for item in kept.template.items}
    assert "D1" not in {duty.code for duty in kept.template.duties}


def test_sets_and_numbers_are_defined(world: World) -> None:
    data = changed(
        ANSHAN.data, sets={"key_fields": SetChange(("machinery",), None), "large": SetChange(None, 1000)}
    )
    kept = save(world, data).template
    assert {one.code: one.members.employees_at_least for one in kept.sets}["large"] == 1000


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"rows": {"3": RowChange("证照", "2025-02-30")}}, "items[4] (3).due", "schema"),
        ({"rows": {"3": RowChange("", None)}}, "items[4] (3).title", "schema"),
        ({"rows": {"D7": RowChange("执法", "2025-08-01")}}, "duties[6] (D7).opens_on", "opens-after-due"),
        (
            {"phases": {"enforcement": ("2025-08-20", "2025-09-15")}},
            "phases[2] (enforcement).starts_on",
            "phases-do-not-adjoin",
        ),
    ],
)  # fmt: skip
def test_a_broken_rule_is_refused_with_its_row(
    world: World, change: dict[str, Any], place: str, code: str
) -> None:
    with pytest.raises(TemplateRefused) as refused:
        save(world, changed(**change))
    assert [(flaw.place, flaw.code) for flaw in refused.value.flaws][:1] == [(place, code)]
    assert world.session.scalar(select(func.count()).select_from(TemplateVersion)) == 0


@pytest.mark.parametrize("key", ["", "%", "abcdefabcdef", "hundred"])
def test_an_unknown_key_is_not_found(world: World, key: str) -> None:
    save(world, changed(rows={"3": RowChange("证照核对", None)}))
    with pytest.raises(NotFound):
        library.find(world.session, key)
