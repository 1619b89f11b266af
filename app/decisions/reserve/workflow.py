"""The table of reserve lists."""

from collections.abc import Iterable

from app.calls.rules import LAST_SECOND, in_words
from app.core.reason import Reason
from app.decisions.reserve import effects
from app.decisions.reserve.models import ReserveList, ReserveListState
from app.decisions.reserve.rules import asked_by, missing
from app.decisions.reserve.schemas import Promote
from app.people.access import office
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
OPEN, ENDED = ReserveListState.OPEN, ReserveListState.ENDED


def in_force(reserve: ReserveList, ask: Ask) -> Why:
    """K-05: until the last second of its last day."""
    if reserve.until is not None and ask.now >= reserve.until + LAST_SECOND:
        told = f"The reserve list was in force until {in_words(reserve.until)}, Brussels time."
        yield Reason("reserve-over", told, "/until")


def somebody_waits(reserve: ReserveList, ask: Ask) -> Why:
    if not reserve.first:
        yield Reason("nobody-waits", "Nobody on the reserve list can be promoted any more.", "/waiting")


def money_is_free(reserve: ReserveList, ask: Ask) -> Why:
    """A cheaper one is not taken before the first (K-03)."""
    wanted = asked_by(reserve.first)
    lacks = missing(reserve.envelope, reserve.spent, wanted)
    if reserve.first and lacks > 0:
        names = " and ".join(one.reference for one in reserve.first)
        told = f"For {names} {wanted} euro are needed; of {reserve.envelope} euro {reserve.spent} are spent: "
        yield Reason("money-missing", f"{told}{lacks} euro are missing.", "/free", "committee")


def first_are_named(reserve: ReserveList, ask: Ask) -> Why:
    """Both officers name whom they promote; of one rank all, or nobody (K-05)."""
    if (
        ask.data is not None
        and reserve.first
        and set(ask.data.proposal_ids) != {o.key for o in reserve.first}
    ):
        names = " and ".join(one.reference for one in reserve.first)
        together = "They have one rank and are promoted together" if len(reserve.first) > 1 else "It is next"
        told = f"{together}: {names}, rank {reserve.first[0].rank}."
        yield Reason("not-the-first", told, "/body/proposal_ids", "office")


def money_is_used(reserve: ReserveList, ask: Ask) -> Why:
    """K-05: before its day it ends only when there is nothing to promote anybody with."""
    if reserve.first and missing(reserve.envelope, reserve.spent, asked_by(reserve.first)) == 0:
        told = f"{reserve.free} euro are free, enough for {reserve.first[0].reference}; promote it first."
        yield Reason("money-left", told, "/free", "office")


MONEY = ("topic_stage", "decision.lines", "proposals", "refused", "upheld.re_evaluation")
RESERVE_LIST = Workflow(
    "reserve_list",
    ReserveListState,
    final={ENDED},
    title="reserve list",
    transitions=(
        Transition("put_in_force", set(), OPEN, system, "The results are released, and some are on reserve.",
                   effects=(effects.put_in_force,)),
        Transition("promote", {OPEN}, None, office,
                   "Select the next in rank with money that is free: all of one rank, or nobody (K-05).",
                   guards=(in_force, somebody_waits, money_is_free, first_are_named),
                   effects=(effects.record,), data=Promote, needs=(*MONEY, "promotions"), second=True),
        Transition("end", {OPEN}, ENDED, office,
                   "End it before its day: the money is used, and every grant of the topic is signed (K-05).",
                   guards=(money_is_used,), effects=(effects.end,), needs=MONEY, second=True),
        Transition("expire", {OPEN}, ENDED, system, "Its last day is over.", effects=(effects.end,)),
        Transition("dissolve", {OPEN}, ENDED, system, "Its call is cancelled.", effects=(effects.end,)),
    ),
)  # fmt: skip
