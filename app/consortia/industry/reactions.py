"""What follows for industry consortia."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.industry.workflow import INDUSTRY_MEMBER
from app.consortia.organisations.models import Organisation
from app.consortia.organisations.workflow import ORGANISATION
from app.core.reason import Reason
from app.people.models import Account
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire_all, refuse

NAMED = IndustryMemberState.NAMED


async def know_the_people(account: Account, act: Act) -> None:
    """Reaction to an account's `activate` and `register`: who was named by its address acts with it."""
    theirs = (
        func.lower(IndustryMember.email) == account.email.lower(),
        IndustryMember.account_id.is_(None),
    )
    await act.session.execute(update(IndustryMember).where(*theirs).values(account_id=account.id))


async def follow_the_merge(merged: Organisation, act: Act) -> None:
    """Reaction to an organisation's `merge`: what it brings to topics is brought by the one that stays.

    Raises Unmet where both are in one industry consortium: which of the two stays is for the office to say.
    """
    theirs, others = aliased(IndustryMember), aliased(IndustryMember)
    both = select(theirs.id).join(others, others.topic_id == theirs.topic_id)
    both = both.where(theirs.organisation_id == merged.id, others.organisation_id == merged.merged_into_id)
    if (await act.session.scalars(both.where(theirs.state == NAMED, others.state == NAMED).limit(1))).first():
        told = "Both are in the industry consortium of one topic; end one of the two first."
        reason = Reason("both-in-industry", told, "/body/into_id", "office")
        raise refuse(ORGANISATION, "merge", merged, act, [reason])
    keys = await act.session.scalars(
        select(IndustryMember.id).where(IndustryMember.organisation_id == merged.id)
    )
    members = await lock_all(act.session, IndustryMember, keys)
    await fire_all(INDUSTRY_MEMBER, "follow_merge", members, act.given(None, merged.merged_into))
