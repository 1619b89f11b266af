"""What follows when an expert is anonymised: every trace of the name goes, and the account if it may."""

from sqlalchemy import delete, func, select, update

from app.experts.campaign.models import ExpertInvitation
from app.experts.certificate.models import Certificate, CertificateState
from app.experts.certificate.workflow import CERTIFICATE
from app.experts.models import Contract, Expert
from app.experts.names.models import ListedName
from app.people.models import Account
from app.people.queries import needed_by
from app.people.workflow import ACCOUNT
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all

OWN = ("expert", "token_family", "digest_item")
"""Tables whose rows need nobody's name."""


async def forget_traces(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: in lists of names, certificates and campaigns."""
    await act.session.execute(delete(ListedName).where(ListedName.expert_id == expert.id))
    theirs = select(Certificate.id).join(Certificate.contract).where(Contract.expert_id == expert.id)
    keys = await act.session.scalars(theirs.where(Certificate.state == CertificateState.ISSUED))
    certificates = await lock_all(act.session, Certificate, keys)
    await fire_all(CERTIFICATE, "erase", certificates, act.given(None))
    address = select(func.lower(Account.email)).where(Account.id == expert.account_id).scalar_subquery()
    gone = func.concat(ExpertInvitation.id, "@nobody.invalid")
    nobody = {"name": "Somebody", "email": gone, "reason": None}
    invited = update(ExpertInvitation).where(func.lower(ExpertInvitation.email) == address)
    await act.session.execute(invited.values(nobody).execution_options(synchronize_session=False))


async def forget_account(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: whose it was, and the account itself if nothing else names it."""
    (account,) = await lock_all(act.session, Account, [expert.account_id] if expert.account_id else [])
    expert.account_id = None
    await act.session.flush()
    if not await needed_by(act.session, account.id, OWN):
        await fire(ACCOUNT, "forget", account, act.given(None))
