"""What a list is made of, as plain JSON: sealed with it, and read again to make the same list from it."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.chosen import scheme_of
from app.calls.scheme import FIGURES, Scheme
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.panel.models import Panel, PanelChange, PanelParting
from app.evaluation.panel.rules import Cut, Entry, Parting, Ranked, cut, rank
from app.proposals.models import Proposal, SealedVersion
from app.proposals.sealing import money

Inputs = dict[str, Any]
DECISIVE = ("code", "least", "most", "step", "overall_threshold", "tie_break", "least_experts", "budget_cut")


async def inputs_of(panel: Panel, session: AsyncSession) -> Inputs:
    """Of every proposal with a final consensus report; by reference, so that ids play no part."""
    scheme, part = scheme_of(panel.topic_stage), panel.topic_stage
    final = {c.proposal_id: c for c in panel.consensuses if c.state == ConsensusState.FINAL}
    listed = [proposal for proposal in panel.proposals if proposal.id in final]
    figures = await _figures(listed, set(scheme.tie_break), session)
    reference = {str(proposal.id): proposal.reference for proposal in panel.proposals}
    return {
        "scheme": of_scheme(scheme),
        "budget": None if scheme.budget_cut is None else str(part.budget),
        "proposals": {
            proposal.reference: {
                "proposal_id": str(proposal.id),
                **of_consensus(final[proposal.id]),
                "changes": [of_change(c) for c in panel.changes if c.consensus_id == final[proposal.id].id],
                "figures": figures.get(proposal.reference, {}),
                "requested": str(proposal.requested),
            }
            for proposal in listed
        },
        "partings": [of_parting(one, reference) for one in panel.partings],
    }


def of_scheme(scheme: Scheme) -> dict[str, Any]:
    """All of it that plays a part in a list."""
    return scheme.model_dump(mode="json", include=set(DECISIVE)) | {
        "criteria": [
            c.model_dump(mode="json", include={"code", "title", "threshold", "weight"})
            for c in scheme.criteria
        ]
    }


def of_parting(parting: PanelParting, reference: Mapping[str, str]) -> dict[str, Any]:
    """A recorded decision on equals; a proposal that is listed no more goes by its id."""
    groups = [[reference.get(key, key) for key in group] for group in parting.groups]
    return {"id": str(parting.id), "step": parting.step, "groups": groups}


def of_consensus(consensus: Consensus) -> dict[str, Any]:
    """The consensus report, and the score that it gives each criterion."""
    return {
        "consensus_id": str(consensus.id),
        "points": {point.criterion: str(point.score) for point in consensus.points},
    }


def of_change(change: PanelChange) -> dict[str, Any]:
    """What the panel has set beside the consensus report."""
    score = None if change.score is None else str(change.score)
    return {"id": str(change.id), "criterion": change.criterion, "score": score}


async def _figures(
    listed: Sequence[Proposal], steps: set[str], session: AsyncSession
) -> dict[str, dict[str, str]]:
    """What the sealed versions say of the steps that are computed beside the scores."""
    wanted = steps & set(FIGURES)
    if not wanted or not listed:
        return {}
    sealed = select(Proposal.reference, SealedVersion.manifest["partners"]).join(
        SealedVersion,
        and_(SealedVersion.proposal_id == Proposal.id, SealedVersion.number == Proposal.sealed),
    )
    return {
        reference: {step: str(found) for step, found in figures_in(partners or ()).items() if step in wanted}
        for reference, partners in await session.execute(
            sealed.where(Proposal.id.in_([p.id for p in listed]))
        )
    }


def figures_in(partners: Iterable[Mapping[str, Any]]) -> dict[str, Decimal]:
    """The figures of a sealed version's partners (5.5): euro asked for by SMEs, and how many countries.

    What it does not say is not made up: the panel is asked then.
    """
    said, found = list(partners), dict[str, Decimal]()
    if said and all(one.get("kind") and one.get("requested") for one in said):
        found["sme_budget"] = sum((money(p["requested"]) for p in said if p["kind"] == "sme"), Decimal(0))
    if said and all(one.get("country") for one in said):
        found["geographical_diversity"] = Decimal(len({one["country"] for one in said}))
    return found


def scores_in(facts: Mapping[str, Any]) -> dict[str, Decimal]:
    """The scores of one proposal of the inputs, the panel's before those of the consensus report (V-19)."""
    changed = {one["criterion"]: one["score"] for one in facts["changes"] if one["score"] is not None}
    return {code: Decimal(score) for code, score in (facts["points"] | changed).items()}


def ranking_of(inputs: Inputs) -> tuple[list[Ranked], Cut | None]:
    """The list that these inputs make, and how its overall threshold came about if that is computed."""
    scheme = Scheme.model_validate({**inputs["scheme"], "meaning": {}})
    entries = [
        Entry(
            reference,
            scores_in(facts),
            {step: Decimal(figure) for step, figure in facts["figures"].items()},
            Decimal(facts["requested"]),
        )
        for reference, facts in inputs["proposals"].items()
    ]
    partings = [Parting(one["step"], tuple(map(frozenset, one["groups"]))) for one in inputs["partings"]]
    found = cut(entries, scheme, Decimal(inputs["budget"])) if scheme.budget_cut is not None else None
    return rank(entries, scheme, partings, found.threshold if found else None), found
