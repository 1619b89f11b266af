"""A consortium's budget and the signatures of its partners on the wire."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from app.consortia.schemas import EntryRead, FiguresRead, VoidableRead
from app.core.schema import Read, Sum


class LineRead(FiguresRead):
    """A partner's figures and what follows from them by the rules of the call.

    `at_own_cost` says why it is not eligible for funding, empty if it is. `rate` is the percentage of
    eligible costs that is paid, `highest` what may be asked for, rounded down; null where there is no rule.
    """

    partner_id: UUID
    version: int
    state: str
    legal_name: str
    coordinates: bool
    direct: Sum
    indirect: Sum
    eligible_costs: Sum
    rate: Decimal | None
    highest: Sum | None
    at_own_cost: str


class TotalsRead(Read):
    """The sums over all partners at present."""

    personnel: Sum
    other_direct: Sum
    subcontracting: Sum
    third_party_support: Sum
    requested: Sum
    in_kind_operational: Sum
    in_kind_additional: Sum
    financial_contribution: Sum
    direct: Sum
    indirect: Sum
    eligible_costs: Sum


class ShareRead(Read):
    """What industry brings (IKOP, FC and IKAA that count) of eligible costs and counted IKAA (F-12).

    `percent` is rounded down; whether it is `enough` is found from the exact amounts.
    """

    given: Sum
    of: Sum
    percent: Decimal | None
    least: Decimal
    enough: bool


class BudgetRead(Read):
    """A consortium's money as it stands; `lines` are those whose figures the reader may see, `totals` of all.

    `messages` say what is over a limit, each with its rule: they warn and keep nothing from being handed in.
    """

    consortium_id: UUID
    lines: list[LineRead]
    totals: TotalsRead
    ceiling: Sum
    ceiling_kind: Literal["binding", "indicative"]
    contribution: ShareRead | None
    messages: list[EntryRead]
    unsigned: list[EntryRead]


class SignatureRead(VoidableRead):
    """What was signed, word for word; `digest` is the SHA-256 of its canonical JSON (RFC 8785)."""

    signed: dict[str, Any]


class Signatures(Read):
    """Every signature of a partner's part that the reader was there for, the oldest first."""

    items: list[SignatureRead]
