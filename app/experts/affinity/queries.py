"""The texts that are compared for a stage, and the affinities that are kept."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from app.calls.chosen import rules_of
from app.calls.models import Call, Stage, TopicStage
from app.experts.affinity.models import Affinity
from app.experts.affinity.rules import keywords_in, keywords_of, weights
from app.experts.models import UNDER_CONTRACT, Contract, Expert, ExpertState
from app.proposals.models import Proposal, ProposalState, SealedVersion
from app.topics.models import Topic

TO_BE_SEATED = (ProposalState.ELIGIBLE, ProposalState.IN_EVALUATION)
"""Proposals that experts are chosen for."""


@dataclass(frozen=True)
class ExpertText:
    expert_id: UUID
    documents: tuple[tuple[str, str], ...]
    keywords: dict[str, float]


@dataclass(frozen=True)
class ProposalText:
    proposal_id: UUID
    text: str
    keywords: frozenset[str]


@dataclass
class Texts:
    """What is compared, experts and proposals in the order of their ids."""

    experts: list[ExpertText] = field(default_factory=list)
    proposals: list[ProposalText] = field(default_factory=list)


async def weights_of(session: AsyncSession, stage_id: UUID) -> dict[str, float]:
    """Those of the call's rules; of the package, where they say none."""
    call = await session.scalar(select(Call).join(Stage).where(Stage.id == stage_id))
    experts = rules_of(call).experts if call is not None else None
    if experts is None or experts.affinity is None:
        return weights()
    return {name: float(weight) for name, weight in experts.affinity}


async def texts_of(session: AsyncSession, stage_id: UUID) -> Texts:
    """Of all under contract for the call: profile and publications; of proposals: what was handed in last."""
    call = select(Stage.call_id).where(Stage.id == stage_id).scalar_subquery()
    pool = (
        select(Expert)
        .join(Contract, Contract.expert_id == Expert.id)
        .where(Contract.call_id == call, Contract.state.in_(UNDER_CONTRACT))
        .where(Expert.state == ExpertState.ACTIVE)
        .options(selectinload(Expert.publications))
        .order_by(Expert.id)
    )
    experts = [
        ExpertText(
            one.id,
            tuple(
                (title, text)
                for title, text in (("", one.text), *((p.title, p.abstract) for p in one.publications))
                if title or text
            ),
            keywords_of(one.expertise),
        )
        for one in await session.scalars(pool)
    ]
    sealed = (
        select(Proposal.id, Proposal.topic_id, SealedVersion)
        .join(TopicStage, TopicStage.id == Proposal.topic_stage_id)
        .join(
            SealedVersion,
            (SealedVersion.proposal_id == Proposal.id) & (SealedVersion.number == Proposal.sealed),
        )
        .where(TopicStage.stage_id == stage_id, Proposal.state.in_(TO_BE_SEATED))
        .options(undefer(SealedVersion.answers))
        .order_by(Proposal.id)
    )
    rows = (await session.execute(sealed)).all()
    topics = select(Topic).where(Topic.id.in_({topic_id for _, topic_id, _ in rows}))
    found = await session.scalars(topics.options(selectinload(Topic.focus_areas)))
    fields = {topic.id: {area.label for area in topic.focus_areas} for topic in found}
    proposals = [
        ProposalText(
            key,
            f"{version.manifest['title']}\n{version.manifest['abstract']}",
            frozenset(fields[topic_id] | keywords_in(version.answers)),
        )
        for key, topic_id, version in rows
    ]
    return Texts(experts, proposals)


async def kept(
    session: AsyncSession, proposals: Collection[UUID], experts: Collection[UUID] | None = None
) -> dict[tuple[UUID, UUID], Affinity]:
    """What is kept, by expert and proposal."""
    wanted = select(Affinity).where(Affinity.proposal_id.in_(proposals))
    if experts is not None:
        wanted = wanted.where(Affinity.expert_id.in_(experts))
    return {(one.expert_id, one.proposal_id): one for one in await session.scalars(wanted)}


async def scores(session: AsyncSession, proposals: Collection[UUID]) -> dict[tuple[UUID, UUID], float]:
    """The scores alone, by expert and proposal."""
    wanted = select(Affinity.expert_id, Affinity.proposal_id, Affinity.score)
    rows = await session.execute(wanted.where(Affinity.proposal_id.in_(proposals)))
    return {(expert_id, proposal_id): score for expert_id, proposal_id, score in rows}


async def model_of(session: AsyncSession, proposals: Collection[UUID]) -> dict[str, Any]:
    """What has computed what is kept, and by which weights."""
    found = select(Affinity).where(Affinity.proposal_id.in_(proposals)).limit(1)
    one = (await session.scalars(found)).first()
    if one is None:
        return {}
    return {
        "affinity": one.model,
        "affinity_version": one.model_version,
        "affinity_weights": one.weights,
    }


async def held_in_the_pool(session: AsyncSession, experts: Collection[UUID]) -> set[UUID]:
    """Those of these experts who are not anonymised, and are not until the transaction ends.

    In the order of ids, so that two at once never wait for each other.
    """
    active = select(Expert.id).where(Expert.id.in_(experts), Expert.state == ExpertState.ACTIVE)
    return set(await session.scalars(active.order_by(Expert.id).with_for_update(read=True)))
