"""Three-valued answers: truth tables, and which unknown facts are asked for."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.campaigns.applicability import (
    AllOf,
    AnyOf,
    Applicability,
    Assessment,
    Not,
    Predicate,
    evaluate,
    parse,
)
from workflows.register.types import EnterpriseFacts, Flag, Industry, RiskLevel

YES, NO, OPEN = Applicability.APPLIES, Applicability.NOT_APPLICABLE, Applicability.UNKNOWN
NOBODY_KNOWS = EnterpriseFacts()


@dataclass(frozen=True)
class Fixed:
    """A condition whose answer is given."""

    result: Applicability
    name: str = "fact"

    def assess(self, facts: EnterpriseFacts) -> Assessment:
        return Assessment(self.result, (self.name,) if self.result is OPEN else ())


def answer(data: object, facts: EnterpriseFacts = NOBODY_KNOWS) -> Assessment:
    return evaluate(parse(data, {"limit": None, "known": 50}), facts)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (YES, YES, YES),
        (YES, NO, NO),
        (YES, OPEN, OPEN),
        (NO, NO, NO),
        (NO, OPEN, NO),
        (OPEN, OPEN, OPEN),
    ],
)
def test_all_follows_the_truth_table_both_ways(
    left: Applicability, right: Applicability, expected: Applicability
) -> None:
    answers = [AllOf((Fixed(a), Fixed(b))).assess(NOBODY_KNOWS) for a, b in ((left, right), (right, left))]
    assert [one.result for one in answers] == [expected, expected]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (YES, YES, YES),
        (YES, NO, YES),
        (YES, OPEN, YES),
        (NO, NO, NO),
        (NO, OPEN, OPEN),
        (OPEN, OPEN, OPEN),
    ],
)
def test_any_follows_the_truth_table_both_ways(
    left: Applicability, right: Applicability, expected: Applicability
) -> None:
    answers = [AnyOf((Fixed(a), Fixed(b))).assess(NOBODY_KNOWS) for a, b in ((left, right), (right, left))]
    assert [one.result for one in answers] == [expected, expected]


@pytest.mark.parametrize(("given_", "expected"), [(YES, NO), (NO, YES), (OPEN, OPEN)])
def test_not_follows_the_truth_table(given_: Applicability, expected: Applicability) -> None:
    assert Not(Fixed(given_)).assess(NOBODY_KNOWS).result is expected


def test_an_open_answer_names_each_fact_once_and_sorted() -> None:
    found = AllOf((Fixed(OPEN, "b"), Fixed(OPEN, "a"), Fixed(OPEN, "b"), Fixed(YES))).assess(NOBODY_KNOWS)
    assert found.unknown == ("a", "b")


def test_a_settled_answer_asks_for_nothing() -> None:
    assert AnyOf((Fixed(OPEN), Fixed(YES))).assess(NOBODY_KNOWS).unknown == ()


def test_everyone_applies_without_any_fact() -> None:
    assert answer("everyone").result is YES


@pytest.mark.parametrize(
    ("data", "fact"),
    [
        ({"industry": ["metal_smelting"]}, "industry"),
        ({"flag": "dust"}, "dust"),
        ({"employees_at_least": 300}, "employees"),
        ({"above_scale": True}, "above_scale"),
        ({"state_owned": True}, "state_owned"),
        ({"risk_level": ["major"]}, "risk_level"),
        ({"employees_at_least": "limit"}, "parameter:limit"),
    ],
)
def test_a_fact_that_nobody_knows_leaves_it_open_and_is_named(data: object, fact: str) -> None:
    assert answer(data) == Assessment(OPEN, (fact,))


@pytest.mark.parametrize(
    ("data", "facts", "expected"),
    [
        ({"industry": ["metal_smelting"]}, EnterpriseFacts(industry=Industry.METAL_SMELTING), YES),
        ({"industry": ["metal_smelting"]}, EnterpriseFacts(industry=Industry.OTHER), NO),
        ({"flag": "dust"}, EnterpriseFacts(flags={Flag.DUST: True}), YES),
        ({"flag": "dust"}, EnterpriseFacts(flags={Flag.DUST: False}), NO),
        ({"flag": "dust"}, EnterpriseFacts(flags={Flag.DUST: None}), OPEN),
        ({"employees_at_least": 300}, EnterpriseFacts(employees=300), YES),
        ({"employees_at_least": 300}, EnterpriseFacts(employees=299), NO),
        ({"employees_at_least": "known"}, EnterpriseFacts(employees=50), YES),
        ({"above_scale": True}, EnterpriseFacts(above_scale=False), NO),
        ({"above_scale": False}, EnterpriseFacts(above_scale=False), YES),
        ({"state_owned": True}, EnterpriseFacts(state_owned=True), YES),
        ({"risk_level": ["major", "larger"]}, EnterpriseFacts(risk_level=RiskLevel.LARGER), YES),
        ({"risk_level": ["major", "larger"]}, EnterpriseFacts(risk_level=RiskLevel.LOW), NO),
        ({"not": {"flag": "night"}}, EnterpriseFacts(flags={Flag.NIGHT: False}), YES),
    ],
)
def test_a_known_fact_settles_its_condition(
    data: object, facts: EnterpriseFacts, expected: Applicability
) -> None:
    assert answer(data, facts).result is expected


@pytest.mark.parametrize(
    "data",
    [
        "all",
        {},
        {"flag": "dust", "above_scale": True},
        {"flag": "dusty"},
        {"industry": ["moon"]},
        {"colour": 1},
        {"employees_at_least": "nowhere"},
        None,
    ],
)
def test_a_condition_that_nobody_knows_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        answer(data)


conditions = st.recursive(
    st.sampled_from([{"flag": flag.value} for flag in Flag]),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda some: {"all": some}),
        st.lists(parts, min_size=1, max_size=3).map(lambda some: {"any": some}),
        parts.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
traits = st.dictionaries(st.sampled_from(list(Flag)), st.sampled_from([True, False, None]))


def filled(known: dict[Flag, bool | None], value: bool) -> EnterpriseFacts:
    return EnterpriseFacts(flags={flag: value if known.get(flag) is None else known[flag] for flag in Flag})


@given(conditions, traits, st.booleans())
def test_filling_in_unknown_facts_never_overturns_a_settled_answer(
    data: object, known: dict[Flag, bool | None], value: bool
) -> None:
    predicate: Predicate = parse(data, {})
    before = evaluate(predicate, EnterpriseFacts(flags=known))
    after = evaluate(predicate, filled(known, value))
    assert before.result in (OPEN, after.result)


@given(conditions, traits)
def test_knowing_the_named_facts_settles_the_answer(data: object, known: dict[Flag, bool | None]) -> None:
    predicate = parse(data, {})
    named = evaluate(predicate, EnterpriseFacts(flags=known)).unknown
    completed = {**known, **{Flag(name): True for name in named}}
    assert evaluate(predicate, EnterpriseFacts(flags=completed)).result is not OPEN
