"""What the rows of ethics screenings and of their seats bring about."""

import hashlib
from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import select

from app.calls.models import Call
from app.core import outbox
from app.core.errors import NotFound
from app.core.outbox import Letter
from app.evaluation.ethics.models import EthicsRemark, EthicsRequirement, EthicsScreening, EthicsSeat
from app.evaluation.panel.models import Panel
from app.experts.models import Contract, Expert
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.run import Act

INVITED = """{name},

you are asked to look at the ethics of one proposal of call {call}. Sign in to read its conflict card: then
declare that you are free of any conflict of interest and accept, or declare a conflict, or decline.
"""


NO_MORE = """{name},

the ethics of proposal {reference} of call {call} is looked at no further. Nothing more is to be delivered for
it, and your access to it has ended.
"""


async def of_panel(screening: EthicsScreening, act: Act) -> None:
    """From which list; of which proposal is said of it already."""
    panel: Panel = act.parent
    screening.panel, screening.topic_id = panel, panel.topic_id
    act.note(proposal_id=str(screening.proposal_id))


async def conclude(screening: EthicsScreening, act: Act) -> None:
    screening.concluded_at = act.now


async def keep_refusal(screening: EthicsScreening, act: Act) -> None:
    screening.refused_for = act.data.reason


async def keep_why_assessed(screening: EthicsScreening, act: Act) -> None:
    screening.assessed_for = act.data.reason


async def assess_again(screening: EthicsScreening, act: Act) -> None:
    """It is concluded no more, and what was required lapses: the next conclusion says what is required."""
    screening.concluded_at, screening.reopened_at = None, act.now
    screening.assessed_for = act.data.reason
    for one in screening.requirements:
        one.lapsed_at = act.now
    act.note(lapsed=[one.code for one in screening.requirements])


async def require(screening: EthicsScreening, act: Act) -> None:
    for number, given in enumerate(act.data.requirements, 1):
        one = EthicsRequirement(id=uuid4(), number=number, code=given.code, text=given.text)
        one.screening, one.months = screening, given.months
        act.session.add(one)


async def note_met(screening: EthicsScreening, act: Act) -> None:
    for one in screening.requirements:
        if one.code == act.data.code:
            one.met_at, one.met_text, one.met_by = act.now, act.data.text, act.actor.id


async def seat(seat: EthicsSeat, act: Act) -> None:
    """Tie it to the proposal and to the contract, which must be there. Raises NotFound."""
    screening: EthicsScreening = act.parent
    contract = await act.session.get(Contract, act.data.contract_id)
    if contract is None:
        raise NotFound
    seat.screening, seat.contract_id, seat.expert_id = screening, contract.id, contract.expert_id
    seat.proposal_id, seat.topic_id, seat.remarks = screening.proposal_id, screening.topic_id, []


async def date_declaration(seat: EthicsSeat, act: Act) -> None:
    seat.declared_at = act.now


async def keep_remark(seat: EthicsSeat, act: Act) -> None:
    """Keep it; the trail has its digest."""
    said = EthicsRemark(id=uuid4(), seat=seat, text=act.data.text, at=act.now)
    act.session.add(said)
    act.note(remark=str(said.id), sha256=hashlib.sha256(said.text.encode()).hexdigest())


async def ask_to_declare(seat: EthicsSeat, act: Act) -> None:
    """A mail that names no proposal."""
    people = select(Account.email, Account.name).join(Expert, Expert.account_id == Account.id)
    to, name = (await act.session.execute(people.where(Expert.id == seat.expert_id))).one()
    call = seat.screening.panel.topic_stage.stage.call
    await outbox.write(
        act.session,
        to=to,
        kind="ethics_invited",
        subject=f"You are asked to look at the ethics of a proposal of call {call.reference}",
        text=INVITED.format(name=name, call=call.reference),
        at=act.now,
        entity="call",
        entity_id=call.id,
    )


async def tell_released(seats: Sequence[EthicsSeat], act: Act) -> None:
    """A mail to whoever has held one of these seats, which says nothing of why."""
    people = (
        select(Account.email, Account.name, Proposal.reference, Call.reference, Proposal.id)
        .join(Expert, Expert.account_id == Account.id)
        .join(EthicsSeat, EthicsSeat.expert_id == Expert.id)
        .join(Proposal, Proposal.id == EthicsSeat.proposal_id)
        .join(Contract, Contract.id == EthicsSeat.contract_id)
        .join(Call, Call.id == Contract.call_id)
        .where(EthicsSeat.id.in_([seat.id for seat in seats]))
        .order_by(Account.email, Proposal.reference)
    )
    letters = [
        Letter(
            to, f"Proposal {reference} is screened no further",
            NO_MORE.format(name=name, reference=reference, call=call), "proposal", key,
        )
        for to, name, reference, call, key in await act.session.execute(people)
    ]  # fmt: skip
    await outbox.write_all(act.session, "ethics_ended", letters, act.now)
