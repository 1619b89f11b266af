"""The table of what-if sets."""

from collections.abc import Iterable
from typing import Any

from app.core.reason import Reason
from app.decisions.what_if import effects
from app.decisions.what_if.models import WhatIfState
from app.decisions.what_if.schemas import DrawUp
from app.people.access import committee, committee_chair, office
from app.workflow.table import Ask, Transition, Workflow

KEPT = WhatIfState.KEPT


def each_topic_once(call: Any, ask: Ask) -> Iterable[Reason]:
    keys = [] if ask.data is None else [one.topic_stage_id for one in ask.data.envelopes]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            path = f"/body/envelopes/{number}/topic_stage_id"
            yield Reason("topic-twice", "The topic has an envelope already.", path, "sender")


WHAT_IF = Workflow(
    "what_if",
    WhatIfState,
    final={KEPT},
    title="what-if set",
    transitions=(
        Transition("draw_up", set(), KEPT, office | committee | committee_chair,
                   "Ask what other envelopes would fund on the closed lists of a call (K-03, K-04).",
                   guards=(each_topic_once,), effects=(effects.lay_out,), data=DrawUp, under="call"),
    ),
)  # fmt: skip
