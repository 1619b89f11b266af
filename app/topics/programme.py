"""What the programme asks of a topic before it is voted on, and who votes: data, read once from a file."""

import json
from functools import cache
from importlib.resources import files
from typing import Annotated, get_args

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Limits

from app.committee.models import Deciding, Purpose
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
    """The kinds of body that vote on motions of these purposes; never one that advises."""

    purposes: tuple[Purpose, ...]
    bodies: tuple[Deciding, ...]
    confirmed: bool
    note: str


class Programme(Strict):
    """What is asked of every topic of the programme, and which bodies vote on what."""

    required: tuple[Field, ...]
    bodies: tuple[Kind, ...]
    rounds: Rounds
    opinions: Opinions
    votes: tuple[Votes, ...]

    @field_validator("votes")
    @classmethod
    def each_once(cls, votes: tuple[Votes, ...]) -> tuple[Votes, ...]:
        if sorted(each for one in votes for each in one.purposes) != sorted(get_args(Purpose)):
            raise ValueError("Every purpose of a motion stands once.")
        if not all(one.bodies for one in votes):
            raise ValueError("Some kind of body votes on each.")
        return votes

    @property
    def fields(self) -> dict[str, str]:
        return {each.value: each.says for each in self.required}

    @property
    def voters(self) -> dict[str, tuple[str, ...]]:
        return {purpose: each.bodies for each in self.votes for purpose in each.purposes}

    @property
    def kinds(self) -> dict[str, str]:
        return {each.value: each.says for each in self.bodies}


@cache
def programme() -> Programme:
    """The programme of the package; a file that contradicts the schema stops the start."""
    found = (files("app.topics") / "programme.json").read_text()
    return Programme.model_validate(json.loads(found))
