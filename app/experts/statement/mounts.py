"""How statements stand on the wire: to the office, and to whom they are payable."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from app.core.schema import EntityRead, ItemRead, Sum
from app.experts.models import Contract, Expert
from app.experts.statement.models import Statement
from app.experts.statement.workflow import STATEMENT
from app.people.access import office
from app.workflow.mounted import Filter, Mounted
from app.workflow.sight import Sight, relation

payee = relation(
    "payee",
    "the expert to whom it is payable",
    lambda actor: Statement.contract_id.in_(
        select(Contract.id).join(Contract.expert).where(Expert.account_id == actor.id)
    ),
)
SIGHTS = {Statement: Sight((payee, office))}


class StatementRead(EntityRead):
    """`amount` is empty where the call's rule set gives no rate."""

    contract_id: UUID
    reports: int
    days: int
    amount: Sum | None
    created_at: datetime
    paid_at: datetime | None


class StatementItem(ItemRead):
    contract_id: UUID
    reports: int
    days: int
    amount: Sum | None


STATEMENTS = Mounted(
    STATEMENT,
    Statement,
    "statements",
    views=((office | payee, StatementRead),),
    items=((office | payee, StatementItem),),
    filters={"contract_id": Filter(UUID, lambda actor, value: Statement.contract_id == value)},
)
