"""What the rows of experts bring about."""

from uuid import uuid4

from sqlalchemy import select, tuple_

from app.consortia.organisations.models import Organisation
from app.consortia.organisations.queries import standing
from app.core.errors import Malformed
from app.core.reason import Reason
from app.experts.models import Expert, Publication
from app.people.models import Account
from app.topics.focus.models import FocusArea, FocusAreaState
from app.workflow.rows import look
from app.workflow.run import Act

FREE = ("keyword", "mesh")
"""Schemes of which no list is kept here."""


async def of_account(expert: Expert, act: Act) -> None:
    """Raises NotFound for an account that does not exist."""
    expert.account, _ = await look(act.session, Account, act.data.account_id, act.actor)


async def of_oneself(expert: Expert, act: Act) -> None:
    expert.account = await act.session.get_one(Account, act.actor.id)


async def invited(expert: Expert, act: Act) -> None:
    """Whose invitation was accepted; the profile is theirs to fill."""
    expert.account = act.parent


async def employer_known(expert: Expert, act: Act) -> None:
    """The employer is an organisation that stands. Raises NotFound or Malformed."""
    if act.data.organisation_id is not None:
        await look(act.session, Organisation, act.data.organisation_id, act.actor)
        await standing(act.session, act.data.organisation_id, "/body/organisation_id")


async def terms_known(expert: Expert, act: Act) -> None:
    """Terms of the programme's own vocabulary are to be chosen there; what was chosen before may stay."""
    had = {(field["scheme"], field["code"]) for field in expert.expertise or []}
    named = {(f.scheme, f.code) for f in act.data.expertise if f.scheme not in FREE} - had
    if not named:
        return
    known = select(FocusArea.scheme, FocusArea.code).where(
        tuple_(FocusArea.scheme, FocusArea.code).in_(named), FocusArea.state == FocusAreaState.ACTIVE
    )
    if named - {(scheme, code) for scheme, code in await act.session.execute(known)}:
        told = "The programme has no such term to be chosen."
        raise Malformed(reasons=[Reason("no-such-term", told, "/body/expertise", "sender")])


async def keep_profile(expert: Expert, act: Act) -> None:
    """What was sent; the audit learns which fields changed, and nothing of what they say."""
    given, creates = act.data, act.row is not None and act.row.creates
    names = set(type(given).model_fields) if creates else given.model_fields_set
    for name in sorted(names - {"account_id"}):
        value = getattr(given, name)
        setattr(expert, name, [field.model_dump() for field in value] if name == "expertise" else value)
    act.note(changed=sorted(given.model_fields_set - {"account_id"}))


async def replace_list(expert: Expert, act: Act) -> None:
    """The former list goes first, so that a publication may stand in both."""
    expert.publications.clear()
    await act.session.flush()
    expert.publications = [
        Publication(id=uuid4(), number=number, **one.model_dump())
        for number, one in enumerate(act.data.items, 1)
    ]
    act.note(publications=len(expert.publications))


async def forget(expert: Expert, act: Act) -> None:
    """All that is said of the person; reactions let go of the account and of other traces."""
    expert.publications.clear()
    expert.expertise, expert.languages, expert.text = [], [], ""
    expert.organisation_id = expert.country = expert.nationality = None
    expert.sector = expert.gender = expert.orcid = None


async def follow(expert: Expert, act: Act) -> None:
    """The employer is the organisation that it was merged into."""
    act.note(merged=str(expert.organisation_id))
    expert.organisation = act.parent
