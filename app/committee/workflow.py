"""The tables of a body: mandate, motion."""

from typing import Any

from app.committee import effects
from app.committee.access import entitled, motion_chair, waits
from app.committee.guards import (
    alternate_of_a_seat,
    amount_where_money_is_raised,
    body_active,
    by_a_deciding_body,
    by_another_person,
    counted,
    enough_may_vote,
    for_another_person,
    for_want_of_voters,
    in_time,
    its_body_decides,
    its_session_is_called_off,
    majority_missed,
    majority_reached,
    may_be_written,
    may_take_the_vote,
    not_in_writing_but_by_the_clock,
    not_out_already,
    quorum_reached,
    reason_where_told,
    reasoned,
    session_is_open,
    session_not_closed,
    target_where_there_is_one,
    until_a_day_ahead,
)
from app.committee.lists import fault_where_a_list_goes_back, passed_over_where_a_list_is_adopted
from app.committee.models import BodyState, MandateState, MotionState
from app.committee.rules import enough, quorate
from app.committee.schemas import (
    Adjourn,
    Conclude,
    Establish,
    Interest,
    Prepare,
    Propose,
    PutOn,
    Recuse,
    Refer,
    StandIn,
    Vote,
)
from app.committee.voting import rule_of
from app.core.reason import Reason
from app.people.access import admin, office
from app.workflow.run import Act, fill, refuse
from app.workflow.table import Transition, Workflow
from app.workflow.who import Who, system

conducts = motion_chair | office
closes = Who(
    f"{conducts.label} (of a written procedure the clock)",
    lambda held: conducts(held) or system(held),
    conducts.names | system.names,
)


async def only_if_undecidable(motion: Any, act: Act) -> None:
    """Effect: a vote that has its quorum is closed by its count, unless its subject has moved on.

    One in which too few may vote is adjourned to a date; a written one that has opened ends by the clock.
    """
    votes, rule = counted(motion, act.ask), rule_of(motion)
    decides = not list(its_body_decides(motion, act.ask)) and await effects.still_asks(motion, act)
    voting = bool(motion.ballots)
    too_few = decides and not enough(votes, rule)
    reasons = []
    if decides and not too_few and quorate(votes, rule):
        told = "The vote has its quorum: close it as adopted or not adopted."
        reasons = [Reason("can-be-decided", told, who="chair")]
    if decides and not too_few and voting:
        reasons = list(not_in_writing_but_by_the_clock(motion, act.ask)) or reasons
    if too_few and act.data.until is None:
        told = "Where too few may vote it is adjourned to a date."
        reasons = [Reason("no-date", told, "/until", "sender")]
    if reasons:
        raise refuse(MOTION, "adjourn", motion, act, reasons)
    motion.adjourned_for = _why(decides, too_few, voting)


def _why(decides: bool, too_few: bool, voting: bool) -> str:
    if not decides:
        return "moot"
    if too_few:
        return "too_few"
    return "no_quorum" if voting else "put_off"


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
                   guards=(body_active, for_another_person, alternate_of_a_seat),
                   effects=(fill, effects.seat_in_body), data=Propose, under="body", needs=("mandates",)),
        Transition("confirm", {MandateState.PROPOSED}, MandateState.ACTIVE, admin | office,
                   "Confirm a proposed seat, as a second person.", guards=(by_another_person,)),
        Transition("end", {MandateState.PROPOSED, MandateState.ACTIVE}, MandateState.ENDED, admin | office,
                   "End a mandate at once.", effects=(effects.end_now,)),
    ),
)  # fmt: skip

CLOSING = ("session.body.mandates", "ballots")
"""What it takes to count a vote."""

MOTION = Workflow(
    "motion",
    MotionState,
    final={MotionState.ADOPTED, MotionState.NOT_ADOPTED, MotionState.REFERRED},
    transitions=(
        Transition("prepare", set(), MotionState.PREPARED, office, "Prepare a motion for a session.",
                   guards=(session_not_closed, by_a_deciding_body, amount_where_money_is_raised,
                           target_where_there_is_one, reasoned, fault_where_a_list_goes_back,
                           passed_over_where_a_list_is_adopted, may_be_written),
                   effects=(fill, effects.keep_passed_over, effects.put_to_session, effects.be_framed),
                   data=Prepare,
                   under="session", needs=("body",)),
        Transition("receive", set(), MotionState.PREPARED, system,
                   "Put to another body what the first could not decide.",
                   guards=(session_not_closed, by_a_deciding_body),
                   effects=(effects.put_to_session, effects.take_over, effects.be_framed),
                   under="session", needs=("body",)),
        Transition("put_on_agenda", {MotionState.PREPARED}, None, office,
                   "Put it on the agenda of another session, where its own is called off.",
                   guards=(its_session_is_called_off,), data=PutOn, needs=("session",)),
        Transition("put_to_vote", {MotionState.PREPARED}, MotionState.VOTING, conducts,
                   "Open the vote; who is entitled, and what it is counted by, is fixed now.",
                   guards=(session_is_open, its_body_decides, in_time),
                   effects=(effects.hand_out_ballots,), needs=("session.body",)),
        Transition("vote", {MotionState.VOTING}, None, entitled, "Cast a vote, or change it.",
                   guards=(session_is_open, in_time), effects=(effects.cast,), data=Vote,
                   needs=("session.body", "ballots")),
        Transition("stand_in", {MotionState.VOTING}, None, conducts,
                   "Give the vote of a seat to its alternate, or back, with the reason; once cast it stays.",
                   guards=(not_out_already, may_take_the_vote), effects=(effects.stand_in,), data=StandIn,
                   needs=("ballots",)),
        Transition("recuse", {MotionState.VOTING}, None, closes,
                   "Take out members who have come to apply in its topic; their votes are void."),
        Transition("declare_interest", {MotionState.VOTING}, None, entitled | waits,
                   "Take oneself out of the vote, with the reason; one's vote is void.",
                   effects=(effects.declare,), data=Interest, needs=("ballots",)),
        Transition("recuse_member", {MotionState.VOTING}, None, conducts,
                   "Take a member out of the vote, with the reason; their vote is void.",
                   guards=(not_out_already,), effects=(effects.recuse,), data=Recuse, needs=("ballots",),
                   second=True),
        Transition("adopt", {MotionState.VOTING}, MotionState.ADOPTED, closes,
                   "Close a vote that has its quorum and majority.",
                   guards=(its_body_decides, not_in_writing_but_by_the_clock, enough_may_vote,
                           quorum_reached, majority_reached, reason_where_told),
                   effects=(effects.date_decision,), data=Conclude, needs=CLOSING),
        Transition("reject", {MotionState.VOTING}, MotionState.NOT_ADOPTED, closes,
                   "Close a vote that has its quorum but no majority.",
                   guards=(its_body_decides, not_in_writing_but_by_the_clock, enough_may_vote,
                           quorum_reached, majority_missed, reason_where_told),
                   effects=(effects.date_decision,), data=Conclude, needs=CLOSING),
        Transition("adjourn", {MotionState.PREPARED, MotionState.VOTING}, MotionState.ADJOURNED, conducts,
                   "End, with the reason, what cannot be decided.", guards=(until_a_day_ahead,),
                   effects=(only_if_undecidable, effects.keep_reason), data=Adjourn, needs=CLOSING),
        Transition("lapse", {MotionState.VOTING}, MotionState.ADJOURNED, system,
                   "A written procedure has ended and decided nothing.",
                   effects=(effects.keep_reason, effects.lapse), data=Adjourn, needs=CLOSING),
        Transition("fall", {MotionState.PREPARED, MotionState.VOTING}, MotionState.ADJOURNED, system,
                   "What it was about is taken back: nothing is decided.",
                   effects=(effects.keep_reason, effects.fall), data=Adjourn),
        Transition("refer", {MotionState.ADJOURNED}, MotionState.REFERRED, office,
                   "Put it to the body that votes second, where too few of the first may vote.",
                   guards=(for_want_of_voters,), data=Refer),
    ),
)  # fmt: skip
