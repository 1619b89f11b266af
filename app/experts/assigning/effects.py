"""What the rows of sets and runs bring about; of seats nothing is made before a release."""

from collections.abc import Collection, Iterable, Mapping
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
from app.experts.assigning.queries import fixed_in, scores_in, standing_in, terms_released_last
from app.experts.assigning.rules import Pair, Terms
from app.experts.assigning.schemas import SeatGiven
from app.experts.matching.rapporteurs import rapporteurs
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
        standing = await standing_in(act.session, stage.id)
        made.seats = [seat_of(pair, True, drafts) for pair, drafts in standing.items()]
    else:
        other = await _of_stage(act, stage.id, act.data.copy_of, "/body/copy_of")
        made.copied_from_id = other.id
        made.terms = stored(act.data.terms) if act.data.terms else other.terms
        made.seats = [seat_of(pair_of(one), one.fixed, one.rapporteur) for one in other.seats]
    if act.data.terms:
        await _known(act.session, stage, act.data.terms, (), "/body")
    act.note(seats=len(made.seats))
    await measure(made, act)


def seat_of(pair: Pair, fixed: bool, rapporteur: bool = False) -> SetSeat:
    contract, proposal = pair
    return SetSeat(contract_id=contract, proposal_id=proposal, fixed=fixed, rapporteur=rapporteur)


def pair_of(seat: SetSeat) -> Pair:
    return seat.contract_id, seat.proposal_id


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
    """Seats are taken before others are put; rapporteurs are chosen last."""
    given = act.data
    await _known(act.session, made.stage, given.terms, given.put, "/body")
    _one_each(given.put)
    has = {pair_of(one): one for one in made.seats}
    gone = {(one.contract_id, one.proposal_id): number for number, one in enumerate(given.take)}
    if unknown := [number for pair, number in gone.items() if pair not in has]:
        told = "The set has no such seat."
        raise Malformed(
            reasons=[Reason("no-such-seat", told, f"/body/take/{number}", "sender") for number in unknown]
        )
    put = {(one.contract_id, one.proposal_id): one for one in given.put}
    for pair, seat in has.items():
        if pair in put:
            seat.fixed = put[pair].fixed
        elif pair in gone:
            made.seats.remove(seat)
    made.seats += [seat_of(pair, one.fixed) for pair, one in put.items() if pair not in has]
    await _draft(made, put, act.session)
    if given.choose_rapporteurs:
        await _choose(made, act.session)
    if given.title is not None:
        made.title = given.title
    if given.terms is not None:
        made.terms = stored(given.terms)


def _one_each(put: Collection[SeatGiven]) -> None:
    """Raises Malformed with each seat that would make a second rapporteur of one proposal."""
    seen: dict[UUID, UUID] = {}
    reasons = []
    for number, one in enumerate(put):
        if one.rapporteur and seen.setdefault(one.proposal_id, one.contract_id) != one.contract_id:
            told, at = "A proposal has one rapporteur.", f"/body/put/{number}/rapporteur"
            reasons.append(Reason("two-rapporteurs", told, at, "sender"))
    if reasons:
        raise Malformed(reasons=reasons)


async def _draft(made: AssignmentSet, given: Mapping[Pair, SeatGiven], session: AsyncSession) -> None:
    """Who is said to draft does, in the place of whoever did."""
    drafts = {pair for pair, one in given.items() if one.rapporteur}
    anew = {proposal for _, proposal in drafts}
    not_any_more = {pair for pair, one in given.items() if one.rapporteur is False}
    for seat in made.seats:
        pair = pair_of(seat)
        if seat.rapporteur and pair not in drafts and (seat.proposal_id in anew or pair in not_any_more):
            seat.rapporteur = False
    await _name(made, drafts, session)


async def _name(made: AssignmentSet, drafts: Collection[Pair], session: AsyncSession) -> None:
    await session.flush()  # at no moment a panel has two
    for seat in made.seats:
        if pair_of(seat) in drafts:
            seat.rapporteur = True


async def _choose(made: AssignmentSet, session: AsyncSession) -> None:
    """Of each panel without one, beside those there are; seats are written first, for their affinities."""
    await session.flush()
    score = await scores_in(session, made.id)
    await _name(made, rapporteurs_of([pair_of(one) for one in made.seats], score, drafting(made)), session)


def drafting(made: AssignmentSet) -> list[Pair]:
    return [pair_of(one) for one in made.seats if one.rapporteur]


def rapporteurs_of(
    seats: Iterable[Pair], score: Mapping[Pair, float], stay: Iterable[Pair]
) -> frozenset[Pair]:
    """One of each panel; who is, and still has a seat on it, stays."""
    panels: dict[str, list[str]] = {}
    for contract, proposal in seats:
        panels.setdefault(str(proposal), []).append(str(contract))
    worth = {(str(contract), str(proposal)): value for (contract, proposal), value in score.items()}
    held = {str(proposal): str(contract) for contract, proposal in stay}
    chosen = rapporteurs({p: tuple(panel) for p, panel in panels.items()}, worth, held)
    return frozenset((UUID(contract), UUID(proposal)) for proposal, contract in chosen.items())


async def replace_seats(made: AssignmentSet, seats: Iterable[SeatGiven], act: Act) -> None:
    """The whole set; the version rises, so that nobody edits what they have not read."""
    wanted = {(one.contract_id, one.proposal_id): one for one in seats}
    has = {pair_of(one) for one in made.seats}
    for seat in list(made.seats):
        if pair_of(seat) in wanted:
            seat.fixed = wanted[pair_of(seat)].fixed
        else:
            made.seats.remove(seat)
    made.seats += [seat_of(pair, one.fixed) for pair, one in wanted.items() if pair not in has]
    await _draft(made, wanted, act.session)
    made.version += 1
    act.note(seats=len(made.seats))


async def measure(made: AssignmentSet, act: Act) -> None:
    """Affinities of the stage, where a text has changed."""
    await enqueue(act.session, measure_affinity, stage_id=str(act.parent.id if act.parent else made.stage_id))


async def date_release(made: AssignmentSet, act: Act) -> None:
    made.released_at = act.now


@dataclass(frozen=True)
class Found:
    """Seats that a run has found, and what it was to have most of; who drafts, and what was to stay."""

    goal: str
    title: str
    seats: tuple[Pair, ...]
    rapporteurs: frozenset[Pair] = frozenset()
    kept: frozenset[Pair] = frozenset()


async def take_found(made: AssignmentSet, act: Act) -> None:
    run: AssignmentRun = act.parent
    found: Found = act.data
    made.stage_id, made.run, made.terms = run.stage_id, run, run.terms
    made.goal, made.title = found.goal, found.title
    made.seats = [seat_of(pair, pair in found.kept, pair in found.rapporteurs) for pair in found.seats]
    act.note(run=str(run.id), goal=found.goal, seats=len(made.seats))


async def settle_terms(run: AssignmentRun, act: Act) -> None:
    """What it is to solve is kept with it: a set that is changed later changes no run."""
    stage: Stage = act.parent
    run.stage, run.replaces = stage, act.data.replace
    if act.data.terms is not None:
        run.terms = stored(act.data.terms)
    elif (last := await terms_released_last(act.session, stage.id)) is not None:
        run.terms = last
    else:
        told = "No set of the stage is released, whose terms would hold."
        raise Malformed(reasons=[Reason("no-terms", told, "/body/terms", "sender")])
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
    replaced: dict[str, object] | None = None


async def keep_end(run: AssignmentRun, act: Act) -> None:
    ended: Ended = act.data
    run.figures, run.models, run.sentences = ended.figures, ended.models, list(ended.sentences)
    run.ended_at = act.now
    if ended.replaced is not None:
        run.replaced = ended.replaced
    act.note(models=ended.models, sentences=len(ended.sentences))
