"""What belongs to a proposal: found from the foreign keys, so that nothing that comes later is forgotten."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, Uuid, bindparam, or_, select, union_all

from app.calls.models import Call, Stage, TopicStage
from app.committee.models import Motion, Session
from app.consortia.models import Consortium, Partner
from app.core.db import Base
from app.decisions.models import Decision
from app.evaluation.hearing.models import HearingRound
from app.evaluation.panel.models import Panel
from app.proposals.models import Proposal
from app.topics.models import Topic

DRAFTS = frozenset({"proposal_section", "section_version", "proposal_document", "report_mark"})
"""What nobody but its author reads: drafts; what was sealed of them stands in another table."""
APART = frozenset({"affinity", "embedding", "assignment_set_seat", "consensus_message", "evaluation_reading"})
"""What is computed, was only thought of, is the group's alone, or is told among the readings."""
KEY: Any = bindparam("proposal_id", type_=Uuid)


@cache
def own() -> Mapping[Table, ColumnElement[bool]]:
    """Every table with rows of one proposal, and which: those that name it, or a row that is its own.

    The condition has a place for `proposal_id`.
    """
    proposal: Any = Proposal.__table__
    found: dict[Table, ColumnElement[bool]] = {}
    for table in Base.metadata.sorted_tables:
        if table is proposal:
            found[table] = table.c.id == KEY
            continue
        ties = [
            column == KEY if key.column.table is proposal else column.in_(select(key.column).where(such))
            for column in table.c
            for key in column.foreign_keys
            if (such := found.get(key.column.table)) is not None
            and (key.column.table is not proposal or column.name == "proposal_id")
        ]
        if ties:
            found[table] = or_(*ties)
    return found


def own_tables() -> Mapping[Table, ColumnElement[bool]]:
    """Those of them whose rows stand in the file as they are."""
    return {table: such for table, such in own().items() if table.name not in DRAFTS | APART}


def _about() -> Mapping[type[Any], Callable[[], ColumnElement[bool]]]:
    """What a proposal shares with others, from its call to the vote on its list."""
    proposal = select(Proposal.topic_stage_id).where(Proposal.id == KEY).scalar_subquery()
    part: Any = TopicStage.__table__.alias()
    stage: Any = Stage.__table__.alias()
    of_part = select(part.c.stage_id).where(part.c.id == proposal).scalar_subquery()
    consortium = select(Proposal.consortium_id).where(Proposal.id == KEY).scalar_subquery()
    motions = select(Motion.session_id).where(_moved(proposal))
    panels = select(Panel.id).where(Panel.topic_stage_id == proposal)
    return {
        Topic: lambda: Topic.id == select(part.c.topic_id).where(part.c.id == proposal).scalar_subquery(),
        Call: lambda: Call.id == select(stage.c.call_id).where(stage.c.id == of_part).scalar_subquery(),
        Stage: lambda: Stage.id == of_part,
        TopicStage: lambda: TopicStage.id == proposal,
        Consortium: lambda: Consortium.id == consortium,
        Partner: lambda: Partner.consortium_id == consortium,
        Panel: lambda: Panel.topic_stage_id == proposal,
        HearingRound: lambda: HearingRound.panel_id.in_(panels),
        Session: lambda: Session.id.in_(motions),
        Motion: lambda: _moved(proposal),
        Decision: lambda: Decision.topic_stage_id == proposal,
    }


def _moved(part: Any) -> ColumnElement[bool]:
    """Motions about the list, the money or the place in the call of the topic in its stage, or about what is
    the proposal's own."""
    own_ids = union_all(*(select(t.c.id).where(such) for t, such in own().items() if "audit_head" in t.c))
    return or_(Motion.subject_id == part, Motion.subject_id.in_(own_ids))


def chains() -> CompoundSelect[UUID]:
    """The ids of all entities whose chains tell of the proposal: its own, and what it shares."""
    mine: list[Select[Any]] = [select(t.c.id).where(such) for t, such in own().items() if "audit_head" in t.c]
    shared = [select(model.id).where(such()) for model, such in _about().items()]
    return union_all(*mine, *shared)
