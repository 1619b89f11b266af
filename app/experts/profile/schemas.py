"""Experts and their profiles on the wire; of what is personal the audit keeps that it changed, not what."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Read, clean
from app.experts.models import Gender, Sector
from app.experts.profile import rules

Level = Literal["familiar", "experienced", "leading"]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["BE"])]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Orcid = Annotated[str, Field(max_length=60, examples=["0000-0002-1825-0097"]), AfterValidator(rules.orcid)]
Doi = Annotated[str, Field(max_length=300, examples=["10.1000/182"]), AfterValidator(rules.doi)]
Scheme = Annotated[str, Field(min_length=1, max_length=60, examples=["keyword"])]
LATEST = 2199
Words = Annotated[str, Field(max_length=10_000), AfterValidator(clean)]
Title = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(clean)]
PERSONAL: Any = {"exclude": True, "repr": False}
"""Not in the audit, which is never struck out."""


class Expertise(Data):
    """A field of expertise: a free `keyword`, a `mesh` heading with its id, or a term of the programme."""

    scheme: Scheme = "keyword"
    code: Annotated[str, Field(max_length=60, examples=[""])] = ""
    term: Line
    level: Level = "experienced"

    @model_validator(mode="after")
    def has_its_code(self) -> Self:
        if self.scheme == "keyword" and self.code:
            raise ValueError("A keyword has no code.")
        if self.scheme == "mesh" and not rules.MESH.fullmatch(self.code):
            raise ValueError("A heading of MeSH has an id such as D000544.")
        return self


def _each_once(fields: list[Expertise]) -> list[Expertise]:
    named = [(field.scheme, field.code or field.term.casefold()) for field in fields]
    if len(set(named)) < len(named):
        raise ValueError("A field of expertise stands twice.")
    return fields


class Profile(Data):
    """What is left out of an edit stays as it is; null takes away what was given."""

    organisation_id: Id | None = None
    expertise: Annotated[
        list[Expertise], Field(max_length=50, default_factory=list, **PERSONAL), AfterValidator(_each_once)
    ]
    text: Annotated[Words, Field(**PERSONAL)] = ""
    languages: Annotated[list[Language], Field(max_length=20, default_factory=list, **PERSONAL)]
    country: Annotated[Country | None, Field(**PERSONAL)] = None
    nationality: Annotated[Country | None, Field(**PERSONAL)] = None
    sector: Annotated[Sector | None, Field(**PERSONAL)] = None
    gender: Annotated[Gender | None, Field(**PERSONAL)] = None
    orcid: Annotated[Orcid | None, Field(**PERSONAL)] = None


class Register(Profile):
    account_id: Id


class PublicationGiven(Data):
    """`authors` are full names: with whom of them the expert has published lately is a doubt (P2)."""

    title: Title
    abstract: Words = ""
    authors: Annotated[list[Line], Field(max_length=100, default_factory=list)]
    year: Annotated[int, Field(ge=1900, le=LATEST)] | None = None
    doi: Doi | None = None


class ListPublications(Data):
    """The whole list, in its order; it takes the place of the former one."""

    items: Annotated[list[PublicationGiven], Field(max_length=200, **PERSONAL)]

    @model_validator(mode="after")
    def each_once(self) -> Self:
        named = [one.doi or (one.title.casefold(), one.year) for one in self.items]
        if len(set(named)) < len(named):
            raise ValueError("A publication stands twice.")
        return self


class PublicationRead(Read):
    title: str
    abstract: str
    authors: list[str]
    year: int | None
    doi: str | None


class ExpertiseRead(Read):
    scheme: str
    code: str
    term: str
    level: Level


class ExpertRead(EntityRead):
    """`newcomer`: no earlier contract has ended with work done; computed whenever it is read."""

    version: int
    account_id: UUID | None
    organisation_id: UUID | None
    expertise: list[ExpertiseRead]
    text: str
    languages: list[str]
    country: str | None
    nationality: str | None
    sector: Sector | None
    gender: Gender | None
    orcid: str | None
    publications: list[PublicationRead]
    newcomer: bool = True


class ExpertItem(ItemRead):
    account_id: UUID | None
    organisation_id: UUID | None
    expertise: list[ExpertiseRead]
    country: str | None
    sector: Sector | None
