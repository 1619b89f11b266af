"""What a dispute about a proposal asks of whoever took part: not to audit it, and not to be forgotten."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.core.reason import Reason
from app.decisions.redress.models import OPEN, Redress, RedressState
from app.decisions.redress.took_part import took_part_or_reviewed
from app.experts.models import Expert
from app.experts.profile.workflow import EXPERT
from app.proposals.external_case.models import HOLDING, ExternalCase
from app.proposals.external_case.workflow import EXTERNAL_CASE
from app.proposals.models import Proposal
from app.workflow.run import Act, refuse
from app.workflow.table import Effect

CASE = "A court or the ombudsman has a case about a proposal in which the expert took part."
REVIEW = "A request for a review is open on a proposal in which the expert took part."


def read_by_nobody_who_took_part(row: str) -> Effect:
    """Reaction to an external case's `note` and `confirm`: nobody audits what they took part in."""

    async def react(case: ExternalCase, act: Act) -> None:
        if case.auditor_id is None:
            return
        proposal = await act.session.get_one(Proposal, case.proposal_id)
        if await took_part_or_reviewed(act.session, [proposal], [case.auditor_id]):
            told = (
                "Whoever took part in what was decided on the proposal, or has watched, reads no file of it."
            )
            reason = Reason("auditor-took-part", told, "/body/auditor_id", "office")
            raise refuse(EXTERNAL_CASE, row, case, act, [reason])

    return react


def _awaits_an_end() -> ColumnElement[bool]:
    """An answer is due, or the committee has still to vote on what it comes to (Z-06)."""
    voted_on = and_(Redress.state == RedressState.SETTLED, Redress.remedy == "vote")
    return or_(Redress.state.in_(OPEN), voted_on)


async def keep_for_cases(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: refuse while there is a dispute about what they took part in.

    Whatever their part was: they evaluated, moderated, sat on the panel or on ethics, watched, reviewed, or
    were only named. Nothing is locked: what is closed meanwhile is forgotten the next time.
    """
    cases = select(ExternalCase.proposal_id).where(ExternalCase.state.in_(HOLDING))
    reviews = select(Redress.proposal_id).where(_awaits_an_end())
    accounts = [] if expert.account_id is None else [expert.account_id]
    found = []
    if await _concern(cases, accounts, act):
        found.append(Reason("case-open", CASE, who="office"))
    if await _concern(reviews, accounts, act):
        found.append(Reason("review-open", REVIEW, who="signatory"))
    if found:
        raise refuse(EXPERT, "anonymise", expert, act, found)


async def _concern(disputed: Select[Any], accounts: Collection[Any], act: Act) -> bool:
    proposals = (await act.session.scalars(select(Proposal).where(Proposal.id.in_(disputed)))).all()
    return bool(await took_part_or_reviewed(act.session, proposals, accounts, named=True))
