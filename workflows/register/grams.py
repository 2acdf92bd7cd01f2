"""What a search of two characters looks up: every two neighbouring characters of a name, made by the database itself.

Neither PostgreSQL's trigrams nor SQLite's FTS5 finds words of two characters; reading 30,000 names takes 20 to
60 ms, this table less than 2 ms.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.register.models import Enterprise, Gram


def make(session: Session, ids: Sequence[int]) -> None:
    """Make the entries of enterprises that have none."""
    mine = among(Enterprise.id, ids)
    names = select(func.lower(Enterprise.name).label("words"), Enterprise.id).where(mine)
    short_names = select(func.lower(Enterprise.short_name), Enterprise.id).where(mine)
    rest = names.cte("rest", recursive=True)
    shorter = select(func.substr(rest.c.words, 2), rest.c.id).where(func.length(rest.c.words) > 2)
    rest = rest.union_all(short_names, shorter)
    pairs = select(func.substr(rest.c.words, 1, 2), rest.c.id).where(func.length(rest.c.words) > 1)
    session.execute(insert(Gram).from_select(["gram", "enterprise_id"], pairs.distinct()))


def refresh(session: Session, ids: Sequence[int]) -> None:
    """Make the entries of these enterprises again."""
    session.execute(delete(Gram).where(among(Gram.enterprise_id, ids)))
    make(session, ids)


def matching(words: str) -> list[ColumnElement[bool]]:
    """Conditions on enterprises: every word that was typed is in the name or the short name, or begins the code."""
    return [_matching(word.lower()) for word in words.split()]


def _matching(word: str) -> ColumnElement[bool]:
    code = word.upper()
    by_code = Enterprise.uscc.between(code, code + "Z" * max(0, 18 - len(code)))
    said = Enterprise.name.icontains(word, autoescape=True) | Enterprise.short_name.icontains(
        word, autoescape=True
    )
    if word.isascii() and word.isalnum() and len(word) >= 3:
        return by_code | (_with_grams(word) & said)
    if len(word) < 2:
        return said
    return _with_grams(word) if len(word) == 2 else _with_grams(word) & said


def _with_grams(word: str) -> ColumnElement[bool]:
    """Enterprises with the first and the last two characters of the word somewhere."""
    pairs = sorted({word[:2], word[-2:]})
    return Enterprise.id.in_(
        select(Gram.enterprise_id).where(Gram.gram == pairs[0])
        if len(pairs) == 1
        else select(Gram.enterprise_id)
        .where(Gram.gram == pairs[0])
        .intersect(select(Gram.enterprise_id).where(Gram.gram == pairs[1]))
    )
