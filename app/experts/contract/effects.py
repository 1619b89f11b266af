"""What the rows of contracts bring about."""

from sqlalchemy import select

from app.calls.models import Call
from app.core import outbox
from app.core.errors import NotFound
from app.experts.models import Contract, Expert, ExpertState
from app.people.models import Account
from app.workflow.rows import look
from app.workflow.run import Act

SUSPENDED = """{name},

your contract as an expert for call {call} is suspended. All access to its proposals has ended for the
time being.

The reason:

{reason}
"""
RESUMED = """{name},

your contract as an expert for call {call} is in force again.
"""
TERMINATED = """{name},

your contract as an expert for call {call} is terminated. All access to its proposals has ended.

The reason:

{reason}
"""


async def offer_to(contract: Contract, act: Act) -> None:
    """Raises NotFound for an expert who is not in the pool, or no longer."""
    contract.call, contract.days, contract.place = act.parent, act.data.days, act.data.place
    contract.expert, _ = await look(act.session, Expert, act.data.expert_id, act.actor)
    if contract.expert.state != ExpertState.ACTIVE:
        raise NotFound


async def offer_on_acceptance(contract: Contract, act: Act) -> None:
    """With the load that was said when accepting; it is said again with the signature."""
    contract.call = act.parent
    await keep_load(contract, act)


async def sign(contract: Contract, act: Act) -> None:
    """With the load, and the version of the code of conduct that the call's rule set names."""
    contract.signed_at, contract.code_of_conduct = act.now, act.data.code_of_conduct
    await keep_load(contract, act)


async def keep_load(contract: Contract, act: Act) -> None:
    contract.least, contract.most = act.data.least, act.data.most


async def keep_acknowledgement(contract: Contract, act: Act) -> None:
    contract.briefed_at, contract.briefing = act.now, act.data.briefing


async def date_end(contract: Contract, act: Act) -> None:
    contract.ended_at = act.now


async def tell_of_suspension(contract: Contract, act: Act) -> None:
    await _tell(contract, act, "suspended", SUSPENDED)


async def tell_of_resumption(contract: Contract, act: Act) -> None:
    await _tell(contract, act, "in force again", RESUMED)


async def tell_of_termination(contract: Contract, act: Act) -> None:
    await _tell(contract, act, "terminated", TERMINATED)


async def _tell(contract: Contract, act: Act, what: str, text: str) -> None:
    """To the expert alone."""
    who = select(Account.email, Account.name).join(Expert, Expert.account_id == Account.id)
    email, name = (await act.session.execute(who.where(Expert.id == contract.expert_id))).one()
    call = await act.session.scalar(select(Call.reference).where(Call.id == contract.call_id))
    await outbox.write(
        act.session,
        to=email,
        kind="expert_contract",
        subject=f"Your contract for call {call} is {what}",
        text=text.format(name=name, call=call, reason=act.data.reason),
        at=act.now,
        entity="contract",
        entity_id=contract.id,
    )
