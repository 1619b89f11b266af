"""What follows from a conflict for seats: whoever it bars has no access any more, and must be replaced."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true

from app.calls.models import Stage, TopicStage
from app.consortia.models import Consortium, Partner
from app.consortia.organisations.models import Organisation
from app.core.reason import Reason
from app.experts.conflicts.listed import concerned
from app.experts.conflicts.models import STANDING, Conflict, Identity
from app.experts.conflicts.queries import conflicts_between
from app.experts.conflicts.schemas import Concerns, Detected, NameListed
from app.experts.conflicts.ties import Found
from app.experts.conflicts.workflow import CONFLICT
from app.experts.facts.models import Collaboration, Employment
from app.experts.models import SEATED, Assignment, Contract, Expert
from app.experts.reactions import tell_blocked
from app.experts.workflow import ASSIGNMENT
from app.people.models import Account
from app.proposals.models import Proposal
from app.topics.programme import programme
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire_all, refuse

Seen = Account | Expert | Employment | Collaboration | Identity | Partner | Organisation
"""What data show conflicts of, and may have changed."""


async def keep_declaration(assignment: Assignment, act: Act) -> None:
    """Reaction to `declare_conflict`: the conflict is on record, to be decided by the office."""
    (seat,) = await lock_all(act.session, Assignment, [assignment.id], ["expert"])
    await create(CONFLICT, "declare", Conflict(), replace(act, parent=seat))


async def keep_listed(assignment: Assignment, act: Act) -> None:
    """Reaction to `declare_listed`: a conflict with every proposal that it concerns, to be decided.

    The expert is not told which they are. Raises Unmet for somebody who is not on the list.
    """
    given: NameListed = act.data
    needs = ["expert", "proposal.topic_stage"]
    (seat,) = await lock_all(act.session, Assignment, [assignment.id], needs)
    stage_id = seat.proposal.topic_stage.stage_id
    found = await concerned(act.session, stage_id, given.organisation_id, given.person)
    if not found:
        at = "/body/person" if given.person else "/body/organisation_id"
        reason = Reason("not-listed", "Nobody of this name is on the list.", at, "sender")
        raise refuse(ASSIGNMENT, "declare_listed", assignment, act, [reason])
    name = await act.session.scalar(
        select(Organisation.legal_name).where(Organisation.id == given.organisation_id)
    )
    whom = ", ".join(filter(None, (given.person, name)))
    standing = select(Conflict.proposal_id).where(
        Conflict.expert_id == seat.expert_id,
        Conflict.situation == given.situation,
        Conflict.state.in_(STANDING),
    )
    known = set(await act.session.scalars(standing))
    for one in found:
        if one.proposal_id not in known:
            data = Concerns(situation=given.situation, text=given.text, listed=whom, **one._asdict())
            await create(CONFLICT, "declare_listed", Conflict(), act.given(data, seat))


async def block_by_conflict(conflict: Conflict, act: Act) -> None:
    """Reaction to a conflict that is found or declared: every seat that it bars from is blocked.

    That on its proposal, those in its topic or those of its call: as far as its situation bars.
    """
    seats = select(Assignment.id).where(
        Assignment.expert_id == conflict.expert_id, Assignment.state.in_(SEATED)
    )
    of_call = select(Stage.call_id).join(TopicStage, TopicStage.stage_id == Stage.id)
    of_call = of_call.join(Proposal, Proposal.topic_stage_id == TopicStage.id)
    under = select(Contract.id).where(
        Contract.call_id.in_(of_call.where(Proposal.id == conflict.proposal_id))
    )
    barred = {
        "proposal": Assignment.proposal_id == conflict.proposal_id,
        "topic": Assignment.topic_id == conflict.topic_id,
        "call": Assignment.contract_id.in_(under),
    }
    here = or_(barred["proposal"], barred[programme().conflicts.by_code[conflict.situation].bars])
    keys = await act.session.scalars(seats.where(here))
    # With the experts: another conflict may follow, of one of these same seats.
    locked = await lock_all(act.session, Assignment, keys, ["expert", "contract.call"])
    standing = [seat for seat in locked if seat.state in SEATED]
    known = [seat for seat in standing if seat.state in SEATED[1:]]
    await fire_all(ASSIGNMENT, "block", standing, act)
    await tell_blocked(known, act)


async def look_again(accounts: Iterable[UUID | None], act: Act) -> None:
    """What data show by now of these experts and the proposals they have seats on, and is not on record."""
    await _look_at_seats(Expert.account_id.in_(accounts), act)


async def _look_at_seats(which: ColumnElement[bool], act: Act, consortium_id: UUID | None = None) -> None:
    """The same of these seats; of the partners of one consortium, if nothing has changed in others."""
    held = select(Assignment.id, Assignment.proposal_id, Assignment.expert_id, Expert.account_id)
    held = held.join(Expert, Expert.id == Assignment.expert_id).where(Assignment.state.in_(SEATED), which)
    rows = (await act.session.execute(held)).all()
    if not rows:
        return
    people, proposals = {row.account_id for row in rows}, {row.proposal_id for row in rows}
    findings = await conflicts_between(act.session, people, proposals, act.now, consortium_id)
    found = [
        (row, one) for row in rows for one in _not_on_record(findings.of(row.account_id, row.proposal_id))
    ]
    if not found:
        return
    # All seats of whoever is barred, at once: what follows blocks some of the others, in whatever order.
    theirs = select(Assignment.id).where(Assignment.expert_id.in_({row.expert_id for row, _ in found}))
    locked = await lock_all(act.session, Assignment, await act.session.scalars(theirs), ["expert"])
    seats = {seat.id: seat for seat in locked}
    for row, one in found:
        data = Detected(situation=one.situation, fact=one.fact, path=one.path)
        await create(CONFLICT, "detect", Conflict(), act.given(data, seats[row.id]))


def _not_on_record(known: Collection[Found]) -> Iterator[Found]:
    """Each situation once; what is on record has no fact."""
    on_record = {one.situation for one in known if not one.fact}
    for one in known:
        if one.situation not in on_record:
            on_record.add(one.situation)
            yield one


async def look_at_expert(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `edit` and `list_publications`: an employer or a co-author may apply."""
    await look_again([expert.account_id], act)


async def look_at_fact(fact: Employment | Collaboration | Identity, act: Act) -> None:
    """Reaction to what is stated, corrected or settled of an expert."""
    whose = select(Expert.account_id).where(Expert.id == fact.expert_id)
    await look_again((await act.session.scalars(whose)).all(), act)


async def look_at_merged(merged: Organisation, act: Act) -> None:
    """Reaction to an organisation's `merge`: who works or has worked there may have a conflict now."""
    await _look_at_tied(merged, act)


async def look_at_group(organisation: Organisation, act: Act) -> None:
    """Reaction to an organisation's `edit`: its names and its control group may be an applicant's now."""
    await _look_at_tied(organisation, act)


async def _look_at_tied(organisation: Organisation, act: Act) -> None:
    tied = select(Expert.account_id).where(tied_to(organisation))
    await look_again((await act.session.scalars(tied)).all(), act)


def concerned_by(subject: Seen) -> ColumnElement[bool]:
    """The experts of whom data may show something else than before, because of what has changed here.

    Of a partner: anybody may be among its people, or tied to it.
    """
    if isinstance(subject, Partner):
        return true()
    if isinstance(subject, Organisation):
        return tied_to(subject)
    if isinstance(subject, Account):
        return Expert.account_id == subject.id
    return Expert.id == (subject.id if isinstance(subject, Expert) else subject.expert_id)


def tied_to(organisation: Organisation) -> ColumnElement[bool]:
    """Experts who work or have worked there or with it, or in its group; of a merged one, with the other."""
    kept = organisation.merged_into_id or organisation.id
    group = Organisation.control_group == organisation.control_group
    organisations = select(Organisation.id).where(or_(Organisation.id == kept, group))
    facts = (
        select(model.expert_id).where(model.organisation_id.in_(organisations))
        for model in (Employment, Collaboration)
    )
    return or_(Expert.organisation_id.in_(organisations), *(Expert.id.in_(one) for one in facts))


async def look_at_people(partner: Partner, act: Act) -> None:
    """Reaction to a partner's `accept`, `join` and `take_over`: an expert may be among its people, or tied
    to it. Those with seats in the topic are looked at, and its consortium alone."""
    topic = select(Consortium.topic_id).where(Consortium.id == partner.consortium_id).scalar_subquery()
    await _look_at_seats(Assignment.topic_id == topic, act, partner.consortium_id)


async def look_at_account(account: Account, act: Act) -> None:
    """Reaction to an account's `activate`: its address is confirmed, and may be one of an applicant's."""
    await look_again([account.id], act)
