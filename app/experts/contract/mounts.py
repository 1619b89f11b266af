"""How contracts stand on the wire."""

from typing import Any
from uuid import UUID

from app.experts.access import contractor
from app.experts.contract.schemas import ContractItem, ContractRead, TermsRead
from app.experts.contract.workflow import CONTRACT, terms_of
from app.experts.models import Contract
from app.people.access import office
from app.workflow.asked import Asked
from app.workflow.mounted import Filter, Mounted

WHO = office | contractor


async def _show_terms(asked: Asked, contract: Contract, body: Any) -> None:
    if terms := terms_of(contract.call):
        body.terms = TermsRead.model_validate(terms)


CONTRACTS = Mounted(
    CONTRACT,
    Contract,
    "contracts",
    views=((WHO, ContractRead),),
    items=((WHO, ContractItem),),
    needs=("call",),
    completes=_show_terms,
    filters={
        "call_id": Filter(UUID, lambda actor, value: Contract.call_id == value),
    },
)
