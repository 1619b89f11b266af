"""What must hold before a row of a consensus report; pure."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from app.calls.chosen import rules_of, scheme_of
from app.calls.models import TopicStageState
from app.core.reason import Reason
from app.evaluation.consensus.models import Consensus
from app.evaluation.consensus.rules import spread
from app.evaluation.rules import off_scale, too_few
from app.proposals.models import ProposalState
from app.workflow.table import Ask

Why = Iterable[Reason]
STILL = (ProposalState.IN_EVALUATION, ProposalState.EVALUATED)


def still_evaluated(consensus: Consensus, ask: Ask) -> Why:
    """The proposal may have been withdrawn, or found ineligible, while the group was at work."""
    if consensus.proposal.state != ProposalState.IN_EVALUATION:
        yield Reason("not-in-evaluation", "The proposal is not in evaluation.", who="office")


def panel_is_open(consensus: Consensus, ask: Ask) -> Why:
    """What is compared after the list is closed changes nothing any more (V-18)."""
    proposal = consensus.proposal
    if proposal.topic_stage.state != TopicStageState.EVALUATION or proposal.state not in STILL:
        yield Reason("panel-closed", "The list is closed, or it is not evaluated any more.", who="office")


def remarks_fit(consensus: Consensus, ask: Ask) -> Why:
    known = {criterion.code for criterion in scheme_of(consensus.proposal.topic_stage).criteria}
    seen = set[str]()
    for number, one in enumerate(ask.data.remarks if ask.data is not None else ()):
        path = f"/remarks/{number}/criterion"
        if one.criterion not in known:
            yield Reason("no-criterion", "The scheme has no such criterion.", path)
        if one.criterion in seen:
            yield Reason("remarked-twice", "A criterion has one remark.", path)
        seen.add(one.criterion)


def on_scale(consensus: Consensus, ask: Ask) -> Why:
    if ask.data is not None:
        yield from off_scale(ask.data.score, scheme_of(consensus.proposal.topic_stage))


def sources_are_of_the_group(consensus: Consensus, ask: Ask) -> Why:
    """A statement comes from marks of sealed reports of this proposal, or is new, not both."""
    known = {mark.id for report in consensus.sealed for mark in report.marks}
    for number, said in enumerate(ask.data.statements if ask.data is not None else ()):
        if set(said.sources) - known:
            told = "A source is no mark of a sealed report on this proposal."
            yield Reason("no-such-mark", told, f"/statements/{number}/sources", "rapporteur")
        if said.sources and said.new:
            told = "A statement that comes from reports is not new."
            yield Reason("new-with-sources", told, f"/statements/{number}/new", "rapporteur")


def drafted(consensus: Consensus, ask: Ask) -> Why:
    """Each criterion has a score, with a reason if no report comes near it, and statements that come from
    somewhere (V-12, V-15)."""
    points = {point.criterion: point for point in consensus.points}
    for criterion in scheme_of(consensus.proposal.topic_stage).criteria:
        path, point, title = f"/points/{criterion.code}", points.get(criterion.code), criterion.title
        score = point.score if point is not None else None
        if score is None:
            yield Reason("score-missing", f"{title} has no score.", f"{path}/score", "rapporteur")
        elif not _near(consensus, criterion.code, score) and not (point and point.range_reason.strip()):
            told = f"The score of {title} is outside those of the reports, and no reason is given."
            yield Reason("range-reason-missing", told, f"{path}/range_reason", "rapporteur")
        statements = point.statements if point is not None else []
        if not statements:
            yield Reason(
                "statement-missing", f"{title} has no statement.", f"{path}/statements", "rapporteur"
            )
        for number, said in enumerate(statements):
            if not said.new and not said.standing_sources:
                told = f"Statement {number + 1} on {title} comes from no report and is not marked as new."
                yield Reason("source-missing", told, f"{path}/statements/{number}", "rapporteur")


def _near(consensus: Consensus, criterion: str, score: Decimal) -> bool:
    marks = (mark for report in consensus.sealed for mark in report.marks if mark.criterion == criterion)
    found = spread(mark.score for mark in marks)
    return found is None or found.holds(score)


def reports_still_enough(consensus: Consensus, ask: Ask) -> Why:
    yield from too_few(len(consensus.sealed), scheme_of(consensus.proposal.topic_stage))


def round_was_read(consensus: Consensus, ask: Ask) -> Why:
    if ask.data is not None and ask.data.round != consensus.round:
        told = f"You have read round {ask.data.round}; round {consensus.round} is before the group."
        yield Reason("other-round", told, "/round")


def approved_by_all(consensus: Consensus, ask: Ask) -> Why:
    """Everybody with a sealed report, but those who are noted not to answer (V-17)."""
    said = (o for o in consensus.opinions if o.round == consensus.round and o.kind == "approval")
    approved = {opinion.assignment_id for opinion in said}
    if not approved:
        yield Reason("nobody-approved", "No expert has approved this draft.", who="experts")
    for report in sorted(consensus.sealed, key=lambda report: report.label):
        if report.assignment_id not in approved | consensus.absent:
            yield Reason("not-approved", f"{report.label} has not approved this draft.", who=report.label)


def is_silent(consensus: Consensus, ask: Ask) -> Why:
    """Of the group, without a word to this round, and reminded as often as the rules want it."""
    terms = rules_of(consensus.proposal.topic_stage.stage.call).consensus
    if terms is None:
        yield Reason("no-reminders", "The rules of the call say of no reminders.", who="office")
        return
    if ask.data is None:
        return
    seat, path = ask.data.assignment_id, "/assignment_id"
    if seat not in {report.assignment_id for report in consensus.sealed}:
        yield Reason("not-of-group", "This is no seat with a sealed report on it.", path, "office")
        return
    if seat in _heard(consensus):
        yield Reason("has-answered", "This expert has answered in this round.", path, "office")
        return
    if seat in consensus.absent:
        yield Reason("noted", "It is noted already.", path, "office")
    here = (s.reminders for s in consensus.silences if s.assignment_id == seat and s.round == consensus.round)
    number = next(here, 0)
    if number < terms.absent_after and seat not in consensus.absent:
        told = f"{number} of {terms.absent_after} reminders of this round have gone out."
        yield Reason("too-few-reminders", told, path, "office")


def _heard(consensus: Consensus) -> set[UUID]:
    """The seats that have answered in this round."""
    return {o.assignment_id for o in consensus.opinions if o.round == consensus.round}


def silent_seats(consensus: Consensus, number: int) -> list[UUID]:
    """Those of the group who have not answered in this round and got fewer reminders of it."""
    reminded = {
        silence.assignment_id
        for silence in consensus.silences
        if silence.round == consensus.round and silence.reminders >= number
    }
    group = {report.assignment_id for report in consensus.sealed}
    return sorted(group - _heard(consensus) - consensus.absent - reminded)


def criterion_is_known(consensus: Consensus, ask: Ask) -> Why:
    if ask.data is None:
        return
    codes = {criterion.code for criterion in scheme_of(consensus.proposal.topic_stage).criteria}
    if ask.data.criterion not in codes:
        yield Reason("no-criterion", "The scheme has no such criterion.", "/criterion")


def answers_a_message(consensus: Consensus, ask: Ask) -> Why:
    """One of the same thread that can still be read."""
    if ask.data is None or ask.data.answers_id is None:
        return
    thread = {m.id for m in consensus.messages if m.criterion == ask.data.criterion and not m.out}
    if ask.data.answers_id not in thread:
        yield Reason("no-message", "There is no such message in this thread.", "/answers_id")


def one_is_named(consensus: Consensus, ask: Ask) -> Why:
    if ask.data is not None and ask.data.account_id and ask.data.contract_id:
        told = "Name an officer by the account or an expert by the contract, not both."
        yield Reason("two-named", told, "/contract_id", "office")


def ends_after_it_starts(consensus: Consensus, ask: Ask) -> Why:
    if ask.data is None:
        return
    if ask.data.ends_at <= ask.data.starts_at:
        yield Reason("ends-first", "A meeting ends after it has started.", "/ends_at")
    if ask.data.starts_at <= ask.now:
        yield Reason("in-the-past", "A meeting is set for a time to come.", "/starts_at")


def has_begun(consensus: Consensus, ask: Ask) -> Why:
    ahead = [one for one in consensus.meetings if one.held_at is None]
    if not ahead:
        yield Reason("no-meeting", "There is no meeting whose attendance is not noted.", who="moderator")
    elif ahead[0].starts_at > ask.now:
        yield Reason("not-begun", "The meeting has not begun.", who="moderator")
    if ask.data is not None:
        known = {report.label for report in consensus.sealed}
        known |= {one.label for one in consensus.read_by if not one.out}
        for number, label in enumerate(ask.data.labels):
            if label not in known:
                yield Reason("not-of-group", "Nobody of the group has this label.", f"/labels/{number}")


def disagreed(consensus: Consensus, ask: Ask) -> Why:
    group = {report.assignment_id for report in consensus.sealed}
    if not any(o.kind == "objection" and o.assignment_id in group for o in consensus.opinions):
        yield Reason(
            "no-objection", "No expert of the group has objected to a draft.", "/opinions", "experts"
        )


def panel_scores_fit(consensus: Consensus, ask: Ask) -> Why:
    scheme, seen = scheme_of(consensus.proposal.topic_stage), set[str]()
    known = {criterion.code for criterion in scheme.criteria}
    for number, given in enumerate(ask.data.scores):
        path = f"/scores/{number}"
        if given.criterion not in known:
            yield Reason("no-criterion", "The scheme has no such criterion.", f"{path}/criterion", "office")
        if given.criterion in seen:
            yield Reason("scored-twice", "A criterion is scored once.", f"{path}/criterion", "office")
        seen.add(given.criterion)
        for reason in off_scale(given.score, scheme):
            yield replace(reason, path=f"{path}/score", who="office")
