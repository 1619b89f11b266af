"""The job that computes affinities: of a whole stage if any text of it has changed, else of nothing."""

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import procrastinate
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core import jobs
from app.core.db import Sessions
from app.experts.affinity.embedding import vectors_of
from app.experts.affinity.models import Affinity
from app.experts.affinity.queries import (
    ExpertText,
    ProposalText,
    Texts,
    held_in_the_pool,
    texts_of,
    weights_of,
)
from app.experts.affinity.rules import LEVELS, digest_of

if TYPE_CHECKING:
    from app.experts.matching.affinity import Blend
    from app.experts.matching.sentences import Vectors

BATCH = 2000  # rows sent at a time
KEY = ["proposal_id", "expert_id"]
LOCK = func.hashtext("affinity")
Row = dict[str, Any]
Pair = tuple[UUID, UUID]
"""An expert and a proposal."""


@jobs.app.task(name="measure_affinity", pass_context=True, retry=jobs.TRY_AGAIN)
async def measure_affinity(context: procrastinate.JobContext, stage_id: str) -> None:
    """Compute what has changed for one stage; to run twice does nothing more."""
    await measure(jobs.tools(context).sessions, UUID(stage_id))


async def measure(sessions: Sessions, stage_id: UUID) -> int:
    """How many affinities were written.

    Rare words count for more by all texts together, so that one changed text may move every score a little:
    all are computed again, and what comes out is the same whatever was computed before. What a text means is
    its own affair, and computed once.
    """
    from app.experts.matching.affinity import Blend, model_of  # it learns: a second until it is there
    from app.experts.matching.sentences import installed

    async with sessions() as session:
        blend = Blend.model_validate(await weights_of(session, stage_id))
        model = installed() if blend.sentences else None
        if model is None:
            blend = blend.model_copy(update={"sentences": 0.0})
        texts = await texts_of(session, stage_id)
        digests = _digests(texts, [*model_of(model), blend.model_dump(), LEVELS])
        known = await _known(session, texts)
    if not digests or known == digests:
        return 0
    vectors = None if model is None else await vectors_of(sessions, texts, model)
    rows = await asyncio.to_thread(_computed, texts, digests, blend, vectors)
    async with sessions() as session, session.begin():
        # One writer at a time: two that write the same rows in another order would wait for each other.
        await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
        return await _write(session, rows)


def _digests(texts: Texts, ways: list[Any]) -> dict[Pair, str]:
    """Of every pair; that of all texts stands in each, by which one that has come or gone is noticed."""
    of_experts = {one.expert_id: _of_expert(one) for one in texts.experts}
    of_proposals = {one.proposal_id: _of_proposal(one) for one in texts.proposals}
    whole = digest_of(ways, list(of_experts.values()), list(of_proposals.values()))
    return {
        (expert, proposal): sha256(f"{mine} {theirs} {whole}".encode()).hexdigest()
        for proposal, theirs in of_proposals.items()
        for expert, mine in of_experts.items()
    }


def _of_expert(one: ExpertText) -> str:
    return digest_of([list(document) for document in one.documents], one.keywords)


def _of_proposal(one: ProposalText) -> str:
    return digest_of(one.text, sorted(one.keywords))


async def _known(session: AsyncSession, texts: Texts) -> dict[Pair, str]:
    rows = await session.execute(
        select(Affinity.expert_id, Affinity.proposal_id, Affinity.digest).where(
            Affinity.proposal_id.in_([one.proposal_id for one in texts.proposals]),
            Affinity.expert_id.in_([one.expert_id for one in texts.experts]),
        )
    )
    return {(expert, proposal): digest for expert, proposal, digest in rows}


def _computed(texts: Texts, digests: dict[Pair, str], blend: "Blend", vectors: "Vectors | None") -> list[Row]:
    from app.experts.matching.affinity import Ask, Profile, affinities

    found = affinities(
        [Profile(str(one.expert_id), one.documents, one.keywords) for one in texts.experts],
        [Ask(str(one.proposal_id), one.text, one.keywords) for one in texts.proposals],
        blend,
        vectors,
    )
    computed_by = found.blend.model_dump()
    return [
        {
            "proposal_id": proposal.proposal_id,
            "expert_id": expert.expert_id,
            "score": min(1.0, max(0.0, float(found.matrix[p, e]))),
            "keyword_score": min(1.0, float(found.held[p, e])),
            "words": list(terms.words),
            "nearest": terms.nearest or None,
            "keywords": list(terms.keywords),
            "model": found.model,
            "model_version": found.version,
            "weights": computed_by,
            "digest": digests[expert.expert_id, proposal.proposal_id],
        }
        for p, proposal in enumerate(texts.proposals)
        for e, (expert, terms) in enumerate(zip(texts.experts, found.all_terms(p), strict=True))
    ]


async def _write(session: AsyncSession, found: list[Row]) -> int:
    """But of nobody who was anonymised meanwhile."""
    there = await held_in_the_pool(session, {row["expert_id"] for row in found})
    rows = [row for row in found if row["expert_id"] in there]
    if not rows:
        return 0
    new = insert(Affinity.__table__)  # type: ignore[arg-type]
    values = {name: new.excluded[name] for name in rows[0] if name not in KEY}
    kept = new.on_conflict_do_update(index_elements=KEY, set_=values)
    for start in range(0, len(rows), BATCH):
        await session.execute(kept, rows[start : start + BATCH])
    return len(rows)
