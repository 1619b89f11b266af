"""What follows when an expert is anonymised: every trace of the name goes, and the account if it may."""

from typing import Any

from sqlalchemy import case, delete, func, select, update

from app.experts.campaign.models import ExpertInvitation
from app.experts.certificate.models import Certificate, CertificateState
from app.experts.certificate.workflow import CERTIFICATE
from app.experts.conflicts.models import Conflict, Identity
from app.experts.facts.models import Collaboration, Employment
from app.experts.models import Contract, Expert
from app.experts.names.models import ListedName
from app.people.models import Account
from app.people.queries import needed_by
from app.people.workflow import ACCOUNT
from app.workflow.rows import lock_all
from app.workflow.run import Act, fire, fire_all

OWN = ("expert", "token_family", "digest_item", "reading", "report_reading", "panel_seat")
"""Tables whose rows need nobody's name."""


async def forget_details(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: what acts on them were done with goes from the audit; that they
    were done, when and by whom, stays. First of all, while it can be told what is theirs."""
    await act.session.execute(select(func.erase_details_of_expert(expert.id)))


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
    await _blank(act, ExpertInvitation, func.lower(ExpertInvitation.email) == address, nobody)


async def forget_ties(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: where they worked, with whom, who they were found to be, and what
    stood between them and proposals; that there was a conflict, and how it was decided, stays."""
    ended: dict[str, Any] = {"since": None, "until": None, "organisation_id": None}
    employed = ended | {"organisation_name": "Somewhere"}
    await _blank(act, Employment, Employment.expert_id == expert.id, employed)
    person = {"person_name": "Somebody", "person_email": None}
    worked = ended | {"organisation_name": None} | person
    await _blank(act, Collaboration, Collaboration.expert_id == expert.id, worked)
    await _blank(act, Identity, Identity.expert_id == expert.id, {"expert_id": None, "reason": ""})
    reason = case((Conflict.reason.is_not(None), ""))
    silent = {"account_id": None, "path": "", "fact": None, "reason": reason}
    await _blank(act, Conflict, Conflict.expert_id == expert.id, silent)


async def _blank(act: Act, model: type[Any], here: Any, values: dict[str, Any]) -> None:
    asked = update(model).where(here).values(values)
    await act.session.execute(asked.execution_options(synchronize_session=False))


async def forget_account(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: whose it was, and the account itself if nothing else names it."""
    (account,) = await lock_all(act.session, Account, [expert.account_id] if expert.account_id else [])
    expert.account_id = None
    await act.session.flush()
    if not await needed_by(act.session, account.id, OWN):
        await fire(ACCOUNT, "forget", account, act.given(None))
        await act.session.flush()
        await act.session.execute(select(func.erase_details_of_account(account.id)))
