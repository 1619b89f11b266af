"""The tables of a body: mandate, session, motion."""

from collections.abc import Iterable
from typing import Any, get_args

from app.committee import effects
from app.committee.access import entitled, motion_chair, session_chair
from app.committee.lists import fault_where_a_list_goes_back, passed_over_where_a_list_is_adopted
from app.committee.models import (
    SCREENING,
    Body,
    BodyState,
    Deciding,
    Mandate,
    MandateState,
    Motion,
    MotionState,
    SessionState,
)
from app.committee.rules import Count, carried, count, quorate
from app.committee.schemas import (
    Adjourn,
    CallSession,
    Conclude,
    Establish,
    Interest,
    Prepare,
    Propose,
    Recuse,
    Vote,
)
from app.core.reason import Reason
from app.people.access import admin, office
from app.workflow.run import Act, fill, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]


def by_another_person(mandate: Mandate, ask: Ask) -> Why:
    if ask.actor.id in (mandate.proposed_by, mandate.account_id):
        yield Reason("second-person", "Somebody who neither proposed it nor takes the seat must confirm it.")


def for_another_person(body: object, ask: Ask) -> Why:
    if ask.data is not None and ask.data.account_id == ask.actor.id:
        yield Reason(
            "own-seat", "Nobody takes a seat by their own proposal.", "/account_id", "another officer"
        )


def session_is_open(motion: Motion, ask: Ask) -> Why:
    if motion.session.state != SessionState.OPEN:
        yield Reason("session-not-open", "The session is not open.", who="chair")


def body_active(body: Body, ask: Ask) -> Why:
    if body.state != BodyState.ACTIVE:
        yield Reason("body-dissolved", "The body is dissolved.", who="admin")


def by_a_deciding_body(session: Any, ask: Ask) -> Why:
    """Which of those that decide may vote on what, the programme says where a motion is framed."""
    if session.body.kind not in get_args(Deciding):
        yield Reason("body-advises", "The body advises; it decides nothing.", who="office")
    yield from body_active(session.body, ask)


def its_body_decides(motion: Motion, ask: Ask) -> Why:
    yield from by_a_deciding_body(motion.session, ask)


def session_not_closed(session: object, ask: Ask) -> Why:
    if session.state == SessionState.CLOSED:  # type: ignore[attr-defined]
        yield Reason("session-closed", "The session is closed.", who="office")


def amount_where_money_is_raised(session: object, ask: Ask) -> Why:
    if ask.data is None:
        return
    moves = ask.data.purpose == "move_budget"
    money = moves or ask.data.purpose == "raise_envelope"
    if money and ask.data.amount is None:
        yield Reason("no-amount", "The motion does not say to how much.", "/amount", "office")
    if not money and ask.data.amount is not None:
        told = "Only a motion to raise an envelope, or to move money, names an amount."
        yield Reason("amount-not-asked", told, "/amount", "office")


def reasoned(session: object, ask: Ask) -> Why:
    """What takes something from applicants is published with its reason, which is the motion's text."""
    takes = ask.data is not None and ask.data.purpose in ("move_budget", "withdraw_topic", "cancel_call")
    if takes and not ask.data.text.strip():
        yield Reason("no-reason", "The motion gives no reason.", "/text", "office")


TARGETS = {"merge_idea": "with what the idea is merged", "move_budget": "to which topic the money goes"}


def target_where_there_is_one(session: object, ask: Ask) -> Why:
    if ask.data is None:
        return
    wanted = TARGETS.get(ask.data.purpose)
    if wanted and ask.data.target_id is None:
        yield Reason("no-target", f"The motion does not say {wanted}.", "/target_id", "office")
    if not wanted and ask.data.target_id is not None:
        told = "Only a motion to merge an idea, or to move money, names a target."
        yield Reason("target-not-asked", told, "/target_id", "office")


def not_out_already(motion: Motion, ask: Ask) -> Why:
    if ask.data is None:
        return
    ballot = next((b for b in motion.ballots if b.account_id == ask.data.account_id), None)
    if ballot is None:
        yield Reason("no-ballot", "There is no such member in this vote.", "/body/account_id", "sender")
    elif ballot.recused is not None:
        yield Reason("out-already", "The member is out of this vote.", "/body/account_id", "sender")


def reason_where_told(motion: Motion, ask: Ask) -> Why:
    if ask.data is not None and motion.purpose in SCREENING and ask.data.reason is None:
        yield Reason("no-reason", "Who proposed the idea is to be told why.", "/body/reason", "sender")


def counted(motion: Motion, ask: Ask) -> Count:
    return count(effects.counting(motion, ask.now))


def quorum_reached(motion: Motion, ask: Ask) -> Why:
    votes = counted(motion, ask)
    if not quorate(votes, motion.session.body.quorum):
        yield Reason("no-quorum", f"{votes.cast} of {votes.entitled} entitled have voted.", who="members")


def majority_reached(motion: Motion, ask: Ask) -> Why:
    votes = counted(motion, ask)
    if not carried(votes, motion.session.body.majority):
        yield Reason("no-majority", f"{votes.yes} for and {votes.no} against is no majority.")


def majority_missed(motion: Motion, ask: Ask) -> Why:
    if carried(counted(motion, ask), motion.session.body.majority):
        yield Reason("majority", "The motion has its majority.")


async def only_if_undecidable(motion: Any, act: Act) -> None:
    """Effect: a vote that has its quorum is closed by its count, unless its subject has moved on."""
    decides = not list(its_body_decides(motion, act.ask))
    quorum = motion.session.body.quorum
    if decides and quorate(counted(motion, act.ask), quorum) and await effects.still_asks(motion, act):
        told = "The vote has its quorum: close it as adopted or not adopted."
        raise refuse(MOTION, "adjourn", motion, act, [Reason("can-be-decided", told, who="chair")])


BODY = Workflow(
    "body",
    BodyState,
    final={BodyState.DISSOLVED},
    transitions=(
        Transition("establish", set(), BodyState.ACTIVE, admin | office,
                   "Set up a body with its rule of voting.", effects=(fill,), data=Establish),
        Transition("dissolve", {BodyState.ACTIVE}, BodyState.DISSOLVED, admin, "End a body.", second=True),
    ),
)  # fmt: skip

MANDATE = Workflow(
    "mandate",
    MandateState,
    final={MandateState.ENDED},
    transitions=(
        Transition("propose", set(), MandateState.PROPOSED, admin | office, "Propose a person for a seat.",
                   guards=(body_active, for_another_person), effects=(fill, effects.seat_in_body),
                   data=Propose, under="body"),
        Transition("confirm", {MandateState.PROPOSED}, MandateState.ACTIVE, admin | office,
                   "Confirm a proposed seat, as a second person.", guards=(by_another_person,)),
        Transition("end", {MandateState.PROPOSED, MandateState.ACTIVE}, MandateState.ENDED, admin | office,
                   "End a mandate at once.", effects=(effects.end_now,)),
    ),
)  # fmt: skip

SESSION = Workflow(
    "session",
    SessionState,
    final={SessionState.CLOSED},
    transitions=(
        Transition("call", set(), SessionState.CALLED, office, "Call a session.", guards=(body_active,),
                   effects=(fill, effects.hold_by_body), data=CallSession, under="body"),
        Transition("open", {SessionState.CALLED}, SessionState.OPEN, session_chair | office, "Open it."),
        Transition("close", {SessionState.OPEN}, SessionState.CLOSED, session_chair | office, "Close it."),
    ),
)  # fmt: skip

CLOSING = ("session.body.mandates", "ballots")
"""What it takes to count a vote."""

MOTION = Workflow(
    "motion",
    MotionState,
    final={MotionState.ADOPTED, MotionState.NOT_ADOPTED, MotionState.ADJOURNED},
    transitions=(
        Transition("prepare", set(), MotionState.PREPARED, office, "Prepare a motion for a session.",
                   guards=(session_not_closed, by_a_deciding_body, amount_where_money_is_raised,
                           target_where_there_is_one, reasoned, fault_where_a_list_goes_back,
                           passed_over_where_a_list_is_adopted),
                   effects=(fill, effects.keep_passed_over, effects.put_to_session, effects.be_framed),
                   data=Prepare,
                   under="session", needs=("body",)),
        Transition("put_to_vote", {MotionState.PREPARED}, MotionState.VOTING, motion_chair | office,
                   "Open the vote; who is entitled is fixed now.", guards=(session_is_open, its_body_decides),
                   effects=(effects.hand_out_ballots,), needs=("session.body",)),
        Transition("vote", {MotionState.VOTING}, None, entitled, "Cast a vote, or change it.",
                   guards=(session_is_open,), effects=(effects.cast,), data=Vote,
                   needs=("session.body", "ballots")),
        Transition("recuse", {MotionState.VOTING}, None, motion_chair | office,
                   "Take out members who have come to apply in its topic; their votes are void."),
        Transition("declare_interest", {MotionState.VOTING}, None, entitled,
                   "Take oneself out of the vote, with the reason; one's vote is void.",
                   effects=(effects.declare,), data=Interest, needs=("ballots",)),
        Transition("recuse_member", {MotionState.VOTING}, None, motion_chair | office,
                   "Take a member out of the vote, with the reason; their vote is void.",
                   guards=(not_out_already,), effects=(effects.recuse,), data=Recuse, needs=("ballots",),
                   second=True),
        Transition("adopt", {MotionState.VOTING}, MotionState.ADOPTED, motion_chair | office,
                   "Close a vote that has its quorum and majority.",
                   guards=(its_body_decides, quorum_reached, majority_reached, reason_where_told),
                   effects=(effects.date_decision,), data=Conclude, needs=CLOSING),
        Transition("reject", {MotionState.VOTING}, MotionState.NOT_ADOPTED, motion_chair | office,
                   "Close a vote that has its quorum but no majority.",
                   guards=(its_body_decides, quorum_reached, majority_missed, reason_where_told),
                   effects=(effects.date_decision,), data=Conclude, needs=CLOSING),
        Transition("adjourn", {MotionState.PREPARED, MotionState.VOTING}, MotionState.ADJOURNED,
                   motion_chair | office, "End, with the reason, what cannot be decided.",
                   effects=(only_if_undecidable, effects.keep_reason), data=Adjourn, needs=CLOSING),
        Transition("fall", {MotionState.PREPARED, MotionState.VOTING}, MotionState.ADJOURNED, system,
                   "What it was about is taken back: nothing is decided.", effects=(effects.keep_reason,),
                   data=Adjourn),
    ),
)  # fmt: skip
