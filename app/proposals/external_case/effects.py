"""What the rows of an external case bring about."""

from sqlalchemy import literal, select

from app.consortia.access import applied
from app.core.reason import Reason
from app.people.queries import somebody
from app.proposals.external_case.models import ExternalCase
from app.proposals.models import Proposal
from app.workflow.run import Act
from app.workflow.who import Actor


async def keep(case: ExternalCase, act: Act) -> None:
    """About which proposal, and by whom it was noted."""
    proposal: Proposal = act.parent
    assert act.actor.id is not None
    case.proposal, case.topic_id, case.noted_by = proposal, proposal.topic_id, act.actor.id


async def who_stands_in_the_way(case: ExternalCase, act: Act) -> list[Reason]:
    """Why this officer notes no case here, or the person named reads no file: who competed does neither."""
    named = act.data.auditor_id
    if named is not None:
        await somebody(act.session, named, "/body/auditor_id")
    topic = literal(act.parent.topic_id)
    asked = select(applied(act.actor, topic), applied(Actor(named), topic))
    officer, auditor = (await act.session.execute(asked)).one()
    found = []
    if officer:
        told = "Whoever has applied on the topic notes no case about it."
        found.append(Reason("has-applied", told, who="another officer"))
    if named is not None and auditor:
        told = "Whoever has applied on the topic reads no file of it."
        found.append(Reason("auditor-has-applied", told, "/body/auditor_id", "office"))
    if named == act.actor.id:
        told = "Nobody names themself to a file; another officer may name you."
        found.append(Reason("names-oneself", told, "/body/auditor_id", "another officer"))
    return found


async def close(case: ExternalCase, act: Act) -> None:
    case.closed_on, case.closed_for = act.data.closed_on, act.data.reason
