"""Which topics say much the same as another: their words in common, by PostgreSQL's own text search."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, column, func, literal, select, true
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.orm import aliased

from app.topics.models import Topic

ENGLISH = cast(literal("english"), REGCONFIG)
READ = 2_000
"""Characters of each text that are compared: enough to tell, and few enough for any text there is."""
AT_MOST = 10
NORMAL = 32
"""Of ts_rank: a score from 0 to below 1."""


def _words(topic: Any) -> ColumnElement[Any]:
    texts = (func.left(text, READ) for text in (topic.title, topic.challenge, topic.impact))
    return func.to_tsvector(ENGLISH, func.concat_ws(" ", *texts))


def similar_to(key: UUID, readable: ColumnElement[bool]) -> Select[Any]:
    """The topics most like one, best first, with a score: of those whose text the reader may read anyhow."""
    own = aliased(Topic)
    word = func.unnest(_words(own)).table_valued(column("lexeme"), name="word").lateral()
    quoted = func.replace(func.replace(word.c.lexeme, "\\", "\\\\"), "'", "''")
    any_of = func.string_agg(literal("'").concat(quoted).concat("'"), " | ")
    asked = select(cast(any_of, TSQUERY).label("words")).select_from(own).join(word, true())
    query = asked.where(own.id == key).cte("asked")
    score = func.ts_rank(_words(Topic), query.c.words, NORMAL)
    return (
        select(Topic.id, Topic.reference, Topic.title, Topic.state, score.label("score"))
        .join(query, true())
        .where(and_(Topic.id != key, readable, _words(Topic).bool_op("@@")(query.c.words)))
        .order_by(score.desc(), Topic.id)
        .limit(AT_MOST)
    )
