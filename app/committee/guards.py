"""What must hold before a row of a body, a mandate or a motion fires; pure."""

from collections.abc import Iterable
from typing import Any, get_args

from app.committee import effects
from app.committee.models import (
    SCREENING,
    Ballot,
    Body,
    BodyState,
    Deciding,
    Mandate,
    MandateState,
    Motion,
    SessionState,
)
from app.committee.rules import SECOND, Count, carried, count, enough, plain, quorate
from app.committee.voting import rule_of, voting_of
from app.core.reason import Reason
from app.workflow.run import SYSTEM
from app.workflow.table import Ask

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


def session_not_closed(session: Any, ask: Ask) -> Why:
    """Its agenda still takes motions."""
    if session.state == SessionState.CLOSED:
        yield Reason("session-closed", "The session is closed.", who="office")
    if session.state == SessionState.CALLED_OFF:
        yield Reason("session-called-off", "The session is called off.", who="office")


def its_session_is_called_off(motion: Motion, ask: Ask) -> Why:
    """A motion leaves the agenda of a session that is not held, and no other."""
    if motion.session.state != SessionState.CALLED_OFF:
        yield Reason("session-stands", "The session that it stands before is not called off.")


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


def _named_in(motion: Motion, ask: Ask) -> Ballot | None:
    """The place in the vote of whoever is named."""
    return next((b for b in motion.ballots if b.account_id == ask.data.account_id), None)


def not_out_already(motion: Motion, ask: Ask) -> Why:
    """Whoever is named has a place in the vote, and is not out of it."""
    if ask.data is None:
        return
    ballot = _named_in(motion, ask)
    if ballot is None:
        yield Reason("no-ballot", "There is no such member in this vote.", "/account_id", "sender")
    elif ballot.recused is not None:
        yield Reason("out-already", "The member is out of this vote.", "/account_id", "sender")


def reason_where_told(motion: Motion, ask: Ask) -> Why:
    if ask.data is not None and motion.purpose in SCREENING and ask.data.reason is None:
        yield Reason("no-reason", "Who proposed the idea is to be told why.", "/reason", "sender")


def counted(motion: Motion, ask: Ask) -> Count:
    return count(effects.counting(motion, ask.now))


def enough_may_vote(motion: Motion, ask: Ask) -> Why:
    """Whoever is out by an interest leaves at least the quorum of the body's seats."""
    votes, rule = counted(motion, ask), rule_of(motion)
    if not enough(votes, rule):
        told = f"Of {votes.seats} seats {votes.entitled} may vote: adjourn it to a date, or refer it then."
        yield Reason("too-few-may-vote", told, who="chair")


def quorum_reached(motion: Motion, ask: Ask) -> Why:
    votes = counted(motion, ask)
    if not quorate(votes, rule_of(motion)):
        yield Reason("no-quorum", f"{votes.cast} of {votes.entitled} entitled have voted.", who="members")


def by_others_in_writing(motion: Motion, ask: Ask) -> bool:
    """Whether it is the clock's alone to close, and nobody learns before how the vote stands."""
    return motion.session.kind == "written" and not ask.held >= SYSTEM


def majority_reached(motion: Motion, ask: Ask) -> Why:
    if by_others_in_writing(motion, ask):
        return
    votes = counted(motion, ask)
    if not carried(votes, rule_of(motion)):
        told = f"{plain(votes.yes)} for and {plain(votes.no)} against is no majority."
        yield Reason("no-majority", told)


def majority_missed(motion: Motion, ask: Ask) -> Why:
    if not by_others_in_writing(motion, ask) and carried(counted(motion, ask), rule_of(motion)):
        yield Reason("majority", "The motion has its majority.")


def in_time(motion: Motion, ask: Ask) -> Why:
    """A written procedure takes votes until its closing second is over."""
    closes_at = motion.session.closes_at
    if closes_at is not None and ask.now >= closes_at + SECOND:
        yield Reason("procedure-over", "The written procedure is over.", who="office")


def not_in_writing_but_by_the_clock(motion: Motion, ask: Ask) -> Why:
    """Of a written procedure nobody closes the vote before its time: until then votes may change."""
    if by_others_in_writing(motion, ask):
        told = "The vote of a written procedure is closed at its end, by the clock."
        yield Reason("closed-by-the-clock", told)


def may_be_written(session: Any, ask: Ask) -> Why:
    kind = session.body.kind
    written = ask.data is not None and session.kind == "written" and kind in get_args(Deciding)
    if written and not voting_of(kind, ask.data.purpose).written:
        told = "The programme has this voted on in a meeting."
        yield Reason("not-in-writing", told, "/purpose", "office")


def until_a_day_ahead(subject: object, ask: Ask) -> Why:
    if ask.data is not None and ask.data.until is not None and ask.data.until <= ask.now:
        yield Reason("not-ahead", "It is adjourned to a time that lies ahead.", "/until", "sender")


def alternate_of_a_seat(body: Body, ask: Ask) -> Why:
    """An alternate names a seat of this body, takes neither the chair nor a weight of its own."""
    if ask.data is None or ask.data.alternate_for_id is None:
        return
    seat = next((one for one in body.mandates if one.id == ask.data.alternate_for_id), None)
    if seat is None or seat.state == MandateState.ENDED or seat.alternate_for_id is not None:
        told = "An alternate names a seat of this body that somebody holds."
        yield Reason("no-such-seat", told, "/alternate_for_id", "sender")
    if ask.data.seat != "member":
        yield Reason("alternate-chairs", "An alternate takes no chair.", "/seat", "sender")
    if ask.data.weight != 1:
        told = "An alternate votes with the weight of the seat, and has none of its own."
        yield Reason("alternate-weighs", told, "/weight", "sender")


def may_take_the_vote(motion: Motion, ask: Ask) -> Why:
    """Of a seat one person votes: nobody takes the place of somebody who has voted."""
    comes = None if ask.data is None else _named_in(motion, ask)
    if comes is None or comes.recused is not None:
        return  # said by `not_out_already`
    if comes.seated:
        yield Reason("seated-already", "The member has the vote of the seat.", "/account_id", "sender")
    elif any(b.seat_id == comes.seat_id and b.choice is not None for b in motion.ballots):
        yield Reason("seat-has-voted", "The vote of this seat has been cast.", "/account_id", "sender")


def for_want_of_voters(motion: Motion, ask: Ask) -> Why:
    """What another body takes over is what this one could not decide, and only once."""
    if motion.adjourned_for != "too_few":
        told = "A motion is referred to another body where too few of its own may vote."
        yield Reason("not-for-want-of-voters", told)
    if motion.referred_from_id is not None:
        yield Reason("referred-already", "It was referred to this body; there is none after it.")
