"""What a decision needs to know of the list and of the applicants."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.decisions.models import Decision, DecisionState
from app.evaluation.panel.models import FallenReport, Panel, PanelState, Place
from app.experts.conflicts.access import partial_to
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
