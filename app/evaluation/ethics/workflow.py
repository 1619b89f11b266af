"""The tables of ethics screenings and of the seats of their experts."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, or_, select

from app.calls.chosen import rules_of
from app.core.reason import Reason
from app.evaluation.consensus.meeting import Moderator
from app.evaluation.consensus.models import Consensus
from app.evaluation.ethics import effects
from app.evaluation.ethics.access import LIKELY, at_work, invited, uninvolved
from app.evaluation.ethics.models import (
    AT_WORK,
    EthicsScreening,
    EthicsSeat,
    EthicsSeatState,
    EthicsState,
)
from app.evaluation.ethics.schemas import (
    Assess,
    InviteEthicsExpert,
    Meet,
    Refuse,
    Remark,
    Reopen,
    Require,
)
from app.evaluation.panel.room.models import PanelSeat, PanelSeatState
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.rules import conflicting, unsettled
from app.experts.conflicts.schemas import NameConflict
from app.experts.models import SEATED, Assignment, Contract, Expert
from app.experts.queries import in_force
from app.experts.schemas import Because, Clear
from app.people.access import office
from app.topics.programme import programme
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
OPEN = EthicsState.OPEN
ASSESSMENT = EthicsState.ASSESSMENT
CLEARED = EthicsState.CLEARED
CONDITIONAL = EthicsState.CONDITIONAL
NOT_CLEARED = EthicsState.NOT_CLEARED
VOIDED = EthicsState.VOIDED
INVITED = EthicsSeatState.INVITED
ACCEPTED = EthicsSeatState.ACCEPTED
BLOCKED = EthicsSeatState.BLOCKED
ENDED = EthicsSeatState.ENDED
concluder = office & uninvolved
"""Whoever is of its consortium, or has a conflict with it, has no hand in its ethics at any time."""


def goes_on(screening: EthicsScreening, ask: Ask) -> Why:
    if screening.state not in AT_WORK:
        yield Reason("screening-over", "The screening is over.", who="office")
    yield from may_be_funded(screening, ask)


def may_be_funded(screening: EthicsScreening, ask: Ask) -> Why:
    if screening.proposal.state not in LIKELY:
        yield Reason("not-funded", "The proposal is funded in no case any more.", who="office")


def experts_have_spoken(screening: EthicsScreening, ask: Ask) -> Why:
    """As many ethics experts as the rules ask for, and each of those who have accepted.

    Once it is reopened, what they remarked before does not count.
    """
    rule = rules_of(screening.panel.topic_stage.stage.call).ethics
    seated = [seat for seat in screening.seats if seat.state == ACCEPTED]
    since = screening.reopened_at
    spoken = [seat for seat in seated if any(since is None or said.at >= since for said in seat.remarks)]
    wanted = max(len(seated), rule.experts if rule is not None else 1)
    if len(spoken) < wanted:
        told = f"{len(spoken)} of {wanted} ethics experts have remarked on it."
        yield Reason("experts-not-heard", told, "/ethics_seats", "experts")


def codes_differ(screening: EthicsScreening, ask: Ask) -> Why:
    if ask.data is None:
        return
    codes = [one.code for one in ask.data.requirements]
    for number, code in enumerate(codes):
        if codes.index(code) != number:
            told = f"{code} stands twice."
            yield Reason("code-twice", told, f"/requirements/{number}/code", "office")


def open_requirement(screening: EthicsScreening, ask: Ask) -> Why:
    unmet = {one.code for one in screening.requirements if one.met_at is None}
    if not unmet:
        yield Reason("nothing-required", "All that was required is met.", "/requirements")
    elif ask.data is not None and ask.data.code not in unmet:
        yield Reason("no-such-requirement", "No requirement of this code is unmet.", "/code", "office")


def its_screening_goes_on(seat: EthicsSeat, ask: Ask) -> Why:
    yield from goes_on(seat.screening, ask)


async def fit_for_it(seat: EthicsSeat, act: Act) -> None:
    """Refuse whoever has no contract in force, judges the proposal, or is in conflict with it."""
    call = seat.screening.panel.topic_stage.stage.call_id
    held = exists().where(Contract.id == seat.contract_id, Contract.call_id == call, in_force())
    reasons = []
    with act.session.no_autoflush:  # else the database says it first, in its own words
        again = await act.session.scalar(select(_seated_before(seat)))
    if again:
        told = "This expert was invited to it already."
        raise refuse(ETHICS_SEAT, "invite", seat, act, [Reason("has-a-seat", told, "/contract_id", "office")])
    if not await act.session.scalar(select(held)):
        told = "The expert has no contract in force for the call."
        reasons.append(Reason("no-contract", told, "/contract_id", "office"))
    if await act.session.scalar(select(_judges(seat))):
        told = "This expert judges the proposal, or the list that it is on."
        reasons.append(Reason("judges-it", told, "/contract_id", "office"))
    if reasons := [*reasons, *await _conflicts(seat, act)]:
        raise refuse(ETHICS_SEAT, "invite", seat, act, reasons)


def _seated_before(seat: EthicsSeat) -> ColumnElement[bool]:
    return exists().where(
        EthicsSeat.screening_id == seat.screening.id,
        EthicsSeat.expert_id == seat.expert_id,
        EthicsSeat.state.in_((EthicsSeatState.INVITED, EthicsSeatState.ACCEPTED, EthicsSeatState.BLOCKED)),
    )


def _judges(seat: EthicsSeat) -> ColumnElement[bool]:
    mine = select(Contract.id).where(Contract.expert_id == seat.expert_id)
    account = select(Expert.account_id).where(Expert.id == seat.expert_id).scalar_subquery()
    reviews = exists().where(
        Assignment.expert_id == seat.expert_id,
        Assignment.proposal_id == seat.proposal_id,
        or_(Assignment.declared_at.is_not(None), Assignment.state.in_(SEATED)),
    )
    moderates = exists().where(
        Moderator.consensus_id == Consensus.id,
        Consensus.proposal_id == seat.proposal_id,
        Moderator.contract_id.in_(mine),
    )
    sits = exists().where(
        PanelSeat.account_id == account,
        PanelSeat.panel_id == seat.screening.panel_id,
        or_(PanelSeat.state == PanelSeatState.NAMED, PanelSeat.declared_at.is_not(None)),
    )
    return or_(reviews, moderates, sits)


async def still_free(seat: EthicsSeat, act: Act) -> None:
    """Refuse any conflict that there is by now."""
    if reasons := await _conflicts(seat, act):
        assert act.row is not None
        raise refuse(ETHICS_SEAT, act.row.name, seat, act, reasons)


async def _conflicts(seat: EthicsSeat, act: Act) -> list[Reason]:
    account = await act.session.scalar(select(Expert.account_id).where(Expert.id == seat.expert_id))
    if account is None:
        return []
    findings = await conflicts_between(act.session, [account], [seat.proposal_id], act.now)
    says, found = programme().conflicts.by_code, findings.of(account, seat.proposal_id)
    reasons = [conflicting(says[one.situation].says, one.situation, one.path) for one in found]
    return reasons + [unsettled(one) for one in findings.open_for(account, seat.proposal_id)]


CONCLUDED = ("proposal", "seats.remarks", "panel.topic_stage.stage.call", "requirements")
ETHICS_SCREENING = Workflow(
    "ethics_screening",
    EthicsState,
    final={NOT_CLEARED},
    title="ethics screening",
    transitions=(
        Transition("open", set(), OPEN, system, "Its proposal is likely to be funded (X-02).",
                   effects=(effects.of_panel,), under="panel"),
        Transition("clear", {OPEN, ASSESSMENT}, CLEARED, concluder,
                   "Record that nothing stands against it.", guards=(goes_on, experts_have_spoken),
                   effects=(effects.conclude,), needs=CONCLUDED),
        Transition("require", {OPEN, ASSESSMENT}, CONDITIONAL, concluder,
                   "Record what is required, before the signature or so many months after it.",
                   guards=(goes_on, experts_have_spoken, codes_differ),
                   effects=(effects.require, effects.conclude), data=Require, needs=CONCLUDED),
        Transition("assess", {OPEN}, ASSESSMENT, concluder, "Have it assessed in depth, with the reason.",
                   guards=(goes_on, experts_have_spoken), effects=(effects.keep_why_assessed,), data=Assess,
                   needs=CONCLUDED),
        Transition("refuse", {ASSESSMENT}, NOT_CLEARED, concluder,
                   "Record that it is not cleared, and so is not funded.",
                   guards=(goes_on, experts_have_spoken), effects=(effects.keep_refusal, effects.conclude),
                   data=Refuse, needs=CONCLUDED, second=True),
        Transition("meet", {CONDITIONAL}, None, concluder, "Record that a requirement is met.",
                   guards=(open_requirement,), effects=(effects.note_met,), data=Meet,
                   needs=("requirements",)),
        Transition("reopen", {CLEARED, CONDITIONAL}, ASSESSMENT, concluder,
                   "Assess it again, for what has come to light; never once the grant is signed (X-05).",
                   guards=(may_be_funded,), effects=(effects.assess_again,), data=Reopen,
                   needs=("proposal", "requirements")),
        Transition("void", {OPEN, ASSESSMENT}, VOIDED, system, "Its proposal has left the process."),
        Transition("resume", {VOIDED}, OPEN, system, "A review has brought its proposal back (Z-06)."),
    ),
)  # fmt: skip

ETHICS_SEAT = Workflow(
    "ethics_seat",
    EthicsSeatState,
    final={EthicsSeatState.DECLINED, BLOCKED, ENDED},
    title="seat of an ethics expert",
    transitions=(
        Transition("invite", set(), INVITED, concluder,
                   "Ask an expert under contract who judges nothing of it to declare.", guards=(goes_on,),
                   effects=(effects.seat, fit_for_it, effects.ask_to_declare), data=InviteEthicsExpert,
                   under="ethics_screening", needs=("proposal", "panel.topic_stage.stage.call")),
        Transition("accept", {INVITED}, ACCEPTED, invited, "Declare that there is no conflict, and accept.",
                   effects=(still_free, effects.date_declaration), data=Clear),
        Transition("declare_conflict", {INVITED, ACCEPTED}, BLOCKED, invited | at_work,
                   "Declare a conflict; all access to the proposal ends at once.", data=NameConflict),
        Transition("decline", {INVITED}, EthicsSeatState.DECLINED, invited,
                   "Decline, for other reasons than a conflict."),
        Transition("remark", {ACCEPTED}, None, at_work, "Remark on the ethics of the proposal.",
                   guards=(its_screening_goes_on,), effects=(still_free, effects.keep_remark), data=Remark,
                   needs=("screening.proposal", "remarks")),
        Transition("block", {INVITED, ACCEPTED}, BLOCKED, system, "A conflict is found."),
        Transition("end", {INVITED, ACCEPTED}, ENDED, concluder, "Take the seat away.", data=Because),
        Transition("release", {INVITED, ACCEPTED}, ENDED, system, "Its proposal has left the process."),
    ),
)  # fmt: skip
