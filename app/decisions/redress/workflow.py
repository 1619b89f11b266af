"""The table of requests for a review."""

from sqlalchemy import select

from app.committee.models import Motion, MotionState
from app.core.reason import Reason
from app.decisions.redress import effects, guards
from app.decisions.redress.access import coordinator, deputy_contact, named_member, redress_member
from app.decisions.redress.models import OPEN, Redress, RedressState
from app.decisions.redress.schemas import (
    Because,
    DeclareConflict,
    Ended,
    FileRedress,
    KeepWay,
    NameMember,
    ProposeWay,
    Recommend,
    ReleaseMember,
)
from app.decisions.redress.weighing import ethics_of, weigh
from app.evaluation.ethics.models import AT_WORK
from app.people.access import office, signatory
from app.workflow.run import Act, refuse
from app.workflow.table import Transition, Workflow
from app.workflow.who import system

FILED, ADMITTED, DISMISSED = RedressState.FILED, RedressState.ADMITTED, RedressState.DISMISSED
RECOMMENDED, REJECTED = RedressState.RECOMMENDED, RedressState.REJECTED
RE_EVALUATION, SETTLED = RedressState.RE_EVALUATION, RedressState.SETTLED
WITHDRAWN, VOID = RedressState.WITHDRAWN, RedressState.VOID


async def name_who_took_no_part(redress: Redress, act: Act) -> None:
    """Effect: the audit trail, seats and data say who may weigh it (Z-04)."""
    if reasons := await effects.who_may_not_weigh(redress, act.data.account_id, act):
        raise refuse(REDRESS, "name_member", redress, act, reasons)
    await effects.name(redress, act)


async def only_if_it_could_change(redress: Redress, act: Act) -> None:
    """Effect: nothing is evaluated anew that, at its best, would come to the same (Z-04)."""
    weighed = await weigh(act.session, redress, act.now)
    if weighed is not None and weighed.remedy in ("none", "lower"):
        told = "Even with the best scores in what is to be evaluated anew, the outcome would stay."
        raise refuse(REDRESS, "uphold", redress, act, [Reason("could-not-change", told, who="signatory")])


async def settle_by_the_result(redress: Redress, act: Act) -> None:
    """Effect: what it comes to; nothing is funded while its ethics is screened (X-03).

    The topic in its stage is held.
    """
    weighed = await weigh(act.session, redress, act.now)
    assert weighed is not None  # the results of its topic are released
    if weighed.remedy == "funded" and weighed.ethics in AT_WORK:
        reason = Reason("ethics-not-over", guards.ETHICS_OPEN, "/ethics_screening", "office")
        raise refuse(REDRESS, "settle", redress, act, [reason])
    await effects.settle(redress, weighed, act)


async def only_what_ethics_allows(redress: Redress, act: Act) -> None:
    """Effect: nothing is put to the vote that would fund what is not cleared."""
    ethics = await ethics_of(act.session, redress.proposal_id)
    if reasons := list(guards.ethics_allows(ethics, act.data.way)):
        raise refuse(REDRESS, "propose_way", redress, act, reasons)


async def not_while_voted_on(redress: Redress, act: Act) -> None:
    """Effect: what a motion is about rests until it is decided."""
    open_ = Motion.state.in_((MotionState.PREPARED, MotionState.VOTING))
    if await act.session.scalar(select(Motion.id).where(Motion.subject_id == redress.id, open_).limit(1)):
        told = "A motion on it is open; what is voted on rests."
        raise refuse(REDRESS, "propose_way", redress, act, [Reason("being-voted-on", told, who="chair")])


STAGE = ("topic_stage.stage.call",)
FILING = ("letters.copies.mail", "letters.openings", "letters.topic_stage.stage.call", "redress", *STAGE)
TELL = ("proposal", "re_evaluation", *STAGE)
SEATS = (*TELL, "members.account")

REDRESS = Workflow(
    "redress",
    RedressState,
    final={DISMISSED, REJECTED, SETTLED, WITHDRAWN, VOID},
    title="request for a review",
    transitions=(
        Transition("file", set(), FILED, coordinator | deputy_contact,
                   "Ask once for a review of the outcome, for a shortcoming of the procedure, an error of "
                   "fact, or a wrong result on admissibility or eligibility (Z-01 to Z-03).",
                   guards=(guards.told, guards.not_filed, guards.in_time, guards.on_reviewable_grounds),
                   effects=(effects.keep_request,), data=FileRedress, under="proposal", needs=FILING),
        Transition("withdraw", {FILED, ADMITTED, RECOMMENDED}, WITHDRAWN, coordinator | deputy_contact,
                   "Take the request back, for good.", needs=TELL),
        Transition("void", set(OPEN), VOID, system,
                   "Its proposal was selected from the reserve, was withdrawn, or has ended with its call or "
                   "topic.", data=Ended, needs=TELL),
        Transition("admit", {FILED}, ADMITTED, office, "Find it admissible, with the reason.",
                   effects=(effects.judge_admissibility,), data=Because, needs=TELL),
        Transition("dismiss", {FILED}, DISMISSED, office, "Find it not admissible, with the reason.",
                   effects=(effects.judge_admissibility,), data=Because, needs=TELL, second=True),
        Transition("name_member", {ADMITTED}, None, office,
                   "Name somebody to its committee who took no part in what is reviewed (Z-04).",
                   guards=(guards.not_named_already, guards.not_who_prepares),
                   effects=(name_who_took_no_part,), data=NameMember, needs=SEATS),
        Transition("release_member", {ADMITTED}, None, office, "Take somebody off it, and say why.",
                   guards=(guards.sits,), effects=(effects.release_member,), data=ReleaseMember, needs=SEATS),
        Transition("declare_free", {ADMITTED}, None, named_member,
                   "Declare to have no conflict of interest; only then the request is shown.",
                   effects=(effects.declare_free,), needs=SEATS),
        Transition("declare_conflict", {ADMITTED}, None, named_member | redress_member,
                   "Declare a conflict of interest; the seat is lost.", effects=(effects.declare_conflict,),
                   data=DeclareConflict, needs=SEATS),
        Transition("recommend", {ADMITTED}, RECOMMENDED, redress_member,
                   "Recommend for the committee to reject it, to evaluate the proposal anew, wholly or in "
                   "the criteria named, or to reinstate it (Z-04).",
                   guards=(guards.enough_members, guards.advice_fits), effects=(effects.keep_advice,),
                   data=Recommend, needs=SEATS),
        Transition("reject", {RECOMMENDED}, REJECTED, signatory, "Reject it, with the reason.",
                   guards=(guards.decided_by_another,), effects=(effects.keep_decision,), data=Because,
                   needs=SEATS),
        Transition("uphold", {RECOMMENDED}, RE_EVALUATION, signatory,
                   "Uphold it: the proposal is evaluated anew, beside the old evaluation.",
                   guards=(guards.decided_by_another, guards.still_reviewed, guards.not_while_judging),
                   effects=(only_if_it_could_change, effects.keep_decision), data=Because, needs=SEATS),
        Transition("reinstate", {RECOMMENDED}, SETTLED, signatory,
                   "Uphold it while the topic is evaluated: the proposal is evaluated with the others.",
                   guards=(guards.decided_by_another, guards.found_while_judging),
                   effects=(effects.keep_decision, effects.settle_at_once), data=Because, needs=SEATS),
        Transition("settle", {RE_EVALUATION}, SETTLED, signatory,
                   "Settle it by the definitive result (Z-05); nobody who is selected loses a place (Z-06).",
                   guards=(guards.decided_by_another, guards.result_final, guards.topic_released),
                   effects=(settle_by_the_result,), needs=SEATS),
        Transition("propose_way", {SETTLED}, None, office,
                   "Propose what the committee votes on where the money is spent: a higher envelope, money "
                   "of another topic, the first place on the reserve list, or the next call's budget.",
                   guards=(guards.to_be_voted_on, guards.still_reviewed, guards.way_fits),
                   effects=(not_while_voted_on, only_what_ethics_allows, effects.keep_proposed_way),
                   data=ProposeWay, needs=TELL),
        Transition("keep_way", {SETTLED}, None, system, "The committee has adopted what was proposed.",
                   guards=(guards.to_be_voted_on,), effects=(effects.keep_way,), data=KeepWay, needs=TELL),
    ),
)  # fmt: skip
