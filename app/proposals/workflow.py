"""The table of proposals."""

from collections.abc import Iterable
from typing import Any

from app.calls.chosen import blind_of, form_of
from app.calls.models import TopicStageState
from app.calls.rules import Phase, gone, late, phase
from app.consortia.access import author, coordinator, deputy_contact
from app.consortia.workflow import in_the_first_stage as first_stage
from app.core.reason import Reason
from app.people.access import office
from app.proposals import effects, judging
from app.proposals.answers import unfit
from app.proposals.models import Proposal, ProposalState
from app.proposals.problems import NEEDED, out_of_time, problems
from app.proposals.schemas import (
    Attach,
    CopyFrom,
    DeclareDuplicate,
    EditProposal,
    FindInadmissible,
    FindIneligible,
    Outcome,
    Overrule,
    RequestWithdrawal,
    Restore,
    Start,
    Write,
)
from app.workflow.run import fill
from app.workflow.table import Ask, State, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
DRAFT, SUBMITTED, WITHDRAWN = ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.WITHDRAWN
INADMISSIBLE, INELIGIBLE, ELIGIBLE = (
    ProposalState.INADMISSIBLE,
    ProposalState.INELIGIBLE,
    ProposalState.ELIGIBLE,
)
IN_EVALUATION, EVALUATED = ProposalState.IN_EVALUATION, ProposalState.EVALUATED
SELECTED, RESERVE, REJECTED = ProposalState.SELECTED, ProposalState.RESERVE, ProposalState.REJECTED
DISCONTINUED = ProposalState.DISCONTINUED


def stage_open(consortium: Any, ask: Ask) -> Why:
    part = consortium.topic_stage
    yield from gone(part.state)
    yield from late(part.stage.opens_at, part.stage.closes_at, ask.now)


def in_the_first_stage(consortium: Any, ask: Ask) -> Why:
    """C-06: the full proposal of a second stage begins with the merger of its consortium."""
    yield from first_stage(consortium.topic_stage, ask)


def not_started(consortium: Any, ask: Ask) -> Why:
    if consortium.proposal is not None:
        yield Reason("already-started", "The consortium has its proposal.")


def in_time(proposal: Proposal, ask: Ask) -> Why:
    yield from out_of_time(proposal, ask.now)


def answers_fit(proposal: Proposal, ask: Ask) -> Why:
    if ask.data is None:
        return
    for section in form_of(proposal.topic_stage).sections:
        if section.key == ask.part.key:
            yield from unfit(section.asks, ask.data.root)


def document_of_the_form(proposal: Proposal, ask: Ask) -> Why:
    if ask.data is not None and ask.data.key not in {d.key for d in form_of(proposal.topic_stage).documents}:
        yield Reason("no-such-document", "The form has no such document.", "/path/key", "sender")


def nothing_blocks(proposal: Proposal, ask: Ask) -> Why:
    """The problem list has no entry that blocks."""
    yield from (one for one in problems(proposal, ask.now) if one.blocks)


def being_checked(proposal: Proposal, ask: Ask) -> Why:
    if proposal.topic_stage.state != TopicStageState.CHECKING:
        yield Reason(
            "not-checking", "Checks begin after the deadline and end with the evaluation.", who="office"
        )


def every_check_passed(proposal: Proposal, ask: Ask) -> Why:
    if not proposal.checks:
        yield Reason("not-checked", "The rules have not been checked.", who="office")
    for check in proposal.checks:
        if not check.passed and check.overruled is None:
            yield Reason(f"{check.rule.lower()}-failed", f"{check.rule}: {check.text}", who="office")


def has_failed(proposal: Proposal, ask: Ask) -> Why:
    if ask.data is not None and not any(c.rule == ask.data.rule and not c.passed for c in proposal.checks):
        yield Reason("no-failed-check", f"No check of {ask.data.rule} has failed.", "/body/rule", "office")


def rule_broken(proposal: Proposal, ask: Ask) -> Why:
    """A rule that is computed must have failed; scope, readability and names in a document are an officer's
    finding."""
    if ask.data is not None and ask.data.rule not in ("E-01", "M-04", "V-25"):
        yield from has_failed(proposal, ask)


def blind_if_named(proposal: Proposal, ask: Ask) -> Why:
    """Applicants may be named where experts may know them (V-25)."""
    if ask.data is not None and ask.data.rule == "V-25" and blind_of(proposal.topic_stage) is None:
        yield Reason("not-blind", "Its stage is not judged blind.", "/body/rule", "office")


def closed(proposal: Proposal, ask: Ask) -> Why:
    """What is done after the deadline alone; until then it is handed in anew, or withdrawn."""
    stage = proposal.topic_stage.stage
    if phase(stage.opens_at, stage.closes_at, ask.now) is not Phase.CLOSED:
        yield Reason("not-closed", "This is done after the deadline; until then it may be withdrawn.")


def not_told(proposal: Proposal, ask: Ask) -> Why:
    if proposal.released_at is not None and proposal.state in (INADMISSIBLE, INELIGIBLE):
        yield Reason("told", "You have been told of the outcome; there is nothing to withdraw.")


RULES = ("topic_stage.stage.call",)
FORM = (*RULES, "sections", "documents")
WHOLE = (*FORM, *NEEDED, "consortium.partners.people", "versions")
CHECKED = ("topic_stage", "checks")
FOUND = (*CHECKED, "versions")

HANDED_IN = frozenset[State](
    {SUBMITTED, INADMISSIBLE, INELIGIBLE, ELIGIBLE, IN_EVALUATION, EVALUATED, SELECTED, RESERVE}
)
"""What a cancellation or a late withdrawal takes the way ahead from; of what was found, until it is told."""

# Whoever is under the same control may take part as well: one organisation, found by both ways.
MERGED = tuple(f"consortium.partners.organisation.{way}merged_from" for way in ("", "same_control."))
PROPOSAL = Workflow(
    "proposal",
    ProposalState,
    final={DISCONTINUED},
    transitions=(
        Transition("start", set(), DRAFT, coordinator, "Begin the consortium's proposal.",
                   guards=(stage_open, in_the_first_stage, not_started),
                   effects=(fill, effects.lay_out), data=Start,
                   under="consortium", needs=("topic_stage.stage.call", "topic_stage.topic", "proposal")),
        Transition("follow", set(), DRAFT, system,
                   "The full proposal of an invited short one begins, with what the form takes of it.",
                   effects=(effects.lay_out, effects.follow_short)),
        Transition("edit", {DRAFT, SUBMITTED}, None, coordinator | deputy_contact,
                   "Change the draft's title, abstract or money; what was handed in stays as it is.",
                   guards=(in_time,), effects=(fill,), data=EditProposal, needs=RULES),
        Transition("write", {DRAFT, SUBMITTED}, None, author, "Answer in a section of the draft.",
                   guards=(in_time, answers_fit), effects=(effects.write,), data=Write, part="sections",
                   needs=FORM),
        Transition("restore", {DRAFT, SUBMITTED}, None, author, "Take an older version of a section again.",
                   guards=(in_time,), effects=(effects.restore,), data=Restore, part="sections", needs=FORM),
        Transition("copy_from", {DRAFT, SUBMITTED}, None, coordinator,
                   "Fill sections in which nothing is written from a former proposal that one coordinates: "
                   "those with the same key, what the form takes of them.",
                   guards=(in_time,), effects=(effects.copy_answers,), data=CopyFrom, needs=FORM),
        Transition("attach", {DRAFT, SUBMITTED}, None, author, "Attach a document to the draft.",
                   guards=(in_time, document_of_the_form), effects=(effects.attach,), data=Attach, needs=FORM,
                   custom_route=True),
        Transition("submit", {DRAFT, SUBMITTED}, SUBMITTED, coordinator | deputy_contact,
                   "Hand in; the last sealed version counts (C-03). Unchanged since, it stays that version.",
                   guards=(nothing_blocks,), effects=(effects.hand_in,), needs=(*WHOLE, "corrigenda")),
        Transition("withdraw", {SUBMITTED}, WITHDRAWN, coordinator | deputy_contact,
                   "Withdraw it, until the deadline (C-04).", guards=(in_time,), needs=RULES),
        Transition("revive", {WITHDRAWN}, SUBMITTED, coordinator | deputy_contact,
                   "Let the last sealed version count again.", guards=(in_time,),
                   effects=(effects.drop_request,), needs=RULES),
        Transition("check", {SUBMITTED}, None, office, "Check the rules of admissibility and eligibility.",
                   guards=(being_checked,), effects=(judging.record_checks,),
                   needs=(*WHOLE, *MERGED, "checks", "industry")),
        Transition("overrule", {SUBMITTED}, None, office,
                   "Let a failed check not count: a wrong computation keeps nobody out.",
                   guards=(being_checked, has_failed), effects=(judging.overrule,), data=Overrule,
                   needs=CHECKED, second=True),
        Transition("find_eligible", {SUBMITTED}, ELIGIBLE, office, "Let it go to evaluation.",
                   guards=(being_checked, every_check_passed),
                   effects=(effects.count_what_was_handed_in, judging.confirm_checks),
                   needs=FOUND),
        Transition("find_inadmissible", {SUBMITTED}, INADMISSIBLE, office,
                   "Find it inadmissible, with the rule.",
                   guards=(being_checked, rule_broken, blind_if_named),
                   effects=(effects.count_what_was_handed_in, judging.keep_finding), data=FindInadmissible,
                   needs=(*RULES, *FOUND), second=True),
        Transition("find_ineligible", {SUBMITTED, ELIGIBLE}, INELIGIBLE, office,
                   "Find it ineligible, with the rule.", guards=(being_checked, rule_broken, blind_if_named),
                   effects=(effects.count_what_was_handed_in, judging.keep_finding), data=FindIneligible,
                   needs=(*RULES, *FOUND), second=True),
        Transition("find_ineligible", {IN_EVALUATION, EVALUATED}, INELIGIBLE, office,
                   "Find it ineligible, with the rule, also after its evaluation has begun; a ranked list is "
                   "not renumbered, its place is marked.", guards=(blind_if_named,),
                   effects=(judging.keep_finding,), data=FindIneligible, needs=(*RULES, *CHECKED),
                   second=True),
        Transition("declare_duplicate", {SUBMITTED, ELIGIBLE}, INELIGIBLE, office,
                   "Let another, near-identical proposal stand instead; the office has asked which one.",
                   guards=(closed,), effects=(judging.keep_duplicate, effects.count_what_was_handed_in),
                   data=DeclareDuplicate, needs=(*RULES, *FOUND), second=True),
        Transition("declare_duplicate", {IN_EVALUATION, EVALUATED}, INELIGIBLE, office,
                   "The same, after its evaluation has begun.", guards=(closed,),
                   effects=(judging.keep_duplicate,), data=DeclareDuplicate, needs=(*RULES, *CHECKED),
                   second=True),
        Transition("request_withdrawal", HANDED_IN, WITHDRAWN, coordinator | deputy_contact,
                   "Withdraw it after the deadline, by a written request, for good (C-04); a ranked list "
                   "is not renumbered, its place is marked.",
                   guards=(closed, not_told), effects=(effects.keep_request,), data=RequestWithdrawal,
                   needs=RULES),
        Transition("begin_evaluation", {ELIGIBLE}, IN_EVALUATION, system, "Its topic's evaluation begins."),
        Transition("conclude", {IN_EVALUATION}, EVALUATED, system, "Its consensus report is final."),
        Transition("evaluate_again", {EVALUATED}, IN_EVALUATION, system,
                   "A report that its consensus report stood on is void."),
        Transition("select", {EVALUATED}, SELECTED, system, "Selected for funding.",
                   effects=(effects.release,), data=Outcome),
        Transition("reserve", {EVALUATED}, RESERVE, system, "On the reserve list.",
                   effects=(effects.release,), data=Outcome),
        Transition("reject", {EVALUATED}, REJECTED, system, "Not funded, with the reason (K-10).",
                   effects=(effects.release,), data=Outcome),
        Transition("promote", {RESERVE}, SELECTED, system,
                   "The next rank is invited, by vote (C-08), or funded from the reserve list (K-05).",
                   effects=(effects.promote,)),
        Transition("drop", {SELECTED}, REJECTED, system, "Its grant has failed in preparation (K-09).",
                   effects=(effects.keep_reason,), data=Outcome),
        Transition("expire_reserve", {RESERVE}, REJECTED, system,
                   "Nobody of the reserve is needed any more (C-08, K-05).", effects=(effects.release,),
                   data=Outcome),
        Transition("reinstate", {INADMISSIBLE, INELIGIBLE}, ELIGIBLE, system,
                   "A review has upheld it while its topic is evaluated: the finding is taken back (Z-04).",
                   effects=(effects.take_finding_back,)),
        Transition("uphold", {REJECTED, RESERVE, INADMISSIBLE, INELIGIBLE}, SELECTED, system,
                   "A review has upheld it, and there is money, or a place, beside the selected (Z-06).",
                   effects=(effects.take_finding_back, effects.release), data=Outcome),
        Transition("place_on_reserve", {REJECTED, INADMISSIBLE, INELIGIBLE}, RESERVE, system,
                   "By a review it reaches all thresholds (Z-05).",
                   effects=(effects.take_finding_back, effects.release), data=Outcome),
        Transition("lose_reserve", {RESERVE}, REJECTED, system,
                   "By a review it does not reach every threshold: the result is definitive (Z-05).",
                   effects=(effects.keep_reason,), data=Outcome),
        Transition("release", {INADMISSIBLE, INELIGIBLE}, None, system, "Its consortium is told.",
                   effects=(effects.release,)),
        Transition("discontinue", HANDED_IN, DISCONTINUED, system,
                   "Its call is cancelled, or its topic taken out of it.", effects=(effects.discontinue,)),
    ),
)  # fmt: skip
