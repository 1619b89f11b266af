"""Sets and runs on the wire; they are shown to the office and the auditor alone."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Read, clean
from app.experts.assigning.rules import Terms

MOST_SEATS = 20_000
MOST_CHARACTERS = 5_000_000
Goal = Literal["total", "worst"]


class Make(Data):
    """Empty but for seats that stand, or a copy of a set of the stage, whose terms hold if none are given."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title": "A first draft", "terms": {"panel_size": 3}}]}
    )

    title: Line
    terms: Terms | None = None
    copy_of: Id | None = None

    @model_validator(mode="after")
    def has_terms(self) -> Self:
        if self.terms is None and self.copy_of is None:
            raise ValueError("A set that is no copy needs terms.")
        return self


class SeatKey(Data):
    proposal_id: Id
    contract_id: Id


class SeatGiven(SeatKey):
    """`fixed`: a run that keeps the set's fixed seats leaves it as it is.

    `rapporteur`: drafts for the panel, in the place of whoever did; left out, it is as it was.
    """

    fixed: bool = False
    rapporteur: bool | None = None


class Change(Data):
    """To move an expert, take one seat and put another; what is put already may be fixed or not.

    `choose_rapporteurs`: of each panel without one, as evenly as can be, then by affinity.
    """

    title: Line | None = None
    terms: Terms | None = None
    take: Annotated[list[SeatKey], Field(max_length=MOST_SEATS, default_factory=list)]
    put: Annotated[list[SeatGiven], Field(max_length=MOST_SEATS, default_factory=list)]
    choose_rapporteurs: bool = False


class ImportSeats(Data):
    """The whole set, in the place of what it had: a table or JSON, of `proposal`, `contract`, `fixed` and
    `rapporteur`, the last two if wanted.

    A proposal is named by its reference, an expert by the contract or by the mail address.
    """

    format: Literal["csv", "json"] = "csv"
    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_CHARACTERS,
            exclude=True,
            repr=False,
            examples=["proposal,contract,fixed\nP-1,ada@example.org,no\n"],
        ),
        AfterValidator(clean),
    ]
    dry_run: bool = True


class SeatFault(Read):
    """What is wrong with a line of the table, or with an item of the list, the first being 1."""

    line: int
    code: str
    text: str


class ImportedRead(Read):
    """What a dry run found, or what was taken in: all lines or none."""

    dry_run: bool
    seats: int
    faults: list[SeatFault]


class Release(Data):
    """`invite`: ask the experts to declare at once."""

    invite: bool = False


class Start(Data):
    """`keep`: a set of the stage whose fixed seats stay as they are.

    `replace`: replace who is gone, and keep every seat that stands if it can be kept; those accepted or
    reported in any case. Then `terms` may be left out: those of the set that was released last hold.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"terms": {"panel_size": 3}}]})

    terms: Terms | None = None
    keep: Id | None = None
    replace: bool = False

    @model_validator(mode="after")
    def one_thing(self) -> Self:
        if self.replace and self.keep is not None:
            raise ValueError("What stands is kept: a run that replaces takes no set to keep.")
        if self.terms is None and not self.replace:
            raise ValueError("A run that does not replace needs terms.")
        return self


class SeatRead(Read):
    """`state` is that of the assignment that the release has made of it."""

    proposal_id: UUID
    contract_id: UUID
    fixed: bool
    rapporteur: bool
    reference: str = ""
    name: str = ""
    affinity: float | None = None
    state: str | None = None


class BrokenRead(Read):
    """One thing that the seats break; the set cannot be released with one that is `hard`."""

    kind: str
    text: str
    hard: bool
    proposal_id: UUID | None
    contract_ids: list[UUID]


class PanelRead(Read):
    proposal_id: UUID
    reference: str
    seats: int
    affinity: float


class LoadRead(Read):
    contract_id: UUID
    name: str
    seats: int
    least: int | None
    most: int | None


class BalanceRead(Read):
    """Seats of an expert: the least, the most, the mean, how far from it; how many experts have none."""

    least: int
    most: int
    mean: float
    deviation: float
    without: int


class FiguresRead(Read):
    """`total` is the affinity of all seats; `worst` the panel that has the least in sum."""

    seats: int
    total: float
    worst: PanelRead | None
    balance: BalanceRead | None


class AssignmentSetRead(EntityRead):
    """Of a draft, `broken` is told, and `unmeasured`: the pairs whose affinity is not computed yet."""

    version: int
    stage_id: UUID
    title: str
    terms: dict[str, Any]
    run_id: UUID | None
    goal: Goal | None
    copied_from_id: UUID | None
    released_at: datetime | None
    seats: list[SeatRead]
    figures: FiguresRead | None = None
    panels: list[PanelRead] = Field(default_factory=list)
    loads: list[LoadRead] = Field(default_factory=list)
    broken: list[BrokenRead] = Field(default_factory=list)
    unmeasured: int = 0


class AssignmentSetItem(ItemRead):
    stage_id: UUID
    title: str
    run_id: UUID | None
    goal: Goal | None
    released_at: datetime | None


class ReplacedSeat(Read):
    proposal_id: UUID
    contract_id: UUID
    reference: str = ""
    name: str = ""


class ReplacedRead(Read):
    """Of a run that replaces: how many seats stood that could be kept, and which are `lost` to somebody gone.

    `moved`: seats that stand and have no place in its set; `proved`: it is, that fewer cannot be moved.
    """

    stood: int
    frozen: int
    lost: list[ReplacedSeat]
    moved: list[ReplacedSeat]
    proved: bool


class AssignmentRunRead(EntityRead):
    """`figures` by what a set has most of: total and worst panel, each with its bound, and the gap."""

    stage_id: UUID
    terms: dict[str, Any]
    fixed: list[list[UUID]]
    replaces: bool
    replaced: ReplacedRead | None
    progress: dict[str, Any]
    cancel_asked_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    figures: dict[str, Any]
    models: dict[str, Any]
    sentences: list[str]
    set_ids: list[UUID] = Field(default_factory=list)


class AssignmentRunItem(ItemRead):
    stage_id: UUID
    created_at: datetime
    ended_at: datetime | None


class ProgressRead(Read):
    """How far a run is; the state says whether it goes on."""

    state: str
    progress: dict[str, Any]


class MovedSeat(Read):
    proposal_id: UUID
    reference: str
    contract_id: UUID
    name: str


class ComparisonRead(Read):
    """Of two sets: the seats that only one has, how many both have, and what each comes to."""

    both: int
    only_here: list[MovedSeat]
    only_there: list[MovedSeat]
    here: FiguresRead
    there: FiguresRead


class WhyRead(Read):
    """Why a seat is as it is: what the texts share, the rank among those who may, and who was next.

    `kept_out` says what keeps the next best out of this place.
    """

    proposal_id: UUID
    contract_id: UUID
    name: str
    affinity: float
    keyword_score: float
    words: list[str]
    keywords: list[str]
    nearest: str | None
    model: str | None
    model_version: str | None
    rank: int
    eligible: int
    next_best: str | None
    next_affinity: float | None
    kept_out: list[str]


class CandidateRead(Read):
    """Somebody under contract, as a choice for a proposal: `barred` says why not."""

    contract_id: UUID
    name: str
    affinity: float | None
    keyword_score: float | None
    words: list[str]
    seats: int
    least: int | None
    most: int | None
    here: bool
    barred: list[str]


class Candidates(Read):
    """The best first; who may not have it last."""

    proposal_id: UUID
    reference: str
    items: list[CandidateRead]
