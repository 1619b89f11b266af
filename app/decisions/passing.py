"""Whom the committee may pass over on a list (K-03)."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from app.calls.chosen import invited_to_next
from app.calls.models import TopicStage
from app.committee.models import Motion
from app.core.reason import Reason
from app.decisions.effects import passed_over, reasons_in, standing
from app.decisions.rules import Amiss, passed_amiss
from app.evaluation.panel.models import Panel
from app.topics.programme import programme
from app.workflow.run import Act

AT = "/passed_over"
WHY: dict[Amiss, str] = {
    "fits": "{0} fits what is left of the topic's money at its rank: it is not passed over for want of it.",
    "equals": "{0} shares its rank with others; for want of money they are passed over together.",
    "behind": "{0} is below the line whether it is passed over or not.",
}


async def passing_amiss(motion: Motion, panel: Panel, part: TopicStage, act: Act) -> list[Reason]:
    """Why a motion may not pass over whom it names, all of it; `part` with its stage and call.

    Whoever withdrew since takes nothing anyway, and stands in the way of no vote that is open.
    """
    if not motion.passed_over:
        return []
    if invited_to_next(part) is not None:
        told = "In a stage of short proposals so many of the first ranks go on; none is passed over."
        return [Reason("nothing-passed-over", told, AT, "office")]
    if reasons := list(_named_amiss(motion, panel)):
        return reasons
    passed = passed_over(motion)
    entries, _ = await standing(panel, passed, act)
    names = {place.proposal_id: place.proposal.reference for place in panel.places}
    return [
        Reason("not-for-want-of-money", WHY[why].format(names[key]), AT, "office")
        for key, why in passed_amiss(entries, part.budget, reasons_in(passed))
    ]


def _named_amiss(motion: Motion, panel: Panel) -> Iterator[Reason]:
    ranked = {place.proposal_id for place in panel.places if place.rank is not None}
    known = programme().passes
    counted = Counter(one["proposal_id"] for one in motion.passed_over)
    for number, one in enumerate(motion.passed_over):
        at = f"{AT}/{number}"
        if UUID(one["proposal_id"]) not in ranked:
            told = "Only a proposal that has a rank on the closed list is passed over."
            yield Reason("no-rank", told, f"{at}/proposal_id", "office")
        elif counted[one["proposal_id"]] > 1:
            yield Reason("named-twice", "A proposal is passed over once.", f"{at}/proposal_id", "office")
        if one["reason"] not in known:
            yield Reason("no-such-reason", f"One of: {', '.join(known)}.", f"{at}/reason", "office")
