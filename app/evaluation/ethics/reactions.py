"""What follows for ethics: screenings from closed lists, seats from conflicts, and who may judge besides."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from app.calls.chosen import rules_of
from app.calls.models import Call, Stage, TopicStage
from app.consortia.models import Consortium, Partner
from app.core.reason import Reason
from app.evaluation.consensus.models import Consensus
from app.evaluation.consensus.workflow import CONSENSUS
from app.evaluation.ethics.access import LIKELY
from app.evaluation.ethics.effects import tell_released
from app.evaluation.ethics.models import AT_WORK, SEATED, EthicsScreening, EthicsSeat, EthicsState
from app.evaluation.ethics.workflow import ETHICS_SCREENING, ETHICS_SEAT
from app.evaluation.panel.models import Panel, PanelState
from app.evaluation.panel.room.models import PanelSeat
from app.evaluation.panel.room.workflow import PANEL_SEAT
from app.evaluation.panel.workflow import PANEL
from app.experts.assigning.models import AssignmentSet, SetSeat
from app.experts.assigning.workflow import ASSIGNMENT_SET
from app.experts.conflicts.declaring import keep_shown
from app.experts.conflicts.models import Conflict
from app.experts.conflicts.reactions import Seen, concerned_by
from app.experts.conflicts.workflow import CONFLICT
from app.experts.models import Assignment, Contract, Expert
from app.experts.workflow import ASSIGNMENT
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.rows import loading, lock_all
from app.workflow.run import Act, create, create_all, fire_all, refuse

JUDGED = "This expert has a seat on the ethics of it, or had."


async def open_screenings(panel: Panel, act: Act) -> None:
    """Reaction to `screen_ethics`: for all down to the rank that have none yet."""
    (panel,) = await lock_all(act.session, Panel, [panel.id], ["places"])
    known = select(EthicsScreening.proposal_id).where(EthicsScreening.panel_id == panel.id)
    screened = set(await act.session.scalars(known))
    down_to = [
        place.proposal_id
        for place in panel.places
        if place.rank is not None and place.rank <= act.data.rank and place.proposal_id not in screened
    ]
    # Locked: one that is leaving is seen, or finds its screening and ends it.
    listed = await lock_all(act.session, Proposal, down_to)
    new = [one for one in listed if one.state in LIKELY]
    if not new:
        told = "Down to this rank, none is still to be screened."
        raise refuse(
            PANEL, "screen_ethics", panel, act, [Reason("nobody-to-screen", told, "/rank", "office")]
        )
    screenings = [EthicsScreening(proposal_id=one.id, consortium_id=one.consortium_id) for one in new]
    await create_all(ETHICS_SCREENING, "open", screenings, act.given(None, panel))


async def screen_the_upheld(proposal: Proposal, act: Act) -> None:
    """Reaction to a proposal's `uphold`: selected beside the list, whatever its rank, it is screened (X-05).

    What was ended when it was rejected goes on; what is concluded stays.
    """
    wanted = select(Panel).where(
        Panel.topic_stage_id == proposal.topic_stage_id, Panel.state == PanelState.CLOSED
    )
    panel = await act.session.scalar(wanted.options(*loading(Panel, ["topic_stage.stage.call"])))
    if panel is None:
        return
    stage = panel.topic_stage.stage
    if not rules_of(stage.call).screens_ethics(stage.kind):
        return
    known = select(EthicsScreening.id).where(EthicsScreening.proposal_id == proposal.id)
    found = await lock_all(act.session, EthicsScreening, await act.session.scalars(known))
    ended = [one for one in found if one.state == EthicsState.VOIDED]
    await fire_all(ETHICS_SCREENING, "resume", ended, act.given(None))
    if not found:
        fresh = EthicsScreening(proposal_id=proposal.id, consortium_id=proposal.consortium_id)
        await create(ETHICS_SCREENING, "open", fresh, act.given(None, panel))


async def void_with_proposal(proposal: Proposal, act: Act) -> None:
    """Reaction to a proposal's `request_withdrawal`, `find_ineligible`, `declare_duplicate` and `drop`."""
    await void_of([proposal.id], act)


async def void_of_call(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: of all its proposals; everybody under contract is told of it already."""
    here = select(Proposal.id).join(TopicStage).join(Stage).where(Stage.call_id == call.id)
    await void_of((await act.session.scalars(here)).all(), act, tells=False)


async def void_of(proposals: Collection[UUID], act: Act, *, tells: bool = True) -> None:
    """End what is still being screened of these proposals, which have left the process, and its seats.

    What is concluded stays as the record that it is. Whoever sits on it is told, not why.
    """
    going_on = (EthicsScreening.proposal_id.in_(proposals), EthicsScreening.state.in_(AT_WORK))
    keys = await act.session.scalars(select(EthicsScreening.id).where(*going_on))
    locked = await lock_all(act.session, EthicsScreening, keys)
    over = [one for one in locked if one.state in AT_WORK]
    if not over:
        return
    held = (EthicsSeat.screening_id.in_([one.id for one in over]), EthicsSeat.state.in_(SEATED))
    theirs = await act.session.scalars(select(EthicsSeat.id).where(*held))
    seats = [seat for seat in await lock_all(act.session, EthicsSeat, theirs) if seat.state in SEATED]
    await fire_all(ETHICS_SCREENING, "void", over, act.given(None))
    await fire_all(ETHICS_SEAT, "release", seats, act.given(None))
    if tells:
        await tell_released(seats, act)


async def keep_declaration(seat: EthicsSeat, act: Act) -> None:
    """Reaction to `declare_conflict`: it is on record, to be decided by the office."""
    (held,) = await lock_all(act.session, EthicsSeat, [seat.id], ["expert"])
    await create(CONFLICT, "declare", Conflict(), replace(act, parent=held))


async def block_by_conflict(conflict: Conflict, act: Act) -> None:
    """Reaction to a conflict that is found or declared: every ethics seat that it bars from is blocked."""
    of_call = select(Stage.call_id).join(TopicStage, TopicStage.stage_id == Stage.id)
    of_call = of_call.join(Proposal, Proposal.topic_stage_id == TopicStage.id)
    under = select(Contract.id).where(
        Contract.call_id.in_(of_call.where(Proposal.id == conflict.proposal_id))
    )
    barred: dict[str, ColumnElement[bool]] = {
        "proposal": EthicsSeat.proposal_id == conflict.proposal_id,
        "topic": EthicsSeat.topic_id == conflict.topic_id,
        "call": EthicsSeat.contract_id.in_(under),
    }
    here = or_(barred["proposal"], barred[programme().conflicts.by_code[conflict.situation].bars])
    held = (EthicsSeat.expert_id == conflict.expert_id, EthicsSeat.state.in_(SEATED))
    keys = await act.session.scalars(select(EthicsSeat.id).where(*held, here))
    seats = await lock_all(act.session, EthicsSeat, keys)
    await fire_all(ETHICS_SEAT, "block", [seat for seat in seats if seat.state in SEATED], act.given(None))


async def look_at_seats(subject: Seen, act: Act) -> None:
    """Reaction to what data come to show of experts and of who applies: of those who look at ethics, too."""
    here = concerned_by(subject)
    if isinstance(subject, Partner):
        topic = select(Consortium.topic_id).where(Consortium.id == subject.consortium_id)
        here = EthicsSeat.topic_id == topic.scalar_subquery()
    columns: tuple[Any, ...] = (Expert.account_id, Proposal)
    held = (
        select(*columns)
        .join(EthicsSeat, EthicsSeat.expert_id == Expert.id)
        .join(Proposal, Proposal.id == EthicsSeat.proposal_id)
        .where(here, EthicsSeat.state.in_(SEATED))
        .order_by(Expert.account_id, Proposal.id)
    )
    screened = defaultdict[UUID, list[Proposal]](list)
    for account_id, proposal in await act.session.execute(held):
        screened[account_id].append(proposal)
    await keep_shown(screened, act)


async def _has_seat(expert_id: object, here: ColumnElement[bool], act: Act) -> bool:
    wanted = select(EthicsSeat.id).join(EthicsScreening, EthicsScreening.id == EthicsSeat.screening_id)
    seen = or_(EthicsSeat.state.in_(SEATED), EthicsSeat.declared_at.is_not(None))
    return (
        await act.session.scalar(wanted.where(EthicsSeat.expert_id == expert_id, seen, here).limit(1))
    ) is not None


async def seat_no_ethics_expert(assignment: Assignment, act: Act) -> None:
    """Reaction to a seat that is proposed: who looks at the ethics of a proposal does not score it."""
    if await _has_seat(assignment.expert_id, EthicsSeat.proposal_id == assignment.proposal_id, act):
        reason = Reason("ethics-expert", JUDGED, "/proposal_id", "office")
        raise refuse(ASSIGNMENT, "propose", assignment, act, [reason])


async def seat_no_ethics_experts(made: AssignmentSet, act: Act) -> None:
    """Reaction to a set's `release`: the same for all its seats at once."""
    under = aliased(Contract)
    here = (
        select(Proposal.id, Proposal.reference)
        .distinct()
        .join(SetSeat, SetSeat.proposal_id == Proposal.id)
        .join(under, under.id == SetSeat.contract_id)
        .join(EthicsSeat, EthicsSeat.proposal_id == Proposal.id)
        .where(SetSeat.set_id == made.id, under.expert_id == EthicsSeat.expert_id)
        .where(or_(EthicsSeat.state.in_(SEATED), EthicsSeat.declared_at.is_not(None)))
        .order_by(Proposal.reference)
    )
    rows: list[tuple[UUID, str]] = [(key, reference) for key, reference in await act.session.execute(here)]
    if rows:
        reasons = [
            Reason(
                "ethics-expert",
                f"An ethics expert of {reference} has a seat on it.",
                f"/panels/{key}",
                "office",
            )
            for key, reference in rows
        ]
        raise refuse(ASSIGNMENT_SET, "release", made, act, reasons)


async def moderate_no_ethics_expert(consensus: Consensus, act: Act) -> None:
    """Reaction to a moderator who is named: the same for the group of the proposal."""
    expert = select(Contract.expert_id).where(Contract.id == act.data.contract_id).scalar_subquery()
    here = EthicsSeat.proposal_id == consensus.proposal_id
    if act.data.contract_id is not None and await _has_seat(expert, here, act):
        reason = Reason("ethics-expert", JUDGED, "/contract_id", "office")
        raise refuse(CONSENSUS, "name_moderator", consensus, act, [reason])


async def name_no_ethics_expert(seat: PanelSeat, act: Act) -> None:
    """Reaction to a seat on a panel: the same for its list."""
    expert = select(Expert.id).where(Expert.account_id == seat.account_id).scalar_subquery()
    if await _has_seat(expert, EthicsScreening.panel_id == seat.panel_id, act):
        reason = Reason("ethics-expert", JUDGED, "/account_id", "office")
        raise refuse(PANEL_SEAT, "name", seat, act, [reason])
