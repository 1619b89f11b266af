"""The table of statements; one is made when a contract ends with work done."""

from sqlalchemy import func, select

from app.calls.models import Call
from app.core.schema import Data
from app.experts.contract.workflow import terms_of
from app.experts.models import Assignment, AssignmentState, Contract
from app.experts.statement.models import Statement, StatementState
from app.experts.statement.rules import amount_of
from app.people.access import office
from app.workflow.run import Act, create, fill
from app.workflow.table import Transition, Workflow
from app.workflow.who import system

DUE, PAID = StatementState.DUE, StatementState.PAID


class Units(Data):
    """What was done: reports that count, and days of work."""

    reports: int
    days: int


async def price(statement: Statement, act: Act) -> None:
    """By the rates of the call's rule set, if it has any."""
    statement.contract = act.parent
    terms = terms_of(await act.session.get_one(Call, statement.contract.call_id))
    statement.report_rate, statement.day_rate = (terms.report_rate, terms.day_rate) if terms else (None, None)
    statement.amount = amount_of(statement.reports, statement.days, statement.report_rate, statement.day_rate)


async def date_payment(statement: Statement, act: Act) -> None:
    statement.paid_at = act.now


STATEMENT = Workflow(
    "statement",
    StatementState,
    final={PAID},
    title="statement of work",
    transitions=(
        Transition("make", set(), DUE, system, "Work was completed under a contract that ends.",
                   effects=(fill, price), data=Units),
        Transition("note_payment", {DUE}, PAID, office, "Note that it is paid.", effects=(date_payment,)),
    ),
)  # fmt: skip


async def state_the_work(contract: Contract, act: Act) -> None:
    """Reaction to a contract's `end` and `terminate`: what was completed is payable.

    The days are those that the office gives; if it gives none at the end, those agreed, where reports count.
    """
    counted = select(func.count()).where(
        Assignment.contract_id == contract.id, Assignment.state == AssignmentState.REPORTED
    )
    reports = await act.session.scalar(counted) or 0
    given = getattr(act.data, "days", 0)
    days = given if given is not None else contract.days if reports else 0
    if reports or days:
        await create(STATEMENT, "make", Statement(), act.given(Units(reports=reports, days=days), contract))
