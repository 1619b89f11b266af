"""What a decision needs to know of the list and of the applicants."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.calls.models import TopicStage
from app.decisions.models import Decision, DecisionState, Line
from app.evaluation.panel.models import FallenReport, Panel, PanelState, Place
from app.experts.conflicts.access import partial_to
from app.proposals.models import Proposal, ProposalState
from app.workflow.who import Actor


def in_force() -> ColumnElement[bool]:
    """The decision that counts of a topic in its stage: there is one at most."""
    return Decision.state != DecisionState.SUPERSEDED


async def closed_panel(session: AsyncSession, topic_stage_id: UUID) -> Panel | None:
    """The panel whose closed list is decided on, with its places and their proposals, and what fell of it."""
    wanted = select(Panel).where(Panel.topic_stage_id == topic_stage_id, Panel.state == PanelState.CLOSED)
    whole = (
        selectinload(Panel.places).joinedload(Place.proposal),
        selectinload(Panel.lists),
        selectinload(Panel.fallen).joinedload(FallenReport.proposal),
    )
    fresh = {"populate_existing": True}
    return (await session.scalars(wanted.options(*whole), execution_options=fresh)).one_or_none()


async def interested(
    session: AsyncSession, accounts: Sequence[UUID], topics: Sequence[UUID]
) -> frozenset[UUID]:
    """Those of these accounts that apply for one of the topics, or have a conflict with a proposal on it.

    One statement asks for all.
    """
    asked = [
        or_(*(partial_to(Actor(key), literal(topic)) for topic in topics)).label(str(key)) for key in accounts
    ]
    found = (await session.execute(select(*asked))).one() if asked else ()
    return frozenset(key for key, applies in zip(accounts, found, strict=True) if applies)


async def decision_of(session: AsyncSession, topic_stage_id: UUID) -> Decision:
    """The one in force of a topic in its stage, which there is."""
    wanted = select(Decision).where(Decision.topic_stage_id == topic_stage_id, in_force())
    return (await session.scalars(wanted)).one()


def spent(topic_stage_id: UUID) -> Select[Decimal | None]:
    """What a topic's selected proposals ask for that still stand, in euro; None if none does by money.

    Before the release they are those of the decision that have not left the process; from then on all that
    are selected, also from the reserve list and after a review.
    """
    by_money = (Decision.topic_stage_id == topic_stage_id, Decision.envelope.is_not(None), in_force())
    line = select(Line.id).join(Decision).where(Line.proposal_id == Proposal.id, *by_money)
    to_be = and_(Proposal.state == ProposalState.EVALUATED, line.where(Line.outcome == "selected").exists())
    return select(func.sum(Proposal.requested)).where(
        Proposal.topic_stage_id == topic_stage_id,
        select(Decision.id).where(*by_money).exists(),
        or_(to_be, Proposal.state == ProposalState.SELECTED),
    )


async def left_of(session: AsyncSession, part: TopicStage) -> Decimal:
    """What of a topic's money is not taken by what is selected and still stands, in euro (K-03)."""
    return Decimal(part.budget - (await session.scalar(spent(part.id)) or 0))
