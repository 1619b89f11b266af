"""The table of certificates."""

import secrets
from collections.abc import Iterable

from sqlalchemy import func, select

from app.calls.periods import day_of
from app.core.reason import Reason
from app.experts.access import contractor
from app.experts.certificate.models import Certificate, CertificateState
from app.experts.certificate.rules import BYTES, code_of
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert
from app.experts.names.workflow import evaluation_is_over
from app.experts.schemas import Because
from app.people.access import office
from app.people.models import Account
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

ISSUED, WITHDRAWN = CertificateState.ISSUED, CertificateState.WITHDRAWN


def contract_has_ended(contract: Contract, ask: Ask) -> Iterable[Reason]:
    if contract.state != ContractState.ENDED:
        yield Reason("not-ended", "A certificate is issued once the contract has ended.", who="office")


def call_is_over(contract: Contract, ask: Ask) -> Iterable[Reason]:
    """Nobody is told before the results who has reviewed for a call."""
    yield from evaluation_is_over(contract.call, ask)


async def certify(certificate: Certificate, act: Act) -> None:
    """The name, the call, how many reports count, and from when to when; never a proposal."""
    contract: Contract = act.parent
    certificate.contract, certificate.issued_at = contract, act.now
    certificate.code = code_of(secrets.token_bytes(BYTES))
    wrote = select(func.count()).where(
        Assignment.contract_id == contract.id, Assignment.state == AssignmentState.REPORTED
    )
    reports = await act.session.scalar(wrote) or 0
    if not reports:
        reason = Reason("no-report", "No report was written under this contract.", who="office")
        raise refuse(CERTIFICATE, "issue", certificate, act, [reason])
    name = select(Account.name).join(Expert, Expert.account_id == Account.id)
    assert contract.signed_at is not None  # it has ended, and so was signed
    assert contract.ended_at is not None
    certificate.facts = {
        "name": await act.session.scalar(name.where(Expert.id == contract.expert_id)),
        "call": contract.call.reference,
        "call_title": contract.call.title,
        "reports": reports,
        "since": day_of(contract.signed_at).isoformat(),
        "until": day_of(contract.ended_at).isoformat(),
        "issued_on": day_of(act.now).isoformat(),
    }


async def unsay(certificate: Certificate, act: Act) -> None:
    certificate.facts = {}


CERTIFICATE = Workflow(
    "certificate",
    CertificateState,
    final={WITHDRAWN},
    title="certificate of reviewing work",
    transitions=(
        Transition("issue", set(), ISSUED, office | contractor, "Certify the work done, by no proposal.",
                   guards=(contract_has_ended, call_is_over), effects=(certify,), under="contract",
                   needs=("call.stages.topic_stages",)),
        Transition("withdraw", {ISSUED}, WITHDRAWN, office, "It is in force no longer, and says nothing.",
                   effects=(unsay,), data=Because),
        Transition("erase", {ISSUED}, WITHDRAWN, system, "Whom it names is forgotten.", effects=(unsay,)),
    ),
)  # fmt: skip
