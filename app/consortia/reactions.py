"""What follows for partners and their people."""

from sqlalchemy import func, update

from app.consortia.models import Consortium, Partner, Person
from app.consortia.schemas import Coordinate
from app.consortia.workflow import PARTNER
from app.people.models import Account
from app.workflow.run import Act, create


async def let_the_founder_coordinate(consortium: Consortium, act: Act) -> None:
    """Reaction to a consortium's `form`: the founder's organisation is its coordinating partner."""
    lead = Coordinate(organisation_id=act.data.organisation_id, contact_name=act.data.contact_name)
    await create(PARTNER, "coordinate", Partner(), act.given(lead, consortium))


async def know_the_people(account: Account, act: Act) -> None:
    """Reaction to an account's `activate` and `register`: partners' people of its address act with it."""
    theirs = (func.lower(Person.email) == account.email.lower(), Person.account_id.is_(None))
    await act.session.execute(update(Person).where(*theirs).values(account_id=account.id))
