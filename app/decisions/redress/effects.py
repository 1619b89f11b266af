"""What the rows of a request for a review bring about."""

from uuid import UUID

from app.calls.chosen import rules_of
from app.calls.periods import day_of, months_later
from app.core.reason import Reason
from app.decisions.letter.rules import period
from app.decisions.redress.guards import REVIEWED
from app.decisions.redress.models import Redress, RedressMember
from app.decisions.redress.took_part import in_conflict, took_part
from app.decisions.redress.weighing import Weighed
from app.people.models import Account, AccountState
from app.proposals.models import Proposal
from app.workflow.run import Act


async def keep_request(redress: Redress, act: Act) -> None:
    """About which proposal, by whom, on what grounds; and by when it should be answered (Z-06)."""
    proposal: Proposal = act.parent
    assert act.actor.id is not None
    rules = rules_of(proposal.topic_stage.stage.call)
    redress.proposal, redress.topic_stage = proposal, proposal.topic_stage
    redress.topic_id, redress.consortium_id = proposal.topic_id, proposal.consortium_id
    redress.grounds, redress.text, redress.filed_by = list(act.data.grounds), act.data.text, act.actor.id
    written = [one for one in proposal.letters if one.kind != "redress"]  # type: ignore[attr-defined]
    of_release = period([proposal.released_at], [], rules)
    redress.last_day = (written[-1].period if written else of_release).last_day
    redress.answer_due = months_later(redress.last_day or day_of(act.now), rules.redress_answer_months)
    redress.criteria, redress.members = [], []


async def judge_admissibility(redress: Redress, act: Act) -> None:
    redress.prepared_by, redress.admissibility = act.actor.id, act.data.text


async def who_may_not_weigh(redress: Redress, account_id: UUID, act: Act) -> list[Reason]:
    """Why somebody cannot be on the committee: by the trail, by seats, by what data show (Z-04)."""
    account = await act.session.get(Account, account_id)

    def no(code: str, text: str) -> Reason:
        return Reason(code, text, "/body/account_id", "office")

    if account is None or account.state != AccountState.ACTIVE:
        return [no("nobody", "There is nobody of this account.")]
    found = []
    if await took_part(act.session, redress.proposal, [account_id]):
        found.append(no("took-part", "The person took part in what is reviewed."))
    if await in_conflict(act.session, redress.proposal, [account_id], act.now):
        found.append(no("conflict", "The person has a conflict of interest with the proposal."))
    return found


async def name(redress: Redress, act: Act) -> None:
    redress.members.append(RedressMember(account_id=act.data.account_id, named_at=act.now))


def _own(redress: Redress, actor_id: UUID | None) -> RedressMember:
    return next(one for one in redress.sitting if one.account_id == actor_id)


async def release_member(redress: Redress, act: Act) -> None:
    _own(redress, act.data.account_id).out_for = act.data.reason


async def declare_free(redress: Redress, act: Act) -> None:
    _own(redress, act.actor.id).declared_at = act.now


async def declare_conflict(redress: Redress, act: Act) -> None:
    _own(redress, act.actor.id).out_for = act.data.reason


async def keep_advice(redress: Redress, act: Act) -> None:
    redress.advice, redress.criteria = act.data.advice, list(dict.fromkeys(act.data.criteria))
    redress.advice_text = act.data.text


async def keep_decision(redress: Redress, act: Act) -> None:
    redress.decided_by, redress.decided_at, redress.decision_text = act.actor.id, act.now, act.data.text


async def settle_at_once(redress: Redress, act: Act) -> None:
    """Reinstated while the others are evaluated: there is nothing to wait for."""
    redress.settled_by, redress.outcome, redress.remedy = act.actor.id, "changed", "reinstated"


async def settle(redress: Redress, weighed: Weighed, act: Act) -> None:
    """What the result comes to, by the list and the money of now (Z-05).

    A proposal that has left meanwhile gains nothing.
    """
    stands = redress.proposal.state in REVIEWED
    redress.settled_by, redress.remedy = act.actor.id, weighed.remedy if stands else "none"
    redress.outcome = "kept" if redress.remedy == "none" else "changed"
    redress.rank, redress.shares_rank = weighed.moves.rank, weighed.moves.shares
    redress.place = weighed.moves.place
    act.note(**told_of(weighed))


def told_of(weighed: Weighed) -> dict[str, object]:
    """What was shown to whoever settled it, for the record."""
    left = weighed.moves.left
    return {
        "rank": weighed.moves.rank,
        "left": None if left is None else str(left),
        "requested": str(weighed.requested),
        "waits": list(weighed.waits),
        "reserve_open": weighed.reserve_open,
    }


async def keep_proposed_way(redress: Redress, act: Act) -> None:
    redress.way, redress.source_id = act.data.way, act.data.source_id


async def keep_way(redress: Redress, act: Act) -> None:
    redress.remedy, redress.promise = act.data.remedy, act.data.promise
