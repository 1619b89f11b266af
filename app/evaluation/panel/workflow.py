"""The table of panels."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import and_, exists, or_, select

from app.calls.chosen import rules_of
from app.calls.models import TopicStage, TopicStageState
from app.core.reason import Reason
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.hearing.models import HearingRound
from app.evaluation.hearing.rules import heard_together
from app.evaluation.panel import effects
from app.evaluation.panel.inputs import inputs_of, ranking_of, scores_in
from app.evaluation.panel.models import RUNNING, Panel, PanelState
from app.evaluation.panel.room.models import AgendaItem, ItemState
from app.evaluation.panel.rules import ex_aequo
from app.evaluation.panel.schemas import Reopen, ScreenEthics, Settle, SettleConsensus
from app.people.access import office
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
OPEN = PanelState.OPEN
RANKED = PanelState.RANKED
CLOSED = PanelState.CLOSED
DISSOLVED = PanelState.DISSOLVED


def in_evaluation(topic_stage: TopicStage, ask: Ask) -> Why:
    if topic_stage.state != TopicStageState.EVALUATION:
        yield Reason("not-in-evaluation", "The topic is not in evaluation.", who="office")


def consensus_on_all(panel: Panel, ask: Ask) -> Why:
    final = {c.proposal_id for c in panel.consensuses if c.state == ConsensusState.FINAL}
    unsettled = {c.proposal_id for c in panel.consensuses if c.state == ConsensusState.NO_CONSENSUS}
    for proposal in panel.proposals:
        if proposal.id in unsettled:
            told = f"The experts on {proposal.reference} did not agree; the panel has not settled it."
            yield Reason("no-consensus", told, f"/proposals/{proposal.id}", "office")
        elif proposal.id not in final:
            told = f"{proposal.reference} has no final consensus report."
            yield Reason("no-consensus", told, f"/proposals/{proposal.id}", "experts")


def named_is_unsettled(panel: Panel, ask: Ask) -> Why:
    unsettled = {c.id for c in panel.consensuses if c.state == ConsensusState.NO_CONSENSUS}
    if not unsettled:
        yield Reason("nothing-to-settle", "No consensus report waits for the panel.", who="experts")
    elif ask.data is not None and ask.data.consensus_id not in unsettled:
        told = "This is no consensus report that waits for this panel."
        yield Reason("not-unsettled", told, "/consensus_id", "office")


def shares_one_rank(panel: Panel, ask: Ask) -> Why:
    if ask.data is None:
        return
    named = [key for group in ask.data.order for key in group]
    ranks = {place.rank for place in panel.places if place.proposal_id in named}
    sharing = [place for place in panel.places if {place.rank} == ranks]
    if None in ranks or sorted(place.proposal_id for place in sharing) != sorted(named) or len(sharing) < 2:
        yield Reason("not-one-rank", "Name every proposal of one shared rank, each once.", "/order", "office")
    elif ask.data.step != sharing[0].awaits:
        told = f"These are to be parted by the step “{sharing[0].awaits}” of the scheme."
        yield Reason("not-this-step", told, "/step", "office")


def nobody_ex_aequo(panel: Panel, ask: Ask) -> Why:
    steps = {place.rank: place.awaits for place in panel.places}
    for rank in ex_aequo(place.rank for place in panel.places):
        told = f"More than one proposal holds rank {rank}; the panel must part them by “{steps[rank]}” (5.5)."
        yield Reason("ex-aequo", told, "/places", "office")


def hearings_over(panel: Panel, ask: Ask) -> Why:
    if any(one.open for one in panel.hearing_rounds):
        told = "A round of hearings is neither over nor cancelled for all."
        yield Reason("hearings-not-over", told, "/hearing_rounds", "office")


def heard_alike(panel: Panel, ask: Ask) -> Why:
    """Who has come into the set of a round since it was sent is owed a hearing as well (V-20)."""
    given: list[HearingRound] = [one for one in panel.hearing_rounds if one.given]
    heard = {key for one in given for key in one.heard}
    standing = [place for place in panel.places if place.proposal.gone is None]
    sets = [heard_together(standing, total) for total in {one.total for one in given}]
    for place in dict.fromkeys(place for each in sets for place in each):
        if place.proposal_id not in heard:
            told = f"{place.proposal.reference} is now of the set that was heard, and was not."
            yield Reason("not-heard", told, f"/proposals/{place.proposal_id}", "office")


def ethics_asked_for(panel: Panel, ask: Ask) -> Why:
    stage = panel.topic_stage.stage
    if not rules_of(stage.call).screens_ethics(stage.kind):
        told = "The rules of the call ask for no ethics screening in this stage."
        yield Reason("no-screening", told, who="office")


def still_undecided(panel: Panel, ask: Ask) -> Why:
    """What the committee has decided on, or applicants were told, stands on the list as it is."""
    if panel.topic_stage.state in (TopicStageState.DECIDED, TopicStageState.RELEASED):
        told = "The committee has decided on this list; until its results are released it may return it."
        yield Reason("decided", told, who="committee")


def nobody_told(panel: Panel, ask: Ask) -> Why:
    if panel.topic_stage.state not in (TopicStageState.RANKED, TopicStageState.DECIDED):
        yield Reason("released", "Applicants have been told what was decided on this list.")


def fault_is_known(panel: Panel, ask: Ask) -> Why:
    yield from _known("office", ask)


def fault_of_procedure(panel: Panel, ask: Ask) -> Why:
    yield from _known("committee", ask)


def _known(by: str, ask: Ask) -> Why:
    faults = [one.code for one in programme().reopening if one.by == by]
    if ask.data is not None and ask.data.fault not in faults:
        yield Reason("no-such-fault", f"One of: {', '.join(faults)}.", "/fault", "office")


async def agenda_done(panel: Panel, act: Act) -> None:
    """Refuse while there is an agenda, and the panel has not decided on an item of it."""
    left = select(Proposal.reference).join(AgendaItem, AgendaItem.proposal_id == Proposal.id)
    waits = AgendaItem.state.in_((ItemState.PLANNED, ItemState.CURRENT))
    # What was decided of a report that is void says nothing of the one that stands.
    later = exists().where(
        Consensus.proposal_id == AgendaItem.proposal_id,
        Consensus.state == ConsensusState.FINAL,
        Consensus.final_at > AgendaItem.decided_at,
    )
    undone = or_(waits, and_(AgendaItem.state == ItemState.DECIDED, later)), Proposal.state.in_(RUNNING)
    found = left.where(AgendaItem.panel_id == panel.id, *undone).order_by(Proposal.reference)
    if references := (await act.session.scalars(found)).all():
        reasons = [
            Reason("not-decided", f"The panel has not decided on {one}.", who="office") for one in references
        ]
        raise refuse(PANEL, "close", panel, act, reasons)


async def as_ranked(panel: Panel, act: Act) -> None:
    """Refuse to freeze a list that is not what it would be if it were made now."""
    inputs = await inputs_of(panel, act.session)
    ranked, cut = ranking_of(inputs)
    made = {one.key: (one.rank, one.total, scores_in(inputs["proposals"][one.key])) for one in ranked}
    stands = {
        place.proposal.reference: (place.rank, place.total, {c: Decimal(s) for c, s in place.scores.items()})
        for place in panel.places
    }
    if made != stands or panel.cut != (None if cut is None else effects.told(cut, inputs)):
        told = "What the list is made of has changed since; rank it anew."
        raise refuse(PANEL, "close", panel, act, [Reason("list-outdated", told, "/places", "office")])


LISTED = (
    "proposals",
    "consensuses.points",
    "places.proposal",
    "partings",
    "changes",
    "topic_stage.stage.call",
    "lists",
)
REOPENED = ("lists", "topic_stage")
PANEL = Workflow(
    "panel",
    PanelState,
    final={DISSOLVED},
    transitions=(
        Transition("convene", set(), OPEN, office, "Convene the panel of a topic in evaluation (V-19).",
                   guards=(in_evaluation,), effects=(effects.seat,), under="topic_stage"),
        Transition("plan", {OPEN, RANKED}, None, office,
                   "Put every proposal on the agenda, in an order for which few have to leave the room."),
        Transition("rank", {OPEN, RANKED}, RANKED, office, "Make the list from the consensus reports (V-01).",
                   guards=(consensus_on_all,), effects=(effects.place_all,), needs=LISTED),
        Transition("settle", {RANKED}, None, office,
                   "Record how the panel parts those of one rank under the step that asks for it (5.5).",
                   guards=(shares_one_rank,), effects=(effects.part,), data=Settle, needs=LISTED),
        Transition("settle_consensus", {OPEN, RANKED}, OPEN, office,
                   "Settle a report on which the experts did not agree; the list is made after it (V-16).",
                   guards=(named_is_unsettled,), data=SettleConsensus, needs=("consensuses",)),
        Transition("lose_place", {RANKED}, OPEN, system,
                   "A proposal of the list is evaluated again; the list is made after it."),
        Transition("close", {RANKED}, CLOSED, office, "Freeze the list; it goes to the committee.",
                   guards=(nobody_ex_aequo, consensus_on_all, hearings_over, heard_alike),
                   effects=(agenda_done, as_ranked, effects.freeze),
                   needs=(*LISTED, "hearing_rounds.hearings")),
        Transition("reopen", {CLOSED}, OPEN, office,
                   "Begin anew, for a fault that two officers name: the next version of the list follows.",
                   guards=(still_undecided, fault_is_known), effects=(effects.take_list_back,), data=Reopen,
                   needs=REOPENED, second=True),
        Transition("take_back", {CLOSED}, OPEN, system,
                   "The committee has returned the list for a fault of procedure: the next version follows.",
                   guards=(nobody_told, fault_of_procedure), effects=(effects.take_list_back,), data=Reopen,
                   needs=REOPENED),
        Transition("screen_ethics", {CLOSED}, None, office,
                   "Open the ethics screening of those likely to be funded, down to this rank (X-02).",
                   guards=(ethics_asked_for,), data=ScreenEthics, needs=("topic_stage.stage.call",)),
        Transition("lose_report", {CLOSED}, None, system,
                   "A report that the closed list stands on is void; the office may reopen it.",
                   effects=(effects.note_fallen,)),
        Transition("dissolve", {OPEN, RANKED, CLOSED}, DISSOLVED, system, "Its call is cancelled."),
    ),
)  # fmt: skip
