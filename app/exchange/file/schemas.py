"""The auditor's file on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from app.core.schema import Euro, Read


class ProposalNamed(Read):
    """Which proposal it is, as it was handed in; `follows_id`: the short one that was invited before it."""

    id: UUID
    reference: str
    acronym: str
    title: str
    requested: Euro
    state: str
    call: str
    topic: str
    stage: int
    follows_id: UUID | None


class EventRead(Read):
    """One act on one entity, in the words of its row.

    `rules` are the ids of the rules that the row names. `own`: the entity is the proposal's alone; otherwise
    it is shared with others, such as the panel. `cause_id`: the act that set it off. `detail` is what the act
    was done with; where it is `withheld`, it writes in a draft that only its author reads.
    """

    id: UUID
    at: datetime
    entity: str
    entity_id: UUID
    seq: int
    act: str
    doc: str | None
    rules: list[str]
    own: bool
    actor_id: UUID | None
    actor: str | None
    by_system: bool
    cause_id: UUID | None
    before: str
    after: str
    detail: dict[str, Any] | None
    withheld: bool
    hash: str


class RefusedRead(Read):
    """An act that was asked for and refused; `codes` say why."""

    at: datetime
    entity: str
    entity_id: UUID
    act: str
    actor_id: UUID | None
    actor: str | None
    codes: list[str]


class SeenRead(Read):
    """Who has read something of it, and what: a sealed version or a file of it, another's report, or an
    entity of the evaluation."""

    at: datetime
    account_id: UUID
    name: str
    role: str
    what: str
    entity_id: UUID | None
    number: int | None


class MailRead(Read):
    """What was mailed about it, to whom; `sent_at` is when it left."""

    kind: str
    recipient: str
    subject: str
    written_at: datetime
    sent_at: datetime | None


class ReceiptRead(Read):
    """A version that was handed in, with its signed receipt."""

    number: int
    received_at: datetime
    digest: str
    receipt: str


class BasisRead(Read):
    """What an outcome rests on: an act of the file, the rules it names, the reason that was given.

    `kind`: a check of admissibility or eligibility, a finding, a list, a decision, or an outcome.
    """

    kind: Literal["check", "finding", "list", "decision", "outcome"]
    rule: str
    says: str
    at: datetime | None


class FileRead(Read):
    """Everything that happened to one proposal, in order of time."""

    proposal: ProposalNamed
    made_at: datetime
    events: list[EventRead]
    refused: list[RefusedRead]
    seen: list[SeenRead]
    mails: list[MailRead]
    receipts: list[ReceiptRead]
    rests_on: list[BasisRead]
