"""The report on the consultations of a topic, on the wire: no account, no mail address."""

from datetime import datetime
from typing import Literal

from app.core.schema import Read
from app.topics.versions.schemas import Change


class BodyTold(Read):
    """What became of an invitation; `reason` is why the body had nothing to say."""

    kind: str
    name: str
    said: Literal["commented", "declined", "nothing"]
    reason: str | None


class CommentTold(Read):
    """Who said what, and what it was answered."""

    by: str
    anonymous: bool
    about: str
    text: str
    response: str
    reason: str


class RoundTold(Read):
    """A closed round; `changes` is what was changed after it, until the next round or the end."""

    number: int
    opens_at: datetime
    closes_at: datetime
    public: bool
    of_version: int | None
    bodies: list[BodyTold]
    comments: list[CommentTold]
    changes: list[Change]


class ConsultationReport(Read):
    """`final_version`: the adopted text; until there is one, the text as it is."""

    reference: str
    title: str
    final_version: int
    rounds: list[RoundTold]
