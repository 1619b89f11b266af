"""People of a partner on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from app.consortia.models import Part
from app.core.schema import Data, Id, Line, Mail, Read


class AskPerson(Data):
    """Somebody to act for the partner, by mail address, and as what."""

    name: Line
    email: Mail
    part: Part


class ChangePart(Data):
    """One of the partner's people, and the new part."""

    person_id: Id
    part: Part


class EndPerson(Data):
    """One of the partner's people, or somebody who is asked and has not answered."""

    person_id: Id


class AskedPersonRead(Read):
    """Who has not answered; the link is good `until` then."""

    id: UUID
    name: str
    email: str
    part: Part
    until: datetime


class PersonAsking(Read):
    """What somebody is asked to do; no account is needed to answer."""

    topic: str
    topic_title: str
    consortium: str
    coordinator: str
    organisation: str
    name: str
    part: Part
    until: datetime


class PersonAnswered(Read):
    """What came of the answer."""

    answer: Literal["joined", "turned_down"]
    message: str
