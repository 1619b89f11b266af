"""Who is gone, who stays, and what is told of a run that replaces the ones and keeps the others: pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.experts.assigning.rules import Ground, Pair, Terms


@dataclass(frozen=True)
class Plan:
    """What a replacement begins with. `stays` can be kept; `frozen` of them are accepted or reported.

    `lost`: for each panel that has too few, who was there and is gone, each with a clause that says why.
    `stands`: of those lost, the seats that nobody has ended yet.
    """

    size: int
    stays: frozenset[Pair]
    frozen: frozenset[Pair]
    lost: tuple[tuple[Pair, str], ...]
    stands: frozenset[Pair]


def plan_of(ground: Ground, terms: Terms) -> Plan:
    contracts = {one.contract_id for one in ground.experts}
    proposals = {one.proposal_id for one in ground.proposals}
    known = {(c, p) for c, p in ground.standing if c in contracts and p in proposals}
    stays = frozenset(known - ground.barred.pairs.keys())
    filled = Counter(proposal for _, proposal in stays)
    left = dict(ground.left)
    left |= {(c, p): f"{c} has a conflict of interest" for c, p in known - stays}
    short = {p for p in proposals if filled[p] < terms.panel_size}
    lost = tuple((pair, left[pair]) for pair in sorted(left, key=_order) if pair[1] in short)
    gone = frozenset(pair for pair, _ in lost) & ground.standing
    return Plan(terms.panel_size, stays, ground.frozen & stays, lost, gone)


def _order(pair: Pair) -> tuple[str, str]:
    return str(pair[1]), str(pair[0])


def told(
    plan: Plan, ground: Ground, moved: Sequence[Pair], proved: bool, found: bool, since: Iterable[str] = ()
) -> Iterator[str]:
    """The sentences, with ids for names: what is to be filled, what is kept, what moves and why.

    `found`: there are panels; `since`: which rules cannot be met with every seat kept.
    """
    yield from _to_fill(plan, ground)
    many, firm = len(plan.stays), len(plan.frozen)
    if not found:
        if firm:
            yield f"{_seats(firm)} accepted or reported, and {'stays' if firm == 1 else 'stay'} as it is."
    elif not many:
        yield "No seat stands that could be kept."
    elif not moved:
        yield (
            f"Every one of the {many} seats that stand is kept."
            if many > 1
            else "The seat that stands is kept."
        )
    else:
        yield from _moves(many, moved, proved, since)
    for contract, proposal in sorted(plan.stands, key=_order):
        yield f"The seat of {contract} on {proposal} still stands: void it, so that it counts no more."


def _to_fill(plan: Plan, ground: Ground) -> Iterator[str]:
    filled = Counter(proposal for _, proposal in plan.stays)
    for one in ground.proposals:
        has = filled[one.proposal_id]
        if has < plan.size:
            why = "; ".join(clause for (_, where), clause in plan.lost if where == one.proposal_id)
            yield f"{one.proposal_id} has {has} of {plan.size} seats" + (f": {why}." if why else ".")


def _moves(many: int, moved: Sequence[Pair], proved: bool, since: Iterable[str]) -> Iterator[str]:
    where = ", ".join(f"{contract} from {proposal}" for contract, proposal in sorted(moved, key=_order))
    since = list(since)
    why = ", since with all of them kept the rules cannot be met:" if since else "."
    have = "has" if len(moved) == 1 else "have"
    yield f"{len(moved)} of the {many} seats that stand {have} to move: {where}{why}"
    yield from since
    if proved:
        yield "It is proved that fewer cannot be moved."
    else:
        yield "It is not proved that fewer cannot be moved: time was over, or a rule has a weight."
    these = "this seat stands" if len(moved) == 1 else "these seats stand"
    yield f"The set cannot be released while {these}: void first what is to move, or put it back by hand."


def _seats(many: int) -> str:
    return "1 seat is" if many == 1 else f"{many} seats are"
