"""What the rows of an information request bring about."""

from app.calls.chosen import rules_of
from app.calls.periods import day_of, end_of, last_day
from app.calls.rules import in_words
from app.core import outbox
from app.people.desk import desk
from app.people.models import Account
from app.proposals.information.models import InformationRequest
from app.proposals.letters import send_to_contacts
from app.proposals.models import Proposal
from app.workflow.run import Act

ASKED = """To the coordinator of proposal {reference}, {acronym}

The programme office asks you about your proposal:

{text}

Your answer must be there until {until}, Brussels time. It may clear a doubt; it changes nothing of what you
have handed in.

{url}/v1/information_requests/{key}
"""
ANSWERED = """{name},

your question about proposal {reference} is answered:

{answer}
"""


async def put(request: InformationRequest, act: Act) -> None:
    """About which proposal, by whom, until when."""
    proposal: Proposal = act.parent
    rules = rules_of(proposal.topic_stage.stage.call)
    assert act.actor.id is not None
    assert rules.information_days is not None  # a guard has asked
    request.proposal, request.consortium_id = proposal, proposal.consortium_id
    request.topic_id, request.asked_by, request.text = proposal.topic_id, act.actor.id, act.data.text
    request.until = end_of(last_day(day_of(act.now), rules.information_days, rules.rest))


async def tell_applicant(request: InformationRequest, act: Act) -> None:
    """To the contacts of the coordinator."""
    proposal = request.proposal
    handed_in = proposal.handed_in
    text = ASKED.format(
        reference=proposal.reference,
        acronym=handed_in.get("acronym", proposal.acronym),
        text=request.text,
        until=in_words(request.until),
        url=desk().public_url,
        key=request.id,
    )
    letter = f"Proposal {proposal.reference}: a question", text
    await send_to_contacts("information_request", {proposal.id: letter}, act)


async def keep_answer(request: InformationRequest, act: Act) -> None:
    request.answer, request.answered_at = act.data.answer, act.now


async def tell_officer(request: InformationRequest, act: Act) -> None:
    """To whoever asked."""
    account = await act.session.get_one(Account, request.asked_by)
    reference = request.proposal.reference
    await outbox.write(
        act.session,
        to=account.email,
        kind="information_answer",
        subject=f"Proposal {reference}: an answer",
        text=ANSWERED.format(name=account.name, reference=reference, answer=request.answer),
        at=act.now,
        entity="information_request",
        entity_id=request.id,
    )


async def keep_outcome(request: InformationRequest, act: Act) -> None:
    request.outcome = act.data.outcome
