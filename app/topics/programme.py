"""What the programme asks of a topic before it is voted on: data, read once from a file."""

import json
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, field_validator

from app.topics.consultation.schemas import KindOfBody
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


class Programme(Strict):
    """What is asked of every topic of the programme."""

    required: tuple[Field, ...]
    bodies: tuple[Kind, ...]
    opinions: Opinions

    @property
    def fields(self) -> dict[str, str]:
        return {each.value: each.says for each in self.required}

    @property
    def kinds(self) -> dict[str, str]:
        return {each.value: each.says for each in self.bodies}


@cache
def programme() -> Programme:
    """The programme of the package; a file that contradicts the schema stops the start."""
    found = (files("app.topics") / "programme.json").read_text()
    return Programme.model_validate(json.loads(found))
