"""What follows for partners and their people."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import aliased

from app.calls.models import Stage, TopicStage
from app.calls.rules import LAST_SECOND
from app.consortia.models import LIVE, Consortium, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation
from app.consortia.organisations.workflow import ORGANISATION
from app.consortia.queries import contacts
from app.consortia.schemas import Coordinate
from app.consortia.workflow import PARTNER
from app.core import outbox
from app.core.outbox import Letter
from app.core.reason import Reason
from app.people.models import Account
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire, fire_all, refuse

OPEN = (PartnerState.INVITED, *LIVE)
INVITED = Partner.state == PartnerState.INVITED
Due = Callable[[Act], Awaitable[None]]
LAPSED = """{name},

the invitation of {organisation} to the consortium {consortium} was not answered in time and has lapsed. While
the call is open, you may invite it again.
"""


async def let_the_founder_coordinate(consortium: Consortium, act: Act) -> None:
    """Reaction to a consortium's `form`: the founder's organisation is its coordinating partner."""
    lead = Coordinate(organisation_id=act.data.organisation_id, contact_name=act.data.contact_name)
    await create(PARTNER, "coordinate", Partner(), act.given(lead, consortium))


async def hand_the_part_over(was: Partner, act: Act) -> None:
    """Reaction to a partner's `transfer`: the other organisation is a partner with the part of this one."""
    await create(PARTNER, "take_over", Partner(), act.given(act.data, was))


async def change_the_coordinator(partner: Partner, act: Act) -> None:
    """Reaction to a partner's `take_coordination`: first the one steps back, then the other coordinates.

    Never are there two, not even within the transaction.
    """
    coordinates = (Partner.consortium_id == partner.consortium_id, Partner.coordinates)
    keys = await act.session.scalars(select(Partner.id).where(*coordinates, Partner.state.in_(LIVE)))
    (former,) = await lock_all(act.session, Partner, keys, ["people"])
    await fire(PARTNER, "step_back", former, act)
    partner.coordinates = True
    await act.session.flush()


def lapse_invitations(longest_request: timedelta) -> Due:
    """Due: invitations whose time is over, or whose stage has closed; the coordinator is told of each.

    Not before a request that was sent in time can no longer be under way.
    """

    async def due(act: Act) -> None:
        over = act.now - longest_request
        gone = or_(Partner.invited_until <= over, Stage.closes_at + LAST_SECOND <= over)
        wanted = select(Partner.id).join(Consortium).join(TopicStage).join(Stage)
        keys = list(await act.session.scalars(wanted.where(INVITED, gone)))
        if not keys:
            return
        await lock_all(act.session, Partner, keys)
        # Asked again once they are held: one may have been accepted, or invited again, meanwhile.
        still = list(await act.session.scalars(wanted.where(Partner.id.in_(keys), INVITED, gone)))
        lapsed = await lock_all(act.session, Partner, still, ["consortium", "organisation"])
        await fire_all(PARTNER, "lapse", lapsed, act)
        await _tell_of_lapsed(lapsed, act)

    return due


async def _tell_of_lapsed(lapsed: Sequence[Partner], act: Act) -> None:
    theirs = and_(Partner.consortium_id.in_({one.consortium_id for one in lapsed}), Partner.coordinates)
    named = contacts(theirs).with_only_columns(Partner.consortium_id, Person.name, Person.email)
    people = (await act.session.execute(named)).all()
    letters = []
    for one in lapsed:
        facts = {"organisation": one.organisation.legal_name, "consortium": one.consortium.name}
        subject = f"An invitation to the consortium {one.consortium.name} has lapsed"
        for key, name, email in people:
            if key == one.consortium_id:
                letters.append(Letter(email, subject, LAPSED.format(name=name, **facts), "partner", one.id))
    await outbox.write_all(act.session, "invitation_lapsed", letters, act.now)


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
