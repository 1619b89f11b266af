"""What the rows of a reserve list bring about."""

from uuid import uuid4

from app.calls.models import Call
from app.decisions.reserve.models import Promotion, ReserveList
from app.decisions.reserve.queries import in_force_until
from app.decisions.reserve.rules import asked_by
from app.workflow.run import Act


async def put_in_force(reserve: ReserveList, act: Act) -> None:
    """It is in force so many months from the release as the rules of the call, the act's parent, say.

    Also one that a review puts in force later: nobody waits longer than others of the call.
    """
    call: Call = act.parent
    reserve.topic_id = reserve.topic_stage.topic_id
    reserve.until = in_force_until(call, reserve.decision.released_at or act.now)
    reserve.promotions = []


async def record(reserve: ReserveList, act: Act) -> None:
    """Keep who is promoted, and what is spent of the envelope with them."""
    chosen = reserve.first
    spent = reserve.spent + asked_by(chosen)
    for one in chosen:
        made = Promotion(id=uuid4(), proposal_id=one.key, rank=one.rank, requested=one.requested, at=act.now)
        made.reserve_list, made.spent, made.envelope = reserve, spent, reserve.envelope
        act.session.add(made)
    act.note(promoted=[one.reference for one in chosen], spent=str(spent), envelope=str(reserve.envelope))


async def end(reserve: ReserveList, act: Act) -> None:
    reserve.ended_at = act.now
