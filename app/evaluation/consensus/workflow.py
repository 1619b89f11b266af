"""The table of consensus reports."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import ColumnElement, func, select

from app.calls.chosen import scheme_of
from app.core.reason import Reason
from app.evaluation.consensus import effects
from app.evaluation.consensus.access import of_group, rapporteur
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.consensus.schemas import NameRapporteur, NoConsensus, Object, OpenConsensus
from app.evaluation.marking import Marking
from app.evaluation.report.models import Report, ReportState
from app.evaluation.rules import off_scale, too_few, unfinished
from app.people.access import office
from app.proposals.models import Proposal, ProposalState
from app.workflow.run import Act, fill, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
DRAFTING = ConsensusState.DRAFTING
APPROVAL = ConsensusState.APPROVAL
NO_CONSENSUS = ConsensusState.NO_CONSENSUS
FINAL = ConsensusState.FINAL
VOIDED = ConsensusState.VOIDED


def in_evaluation(proposal: Proposal, ask: Ask) -> Why:
    if proposal.state != ProposalState.IN_EVALUATION:
        yield Reason("not-in-evaluation", "The proposal is not in evaluation.", who="office")


async def enough_reports(consensus: Consensus, act: Act) -> None:
    """Refuse before the least number of reports is sealed (V-10)."""
    proposal = consensus.proposal
    sealed = await act.session.scalar(select(func.count()).where(*_sealed_on(consensus)))
    if reasons := list(too_few(sealed or 0, scheme_of(proposal.topic_stage))):
        raise refuse(CONSENSUS, "open", consensus, act, reasons)


async def rapporteur_has_reported(consensus: Consensus, act: Act) -> None:
    """Refuse a rapporteur who has sealed no report on the proposal."""
    own = select(Report.id).where(*_sealed_on(consensus), Report.assignment_id == consensus.rapporteur_id)
    if await act.session.scalar(own) is None:
        told = "The rapporteur has sealed no report on this proposal."
        if consensus.rapporteur_id is None:
            told = "No rapporteur is chosen for this proposal: name one who has sealed a report."
        reason = Reason("no-report", told, "/rapporteur_id", "office")
        raise refuse(CONSENSUS, act.row.name if act.row else "open", consensus, act, [reason])


def _sealed_on(consensus: Consensus) -> tuple[ColumnElement[bool], ...]:
    return Report.proposal_id == consensus.proposal.id, Report.state == ReportState.SEALED


def on_scale(consensus: Consensus, ask: Ask) -> Why:
    if ask.data is not None:
        yield from off_scale(ask.data.score, scheme_of(consensus.proposal.topic_stage))


def complete(consensus: Consensus, ask: Ask) -> Why:
    yield from unfinished(consensus.points, scheme_of(consensus.proposal.topic_stage), "points")


def reports_still_enough(consensus: Consensus, ask: Ask) -> Why:
    sealed = sum(report.state == ReportState.SEALED for report in consensus.reports)
    yield from too_few(sealed, scheme_of(consensus.proposal.topic_stage))


def approved_by_all(consensus: Consensus, ask: Ask) -> Why:
    said = (o for o in consensus.opinions if o.round == consensus.round and o.kind == "approval")
    approved = {opinion.assignment_id for opinion in said}
    for report in sorted(consensus.reports, key=lambda report: report.label):
        if report.state == ReportState.SEALED and report.assignment_id not in approved:
            yield Reason("not-approved", f"{report.label} has not approved this draft.", who=report.label)


def disagreed(consensus: Consensus, ask: Ask) -> Why:
    group = {report.assignment_id for report in consensus.reports if report.state == ReportState.SEALED}
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


RULES = "proposal.topic_stage.stage.call"
SETTLED = ("points", "reports", RULES)
CONSENSUS = Workflow(
    "consensus",
    ConsensusState,
    final={VOIDED},
    title="consensus report",
    transitions=(
        Transition("open", set(), DRAFTING, office, "Open the work of the group on one report (V-14).",
                   guards=(in_evaluation,),
                   effects=(effects.lay_out, enough_reports, effects.name_first_rapporteur,
                            rapporteur_has_reported),
                   data=OpenConsensus, under="proposal", needs=("topic_stage.stage.call",)),
        Transition("appoint", {DRAFTING, APPROVAL}, DRAFTING, office, "Let another expert draft.",
                   effects=(effects.name_rapporteur, rapporteur_has_reported), data=NameRapporteur,
                   needs=("proposal",)),
        Transition("draft", {DRAFTING}, None, rapporteur, "Write what the group agrees on (V-15).",
                   guards=(on_scale,), effects=(fill,), data=Marking, part="points", needs=(RULES,)),
        Transition("put_to_approval", {DRAFTING}, APPROVAL, rapporteur, "Ask every expert to approve it.",
                   guards=(complete,), effects=(effects.next_round,), needs=("points", RULES)),
        Transition("redraft", {APPROVAL}, DRAFTING, rapporteur, "Take it back; approvals given are void."),
        Transition("approve", {APPROVAL}, None, of_group, "Approve it as it stands (V-17).",
                   effects=(effects.say,), needs=("opinions",)),
        Transition("object", {APPROVAL}, DRAFTING, of_group, "Object, with the reason; approvals are void.",
                   effects=(effects.say,), data=Object, needs=("opinions",)),
        Transition("finish", {APPROVAL}, FINAL, office, "Close the work once all have approved it (V-17).",
                   guards=(approved_by_all, reports_still_enough), effects=(effects.date_final,),
                   needs=("reports.assignment", "opinions", RULES)),
        Transition("no_consensus", {DRAFTING, APPROVAL}, NO_CONSENSUS, office,
                   "Set out the views of majority and minority; the majority's scores stand (V-16).",
                   guards=(complete, disagreed, reports_still_enough), effects=(fill,), data=NoConsensus,
                   needs=("points", "opinions", "reports", RULES)),
        Transition("settle", {NO_CONSENSUS}, FINAL, system, "The panel has settled it (V-16).",
                   guards=(panel_scores_fit, reports_still_enough),
                   effects=(effects.put_panel_scores, effects.date_final), needs=SETTLED),
        Transition("lose_report", {APPROVAL, NO_CONSENSUS}, DRAFTING, system,
                   "A report of the group is void: what was approved or disagreed on is drafted anew.",
                   effects=(effects.take_views_back,)),
        Transition("void", {FINAL}, VOIDED, system,
                   "A report that it stands on is void, and the list is not closed: the group begins anew.",
                   effects=(effects.take_views_back, effects.take_date_back)),
    ),
)  # fmt: skip
