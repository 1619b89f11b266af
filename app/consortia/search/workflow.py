"""The table of partner search."""

from collections.abc import Iterable

from app.consortia.search import effects
from app.consortia.search.access import author
from app.consortia.search.models import PartnerSearch, PartnerSearchState
from app.consortia.search.schemas import EditSearch, PublishSearch
from app.consortia.workflow import stage_open
from app.core.reason import Reason
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import signed_in, system

Why = Iterable[Reason]
PUBLISHED, TAKEN_DOWN = PartnerSearchState.PUBLISHED, PartnerSearchState.TAKEN_DOWN


def while_open(search: PartnerSearch, ask: Ask) -> Why:
    yield from stage_open(search.topic_stage, ask)


PARTNER_SEARCH = Workflow(
    "partner_search",
    PartnerSearchState,
    final={TAKEN_DOWN},
    title="notice of partner search",
    transitions=(
        Transition("publish", set(), PUBLISHED, signed_in,
                   "Offer what your organisation can, or say whom it needs; it ends with the stage.",
                   guards=(stage_open,), effects=(effects.publish,), data=PublishSearch,
                   under="topic_stage", needs=("stage",)),
        Transition("edit", {PUBLISHED}, None, author, "Say it otherwise.", guards=(while_open,),
                   effects=(fill,), data=EditSearch, needs=("topic_stage.stage",)),
        Transition("take_down", {PUBLISHED}, TAKEN_DOWN, author | office, "Take it down."),
        Transition("follow_merge", {PUBLISHED, TAKEN_DOWN}, None, system,
                   "Its organisation was merged into another.", effects=(effects.follow,)),
    ),
)  # fmt: skip
