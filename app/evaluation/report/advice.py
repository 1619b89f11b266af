"""What is pointed at in a report while it is written, and never blocks.

It tells nobody what they could not read anyway: an author is pointed at names that they know, and at the
proposals that they review; the office at those of the whole call. Otherwise one could find out by trying
whose names and which proposals there are.
"""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path
from sqlalchemy import ColumnElement, case, exists, null, or_, select

from app.calls.chosen import blind_of, rules_of, scheme_of
from app.calls.models import Stage, TopicStage
from app.consortia.disclosure import Watch
from app.core.schema import Read
from app.evaluation.report.access import author
from app.evaluation.report.effects import TEXTS
from app.evaluation.report.models import Report, ReportState
from app.evaluation.report.rules import (
    Point,
    Texts,
    applicants_named,
    below_without_reason,
    copied,
    named,
    scored_though_out_of_scope,
)
from app.evaluation.report.workflow import RULES
from app.experts.conflicts.listed import listed
from app.experts.models import Assignment, Contract, Expert
from app.people.access import office
from app.people.models import Account
from app.proposals.access import blind_in
from app.proposals.models import Proposal
from app.workflow.asked import Asked, Asking
from app.workflow.route import refusals
from app.workflow.rows import loading, look
from app.workflow.sight import parameters, visible_ids
from app.workflow.who import Held

router = APIRouter()
whole = office | author


class AdviceRead(Read):
    """Something worth a second look; `report_id` and `reference` name the other report of the same words."""

    code: str
    text: str
    path: str
    passage: str = ""
    report_id: UUID | None = None
    reference: str | None = None


class Advice(Read):
    items: list[AdviceRead]


@router.get(
    "/reports/{id}/advice",
    responses=refusals(401, 404),
    summary="Have it looked through (individual report)",
    description="Scores below a threshold without a reason (V-24), mail addresses, names of experts or of "
    "other proposals as far as the reader knows of them, passages that stand in another report of the same "
    f"expert. Nothing here blocks. Who: {whole.label}.",
    operation_id="report_advice",
)
async def advise(asked: Asking, key: Annotated[UUID, Path(alias="id")]) -> Advice:
    report, held = await look(asked.session, Report, key, asked.actor, ("marks", RULES), by=whole)
    criteria, texts = scheme_of(report.assignment.proposal.topic_stage).criteria, texts_of(report)
    watch = Watch(await _people(asked, report, held), references=await _proposals(asked, report, held))
    found: list[Point] = [
        *below_without_reason(report.marks, criteria),
        *scored_though_out_of_scope([flag["kind"] for flag in report.flags], report.marks, criteria),
        *named(texts, watch),
    ]
    if blind_of(report.assignment.proposal.topic_stage) is not None:
        found += applicants_named(texts, await _applicants(asked, report))
    items = [AdviceRead.model_validate(point) for point in found]
    return Advice(items=[*items, *await _copies(asked, report, texts)])


def texts_of(report: Report) -> Texts:
    """All that others than the office may come to read of it."""
    said = {f"/marks/{mark.criterion}/{name}": getattr(mark, name) for mark in report.marks for name in TEXTS}
    said |= {f"/flags/{number}/text": flag["text"] for number, flag in enumerate(report.flags)}
    return {path: text for path, text in said.items() if text.strip()}


async def _people(asked: Asked, report: Report, held: Held) -> Sequence[str]:
    """To the office all under contract for the call; to the author themself, and whom the group knows."""
    call = report.assignment.proposal.topic_stage.stage.call_id
    names = select(Account.name).join(Expert, Expert.account_id == Account.id)
    here: ColumnElement[bool] = exists().where(Contract.expert_id == Expert.id, Contract.call_id == call)
    if not office(held):
        here = Account.id == asked.actor.id
        if report.in_group_at is not None:
            group = exists().where(
                Assignment.expert_id == Expert.id,
                Report.assignment_id == Assignment.id,
                Report.proposal_id == report.proposal_id,
                Report.state == ReportState.SEALED,
                Report.in_group_at.is_not(None),
            )
            here = or_(here, group)
    return (await asked.session.scalars(names.where(here))).all()


async def _proposals(asked: Asked, report: Report, held: Held) -> set[str]:
    """The names of other proposals of the call that the reader sees; experts no acronym of a blind stage."""
    acronym = Proposal.handed_in["acronym"].astext
    if not office(held):
        acronym = case((blind_in(Proposal.topic_stage_id), null()), else_=acronym)
    found = (
        select(Proposal.reference, acronym)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(
            Stage.call_id == report.assignment.proposal.topic_stage.stage.call_id,
            Proposal.id != report.proposal_id,
            Proposal.id.in_(visible_ids(asked.actor, Proposal)),
        )
    )
    rows = await asked.session.execute(found, parameters(asked.actor))
    return {name for row in rows for name in row if name}


async def _applicants(asked: Asked, report: Report) -> Watch:
    """For all of the blind stage, as on the card of every seat: a warning tells not whose it is (V-25)."""
    there = await listed(asked.session, report.assignment.proposal.topic_stage.stage_id)
    people = [name for one in there for name in one.people]
    return Watch(people, [one.legal_name for one in there])


async def _copies(asked: Asked, report: Report, texts: Texts) -> list[AdviceRead]:
    """Passages that stand in another report of the same expert, too, and in which."""
    terms = rules_of(report.assignment.proposal.topic_stage.stage.call).reports
    if terms is None:
        return []
    columns: tuple[Any, ...] = (Report, Proposal.reference)
    wanted = (
        select(*columns)
        .join(Assignment, Assignment.id == Report.assignment_id)
        .join(Proposal, Proposal.id == Report.proposal_id)
        .where(
            Assignment.expert_id == report.assignment.expert_id,
            Report.id != report.id,
            Report.state != ReportState.VOIDED,
            Report.id.in_(visible_ids(asked.actor, Report)),
        )
        .options(*loading(Report, ["marks"]))
        .order_by(Proposal.reference)
    )
    rows = await asked.session.execute(wanted, parameters(asked.actor))
    return [
        AdviceRead(
            code="copied",
            text=f"The same words stand in the report on {reference}.",
            path=path,
            passage=passage,
            report_id=other.id,
            reference=reference,
        )
        for other, reference in rows
        for path, text in texts.items()
        for passage in copied(text, "\n".join(texts_of(other).values()), terms.copied_words)
    ]
