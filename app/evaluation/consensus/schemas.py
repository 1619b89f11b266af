"""Consensus reports on the wire; experts go by their labels."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Data, EntityRead, Id, Instant, ItemRead, Line, LongText, Paragraph, Read
from app.evaluation.marking import Score
from app.evaluation.report.schemas import ReportMarkRead

View = Annotated[LongText, Field(max_length=20_000, pattern=r"\S")]
Words = Annotated[Paragraph, Field(pattern=r"\S")]
Kind = Literal["strength", "shortcoming"]


class NameRapporteur(Data):
    """The assignment of the expert who drafts for the group."""

    rapporteur_id: Id


class OpenConsensus(Data):
    """Left out, the expert drafts who was chosen as rapporteur when experts were assigned."""

    rapporteur_id: Id | None = None


class NameModerator(Data):
    """An officer by the account, or an expert of the call by the contract; neither: nobody any more."""

    account_id: Id | None = None
    contract_id: Id | None = None


class Slot(Data):
    """When and where the group meets: a place, or a link and what lets one in."""

    starts_at: Instant
    ends_at: Instant
    place: Annotated[Words, Field(exclude=True)]
    secret: Annotated[Line | None, Field(exclude=True, repr=False)] = None


class Present(Data):
    """The labels of the experts who were there."""

    labels: Annotated[list[Line], Field(max_length=50)]


class Say(Data):
    """A message in the thread of a criterion; `answers_id` is the message that it answers."""

    criterion: Line
    text: Annotated[LongText, Field(max_length=5_000, pattern=r"\S", exclude=True)]
    answers_id: Id | None = None


class StatementData(Data):
    """A strength or a shortcoming; `sources` are the marks of the reports whose comments say so."""

    kind: Kind
    text: Words
    sources: Annotated[list[Id], Field(max_length=50, default_factory=list)]
    new: bool = False


class Draft(Data):
    """What the group agrees on for one criterion; what is unfinished may be kept as it is.

    Statements that are sent take the place of those there are. `range_reason`: why the score is outside those
    of the reports.
    """

    score: Score | None = None
    range_reason: Paragraph = ""
    statements: Annotated[list[StatementData], Field(max_length=100, default_factory=list)]


class Approve(Data):
    """The round that was read: another is another text."""

    round: Annotated[int, Field(ge=1)]


class Object(Data):
    reason: Annotated[Paragraph, Field(min_length=1)]


class Reminder(Data):
    """The seats whose experts are reminded, and for which time."""

    seats: list[Id]
    number: int


class NoteAbsence(Data):
    """The assignment of the expert who does not answer, and what was tried."""

    assignment_id: Id
    reason: Words


class InviteReader(Data):
    """The accepted assignment of the expert who is to read and writes no report."""

    assignment_id: Id


class Remark(Data):
    """On one criterion; no score."""

    criterion: Line
    text: Words


class GiveNote(Data):
    """What somebody of another panel makes of it beside others, for the panel; no scores."""

    view: Annotated[View, Field(exclude=True)]
    remarks: Annotated[list[Remark], Field(max_length=20, default_factory=list, exclude=True)]


class GiveView(Data):
    """What the further reader makes of proposal and draft."""

    view: Annotated[View, Field(exclude=True)]


class NoConsensus(Data):
    """What most of the group hold, and what the others hold against it."""

    majority_view: View
    minority_view: View


class PanelScore(Data):
    """The panel's score of one criterion."""

    criterion: Line
    score: Score


class Settlement(Data):
    """Why the panel settles it so; `scores` are those that it sets instead of the majority's."""

    reason: Annotated[Paragraph, Field(pattern=r"\S")]
    scores: Annotated[list[PanelScore], Field(max_length=20, default_factory=list)]


class OpinionRead(Read):
    label: str
    round: int
    kind: Literal["approval", "objection"]
    reason: str


class SourceRead(Read):
    """The mark of a report that a statement comes from."""

    mark_id: UUID
    label: str
    criterion: str


class StatementRead(Read):
    """A statement; no `kind`: written before strengths and shortcomings were told apart."""

    kind: Kind | None
    text: str
    new: bool
    sources: list[SourceRead] = Field(validation_alias="standing_sources")


class PointRead(Read):
    """`majority_score` stands where the panel has set another score (V-16)."""

    criterion: str
    version: int
    score: Decimal | None
    range_reason: str
    majority_score: Decimal | None
    statements: list[StatementRead]


class ConsensusForGroup(EntityRead):
    """`round` counts how often the draft was put to approval; approvals of earlier rounds are void.

    The two views are there if the group did not agree, `settled_reason` once the panel has settled it.
    """

    proposal_id: UUID
    rapporteur_label: str | None
    round: int
    points: list[PointRead]
    opinions: list[OpinionRead] = Field(validation_alias="standing_opinions")
    majority_view: str | None
    minority_view: str | None
    settled_reason: str | None
    final_at: datetime | None


class Said(Read):
    """A strength or a shortcoming, without the reports it comes from: they are the group's."""

    kind: Kind | None
    text: str


class PointForPanel(Read):
    criterion: str
    score: Decimal | None
    range_reason: str
    statements: list[Said]


class RemarkRead(Read):
    criterion: str
    text: str


class NoteRead(Read):
    """What somebody of another panel, who goes by a label, makes of it beside others (V-18)."""

    label: str
    view: str
    remarks: list[RemarkRead]


class ConsensusForReader(EntityRead):
    """What the group says, without who says it, for an expert who compares; `notes` are their own."""

    proposal_id: UUID
    points: list[PointForPanel]
    majority_view: str | None
    minority_view: str | None
    notes: list[NoteRead] = Field(default_factory=list)


class ModeratorRead(Read):
    """Who moderates, or did: an officer by the account, an expert by the contract."""

    account_id: UUID | None
    contract_id: UUID | None
    since: datetime
    until: datetime | None


class SilenceRead(Read):
    """How often an expert was reminded of which round, and since when no answer is waited for."""

    assignment_id: UUID
    round: int
    reminders: int
    noted_at: datetime | None
    reason: str


class ConsensusRead(ConsensusForGroup):
    """The same for the office: with what experts have said who hold their seats no more."""

    opinions: list[OpinionRead]
    moderators: list[ModeratorRead]
    silences: list[SilenceRead]


class ConsensusItem(ItemRead):
    proposal_id: UUID
    round: int


class MarkBeside(ReportMarkRead):
    """What one report says of the criterion; `out`: the report is void, and kept for the office alone."""

    mark_id: UUID
    label: str
    out: bool


class SpreadRead(Read):
    least: Decimal
    most: Decimal


class LostLink(SourceRead):
    """A link to a report that is void, and the number of the statement that it belonged to."""

    statement: int


class MessageRead(Read):
    id: UUID
    label: str
    text: str
    at: datetime
    answers_id: UUID | None
    out: bool


class CriterionRead(Read):
    """One criterion: what the reports say, how far their scores lie apart, the draft, the thread."""

    criterion: str
    title: str
    marks: list[MarkBeside]
    spread: SpreadRead | None
    point: PointRead
    lost: list[LostLink]
    thread: list[MessageRead]


class MeetingRead(Read):
    """A meeting; `secret` is for the group alone."""

    starts_at: datetime
    ends_at: datetime
    place: str
    secret: str | None
    held_at: datetime | None
    present: list[str]


class CrossRead(Read):
    label: str
    view: str | None
    given_at: datetime | None
    out: bool


class Workbench(Read):
    """All that the group works on, by criterion. What is `out` stands here for the office alone."""

    id: UUID
    state: str
    round: int
    rapporteur_label: str | None
    moderated: bool
    criteria: list[CriterionRead]
    meetings: list[MeetingRead]
    absent: list[str]
    readers: list[CrossRead]
