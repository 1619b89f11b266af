"""What follows from a set: its seats become assignments, are invited, are taken back; a run is queued."""

import secrets
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.jobs import enqueue
from app.core.reason import Reason
from app.experts.assigning.effects import pair_of
from app.experts.assigning.models import AssignmentRun, AssignmentSet, SetSeat
from app.experts.assigning.queries import standing_in
from app.experts.assigning.solving import solve_assignment
from app.experts.assigning.workflow import ANSWERED, ASSIGNMENT_SET
from app.experts.models import SEATED, Assignment, AssignmentState, Contract
from app.experts.reactions import tell_invited, tell_taken_back
from app.experts.rules import free_label
from app.experts.workflow import ASSIGNMENT
from app.proposals.models import Proposal
from app.workflow.rows import lock_all
from app.workflow.run import Act, create_all, fire_all, refuse


async def propose_seats(made: AssignmentSet, act: Act) -> None:
    """Reaction to a set's `release`: an assignment for each seat that has none, in few statements.

    Rapporteurs are those of the set; where it names none, whoever is stays.

    Proposals are locked, so that a label is given once. What has come up since the set was judged is caught
    by the assignment's own constraints.
    """
    proposals = await lock_all(act.session, Proposal, sorted({one.proposal_id for one in made.seats}))
    topics = {one.id: one.topic_id for one in proposals}
    stands = await standing_in(act.session, made.stage_id)
    new = [one for one in made.seats if pair_of(one) not in stands]
    await _name_rapporteurs(made, act)
    contracts = select(Contract).where(Contract.id.in_({one.contract_id for one in new}))
    loaded = contracts.options(selectinload(Contract.expert), selectinload(Contract.call))
    by_id = {one.id: one for one in await act.session.scalars(loaded)}
    labels = await _labels(act, topics)
    for seat in sorted(new, key=lambda one: (one.proposal_id, one.contract_id)):
        contract, taken = by_id[seat.contract_id], labels[seat.proposal_id]
        seat.assignment = Assignment(
            contract=contract,
            expert=contract.expert,
            proposal_id=seat.proposal_id,
            topic_id=topics[seat.proposal_id],
            label=free_label(taken, secrets.randbelow(1_000_000)),
            rapporteur=seat.rapporteur,
        )
        taken.add(seat.assignment.label)
    proposed = [seat.assignment for seat in new if seat.assignment is not None]
    # The state is written by the row, and no seat is sent before its assignment has one.
    with act.session.no_autoflush:
        await create_all(ASSIGNMENT, "propose_in_set", proposed, act.given(None))
    if act.data.invite:
        await fire_all(ASSIGNMENT, "invite_in_set", proposed, act.given(None))
        await tell_invited(proposed, act)


async def _name_rapporteurs(made: AssignmentSet, act: Act) -> None:
    """Of seats that stand: who does so no more is relieved before another is named."""
    drafts = {one.proposal_id: one.contract_id for one in made.seats if one.rapporteur}
    here = select(Assignment.id).where(Assignment.proposal_id.in_(drafts), Assignment.state.in_(SEATED))
    locked = await lock_all(act.session, Assignment, await act.session.scalars(here))
    held = [one for one in locked if one.state in SEATED]
    others = [one for one in held if one.rapporteur and drafts[one.proposal_id] != one.contract_id]
    await fire_all(ASSIGNMENT, "relieve_rapporteur", others, act.given(None))
    made.relieved = [str(one.id) for one in others]
    named = [one for one in held if not one.rapporteur and drafts[one.proposal_id] == one.contract_id]
    await fire_all(ASSIGNMENT, "name_rapporteur", named, act.given(None))
    made.named = [str(one.id) for one in named]


async def _give_marks_back(made: AssignmentSet, act: Act) -> None:
    """Rapporteurs are who they were, as far as their seats stand and nobody has been named since."""
    keys = {UUID(key) for key in (*made.named, *made.relieved)}
    own = select(Assignment.proposal_id).where(Assignment.id.in_(keys))
    beside = select(Assignment.id).where(
        Assignment.proposal_id.in_(own), Assignment.rapporteur, Assignment.state.in_(SEATED)
    )
    found = keys | set(await act.session.scalars(beside))
    seats = [one for one in await lock_all(act.session, Assignment, sorted(found)) if one.state in SEATED]
    named = [one for one in seats if str(one.id) in made.named and one.rapporteur]
    await fire_all(ASSIGNMENT, "relieve_rapporteur", named, act.given(None))
    await act.session.flush()  # at no moment a panel has two
    drafted = {one.proposal_id for one in seats if one.rapporteur}
    again = [one for one in seats if str(one.id) in made.relieved and one.proposal_id not in drafted]
    await fire_all(ASSIGNMENT, "name_rapporteur", again, act.given(None))


async def _labels(act: Act, proposals: Collection[UUID]) -> dict[UUID, set[str]]:
    rows = select(Assignment.proposal_id, Assignment.label).where(Assignment.proposal_id.in_(proposals))
    found: dict[UUID, set[str]] = defaultdict(set)
    for proposal, label in await act.session.execute(rows):
        found[proposal].add(label)
    return found


async def _made_by(made: AssignmentSet, act: Act) -> list[Assignment]:
    """What the release has made, locked."""
    keys = select(SetSeat.assignment_id).where(SetSeat.set_id == made.id, SetSeat.assignment_id.is_not(None))
    return await lock_all(act.session, Assignment, await act.session.scalars(keys), ["contract.call"])


async def invite_seats(made: AssignmentSet, act: Act) -> None:
    """Reaction to a set's `invite`."""
    waiting = [one for one in await _made_by(made, act) if one.state == AssignmentState.PROPOSED]
    await fire_all(ASSIGNMENT, "invite_in_set", waiting, act.given(None))
    await tell_invited(waiting, act)


async def take_seats_back(made: AssignmentSet, act: Act) -> None:
    """Reaction to a set's `undo`; asked again under lock, since an expert may just have answered."""
    seats = await _made_by(made, act)
    if any(one.state in ANSWERED for one in seats):
        told = "An expert has answered the invitation, or a seat is blocked."
        raise refuse(ASSIGNMENT_SET, "undo", made, act, [Reason("answered", told, who="office")])
    waiting = [one for one in seats if one.state in (AssignmentState.PROPOSED, AssignmentState.INVITED)]
    invited = [one for one in waiting if one.state == AssignmentState.INVITED]
    await fire_all(ASSIGNMENT, "take_back", waiting, act.given(None))
    await _give_marks_back(made, act)
    await tell_taken_back(invited, act)


async def queue_run(run: AssignmentRun, act: Act) -> None:
    """Reaction to a run's `start`."""
    await enqueue(act.session, solve_assignment, run_id=str(run.id))
