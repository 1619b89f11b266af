"""What texts mean, computed once for each text and kept under its digest."""

import asyncio
import random
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.db import Sessions
from app.experts.affinity.models import Embedding
from app.experts.affinity.queries import Texts, held_in_the_pool

if TYPE_CHECKING:
    from app.experts.matching.sentences import Vector, Vectors

AT_A_TIME = 20  # texts from one time of keeping to the next: who is interrupted begins again from there
Owner = tuple[str, UUID]
"""Whose a text is: the column that says it, and the key."""


async def vectors_of(sessions: Sessions, texts: Texts, model: tuple[str, str]) -> "Vectors":
    """Of all texts of a stage: what is not kept is computed, and what is no longer said is forgotten."""
    from app.experts.matching.sentences import Vectors

    wanted = _wanted(texts, model)
    async with sessions() as session, session.begin():
        kept = await _kept(session, wanted)
        gone = [one.id for (owner, digest), one in kept.items() if digest not in wanted[owner]]
        await session.execute(delete(Embedding).where(Embedding.id.in_(gone)))
    known = _read(kept)
    lacking: dict[str, list[Owner]] = {}
    for owner, of in wanted.items():
        for digest in of:
            if (owner, digest) not in kept:
                lacking.setdefault(digest, []).append(owner)
    text = {digest: said for of in wanted.values() for digest, said in of.items()}
    await _fill(sessions, known, lacking, text)
    return Vectors(*model, {said: known[digest] for digest, said in text.items()})


def _wanted(texts: Texts, model: tuple[str, str]) -> dict[Owner, dict[str, str]]:
    """Each owner's texts by their digests."""
    from app.experts.matching.affinity import Profile

    def by_digest(said: Iterable[str]) -> dict[str, str]:
        return {sha256("\n".join([*model, one]).encode()).hexdigest(): one for one in said}

    of_experts = {
        ("expert_id", one.expert_id): by_digest(Profile("", one.documents).texts()) for one in texts.experts
    }
    return of_experts | {("proposal_id", one.proposal_id): by_digest([one.text]) for one in texts.proposals}


async def _kept(session: AsyncSession, owners: Iterable[Owner]) -> dict[tuple[Owner, str], Embedding]:
    keys: dict[str, list[UUID]] = {"expert_id": [], "proposal_id": []}
    for column, key in owners:
        keys[column].append(key)
    theirs = or_(*(getattr(Embedding, column).in_(some) for column, some in keys.items()))
    return {(_owner(one), one.digest): one for one in await session.scalars(select(Embedding).where(theirs))}


def _read(kept: dict[tuple[Owner, str], Embedding]) -> "dict[str, Vector]":
    import numpy as np

    return {digest: np.frombuffer(one.vector, "<f4") for (_, digest), one in kept.items()}


def _owner(one: Embedding) -> Owner:
    if one.expert_id is not None:
        return "expert_id", one.expert_id
    assert one.proposal_id is not None
    return "proposal_id", one.proposal_id


async def _fill(
    sessions: Sessions, known: "dict[str, Vector]", lacking: dict[str, list[Owner]], text: dict[str, str]
) -> None:
    """Compute what is not known, and keep it for everybody whose text it is.

    In an order of chance, and looking for what another job has kept meanwhile: two at once share the work.
    """
    from app.experts.matching.sentences import Sentences

    opened = cache(Sentences)  # for as long as there is something to compute
    order = list(lacking)
    random.shuffle(order)
    for start in range(0, len(order), AT_A_TIME):
        some = order[start : start + AT_A_TIME]
        async with sessions() as session:
            known |= _read(await _kept(session, {owner for digest in some for owner in lacking[digest]}))
        for digest in some:
            if digest not in known:
                model = await asyncio.to_thread(opened)
                known[digest] = await asyncio.to_thread(model.vector, text[digest])
        rows = [(owner, digest) for digest in some for owner in lacking[digest]]
        async with sessions() as session, session.begin():
            await _keep(session, rows, known)


async def _keep(session: AsyncSession, rows: list[tuple[Owner, str]], known: "dict[str, Vector]") -> None:
    """But of nobody who was anonymised meanwhile. Sorted: two at once never wait for each other."""
    experts = {key for (column, key), _ in rows if column == "expert_id"}
    there = await held_in_the_pool(session, experts)
    values: list[dict[str, Any]] = [
        {
            "expert_id": None,
            "proposal_id": None,
            "digest": digest,
            "vector": known[digest].astype("<f4").tobytes(),
        }
        | {column: key}
        for (column, key), digest in sorted(rows)
        if column == "proposal_id" or key in there
    ]
    if values:
        await session.execute(insert(Embedding).on_conflict_do_nothing(), values)
