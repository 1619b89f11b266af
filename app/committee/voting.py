"""By which rule a body votes: data of the programme, read where a vote opens and kept by its motion."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.committee.models import Body, Deciding, Motion, Purpose
from app.committee.rules import Rule, read_rule

Share = Annotated[Decimal, Field(gt=0, le=1, decimal_places=3, allow_inf_nan=False)]
HALF = Decimal("0.5")


class VotingRule(BaseModel):
    """How bodies of these kinds vote on motions of these purposes; of none: on all that no other rule names.

    `method`: `own` takes the majority that the body was set up with, `simple` is more than half, `qualified`
    more than `majority`; `of` those who took a side, or of all entitled. Without a `quorum` the body's own
    holds. `casting_vote`: the chair's decides where the sides are equal. `written`: it may be voted on in
    writing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    bodies: tuple[Deciding, ...]
    purposes: tuple[Purpose, ...] = ()
    method: Literal["own", "simple", "qualified"] = "own"
    of: Literal["sides", "entitled"] = "sides"
    quorum: Share | None = None
    majority: Annotated[Share, Field(ge=HALF, lt=1)] | None = None
    casting_vote: bool = False
    written: bool = False
    confirmed: bool
    note: str

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.method == "qualified") != (self.majority is not None):
            raise ValueError("A qualified majority, and no other, says which.")
        if self.casting_vote and (self.method, self.of) != ("simple", "sides"):
            raise ValueError("Votes are equal where a simple majority of the sides decides, nowhere else.")
        return self

    def of_body(self, body: Body) -> Rule:
        """The rule, with what it leaves to the body."""
        majority = {"own": body.majority, "simple": HALF}.get(self.method, self.majority)
        assert majority is not None
        quorum = body.quorum if self.quorum is None else self.quorum
        return Rule(Decimal(quorum), Decimal(majority), self.of, self.casting_vote)


Voting = Callable[[str, str], VotingRule]
"""By the kind of a body and a purpose."""
_voting: list[Voting] = []


def install_voting(voting: Voting) -> None:
    """Hand over, once, how the programme lets bodies vote."""
    _voting[:] = [voting]


def voting_of(kind: str, purpose: str) -> VotingRule:
    return _voting[0](kind, purpose)


def rule_of(motion: Motion) -> Rule:
    """What the motion is counted by: what it keeps since its vote opened, what holds now before."""
    if motion.rule is not None:
        return read_rule(motion.rule)
    body = motion.session.body
    return voting_of(body.kind, motion.purpose).of_body(body)


def each_votes_by_one(rules: Sequence[VotingRule], kinds: Sequence[str]) -> bool:
    """Every kind of body has one rule for all purposes that no other names, and no purpose has two."""
    found = [(kind, one) for rule in rules for kind in rule.bodies for one in rule.purposes or ("",)]
    return len(set(found)) == len(found) and all((kind, "") in found for kind in kinds)
