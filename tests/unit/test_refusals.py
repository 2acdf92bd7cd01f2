"""What the command line says: every rule of passwords in words, secrets never, unknown codes with their facts."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from workflows.accounts.exceptions import WeakPassword
from workflows.accounts.rules import password_problem
from workflows.exceptions import Conflict, NotFound
from workflows.refusals import sentence, settings_sentence
from workflows.settings import Settings


@pytest.mark.parametrize("password", ["Ab1", "abcdefgh", "Zhoumin-1", "Aa1-" * 65])
def test_every_weak_password_is_told_what_it_lacks(password: str) -> None:
    problem = password_problem(password, username="zhoumin")
    assert problem is not None
    assert sentence(WeakPassword(problem=problem)).startswith("密码")


@pytest.mark.parametrize("refused", [Conflict(what="weather", by="rain"), NotFound(what="sun", id=1)])
def test_what_nobody_put_into_words_shows_its_facts(refused: Conflict | NotFound) -> None:
    assert sentence(refused).startswith(refused.code)
    assert str(next(iter(refused.data.values()))) in sentence(refused)


def test_two_wrong_settings_are_two_lines() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(mode="festival", port="eighty")  # type: ignore[arg-type]
    lines = settings_sentence(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["BIHUAN_MODE=festival", "BIHUAN_PORT=eighty"]


def test_an_address_is_not_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(database_url="mysql://anna:Secret-1@localhost/x")
    assert "Secret-1" not in settings_sentence(caught.value)
