"""What follows for hearings from their round, and for rounds from their hearings and their panel."""

from uuid import UUID

from sqlalchemy import select

from app.core.reason import Reason
from app.evaluation.hearing.effects import call_all, call_off
from app.evaluation.hearing.models import NOT_OVER, Hearing, HearingRound, HearingState, RoundState
from app.evaluation.hearing.rules import heard_together
from app.evaluation.hearing.workflow import HEARD, HEARING, HEARING_ROUND
from app.evaluation.panel.inputs import inputs_of, ranking_of
from app.evaluation.panel.models import Panel
from app.proposals.models import Proposal
from app.workflow.rows import lock_all
from app.workflow.run import Act, create_all, fire, fire_all, refuse


async def hear_the_set(held: HearingRound, act: Act) -> None:
    """Reaction to `prepare`: each proposal of the set that had no hearing yet gets one.

    The set is made of the list as it would be ranked now. A further round of the same set asks what the
    first one asked.
    """
    panel = held.panel
    found = await _set_of(panel, held, act)
    earlier = [one for one in panel.hearing_rounds if one.given and one.total == held.total]
    if held.total is not None and len(found) < 2 and not earlier:
        told = "Fewer than two proposals above the thresholds have this total."
        raise refuse(HEARING_ROUND, "prepare", held, act, [Reason("no-such-total", told, "/total", "office")])
    if earlier:
        first = min(earlier, key=lambda one: one.created_at)
        if held.questions not in ([], first.questions):
            told = "Those who were heard before had other questions; all have the same."
            reason = Reason("other-questions", told, "/questions", "office")
            raise refuse(HEARING_ROUND, "prepare", held, act, [reason])
        held.follows_id, held.questions = first.id, first.questions
    new = [one for one in found if one.id not in _heard(panel)]
    if not new:
        told = "No proposal of the set is still to be heard."
        raise refuse(HEARING_ROUND, "prepare", held, act, [Reason("nobody-to-hear", told, who="office")])
    hearings = [Hearing(proposal_id=one.id, consortium_id=one.consortium_id) for one in new]
    await create_all(HEARING, "prepare", hearings, act.given(None, held))


async def _set_of(panel: Panel, held: HearingRound, act: Act) -> list[Proposal]:
    ranked, _ = ranking_of(await inputs_of(panel, act.session))
    named = {one.key for one in heard_together(ranked, held.total)}
    return [proposal for proposal in panel.proposals if proposal.reference in named]


def _heard(panel: Panel) -> set[UUID]:
    return {key for one in panel.hearing_rounds for key in one.heard}


async def call_the_set(held: HearingRound, act: Act) -> None:
    """Reaction to `send`: all are called at once, unless the list has changed who they are."""
    wanted = {one.proposal_id for one in held.standing}
    (panel,) = await lock_all(act.session, Panel, [held.panel_id], HEARD)
    if {one.id for one in await _set_of(panel, held, act)} - _heard(panel) != wanted:
        told = "Other proposals are of the set by now; cancel this round and prepare it anew."
        reason = Reason("set-has-changed", told, "/hearings", "office")
        raise refuse(HEARING_ROUND, "send", held, act, [reason])
    hearings = [one for one in await _locked(held, act) if one.state == HearingState.PREPARED]
    await fire_all(HEARING, "call", hearings, act)
    await call_all(hearings, act)


async def end_if_heard(hearing: Hearing, act: Act) -> None:
    """Reaction to `hold`, `note_absence` and `call_off`: with the last hearing the round is over."""
    (held,) = await lock_all(act.session, HearingRound, [hearing.round_id], ["hearings"])
    sent = held.state == RoundState.SENT
    if sent and all(one.state != HearingState.CALLED for one in held.hearings):
        await fire(HEARING_ROUND, "end", held, act.given(None))


async def cancel_all(held: HearingRound, act: Act) -> None:
    """Reaction to `cancel` and `dissolve`; those who know of it are told, unless of the whole call."""
    hearings = await _locked(held, act)
    standing = [one for one in hearings if HEARING.row("cancel", one.state) is not None]
    called = [one for one in standing if one.called_at is not None]
    await fire_all(HEARING, "cancel", standing, act.given(None))
    if act.data is not None:
        await call_off(called, held.cancelled_for or "", act)


async def _locked(held: HearingRound, act: Act) -> list[Hearing]:
    keys = await act.session.scalars(select(Hearing.id).where(Hearing.round_id == held.id))
    return await lock_all(act.session, Hearing, keys, ["proposal", "round"])


async def dissolve_with_panel(panel: Panel, act: Act) -> None:
    """Reaction to a panel's `dissolve`."""
    here = select(HearingRound.id).where(HearingRound.panel_id == panel.id, HearingRound.state.in_(NOT_OVER))
    rounds = await lock_all(act.session, HearingRound, await act.session.scalars(here))
    await fire_all(HEARING_ROUND, "dissolve", rounds, act.given(None))
