"""The table of sessions."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from app.committee.access import impartial, released, session_chair, session_member
from app.committee.guards import body_active, until_a_day_ahead
from app.committee.models import MotionState, SessionState
from app.committee.rules import standing
from app.committee.session import effects
from app.committee.session.minutes import keep_public_version
from app.committee.session.schemas import (
    AdjournSession,
    CallSession,
    CancelSession,
    OrderAgenda,
    RecordAttendance,
)
from app.core.reason import Reason
from app.people.access import office
from app.workflow.run import Act, fill, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import Who, system

Why = Iterable[Reason]
CALLED, OPEN, ADJOURNED, CLOSED, CALLED_OFF = SessionState


def no_vote_open(session: Any, ask: Ask) -> Why:
    if any(motion.state == MotionState.VOTING for motion in session.motions):
        yield Reason("vote-open", "Something of the agenda is still being voted on.", who="chair")


def held_as_a_meeting(session: Any, ask: Ask) -> Why:
    if session.kind == "written":
        yield Reason("written", "In a written procedure nobody meets; it ends at its time.")


def day_has_come(session: Any, ask: Ask) -> Why:
    if session.adjourned_until is not None and ask.now < session.adjourned_until:
        yield Reason("too-early", "Members were told that it is adjourned until a later day.")


def closes_ahead(body: Any, ask: Ask) -> Why:
    if ask.data is not None and ask.data.closes_at is not None and ask.data.closes_at <= ask.now:
        yield Reason(
            "not-ahead", "A written procedure closes at a time that lies ahead.", "/closes_at", "sender"
        )


def not_there_yet(session: Any, ask: Ask) -> Why:
    if effects.present(session, ask.actor.id):
        yield Reason("present-already", "You are recorded as present.")


def there(session: Any, ask: Ask) -> Why:
    if not effects.present(session, ask.actor.id):
        yield Reason("not-present", "You are not recorded as present.")


def of_the_body(session: Any, ask: Ask) -> Why:
    """Present is whoever has a mandate in the body when they come."""
    if ask.data is None:
        return
    for at, period in enumerate(ask.data.periods):
        holders = {one.account_id for one in standing(session.body.mandates, period.arrived_at)}
        if ask.data.account_id not in holders:
            told = "Who is recorded as present has a mandate in the body at the time."
            yield Reason("no-mandate", told, f"/periods/{at}/arrived_at", "sender")


def in_order(session: Any, ask: Ask) -> Why:
    """Periods follow each other, lie behind, and only the last of an open session is without an end."""
    if ask.data is None:
        return
    periods = ask.data.periods
    for at, period in enumerate(periods):
        ends = period.left_at
        if period.arrived_at > ask.now or (ends is not None and ends > ask.now):
            yield Reason("ahead", "Nobody has come or gone yet who will.", f"/periods/{at}", "sender")
        if ends is not None and ends < period.arrived_at:
            yield Reason("ends-first", "Somebody leaves after arriving.", f"/periods/{at}/left_at", "sender")
        if ends is None and (period is not periods[-1] or session.state != OPEN):
            told = "Only who is there now, while the session is open, has not left."
            yield Reason("no-end", told, f"/periods/{at}/left_at", "sender")
    for at, (one, following) in enumerate(pairwise(periods), 1):
        if one.left_at is not None and following.arrived_at < one.left_at:
            told = "Times of presence follow each other."
            yield Reason("overlap", told, f"/periods/{at}/arrived_at", "sender")


def not_published_yet(session: Any, ask: Ask) -> Why:
    if session.minutes_published_at is not None:
        yield Reason("published-already", "The minutes are published.")


def nothing_under_embargo(session: Any, ask: Ask) -> Why:
    """Said to nobody with an interest: the row is not theirs, and is not offered to them (K-01)."""
    if not released(ask.held):
        yield Reason("under-embargo", "Results that the minutes tell are not released yet.", who="office")


async def only_what_is_on_it(session: Any, act: Act) -> None:
    """Effect: an order names every motion once that its officer sees, and no other."""
    given = act.data.motion_ids
    if len(set(given)) != len(given) or set(given) != await effects.seen_of_agenda(session, act):
        told = "The order names every motion of the session once."
        raise refuse(
            SESSION, "order_agenda", session, act, [Reason("other-motions", told, "/motion_ids", "office")]
        )


conducts = session_chair | office
breaks_off = conducts & impartial
"""What stands against it tells of what is voted on, of which whoever applies is to learn nothing."""
ends = Who(
    f"{breaks_off.label} (of a written procedure the clock)",
    lambda held: breaks_off(held) or system(held),
    breaks_off.names | system.names,
)
ATTENDANCE = ("attendance", "body.mandates")

SESSION = Workflow(
    "session",
    SessionState,
    final={CLOSED, CALLED_OFF},
    transitions=(
        Transition("call", set(), CALLED, office, "Call a session, or a written procedure; members are told.",
                   guards=(body_active, closes_ahead),
                   effects=(fill, effects.hold_by_body, effects.tell_of_call), data=CallSession,
                   under="body"),
        Transition("order_agenda", {CALLED, OPEN, ADJOURNED}, None, office,
                   "Put its motions in order; members and alternates are told, then and of every change.",
                   effects=(only_what_is_on_it, effects.order), data=OrderAgenda, needs=("motions",)),
        Transition("cancel", {CALLED}, CALLED_OFF, office & impartial,
                   "Call it off before it is opened; members are told why, its motions wait for another.",
                   effects=(effects.call_off,), data=CancelSession, needs=("body",)),
        Transition("open", {CALLED}, OPEN, conducts, "Open it."),
        Transition("attend", {OPEN}, None, session_member, "Arrive.",
                   guards=(held_as_a_meeting, not_there_yet), effects=(effects.attend,),
                   needs=("attendance",)),
        Transition("leave", {OPEN}, None, session_member, "Leave.", guards=(there,),
                   effects=(effects.leave,), needs=("attendance",)),
        Transition("record_attendance", {OPEN, ADJOURNED}, None, conducts,
                   "Record from when to when somebody was present, in place of what was recorded of them.",
                   guards=(held_as_a_meeting, of_the_body, in_order), effects=(effects.record_attendance,),
                   data=RecordAttendance, needs=ATTENDANCE),
        Transition("adjourn", {OPEN}, ADJOURNED, breaks_off, "Adjourn it to a day; members are told why.",
                   guards=(held_as_a_meeting, no_vote_open, until_a_day_ahead), effects=(effects.adjourn,),
                   data=AdjournSession, needs=("motions", "attendance")),
        Transition("resume", {ADJOURNED}, OPEN, conducts, "Take it up again.", guards=(day_has_come,),
                   effects=(effects.open_it,)),
        Transition("close", {OPEN}, CLOSED, ends, "Close it.", guards=(no_vote_open,),
                   effects=(effects.close,), needs=("motions", "attendance")),
        Transition("publish_minutes", {CLOSED}, None, office & impartial,
                   "Publish what it decided and who was out of it, once all that it tells is released.",
                   guards=(not_published_yet, nothing_under_embargo), effects=(keep_public_version,),
                   needs=("body",), second=True),
    ),
)  # fmt: skip
