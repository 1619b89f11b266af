"""What must hold for a request for a review to be filed, weighed and decided; each says the good case."""

from collections.abc import Iterable

from app.calls.chosen import rules_of, scheme_of
from app.calls.models import TopicStageState
from app.calls.periods import end_of
from app.calls.rules import LAST_SECOND
from app.core.reason import Reason
from app.decisions.letter.rules import period
from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation.models import ReEvaluationState
from app.evaluation.ethics.models import AT_WORK, EthicsState
from app.proposals.models import Proposal, ProposalState
from app.workflow.table import Ask

Why = Iterable[Reason]
ETHICS_OPEN = "The ethics of the proposal is still being screened; it takes money once that is concluded."
FOUND = (ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE)
REVIEWED = (ProposalState.REJECTED, ProposalState.RESERVE, *FOUND)
GIVE_MONEY = ("raise_envelope", "move_budget")
JUDGING = (TopicStageState.CHECKING, TopicStageState.EVALUATION)
"""Where a proposal that is reinstated is still evaluated with the others."""


def told(proposal: Proposal, ask: Ask) -> Why:
    """Until the release everybody is answered alike, whatever has been found or decided."""
    if proposal.released_at is None:
        yield Reason("not-told", "A review may be asked for once you are told of the outcome.")
    elif proposal.state not in REVIEWED:
        yield Reason("nothing-to-review", "Nothing stands against the proposal that could be reviewed.")


def not_filed(proposal: Proposal, ask: Ask) -> Why:
    """Z-02: also one that was withdrawn counts."""
    if proposal.redress is not None:  # type: ignore[attr-defined]  # a later stage's
        yield Reason("filed-already", "A review may be asked for once; it has been for this proposal.")


def in_time(proposal: Proposal, ask: Ask) -> Why:
    """Z-01: until the last second of the last day in Brussels, by the letter that came last."""
    if proposal.released_at is None:
        return
    written = [one for one in proposal.letters if one.kind != "redress"]  # type: ignore[attr-defined]
    if written:
        last = written[-1].period.last_day
    else:  # told before letters were kept
        last = period([proposal.released_at], [], rules_of(proposal.topic_stage.stage.call)).last_day
    if last is not None and ask.now >= end_of(last) + LAST_SECOND:
        said = f"The last day to ask for a review was {last:%d %B %Y}, until 23:59:59 Brussels time."
        yield Reason("late", said)


def on_reviewable_grounds(proposal: Proposal, ask: Ask) -> Why:
    """Z-03: procedure, facts, eligibility; never the scientific judgement.

    What was found of the proposal is told by no refusal before its consortium is told.
    """
    if ask.data is None:
        return
    if "scientific_judgement" in ask.data.grounds:
        said = "The scientific judgement of the experts is not reviewed; leave this ground out."
        yield Reason("judgement-not-reviewed", said, "/grounds", "sender")
    told = proposal.released_at is not None
    if told and "wrong_eligibility" in ask.data.grounds and proposal.state not in FOUND:
        said = "The proposal was found neither inadmissible nor ineligible."
        yield Reason("found-eligible", said, "/grounds", "sender")


def not_named_already(redress: Redress, ask: Ask) -> Why:
    if ask.data is not None and any(one.account_id == ask.data.account_id for one in redress.members):
        yield Reason(
            "named-already", "The person is, or was, on the committee.", "/body/account_id", "office"
        )


def not_who_prepares(redress: Redress, ask: Ask) -> Why:
    if ask.data is not None and ask.data.account_id in (redress.prepared_by, ask.actor.id):
        said = "Who prepares the request, or names its committee, is not on it."
        yield Reason("prepares-it", said, "/body/account_id", "another officer")


def sits(redress: Redress, ask: Ask) -> Why:
    if ask.data is not None and all(one.account_id != ask.data.account_id for one in redress.sitting):
        yield Reason("not-on-it", "The person is not on the committee.", "/body/account_id", "office")


def enough_members(redress: Redress, ask: Ask) -> Why:
    least, there = rules_of(redress.topic_stage.stage.call).redress_members, len(redress.declared)
    if there < least:
        said = f"{there} of at least {least} members have declared to be free of conflict."
        yield Reason("too-few-members", said, "/members", "office")


def advice_fits(redress: Redress, ask: Ask) -> Why:
    """Who was never evaluated is reinstated, or not; whoever was is evaluated anew, or not (Z-04)."""
    if ask.data is None:
        return
    found = redress.proposal.state in FOUND
    if ask.data.advice == "reinstate" and not found:
        said = "The proposal was found neither inadmissible nor ineligible; it can be evaluated anew."
        yield Reason("nothing-to-reinstate", said, "/advice", "sender")
    if ask.data.advice == "re_evaluate" and found:
        said = "It is a finding that is reviewed; it can be reinstated."
        yield Reason("nothing-evaluated", said, "/advice", "sender")
    if ask.data.criteria and ask.data.advice != "re_evaluate":
        said = "Criteria are named only of what is to be evaluated anew."
        yield Reason("criteria-not-asked", said, "/criteria", "sender")
    known = {one.code for one in scheme_of(redress.topic_stage).criteria}
    for code in sorted(set(ask.data.criteria) - known):
        yield Reason("no-such-criterion", f"{code} is no criterion of the scheme.", "/criteria", "sender")


def decided_by_another(redress: Redress, ask: Ask) -> Why:
    if ask.actor.id == redress.prepared_by:
        yield Reason(
            "prepared-it", "Who has prepared the request does not decide on it.", who="another signatory"
        )
    if any(one.account_id == ask.actor.id for one in redress.members):
        said = "Who is on the committee, or was, does not decide on what it recommends."
        yield Reason("recommended-it", said, who="another signatory")


def still_reviewed(redress: Redress, ask: Ask) -> Why:
    if redress.proposal.state not in REVIEWED:
        yield Reason("nothing-to-review", "The proposal has left what was to be reviewed.", who="office")


def found_while_judging(redress: Redress, ask: Ask) -> Why:
    if redress.proposal.state not in FOUND:
        yield Reason("nothing-to-reinstate", "The proposal was found neither inadmissible nor ineligible.")
    elif redress.topic_stage.state not in JUDGING:
        said = "The other proposals of its topic are ranked; it is evaluated by itself, beside them."
        yield Reason("topic-ranked", said)


def not_while_judging(redress: Redress, ask: Ask) -> Why:
    if redress.proposal.state in FOUND and redress.topic_stage.state in JUDGING:
        said = "Its topic is still being evaluated; it can be reinstated, and evaluated with the others."
        yield Reason("still-evaluated", said)


def result_final(redress: Redress, ask: Ask) -> Why:
    again = redress.re_evaluation
    if again is None or again.state != ReEvaluationState.FINAL:
        yield Reason("not-final", "The new evaluation is not final.", who="experts")


def topic_released(redress: Redress, ask: Ask) -> Why:
    if redress.topic_stage.state != TopicStageState.RELEASED:
        said = "The results of its topic are not released; where it stands is told after them."
        yield Reason("not-released", said, who="office")


def to_be_voted_on(redress: Redress, ask: Ask) -> Why:
    if redress.remedy != "vote":
        yield Reason("nothing-to-vote", "The request leaves nothing for the committee to decide.")


def way_fits(redress: Redress, ask: Ask) -> Why:
    if ask.data is None:
        return
    if ask.data.way == "reserve_first" and redress.proposal.state != ProposalState.RESERVE:
        said = "The reserve list has ended; money or a promise is left."
        yield Reason("reserve-over", said, "/way", "office")
    short = redress.topic_stage.stage.kind == "short"
    if short and ask.data.way != "next_call":
        said = (
            "The second stage has closed, and money is no matter of the first; the next call can be promised."
        )
        yield Reason("second-stage-closed", said, "/way", "office")
    if (ask.data.way == "move_budget") != (ask.data.source_id is not None):
        said = "A topic that gives is named where money moves, and only there."
        yield Reason("source", said, "/source_id", "office")


def ethics_allows(ethics: EthicsState | None, way: str | None) -> Why:
    """What its ethics has against a way in which the proposal would come by money (X-03)."""
    path = "/ethics_screening"
    if ethics == EthicsState.NOT_CLEARED and way != "next_call":
        said = "The ethics of the proposal is not cleared: it takes no money; the next call can be promised."
        yield Reason("ethics-not-cleared", said, path, "office")
    if ethics in AT_WORK and way in GIVE_MONEY:
        yield Reason("ethics-not-over", ETHICS_OPEN, path, "office")
