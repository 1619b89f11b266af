"""Reads of what would be a conflict, and of what is not settled."""

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from sqlalchemy import select

from app.calls.models import Call, Stage, TopicStage
from app.core.errors import Malformed, NotFound
from app.core.reason import Reason
from app.experts.conflicts.queries import conflicts_between, conflicts_of_call, officials
from app.experts.conflicts.schemas import (
    CheckedRead,
    CheckProposals,
    ChecksRead,
    FoundRead,
    OfficialList,
    OfficialRead,
    OpenRead,
    UnresolvedList,
    UnresolvedRead,
)
from app.experts.conflicts.ties import Findings, Found
from app.experts.models import Expert
from app.people.access import office
from app.proposals.models import GOING_ON, Proposal
from app.topics.programme import programme
from app.workflow.asked import Asked, Asking
from app.workflow.http import refusals
from app.workflow.rows import look
from app.workflow.sight import parameters, ties

router = APIRouter()
WHO = f"Who: {office.label}."


def found_read(one: Found) -> FoundRead:
    disqualifies = programme().conflicts.by_code[one.situation].disqualifies
    return FoundRead(situation=one.situation, disqualifies=disqualifies, path=one.path)


async def of_expert(asked: Asking, expert_id: Annotated[UUID, Path(alias="id")]) -> tuple[Asked, Expert]:
    """The expert, for the office; asked before what is sent is read. Raises NotFound."""
    expert, _ = await look(asked.session, Expert, expert_id, asked.actor, by=office)
    return asked, expert


OfExpert = Annotated[tuple[Asked, Expert], Depends(of_expert, scope="function")]


async def as_office(asked: Asked, *wanted: Any) -> dict[UUID, tuple[str, UUID]]:
    """Proposals that the actor sees as an officer, by id: the reference, and the call."""
    found = ties(Proposal, asked.actor).get("office")
    if found is None:
        return {}
    rows = (
        select(Proposal.id, Proposal.reference, Stage.call_id)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(*wanted, found[0])
        .order_by(Proposal.reference)
    )
    known = await asked.session.execute(rows, parameters(asked.actor))
    return {key: (reference, call_id) for key, reference, call_id in known}


@router.post(
    "/experts/{id}/check",
    responses=refusals(401, 404),
    summary="Say which conflicts there would be (expert)",
    description="What is on record and what data show between the expert and proposals of one call, and what "
    f"is not settled; nothing follows from it, and nobody is asked. {WHO}",
    operation_id="expert_check",
)
async def check(of: OfExpert, data: CheckProposals) -> ChecksRead:
    asked, expert = of
    proposals = await as_office(asked, Proposal.id.in_(data.proposal_ids))
    if proposals.keys() != set(data.proposal_ids):
        raise NotFound
    if len({call_id for _, call_id in proposals.values()}) > 1:
        told = "The proposals are of more than one call."
        raise Malformed(reasons=[Reason("of-several-calls", told, "/body/proposal_ids", "sender")])
    findings = await conflicts_between(asked.session, [expert.account_id], proposals.keys(), asked.now)
    return ChecksRead(
        items=[
            CheckedRead(
                proposal_id=key,
                reference=reference,
                conflicts=[found_read(one) for one in findings.of(expert.account_id, key)],
                unresolved=[
                    OpenRead.model_validate(one) for one in findings.open_for(expert.account_id, key)
                ],
            )
            for key, (reference, _) in proposals.items()
        ]
    )


@router.get(
    "/calls/{id}/unresolved_identities",
    responses=refusals(401, 404),
    summary="List who may be whom (call)",
    description="Experts under contract for the call and people or organisations that apply in it, of whom "
    f"it is not settled whether they are the same; while there are any, no run assigns experts. {WHO}",
    operation_id="call_unresolved_identities",
)
async def unresolved(asked: Asking, call_id: Annotated[UUID, Path(alias="id")]) -> UnresolvedList:
    await look(asked.session, Call, call_id, asked.actor, by=office)
    seen = await as_office(asked, Stage.call_id == call_id)
    findings = await conflicts_of_call(asked.session, call_id, asked.now)
    return UnresolvedList(items=_shown(findings, seen.keys()))


@router.get(
    "/calls/{id}/conflicts_of_officials",
    responses=refusals(401, 404),
    summary="List conflicts of those who are no experts (call)",
    description="Conflicts of officers, members of bodies, signatories, auditors and observers with "
    f"proposals of the call, by the same rules; each is recorded and decided like an expert's. {WHO}",
    operation_id="call_conflicts_of_officials",
)
async def of_officials(asked: Asking, call_id: Annotated[UUID, Path(alias="id")]) -> OfficialList:
    await look(asked.session, Call, call_id, asked.actor, by=office)
    seen = await as_office(asked, Stage.call_id == call_id, Proposal.state.in_(GOING_ON))
    people = await officials(asked.session, asked.now)
    findings = await conflicts_between(asked.session, people.keys(), seen.keys(), asked.now)
    return OfficialList(
        items=[
            OfficialRead(
                account_id=who, name=name, proposal_id=key, reference=reference,
                **found_read(one).model_dump(),
            )
            for who, name in sorted(people.items(), key=lambda item: (item[1], item[0]))
            for key, (reference, _) in seen.items()
            for one in findings.of(who, key)
        ]
    )  # fmt: skip


def _shown(findings: Findings, seen: Collection[UUID]) -> list[UnresolvedRead]:
    """Those about proposals that the reader may know of; one that bars from several stands once."""
    found: dict[tuple[Any, ...], UnresolvedRead] = {}
    for one in findings.open:
        here = [key for key in one.proposals if key in seen]
        if here:
            key = (one.kind, one.expert_id, one.person_id, one.name, one.organisation_id)
            told = OpenRead.model_validate(one).model_dump()
            found.setdefault(key, UnresolvedRead(**told, proposal_ids=[])).proposal_ids.extend(here)
    return sorted(found.values(), key=lambda one: one.says)
