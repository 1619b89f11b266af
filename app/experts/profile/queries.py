"""Whether somebody of the pool is new to the work."""

from sqlalchemy import ColumnElement, exists, not_

from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert


def newcomer() -> ColumnElement[bool]:
    """No contract of the expert has ended with a report written under it."""
    wrote = exists().where(
        Assignment.contract_id == Contract.id, Assignment.state == AssignmentState.REPORTED
    )
    ended = Contract.state == ContractState.ENDED
    return not_(exists().where(Contract.expert_id == Expert.id, ended, wrote))
