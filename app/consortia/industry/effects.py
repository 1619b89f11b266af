"""What the rows of a topic's industry consortium bring about."""

from app.consortia.industry.models import IndustryMember
from app.consortia.organisations.queries import standing
from app.people.links import account_of
from app.people.models import AccountState
from app.workflow.run import Act


async def place(member: IndustryMember, act: Act) -> None:
    """An organisation that stands, in the industry consortium of the topic."""
    member.topic = act.parent
    member.organisation = await standing(act.session, act.data.organisation_id, "/body/organisation_id")


async def know_the_person(member: IndustryMember, act: Act) -> None:
    """The person acts with the active account of that address, if there is one already."""
    member.email = act.data.email.lower()
    account = (await act.session.scalars(account_of(member.email))).one_or_none()
    member.account_id = account.id if account and account.state == AccountState.ACTIVE else None


async def follow(member: IndustryMember, act: Act) -> None:
    """It is the organisation that its own was merged into."""
    act.note(merged=str(member.organisation_id))
    member.organisation = act.parent
