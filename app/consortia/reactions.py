"""What follows for partners and their people."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import aliased

from app.consortia.models import LIVE, Consortium, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation
from app.consortia.organisations.workflow import ORGANISATION
from app.consortia.schemas import Coordinate
from app.consortia.workflow import PARTNER
from app.core.reason import Reason
from app.people.models import Account
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire_all, refuse

OPEN = (PartnerState.INVITED, *LIVE)


async def let_the_founder_coordinate(consortium: Consortium, act: Act) -> None:
    """Reaction to a consortium's `form`: the founder's organisation is its coordinating partner."""
    lead = Coordinate(organisation_id=act.data.organisation_id, contact_name=act.data.contact_name)
    await create(PARTNER, "coordinate", Partner(), act.given(lead, consortium))


async def know_the_people(account: Account, act: Act) -> None:
    """Reaction to an account's `activate` and `register`: partners' people of its address act with it."""
    theirs = (func.lower(Person.email) == account.email.lower(), Person.account_id.is_(None))
    await act.session.execute(update(Person).where(*theirs).values(account_id=account.id))


async def follow_the_merge(merged: Organisation, act: Act) -> None:
    """Reaction to an organisation's `merge`: its partners are partners of the one that stays.

    Raises Unmet where both take part: which of the two parts counts is for the consortium to say.
    """
    theirs, others = aliased(Partner), aliased(Partner)
    both = select(theirs.id).join(others, others.consortium_id == theirs.consortium_id)
    both = both.where(theirs.organisation_id == merged.id, others.organisation_id == merged.merged_into_id)
    if (
        await act.session.scalars(both.where(theirs.state.in_(OPEN), others.state.in_(OPEN)).limit(1))
    ).first():
        told = "Both take part in one consortium; one of them leaves it, or is removed, first."
        reason = Reason("both-take-part", told, "/body/into_id", "coordinator")
        raise refuse(ORGANISATION, "merge", merged, act, [reason])
    keys = await act.session.scalars(select(Partner.id).where(Partner.organisation_id == merged.id))
    partners = await lock_all(act.session, Partner, keys)
    await fire_all(PARTNER, "follow_merge", partners, act.given(None, merged.merged_into))
