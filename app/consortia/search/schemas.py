"""Notices of partner search on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from app.consortia.organisations.schemas import OrganisationBrief
from app.consortia.search.models import Seeks
from app.core.schema import Data, EntityRead, Id, ItemRead, Line, Paragraph

Said = Annotated[Paragraph, Field(min_length=1)]
Keyword = Annotated[Line, Field(max_length=60)]
Keywords = Annotated[
    list[Keyword], Field(max_length=20), AfterValidator(lambda words: list(dict.fromkeys(words)))
]


class PublishSearch(Data):
    """What an organisation offers or needs; you stand for it.

    `contact` is how you want to be reached, in your own words: a mail address, a telephone number, a page.
    """

    organisation_id: Id
    kind: Seeks
    text: Said
    keywords: Keywords = Field(default_factory=list)
    contact: Line


class EditSearch(Data):
    """Any of the fields; what is left out stays as it is."""

    kind: Seeks = "offer"
    text: Said = ""
    keywords: Keywords = Field(default_factory=list)
    contact: Line = ""


class SearchRead(EntityRead):
    version: int
    topic_stage_id: UUID
    topic_id: UUID
    organisation: OrganisationBrief
    kind: Seeks
    text: str
    keywords: list[str]
    contact: str
    closes_at: datetime


class SearchItem(ItemRead):
    topic_id: UUID
    organisation_id: UUID
    kind: Seeks
    text: str
    keywords: list[str]
