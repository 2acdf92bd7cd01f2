"""What a search of two characters looks up: every two neighbouring characters of a name, made by the database itself.

Neither PostgreSQL's trigrams nor SQLite's FTS5 finds words of two characters; reading 30,000 names takes 20 to
60 ms, this table less than 2 ms.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, delete, select, text
from sqlalchemy.orm import Session

from workflows.register.models import Enterprise, Gram

_MAKE = text("""
    INSERT INTO enterprise_gram (gram, enterprise_id)
    WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < 199)
    SELECT substr(lower(name), n, 2), id FROM enterprise JOIN place ON n < length(name) WHERE id IN :ids
    UNION
    SELECT substr(lower(short_name), n, 2), id FROM enterprise JOIN place ON n < length(short_name) WHERE id IN :ids
""").bindparams(bindparam("ids", expanding=True))


def refresh(session: Session, ids: Sequence[int]) -> None:
    """Make the entries of these enterprises again (at most a few hundred at once: they are one statement's limit)."""
    session.execute(delete(Gram).where(Gram.enterprise_id.in_(ids)))
    session.execute(_MAKE, {"ids": list(ids)})


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
