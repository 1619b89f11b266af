"""How sets and runs stand on the wire: to office and auditor, with all that is to be judged at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.experts.assigning.effects import drafting
from app.experts.assigning.models import AssignmentRun, AssignmentSet, SetSeat, SetState
from app.experts.assigning.queries import ground_of, names_in, scores_in, unmeasured_in
from app.experts.assigning.rules import (
    Ground,
    Pair,
    Seatable,
    Terms,
    Wanted,
    broken,
    figures_of,
    loads_of,
    named,
    panels_of,
)
from app.experts.assigning.schemas import (
    AssignmentRunItem,
    AssignmentRunRead,
    AssignmentSetItem,
    AssignmentSetRead,
    BalanceRead,
    BrokenRead,
    FiguresRead,
    LoadRead,
    PanelRead,
)
from app.experts.assigning.workflow import ASSIGNMENT_RUN, ASSIGNMENT_SET
from app.people.access import auditor, office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted

WHO = office | auditor
SEATS = ("seats.assignment", "seats.proposal", "seats.contract.expert.account")


def pairs_of(made: AssignmentSet) -> list[Pair]:
    return [(one.contract_id, one.proposal_id) for one in made.seats]


async def around(asked: Asked, made: AssignmentSet) -> Ground:
    """What a draft stands on now; of a set that is no draft, what it names, whatever has come of it since."""
    if made.state == SetState.DRAFT:
        return await ground_of(asked.session, made.stage_id, asked.now)
    return ground_in(made.seats)


def ground_in(seats: Sequence[SetSeat]) -> Ground:
    """The experts and proposals that these seats name."""
    experts = {one.contract_id: _seatable(one) for one in seats}
    proposals = {one.proposal_id: Wanted(one.proposal_id, one.proposal.reference, True) for one in seats}
    return Ground(
        sorted(experts.values(), key=lambda one: (one.name, str(one.contract_id))),
        sorted(proposals.values(), key=lambda one: one.reference),
    )


def _seatable(seat: SetSeat) -> Seatable:
    contract, nothing = seat.contract, frozenset[str]()
    return Seatable(
        contract.id, contract.expert_id, contract.expert.account_id, name_of(seat),
        contract.least, contract.most, None, None, None, None, None, nothing, nothing, False,
    )  # fmt: skip


def name_of(seat: SetSeat) -> str:
    account = seat.contract.expert.account
    return account.name if account is not None and account.name else "Somebody"


def figures_read(ground: Ground, seats: Sequence[Pair], score: dict[Pair, float]) -> FiguresRead:
    found = figures_of(ground, seats, score)
    return FiguresRead(
        seats=found.seats,
        total=found.total,
        worst=PanelRead.model_validate(found.worst) if found.worst else None,
        balance=BalanceRead.model_validate(found.balance) if found.balance else None,
    )


async def _judge(asked: Asked, made: AssignmentSet, body: Any) -> None:
    """Affinities, loads, panels, and of a draft everything that it breaks."""
    ground, pairs = await around(asked, made), pairs_of(made)
    score = await scores_in(asked.session, made.id)
    rows = {(one.contract_id, one.proposal_id): one for one in made.seats}
    for seat in body.seats:
        row = rows[seat.contract_id, seat.proposal_id]
        seat.reference, seat.name = row.proposal.reference, name_of(row)
        seat.affinity = score.get((seat.contract_id, seat.proposal_id))
        seat.state = row.assignment.state.value if row.assignment else None
    body.seats.sort(key=lambda seat: (seat.reference, seat.name, str(seat.contract_id)))
    body.figures = figures_read(ground, pairs, score)
    body.panels = [PanelRead.model_validate(one) for one in panels_of(ground, pairs, score)]
    body.loads = [LoadRead.model_validate(one) for one in loads_of(ground, pairs)]
    if made.state == SetState.DRAFT:
        body.unmeasured = await unmeasured_in(asked.session, ground)
        fixed = [pair for pair, row in rows.items() if row.fixed]
        found = broken(ground, Terms.model_validate(made.terms), pairs, fixed, drafting(made))
        body.broken = [BrokenRead.model_validate(one) for one in found]


ASSIGNMENT_SETS = Mounted(
    ASSIGNMENT_SET,
    AssignmentSet,
    "assignment_sets",
    views=((WHO, AssignmentSetRead),),
    items=((WHO, AssignmentSetItem),),
    needs=SEATS,
    completes=_judge,
    filters={
        "stage_id": Filter(UUID, lambda actor, value: AssignmentSet.stage_id == value),
        "assignment_run_id": Filter(UUID, lambda actor, value: AssignmentSet.run_id == value),
        "state": Filter(SetState, lambda actor, value: AssignmentSet.state == value),
    },
)


async def _name_experts(asked: Asked, run: AssignmentRun, body: Any) -> None:
    made = select(AssignmentSet.id).where(AssignmentSet.run_id == run.id).order_by(AssignmentSet.goal)
    body.set_ids = list(await asked.session.scalars(made))
    if run.sentences or run.replaced:
        names = await names_in(asked.session, run.stage_id)
        body.sentences = [named(sentence, names) for sentence in run.sentences]
    if body.replaced is not None:
        for seat in (*body.replaced.lost, *body.replaced.moved):
            seat.name = names.get(str(seat.contract_id), "Somebody")
            seat.reference = names.get(str(seat.proposal_id), "")


ASSIGNMENT_RUNS = Mounted(
    ASSIGNMENT_RUN,
    AssignmentRun,
    "assignment_runs",
    views=((WHO, AssignmentRunRead),),
    items=((WHO, AssignmentRunItem),),
    completes=_name_experts,
    filters={"stage_id": Filter(UUID, lambda actor, value: AssignmentRun.stage_id == value)},
)
