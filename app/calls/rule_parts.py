"""The parts of a rule set beside its schemes: documents, who must take part, countries, days, money."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Code = Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=40)]
StageKind = Literal["short", "full"]
ActionType = Literal["RIA", "IA", "CSA"]
Ceiling = Literal["binding", "indicative"]
Whole = Annotated[int, Field(ge=1, le=100_000)]
"""A number of days, months, pages, experts, proposals or characters: at least one."""
Figure = Annotated[Decimal, Field(ge=0, le=1_000, max_digits=8, decimal_places=4)]
"""A score, a threshold, a weight."""


class Document(Strict):
    """A document of the form, PDF; if it is missing after closing, that is found by `rule` (M-05).

    No `stages`: it belongs to every stage. `pages` holds where no page limit says otherwise.
    """

    key: Code
    title: str
    required: bool
    pages: Whole | None = None
    rule: Literal["M-05"] | None = None
    stages: tuple[StageKind, ...] = ()


class PageLimit(Strict):
    """How many pages a document has at most, in a kind of stage, for some action types or for all."""

    document: Code
    stage: StageKind
    pages: Whole
    action_types: tuple[ActionType, ...] = ()


class Eligibility(Strict):
    """Who must take part (E-02 to E-04): so many entities, of so many countries, that count as associated."""

    rule: Literal["E-02", "E-03", "E-04"]
    least_entities: Whole
    least_countries: Whole
    needs_member_state: bool


class Country(Strict):
    """A country's standing in the programme, from one date to another (association is dated).

    The code is that of ISO 3166, never the portal's own: `GB`, `GR`.
    """

    code: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    name: str
    standing: Literal["member", "associated"]
    since: date | None = None
    until: date | None = None


class Rest(Strict):
    """Days of rest: Saturdays, Sundays and holidays, fixed (`12-25`) or counted in days from Easter Sunday.

    `moves`: a period that would end on one ends with the next working day.
    """

    moves: bool
    fixed: tuple[Annotated[str, Field(pattern=r"^[01][0-9]-[0-3][0-9]$")], ...]
    from_easter: tuple[Annotated[int, Field(ge=-100, le=250)], ...]


Cost = Literal["personnel", "other_direct", "subcontracting", "third_party_support"]
Member = Literal["constituent", "affiliated", "contributing_partner"]
Percent = Annotated[Decimal, Field(ge=0, le=100)]


class Funding(Strict):
    """Shares of eligible costs, in percent (F-01, F-02), and what funding asks for besides.

    `indirect_base`: the costs that the flat rate is taken of (F-03). `most_turnover`: in euro; a company
    above it, or in one group with such, takes part without funding, and so do `unfunded_members` of the
    industry side and, where they are `unfunded`, those of third countries (E-05). Kinds of organisation in
    `non_profit_kinds` are no companies. `least_contribution`: what industry brings, in percent (F-12), by the
    members that in-kind contributions to operations and money (`in_kind_from`), and those to additional
    activities (`additional_from`), are taken from (F-13).
    """

    rates: dict[ActionType, Percent]
    non_profit: Percent
    indirect: Percent
    most_turnover: Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)] | None = None
    least_contribution: Percent | None = None
    indirect_base: tuple[Cost, ...] = ("personnel", "other_direct")
    non_profit_kinds: tuple[Code, ...] = (
        "higher_education", "research", "patient_organisation", "regulator", "hospital",
    )  # fmt: skip
    unfunded_members: tuple[Member, ...] = ()
    third_countries: Literal["funded", "unfunded"] = "unfunded"
    in_kind_from: tuple[Member, ...] = ("constituent", "affiliated", "contributing_partner")
    additional_from: tuple[Member, ...] = ("constituent", "affiliated")


class Declaration(Strict):
    """What a partner declares when it signs its part; no `kinds` of organisation: every partner."""

    key: Code
    text: str
    kinds: tuple[Code, ...] = ()


class Paper(Strict):
    """A text that people sign or acknowledge, by its version."""

    version: Annotated[str, Field(min_length=1, max_length=40)]
    text: str


Rate = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=4)]


class AffinityWeights(Strict):
    """What makes an expert fit a proposal: text and keywords. Of text, `nearest` is the part of the nearest
    document, the rest that of the mean, and `sentences` the part of meaning, the rest that of words."""

    text: Share
    keywords: Share
    nearest: Share
    sentences: Share


class ExpertTerms(Strict):
    """What experts sign and are paid for; no rate: a statement has its units alone, and no money.

    `answer_days`: how long who is invited has to answer, with reminders so many days before the end.
    `retention_years`: how long after the end of a contract an expert's data are kept. Without `affinity` the
    weights are those of the package.
    """

    code_of_conduct: Paper
    briefing: Paper
    answer_days: Whole
    reminder_days: tuple[Whole, ...] = ()
    retention_years: Whole
    report_rate: Rate | None = None
    day_rate: Rate | None = None
    affinity: AffinityWeights | None = None


class ReportTerms(Strict):
    """When an expert's own report is due: so many days after the seat was accepted, or the report reopened.

    Never later than the last day of the evaluation of its stage. Reminders go out so many days before, and
    after. `copied_words`: so many words in a row as in another report of the expert are pointed at.
    """

    days: Whole
    reminder_days: tuple[Whole, ...] = ()
    overdue_days: tuple[Whole, ...] = ()
    copied_words: Whole


class Blind(Strict):
    """Kinds of stage in which experts judge without learning whose a proposal is (V-25).

    Beside title, abstract and money they read these sections and documents of the form alone, which name
    nobody. `text` is what applicants are told of it.
    """

    stages: Annotated[tuple[StageKind, ...], Field(min_length=1)]
    sections: tuple[Code, ...] = ()
    documents: tuple[Code, ...] = ()
    text: Annotated[str, Field(min_length=1)]


class ConsensusTerms(Strict):
    """How a group comes to its end: after so many days each, who has not answered is reminded.

    `absent_after`: with how many reminders it may be noted that an expert does not answer.
    """

    reminder_days: Annotated[tuple[Whole, ...], Field(min_length=1)]
    absent_after: Whole


class Hearings(Strict):
    """That panels may hear proposals in these kinds of stage (V-20).

    All above the thresholds are heard, or all of one equal total: none is chosen.
    """

    equality: Literal["all_above", "same_score"]
    stages: tuple[StageKind, ...] = ("short", "full")


class Ethics(Strict):
    """Whether the ethics of what is likely to be funded is screened, by so many experts (X-02, X-05)."""

    screening: bool
    stages: tuple[StageKind, ...] = ("full",)
    experts: Whole


class Confirmed(Strict):
    """A place of the rule set, as a JSON pointer in which `*` is any step, and the public text it is from."""

    path: str
    source: Annotated[str, Field(min_length=1)]
