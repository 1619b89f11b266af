"""What the rows of sets and runs bring about; of seats nothing is made before a release."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Stage, TopicStage
from app.core.errors import Malformed
from app.core.jobs import enqueue
from app.core.reason import Reason
from app.experts.affinity.measuring import measure_affinity
from app.experts.assigning.models import AssignmentRun, AssignmentSet, SetSeat
from app.experts.assigning.queries import fixed_in, standing_in
from app.experts.assigning.rules import Pair, Terms
from app.experts.assigning.schemas import SeatGiven
from app.experts.models import Contract
from app.proposals.models import Proposal
from app.workflow.rows import look
from app.workflow.run import Act


def stored(terms: Terms) -> dict[str, object]:
    return terms.model_dump(mode="json")


async def begin(made: AssignmentSet, act: Act) -> None:
    """With the seats of the set that is copied, or those that stand already, which no set can leave out."""
    stage: Stage = act.parent
    made.stage, made.title = stage, act.data.title
    if act.data.copy_of is None:
        made.terms = stored(act.data.terms)
        seats = dict.fromkeys(await standing_in(act.session, stage.id), True)
    else:
        other = await _of_stage(act, stage.id, act.data.copy_of, "/body/copy_of")
        made.copied_from_id = other.id
        made.terms = stored(act.data.terms) if act.data.terms else other.terms
        seats = {(one.contract_id, one.proposal_id): one.fixed for one in other.seats}
    made.seats = [seat_of(pair, fixed) for pair, fixed in seats.items()]
    if act.data.terms:
        await _known(act.session, stage, act.data.terms, (), "/body")
    act.note(seats=len(made.seats))
    await measure(made, act)


def seat_of(pair: Pair, fixed: bool) -> SetSeat:
    contract, proposal = pair
    return SetSeat(contract_id=contract, proposal_id=proposal, fixed=fixed)


async def _of_stage(act: Act, stage_id: UUID, key: UUID, path: str) -> AssignmentSet:
    """Raises NotFound for a set that is not there, Malformed for one of another stage."""
    other, _ = await look(act.session, AssignmentSet, key, act.actor, ["seats"])
    if other.stage_id != stage_id:
        raise Malformed(reasons=[Reason("other-stage", "This set is of another stage.", path, "sender")])
    found: AssignmentSet = other
    return found


async def _known(
    session: AsyncSession, stage: Stage, terms: Terms | None, seats: Iterable[SeatGiven], path: str
) -> None:
    """Contracts of the call and proposals of the stage alone. Raises Malformed with every other."""
    seats = list(seats)
    contracts = await session.scalars(select(Contract.id).where(Contract.call_id == stage.call_id))
    here = select(Proposal.id).join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
    proposals = await session.scalars(here.where(TopicStage.stage_id == stage.id))
    under, wanted, reasons = set(contracts), set(proposals), []
    for number, seat in enumerate(seats):
        if seat.contract_id not in under:
            at = f"{path}/put/{number}/contract_id"
            reasons.append(Reason("no-such-contract", "No such contract for the call.", at, "sender"))
        if seat.proposal_id not in wanted:
            at = f"{path}/put/{number}/proposal_id"
            reasons.append(Reason("no-such-proposal", "No such proposal in the stage.", at, "sender"))
    for number, pair in enumerate(terms.apart if terms else ()):
        if not set(pair) <= under or pair[0] == pair[1]:
            told = "Two contracts for the call are kept apart, and each is another."
            reasons.append(Reason("no-such-contract", told, f"{path}/terms/apart/{number}", "sender"))
    if reasons:
        raise Malformed(reasons=reasons)


async def change(made: AssignmentSet, act: Act) -> None:
    """Seats are taken before others are put."""
    given = act.data
    await _known(act.session, made.stage, given.terms, given.put, "/body")
    has = {(one.contract_id, one.proposal_id): one for one in made.seats}
    gone = {(one.contract_id, one.proposal_id): number for number, one in enumerate(given.take)}
    if unknown := [number for pair, number in gone.items() if pair not in has]:
        told = "The set has no such seat."
        raise Malformed(
            reasons=[Reason("no-such-seat", told, f"/body/take/{number}", "sender") for number in unknown]
        )
    put = {(one.contract_id, one.proposal_id): one.fixed for one in given.put}
    for pair, seat in has.items():
        if pair in put:
            seat.fixed = put.pop(pair)
        elif pair in gone:
            made.seats.remove(seat)
    made.seats += [seat_of(pair, fixed) for pair, fixed in put.items()]
    if given.title is not None:
        made.title = given.title
    if given.terms is not None:
        made.terms = stored(given.terms)


async def replace_seats(made: AssignmentSet, seats: Iterable[SeatGiven], act: Act) -> None:
    """The whole set; the version rises, so that nobody edits what they have not read."""
    wanted = {(one.contract_id, one.proposal_id): one.fixed for one in seats}
    for seat in list(made.seats):
        pair = (seat.contract_id, seat.proposal_id)
        if pair in wanted:
            seat.fixed = wanted.pop(pair)
        else:
            made.seats.remove(seat)
    made.seats += [seat_of(pair, fixed) for pair, fixed in wanted.items()]
    made.version += 1
    act.note(seats=len(made.seats))


async def measure(made: AssignmentSet, act: Act) -> None:
    """Affinities of the stage, where a text has changed."""
    await enqueue(act.session, measure_affinity, stage_id=str(act.parent.id if act.parent else made.stage_id))


async def date_release(made: AssignmentSet, act: Act) -> None:
    made.released_at = act.now


@dataclass(frozen=True)
class Found:
    """Seats that a run has found, and what it was to have most of."""

    goal: str
    title: str
    seats: tuple[Pair, ...]


async def take_found(made: AssignmentSet, act: Act) -> None:
    run: AssignmentRun = act.parent
    found: Found = act.data
    made.stage_id, made.run, made.terms = run.stage_id, run, run.terms
    made.goal, made.title = found.goal, found.title
    fixed = {(UUID(contract), UUID(proposal)) for contract, proposal in run.fixed}
    made.seats = [seat_of(pair, pair in fixed) for pair in found.seats]
    act.note(run=str(run.id), goal=found.goal, seats=len(made.seats))


async def settle_terms(run: AssignmentRun, act: Act) -> None:
    """What it is to solve is kept with it: a set that is changed later changes no run."""
    stage: Stage = act.parent
    run.stage, run.terms = stage, stored(act.data.terms)
    await _known(act.session, stage, act.data.terms, (), "/body")
    if act.data.keep is not None:
        await _of_stage(act, stage.id, act.data.keep, "/body/keep")
        kept = await fixed_in(act.session, act.data.keep)
        run.fixed = [[str(contract), str(proposal)] for contract, proposal in kept]


async def date_beginning(run: AssignmentRun, act: Act) -> None:
    run.started_at = act.now


async def date_end(run: AssignmentRun, act: Act) -> None:
    run.ended_at = act.now


async def ask_to_stop(run: AssignmentRun, act: Act) -> None:
    """The worker sees it within a second, and hands over its best so far."""
    run.cancel_asked_at = run.cancel_asked_at or act.now


@dataclass(frozen=True)
class Ended:
    """What has come of a run."""

    figures: dict[str, object]
    models: dict[str, object]
    sentences: tuple[str, ...] = ()


async def keep_end(run: AssignmentRun, act: Act) -> None:
    ended: Ended = act.data
    run.figures, run.models, run.sentences = ended.figures, ended.models, list(ended.sentences)
    run.ended_at = act.now
    act.note(models=ended.models, sentences=len(ended.sentences))
