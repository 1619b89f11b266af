"""Reads of sets and runs beside their tables: why, who else, what differs, how far; import and export."""

from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy import func, select

from app.calls.models import Stage, TopicStage
from app.core.errors import NotFound
from app.core.reason import Reason
from app.experts.affinity.queries import kept
from app.experts.assigning import effects
from app.experts.assigning.effects import pair_of
from app.experts.assigning.models import AssignmentRun, AssignmentSet
from app.experts.assigning.mounts import (
    ASSIGNMENT_RUNS,
    ASSIGNMENT_SETS,
    SEATS,
    WHO,
    around,
    figures_read,
    ground_in,
    name_of,
    pairs_of,
)
from app.experts.assigning.queries import scores_in, scores_on
from app.experts.assigning.reading import Names, seats_in, table
from app.experts.assigning.rules import (
    Pair,
    Terms,
    affinity_matrix,
    loads_of,
    named,
    problem_of,
)
from app.experts.assigning.schemas import (
    CandidateRead,
    Candidates,
    ComparisonRead,
    ImportedRead,
    ImportSeats,
    MovedSeat,
    ProgressRead,
    WhyRead,
)
from app.experts.assigning.workflow import ASSIGNMENT_RUN, ASSIGNMENT_SET
from app.experts.models import Contract, Expert
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.acts import Key, once
from app.workflow.asked import Asked, Asking, Token, asked
from app.workflow.following import EVENTS, following
from app.workflow.http import mount
from app.workflow.route import documented, loaded_for, refusals
from app.workflow.rows import look
from app.workflow.run import fire, refuse

router = APIRouter()
mount(router, ASSIGNMENT_SETS)
mount(router, ASSIGNMENT_RUNS)
SetId = Annotated[UUID, Path(alias="id")]
RunId = Annotated[UUID, Path(alias="id")]
WHO_READS = f"Who: {WHO.label}."


async def _set(asking: Asked, key: UUID) -> AssignmentSet:
    found: AssignmentSet
    found, _ = await look(asking.session, AssignmentSet, key, asking.actor, SEATS, by=WHO)
    return found


@router.post(
    "/assignment_sets/{id}/import",
    response_model=ImportedRead,
    responses=refusals(401, 403, 404, 409),
    **documented(ASSIGNMENT_SETS, ASSIGNMENT_SET.rows("import")),
)
async def import_seats(
    loaded: loaded_for(ASSIGNMENT_SETS, ["import"]),  # type: ignore[valid-type]
    request: Request,
    data: Annotated[ImportSeats, Body()],
    key: Key = None,
) -> Response:
    asking, made, held = loaded
    act = asking.act(held, data)

    async def done() -> ImportedRead:
        seats, faults = seats_in(data.format, data.text, await _names(asking, made))
        if not data.dry_run:
            if faults:
                at = "/body/text/lines"
                told = [Reason(one.code, one.text, f"{at}/{one.line}", "sender") for one in faults]
                raise refuse(ASSIGNMENT_SET, "import", made, act, told)
            await effects.replace_seats(made, seats, act)
            await fire(ASSIGNMENT_SET, "import", made, act)
        return ImportedRead(dry_run=data.dry_run, seats=len(seats), faults=faults)

    return await once(asking, request, key, done, 200)


async def _names(asking: Asked, made: AssignmentSet) -> Names:
    """Every contract for the call and every proposal of the stage, as they may be named."""
    here = select(Proposal.reference, Proposal.id).join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
    proposals = await asking.session.execute(here.where(TopicStage.stage_id == made.stage_id))
    call = select(Stage.call_id).where(Stage.id == made.stage_id).scalar_subquery()
    under = (
        select(Contract.id, func.lower(Account.email))
        .join(Expert, Expert.id == Contract.expert_id)
        .join(Account, Account.id == Expert.account_id)
        .where(Contract.call_id == call)
        .order_by(Contract.created_at)  # of two contracts of one person the later counts
    )
    contracts: dict[str, UUID] = {}
    for key, email in await asking.session.execute(under):
        contracts |= {str(key): key, email: key}
    return Names({row[0]: row[1] for row in proposals}, contracts)


async def _rows(asking: Asked, made: AssignmentSet) -> list[tuple[str, str, str, str, str, float | None]]:
    score = await scores_in(asking.session, made.id)
    rows = [
        (
            one.proposal.reference,
            str(one.contract_id),
            "yes" if one.fixed else "no",
            "yes" if one.rapporteur else "no",
            name_of(one),
            score.get((one.contract_id, one.proposal_id)),
        )
        for one in made.seats
    ]
    return sorted(rows, key=lambda row: (row[0], row[4], row[1]))


@router.get(
    "/assignment_sets/{id}/seats.csv",
    response_class=Response,
    responses=refusals(401, 404) | {200: {"content": {"text/csv": {}}}},
    summary="Take the seats as a table (assignment set)",
    description=f"It can be read in again. {WHO_READS}",
    operation_id="assignment_set_csv",
)
async def seats_csv(asking: Asking, key: SetId) -> Response:
    made = await _set(asking, key)
    told = {"Content-Disposition": f'attachment; filename="seats-{made.id}.csv"'}
    return Response(table(await _rows(asking, made)), media_type="text/csv", headers=told)


@router.get(
    "/assignment_sets/{id}/seats.json",
    response_model=list[dict[str, str | bool | float | None]],
    responses=refusals(401, 404),
    summary="Take the seats as JSON (assignment set)",
    description=f"It can be read in again. {WHO_READS}",
    operation_id="assignment_set_json",
)
async def seats_json(asking: Asking, key: SetId) -> Response:
    made = await _set(asking, key)
    rows = await _rows(asking, made)
    return JSONResponse(
        [
            {
                "proposal": reference,
                "contract": contract,
                "fixed": fixed == "yes",
                "rapporteur": rapporteur == "yes",
                "expert": name,
                "affinity": score,
            }
            for reference, contract, fixed, rapporteur, name, score in rows
        ]
    )


@router.get(
    "/assignment_sets/{id}/comparison/{other_id}",
    responses=refusals(401, 404),
    summary="Compare with another set of the stage (assignment set)",
    description=f"Seats that only one of the two has, and what each comes to. {WHO_READS}",
    operation_id="assignment_set_comparison",
)
async def compare(asking: Asking, key: SetId, other_id: UUID) -> ComparisonRead:
    here, there = await _set(asking, key), await _set(asking, other_id)
    if here.stage_id != there.stage_id:
        raise NotFound
    # Both on one ground, so that a panel that is empty in one counts in it.
    seats = [*here.seats, *there.seats]
    ground = ground_in(seats)
    score = await scores_in(asking.session, here.id, there.id)
    rows = {(one.contract_id, one.proposal_id): one for one in seats}
    mine, theirs = set(pairs_of(here)), set(pairs_of(there))

    def told(pairs: Iterable[Pair]) -> list[MovedSeat]:
        found = [
            MovedSeat(
                proposal_id=pair[1],
                reference=rows[pair].proposal.reference,
                contract_id=pair[0],
                name=name_of(rows[pair]),
            )
            for pair in pairs
        ]
        return sorted(found, key=lambda one: (one.reference, one.name, str(one.contract_id)))

    return ComparisonRead(
        both=len(mine & theirs),
        only_here=told(mine - theirs),
        only_there=told(theirs - mine),
        here=figures_read(ground, sorted(mine, key=str), score),
        there=figures_read(ground, sorted(theirs, key=str), score),
    )


@router.get(
    "/assignment_sets/{id}/seats/{proposal_id}/{contract_id}/why",
    responses=refusals(401, 404),
    summary="Explain a seat (assignment set)",
    description=f"What the texts share, the rank, the next best and what keeps them out. {WHO_READS}",
    operation_id="assignment_set_why",
)
async def why(asking: Asking, key: SetId, proposal_id: UUID, contract_id: UUID) -> WhyRead:
    from app.experts.matching.explain import seat  # loads the solver

    made = await _set(asking, key)
    row = next((one for one in made.seats if pair_of(one) == (contract_id, proposal_id)), None)
    ground = await around(asking, made)
    known = {one.contract_id for one in ground.experts}
    proposals = {one.proposal_id for one in ground.proposals}
    if row is None or contract_id not in known or proposal_id not in proposals:
        raise NotFound
    score, names = await scores_on(asking.session, ground, [proposal_id]), ground.names()
    fixed = [pair_of(one) for one in made.seats if one.fixed]
    problem = problem_of(ground, Terms.model_validate(made.terms), fixed, affinity_matrix(ground, score))
    panels = {
        str(one): tuple(str(c) for c, p in pairs_of(made) if p == one and c in known) for one in proposals
    }
    found = seat(problem, panels, str(contract_id), str(proposal_id))
    measured = (await kept(asking.session, [proposal_id], [row.contract.expert_id])).get(
        (row.contract.expert_id, proposal_id)
    )
    return WhyRead(
        proposal_id=proposal_id,
        contract_id=contract_id,
        name=names[str(contract_id)],
        affinity=found.affinity,
        keyword_score=measured.keyword_score if measured else 0.0,
        words=measured.words if measured else [],
        keywords=measured.keywords if measured else [],
        nearest=measured.nearest if measured else None,
        model=measured.model if measured else None,
        model_version=measured.model_version if measured else None,
        rank=found.rank,
        eligible=found.eligible,
        next_best=names[found.next_best] if found.next_best else None,
        next_affinity=found.next_affinity,
        kept_out=[named(text, names) for text in found.kept_out],
    )


@router.get(
    "/assignment_sets/{id}/proposals/{proposal_id}/candidates",
    responses=refusals(401, 404),
    summary="List whom a proposal may be given to (assignment set)",
    description="Everybody under contract, the best first, with load in this set and what bars them. "
    f"For a draft. {WHO_READS}",
    operation_id="assignment_set_candidates",
)
async def candidates(asking: Asking, key: SetId, proposal_id: UUID) -> Candidates:
    made = await _set(asking, key)
    ground = await around(asking, made)
    proposal = next((one for one in ground.proposals if one.proposal_id == proposal_id), None)
    if proposal is None:
        raise NotFound
    pairs = set(pairs_of(made))
    loads = {one.contract_id: one for one in loads_of(ground, pairs)}
    measured = await kept(asking.session, [proposal_id], [one.expert_id for one in ground.experts])
    items = []
    for one in ground.experts:
        found, load = measured.get((one.expert_id, proposal_id)), loads[one.contract_id]
        items.append(
            CandidateRead(
                contract_id=one.contract_id,
                name=one.name,
                affinity=found.score if found else None,
                keyword_score=found.keyword_score if found else None,
                words=found.words if found else [],
                seats=load.seats,
                least=load.least,
                most=load.most,
                here=(one.contract_id, proposal_id) in pairs,
                barred=list(ground.barred.pairs.get((one.contract_id, proposal_id), ())),
            )
        )
    items.sort(key=lambda one: (bool(one.barred), -(one.affinity or 0.0), one.name, str(one.contract_id)))
    return Candidates(proposal_id=proposal_id, reference=proposal.reference, items=items)


@router.get(
    "/assignment_runs/{id}/progress",
    response_class=StreamingResponse,
    responses=refusals(401, 404) | EVENTS,
    summary="Follow a run (assignment run)",
    description="Server-sent events named `progress`, whenever it has got further, until the run is over; "
    f"after ten minutes whoever listens asks again. {WHO_READS}",
    operation_id="assignment_run_progress",
)
async def follow(request: Request, token: Token, key: RunId) -> StreamingResponse:
    """Asks before the answer begins, and again for each event; between them no connection is held."""

    async def ask() -> ProgressRead:
        async with request.app.state.sessions() as session, session.begin():
            asking = await asked(request, session, token)
            run, _ = await look(session, AssignmentRun, key, asking.actor, by=WHO)
            return ProgressRead.model_validate(run)

    final = {state.value for state in ASSIGNMENT_RUN.final}
    return await following("progress", ask, lambda now: now.state in final)
