"""What the programme asks of a topic before it is voted on, and who votes: data, read once from a file."""

import json
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Limits

from app.committee.models import Deciding, Purpose
from app.committee.voting import VotingRule, each_votes_by_one
from app.topics.consultation.models import KindOfBody
from app.topics.schemas import Edit


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Strict):
    """A field that a topic must fill; `confirmed` if a public text says so, which `note` names."""

    value: str
    says: str
    confirmed: bool
    note: str

    @field_validator("value")
    @classmethod
    def known(cls, value: str) -> str:
        if value not in Edit.model_fields:
            raise ValueError("A topic has no such field.")
        return value


class Kind(Strict):
    """A kind of body of which one must have commented, or declined to."""

    value: KindOfBody
    says: str
    confirmed: bool
    note: str


class Opinions(Strict):
    """The advisory bodies, by their names, whose opinion must be there before the vote."""

    required: tuple[str, ...]
    confirmed: bool
    note: str


class Rounds(Strict):
    """The least full days between the telling that a round of consultation is shorter, and its new end."""

    notice_days: Annotated[int, Limits(ge=1, le=365)]
    confirmed: bool
    note: str


class Votes(Strict):
    """The kinds of body that vote on motions of these purposes; never one that advises.

    `second`: the kind that takes over where too few of the first may vote.
    """

    purposes: tuple[Purpose, ...]
    bodies: tuple[Deciding, ...]
    second: Deciding | None = None
    confirmed: bool
    note: str


Tie = Literal[
    "person", "rival", "employer", "control_group", "employment", "collaboration", "mail_domain", "adviser",
    "seat",
]  # fmt: skip
"""What data tell of somebody and a proposal; which situation that is, the programme says."""


class Situation(Strict):
    """A situation of the model contract in which somebody may not judge: a proposal, its topic or its call.

    One that does not disqualify bars until it is decided. `found_by`: the ties in the data that show it; of
    those that have ended it counts so many `years` before the deadline, to the day.
    """

    code: Annotated[str, Limits(pattern=r"^[A-Z][0-9]{1,2}$")]
    says: str
    disqualifies: bool
    bars: Literal["proposal", "topic", "call"]
    found_by: tuple[Tie, ...] = ()
    years: Annotated[int, Limits(ge=1, le=50)] | None = None
    confirmed: bool
    note: str


class Conflicts(Strict):
    """The situations that are conflicts of interest, and the mail domains that anybody may have."""

    situations: tuple[Situation, ...]
    shared_domains: tuple[str, ...]
    confirmed: bool
    note: str

    @field_validator("situations")
    @classmethod
    def each_tie_once(cls, situations: tuple[Situation, ...]) -> tuple[Situation, ...]:
        if len({one.code for one in situations}) != len(situations):
            raise ValueError("A situation stands once.")
        if sorted(tie for one in situations for tie in one.found_by) != sorted(get_args(Tie)):
            raise ValueError("Every tie shows one situation.")
        return situations

    @cached_property
    def by_code(self) -> dict[str, Situation]:
        return {one.code: one for one in self.situations}

    @cached_property
    def by_tie(self) -> dict[str, Situation]:
        return {tie: one for one in self.situations for tie in one.found_by}

    def barring(self, what: str) -> tuple[str, ...]:
        """The codes of situations that bar from so much."""
        return tuple(one.code for one in self.situations if one.bars == what)

    def shared(self, domain: str) -> bool:
        """Whether mail of this domain says nothing of who sends it."""
        parts = domain.split(".")
        return any(".".join(parts[start:]) in self.shared_domains for start in range(len(parts)))


class Statistics(Strict):
    """A cell of a statistic that is made of fewer reports says nothing."""

    least_reports: Annotated[int, Limits(ge=1, le=100)]
    confirmed: bool
    note: str


class Fault(Strict):
    """What a closed list of a panel is made anew for, by two officers or on a vote of the committee."""

    code: Annotated[str, Limits(pattern=r"^[a-z_]{1,40}$")]
    says: str
    by: Literal["office", "committee"]
    confirmed: bool
    note: str


class Passing(Strict):
    """A reason for which the committee passes over a proposal whose rank is reached (K-03, K-10)."""

    code: Annotated[str, Limits(pattern=r"^[A-Z_]{1,40}$")]
    says: str
    confirmed: bool
    note: str


class Programme(Strict):
    """What is asked of a topic, which bodies vote on what and how, what is a conflict, what statistics keep
    quiet, what reopens a list, for what proposals of a list are passed over."""

    required: tuple[Field, ...]
    bodies: tuple[Kind, ...]
    rounds: Rounds
    opinions: Opinions
    votes: tuple[Votes, ...]
    voting: tuple[VotingRule, ...]
    conflicts: Conflicts
    statistics: Statistics
    reopening: tuple[Fault, ...]
    passing_over: tuple[Passing, ...]

    @field_validator("votes")
    @classmethod
    def each_once(cls, votes: tuple[Votes, ...]) -> tuple[Votes, ...]:
        if sorted(each for one in votes for each in one.purposes) != sorted(get_args(Purpose)):
            raise ValueError("Every purpose of a motion stands once.")
        if not all(one.bodies for one in votes):
            raise ValueError("Some kind of body votes on each.")
        if any(one.second in one.bodies for one in votes):
            raise ValueError("What votes second is another kind of body.")
        return votes

    @field_validator("voting")
    @classmethod
    def each_votes_by_one_rule(cls, voting: tuple[VotingRule, ...]) -> tuple[VotingRule, ...]:
        if not each_votes_by_one(voting, get_args(Deciding)):
            raise ValueError("Every kind of body votes on each purpose by one rule.")
        return voting

    @property
    def fields(self) -> dict[str, str]:
        return {each.value: each.says for each in self.required}

    @property
    def voters(self) -> dict[str, tuple[str, ...]]:
        return {purpose: each.bodies for each in self.votes for purpose in each.purposes}

    @property
    def seconds(self) -> dict[str, str | None]:
        return {purpose: each.second for each in self.votes for purpose in each.purposes}

    @property
    def passes(self) -> dict[str, str]:
        return {each.code: each.says for each in self.passing_over}

    def votes_by(self, kind: str, purpose: str) -> VotingRule:
        """The rule by which a body of this kind votes on this."""
        mine = [rule for rule in self.voting if kind in rule.bodies]
        return next((r for r in mine if purpose in r.purposes), next(r for r in mine if not r.purposes))

    @property
    def kinds(self) -> dict[str, str]:
        return {each.value: each.says for each in self.bodies}


@cache
def programme() -> Programme:
    """The programme of the package; a file that contradicts the schema stops the start."""
    found = (files("app.topics") / "programme.json").read_text()
    return Programme.model_validate(json.loads(found))
