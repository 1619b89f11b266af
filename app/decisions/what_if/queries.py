"""The closed lists that what-if sets are drawn on, read in a number of statements that is always the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.chosen import rules_of
from app.calls.models import Call, Stage, TopicStage
from app.committee.models import Ballot, Motion, MotionState
from app.consortia.budget.rules import Funding
from app.consortia.organisations.models import Organisation
from app.decisions.models import Decision
from app.decisions.queries import in_force
from app.decisions.reserve.rules import Waiting
from app.decisions.what_if.models import WhatIf, WhatIfPart
from app.decisions.what_if.rules import Body, Candidate, Topic
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.evaluation.panel.models import FrozenList, Panel, PanelState
from app.proposals.models import Proposal, ProposalState, SealedVersion
from app.proposals.sealing import money
from app.workflow.sight import ties
from app.workflow.who import Actor

WHOLE = ("call", "parts.list", "parts.topic_stage.topic.focus_areas")


def out_of(actor: Actor, topic_stage_id: Any) -> ColumnElement[bool]:
    """The member is out of a motion on the list in this column, whatever for."""
    about = (Motion.purpose == "adopt_list", Motion.subject_id == topic_stage_id)
    mine = (Ballot.account_id == actor.id, Ballot.recused.is_not(None))
    return exists().where(Ballot.motion_id == Motion.id, *about, *mine)


def closed_lists(actor: Actor, call_id: UUID, parts: Collection[UUID]) -> Select[FrozenList, UUID, UUID]:
    """The closed lists of these topics in a stage of the call, filled by money, that are the actor's to run
    or to decide on, with the topic and its stage. Execute with `parameters(actor)`.
    """
    wanted = (
        select(FrozenList, Panel.topic_id, Panel.topic_stage_id)
        .join(Panel, Panel.id == FrozenList.panel_id)
        .join(TopicStage, TopicStage.id == Panel.topic_stage_id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Panel.topic_stage_id.in_(parts), Panel.state == PanelState.CLOSED, Stage.call_id == call_id)
        .where(FrozenList.reopened_at.is_(None), Stage.kind == "full")
    )
    held = ties(Panel, actor)
    if "office" in held:
        return wanted.where(held["office"][0])
    decides = held["decider"][0] if "decider" in held else false()
    return wanted.where(decides, ~out_of(actor, Panel.topic_stage_id))


async def topics_of(session: AsyncSession, sets: Sequence[WhatIf]) -> Mapping[UUID, Topic]:
    """Each list that these sets of one call name, by its id, as the rules see it."""
    parts = {part.list_id: part for one in sets for part in one.parts}
    ranked = {key: _ranked(part.list) for key, part in parts.items()}
    proposals = {place.key: place for places in ranked.values() for place in places}
    standing = await _standing(session, proposals)
    brings = await _partners(session, sets[0].call if sets else None, standing)
    passed = await _passed(session, parts.values())
    return {
        key: Topic(
            part.topic_stage.topic.reference,
            [area.label for area in part.topic_stage.topic.focus_areas],
            [
                Candidate(_with_money(place, standing[place.key]), brings.get(place.key, ()))
                for place in ranked[key]
                if place.key in standing
            ],
            part.topic_stage.budget,
            passed.get(key, {}),
        )
        for key, part in parts.items()
    }


async def _passed(session: AsyncSession, parts: Iterable[WhatIfPart]) -> Mapping[UUID, Mapping[UUID, str]]:
    """Whom the motion on each list passes over, by the list: the one adopted on it, else the latest put.

    A list that was returned counts no more, and no motion is on it.
    """
    of = {part.topic_stage_id: part for part in parts if not part.outdated}
    mine = (Motion.purpose == "adopt_list", Motion.subject_id.in_(of), Motion.state.in_(ON_IT))
    wanted = select(Motion.subject_id, Motion.passed_over, Decision.list_digest, Motion.state)
    counts = and_(Decision.motion_id == Motion.id, in_force())
    found: dict[UUID, Mapping[UUID, str]] = {}
    rows = await session.execute(wanted.outerjoin(Decision, counts).where(*mine).order_by(Motion.created_at))
    for key, passed, digest, state in sorted(rows, key=lambda row: row.state == MotionState.ADOPTED):
        if state != MotionState.ADOPTED or digest == of[key].list_digest:
            found[of[key].list_id] = {UUID(one["proposal_id"]): one["reason"] for one in passed}
    return found


ON_IT = (MotionState.PREPARED, MotionState.VOTING, MotionState.ADOPTED)


def _ranked(frozen: FrozenList) -> Sequence[Waiting]:
    above = (one for one in frozen.places if one["rank"] is not None)
    return [Waiting(UUID(one["proposal_id"]), one["reference"], one["rank"], Decimal(0)) for one in above]


def _with_money(place: Waiting, row: Any) -> Waiting:
    return Waiting(place.key, place.reference, place.rank, row.requested)


async def _standing(session: AsyncSession, keys: Collection[UUID]) -> Mapping[UUID, Any]:
    """Those that have not left the process, as a line is drawn on them (X-03): money, partners handed in."""
    left = (
        ProposalState.WITHDRAWN,
        ProposalState.INADMISSIBLE,
        ProposalState.INELIGIBLE,
        ProposalState.DISCONTINUED,
    )
    refused = select(EthicsScreening.proposal_id).where(EthicsScreening.state == EthicsState.NOT_CLEARED)
    partners = SealedVersion.manifest["partners"].label("partners")
    last = and_(SealedVersion.proposal_id == Proposal.id, SealedVersion.number == Proposal.sealed)
    wanted = select(Proposal.id, Proposal.requested, partners).outerjoin(SealedVersion, last)
    found = wanted.where(Proposal.id.in_(keys), Proposal.state.not_in(left), Proposal.id.not_in(refused))
    return {row.id: row for row in await session.execute(found)}


async def _partners(
    session: AsyncSession, call: Call | None, rows: Mapping[UUID, Any]
) -> Mapping[UUID, Sequence[Body]]:
    """What each proposal's partners are and bring, as it was handed in; what does not count is left out."""
    sealed = {key: row.partners or [] for key, row in rows.items()}
    keys = {UUID(one["organisation_id"]) for some in sealed.values() for one in some}
    wanted = select(Organisation.id, Organisation.industry_member).where(Organisation.id.in_(keys))
    members = {str(key): member for key, member in await session.execute(wanted)}
    funding = rules_of(call).funding if call is not None else None
    return {
        key: [_body(one, members.get(one["organisation_id"]), funding) for one in some]
        for key, some in sealed.items()
    }


def _body(sealed: Mapping[str, Any], member: str | None, funding: Funding | None) -> Body:
    """A partner of a manifest (F-08, F-10, F-13): in kind to operations and beside them, and in money."""
    given = {name: money(sealed[name]) for name in CONTRIBUTED if name in sealed}
    operational = _if(funding is None or member in funding.in_kind_from, given.get("in_kind_operational"))
    additional = _if(funding is None or member in funding.additional_from, given.get("in_kind_additional"))
    financial = _if(funding is None or member in funding.in_kind_from, given.get("financial_contribution"))
    said = (sealed["organisation_id"], sealed.get("country", ""), sealed.get("kind", ""))
    return Body(*said, operational + additional, financial)


CONTRIBUTED = ("in_kind_operational", "in_kind_additional", "financial_contribution")


def _if(counts: bool, amount: Decimal | None) -> Decimal:
    return amount if counts and amount is not None else Decimal(0)


def sets_of(call_id: UUID) -> Select[WhatIf]:
    """The sets of a call, the newest first."""
    return select(WhatIf).where(WhatIf.call_id == call_id).order_by(WhatIf.created_at.desc(), WhatIf.id)
