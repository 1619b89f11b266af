"""What-if sets on the wire, for those who run or decide the process."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AliasPath, Field

from app.core.schema import Data, EntityRead, Euro, Id, ItemRead, Line, Read, Sum


class Envelope(Data):
    """The money that a topic in its stage would have, in euro."""

    topic_stage_id: Id
    envelope: Annotated[Euro, Field(gt=0)]


class DrawUp(Data):
    """A name, and an envelope for each topic that is to be looked at; money may be added, or moved."""

    name: Line
    envelopes: Annotated[list[Envelope], Field(min_length=1, max_length=200)]


class FiguresRead(Read):
    """What envelopes come to: `in_kind` and `financial` are what industry brings that counts (F-08, F-13).

    Countries, small companies and patient organisations are those of the funded proposals, each counted once;
    focus areas are those of topics with a funded proposal. `comes_in` and `falls_out` are told against the
    present envelopes on the same lists.
    """

    envelope: Sum
    funded: int
    contribution: Sum
    left: Sum
    in_kind: Sum
    financial: Sum
    countries: list[str]
    smes: int
    patient_organisations: int
    focus_areas: list[str]
    proposals: list[str]
    first_on_reserve: list[str]
    comes_in: list[str]
    falls_out: list[str]


class WhatIfPartRead(Read):
    """One topic of a set. `outdated`: the list that it was drawn on counts no more; it is still told of that.

    `present` is the envelope of the topic now. `passed_over`: whom the motion on the list passes over,
    adopted or put; the line is drawn without them.
    """

    topic_stage_id: UUID
    topic_id: UUID
    reference: str = Field(validation_alias=AliasPath("topic_stage", "topic", "reference"))
    envelope: Euro
    present: Euro = Field(validation_alias=AliasPath("topic_stage", "budget"))
    list_digest: str
    outdated: bool
    passed_over: list[str] = Field(default_factory=list)
    figures: FiguresRead | None = None


class WhatIfRead(EntityRead):
    """A set with what it comes to, and what the present envelopes come to on the same lists.

    `moved` is what the envelopes of the set have more than the present ones, together; less, if negative.
    """

    call_id: UUID
    name: str
    made_by: UUID
    created_at: datetime
    parts: list[WhatIfPartRead]
    outdated: bool = False
    moved: Sum | None = None
    figures: FiguresRead | None = None
    present: FiguresRead | None = None


class WhatIfReadingRead(Read):
    account_id: UUID
    at: datetime


class WhatIfForStaff(WhatIfRead):
    """The same with who looked at it, for those who run the process."""

    readings: list[WhatIfReadingRead]


class WhatIfItem(ItemRead):
    call_id: UUID
    name: str
    created_at: datetime


class Comparison(Read):
    """Sets of a call side by side, the newest first; each told on the lists that it was drawn on."""

    items: list[WhatIfRead]
