"""What follows for summary reports from a panel's list, from what is settled, from the end of a call."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select

from app.calls.chosen import rules_of
from app.calls.models import Call, Stage, TopicStage
from app.consortia.disclosure import findings_in
from app.core.jobs import enqueue
from app.evaluation.consensus.models import Consensus
from app.evaluation.panel.models import FrozenList, Panel, PanelChange
from app.evaluation.summary.content import composed, criterion_at, digest_of, texts_of
from app.evaluation.summary.models import Finding, Summary, SummaryState, SummaryVersion
from app.evaluation.summary.printing import print_summaries
from app.evaluation.summary.queries import evaluators, partner_names
from app.evaluation.summary.workflow import SUMMARY, UNTOLD
from app.proposals.models import Proposal
from app.topics.models import Topic
from app.workflow.rows import loading, lock_all
from app.workflow.run import Act, create_all, fire, fire_all

Facts = Mapping[str, Any]


async def write_summaries(panel: Panel, act: Act) -> None:
    """Reaction to `close`: a report for every proposal of the list, from what was sealed with it (V-21).

    Those in which nothing is found are cleared at once, and printed by a job.
    """
    frozen = panel.lists[-1]
    made = await _written(panel, frozen, act)
    await create_all(SUMMARY, "write", made, act.given(None, panel))
    await fire_all(SUMMARY, "clear", [one for one in made if not one.findings], act.given(None))
    # One that was withdrawn while the list was closed has no outcome to be told of.
    listed = await lock_all(act.session, Proposal, [one.proposal_id for one in made])
    gone = {one.id for one in listed if one.gone is not None}
    await fire_all(SUMMARY, "void", [one for one in made if one.proposal_id in gone], act.given(None))
    if made:
        await enqueue(act.session, print_summaries, list_id=str(frozen.id))


async def _written(panel: Panel, frozen: FrozenList, act: Act) -> list[Summary]:
    proposals: Facts = frozen.inputs["proposals"]
    keys = [UUID(facts["proposal_id"]) for facts in proposals.values()]
    agreed = await _agreed(proposals, act)
    changes = await _changes(proposals, act)
    watch = await evaluators(act.session, panel.id, keys)
    partners = await partner_names(act.session, keys)
    topic = await act.session.get_one(Topic, panel.topic_id)
    call = panel.topic_stage.stage.call
    heading = {
        "topic": {"reference": topic.reference, "title": topic.title},
        "call": {"reference": call.reference, "title": call.title, "programme": rules_of(call).title},
    }
    scheme = frozen.inputs["scheme"]
    overall = scheme["overall_threshold"] if panel.cut is None else panel.cut["threshold"]
    made = []
    for place in panel.places:
        facts, said = proposals[place.proposal.reference], place.proposal.handed_in
        named = {"reference": place.proposal.reference, "acronym": said["acronym"], "title": said["title"]}
        consensus = agreed[UUID(facts["consensus_id"])]
        content = composed(
            {"proposal": named, **heading}, scheme, overall, facts, consensus, changes.get(consensus.id, ())
        )
        one = Summary(panel_id=panel.id, frozen=frozen, proposal_id=place.proposal_id, above=place.above)
        one.topic_id = panel.topic_id
        version = SummaryVersion(id=uuid4(), number=1, content=content, made_at=act.now)
        version.digest = digest_of(content)
        one.versions = [version]
        own = partners.get(place.proposal_id, ())
        found = await asyncio.to_thread(findings_in, texts_of(content), watch, own)
        one.findings = [
            Finding(id=uuid4(), number=number, criterion=criterion_at(content, at), place=at, **it._asdict())
            for number, (at, it) in enumerate(found, 1)
        ]
        made.append(one)
    return made


async def _agreed(proposals: Facts, act: Act) -> dict[UUID, Consensus]:
    """The final consensus reports that the list is made of."""
    keys = [UUID(facts["consensus_id"]) for facts in proposals.values()]
    wanted = (
        select(Consensus).where(Consensus.id.in_(keys)).options(*loading(Consensus, ["points.statements"]))
    )
    found = await act.session.scalars(wanted, execution_options={"populate_existing": True})
    return {one.id: one for one in found}


async def _changes(proposals: Facts, act: Act) -> dict[UUID, Sequence[PanelChange]]:
    """What the panel has set beside each of them, in order."""
    keys = [UUID(change["id"]) for facts in proposals.values() for change in facts["changes"]]
    wanted = select(PanelChange).where(PanelChange.id.in_(keys)).order_by(PanelChange.number)
    found: dict[UUID, list[PanelChange]] = {}
    for change in await act.session.scalars(wanted):
        found.setdefault(change.consensus_id, []).append(change)
    return dict(found)


async def clear_if_settled(summary: Summary, act: Act) -> None:
    """Reaction to `dismiss_finding` and `redact_finding`: with the last it is cleared, and printed."""
    if not summary.open_findings:
        await fire(SUMMARY, "clear", summary, act.given(None))
        await enqueue(act.session, print_summaries, list_id=str(summary.list_id))


async def print_again(summary: Summary, act: Act) -> None:
    """Reaction to `redact_passage`: what was cleared is printed as it is now."""
    if summary.state == SummaryState.CLEARED:
        await enqueue(act.session, print_summaries, list_id=str(summary.list_id))


async def supersede_summaries(panel: Panel, act: Act) -> None:
    """Reaction to a panel's `reopen` and `take_back`: what stood on the list counts no more."""
    await _all(Summary.panel_id == panel.id, "supersede", act)


async def void_of_call(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: nobody is told an outcome."""
    parts = select(TopicStage.id).join(Stage).where(Stage.call_id == call.id)
    panels = select(Panel.id).where(Panel.topic_stage_id.in_(parts))
    await _all(Summary.panel_id.in_(panels), "void", act)


async def void_with_proposal(proposal: Proposal, act: Act) -> None:
    """Reaction to a proposal's `request_withdrawal`, `find_ineligible` and `declare_duplicate`.

    It has left before its outcome, or from the reserve list: nobody is told what it was given.
    """
    await _all(Summary.proposal_id == proposal.id, "void", act)


async def _all(where: ColumnElement[bool], row: str, act: Act) -> None:
    keys = select(Summary.id).where(where, Summary.state.in_(UNTOLD))
    found = await lock_all(act.session, Summary, await act.session.scalars(keys))
    await fire_all(SUMMARY, row, [one for one in found if one.state in UNTOLD], act.given(None))
