"""What follows for experts from appointments, from calls, proposals and organisations that end."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select

from app.calls.chosen import scheme_of
from app.calls.models import Call, Stage, TopicStage
from app.calls.rule_set import pinned
from app.calls.rules import in_words
from app.calls.stage.workflow import STAGE
from app.committee.models import Mandate
from app.committee.workflow import MANDATE
from app.consortia.industry.models import IndustryMember
from app.consortia.industry.workflow import INDUSTRY_MEMBER
from app.consortia.organisations.models import Organisation
from app.core import outbox
from app.core.outbox import Letter
from app.core.reason import Reason
from app.experts.campaign.rules import reminders_due
from app.experts.models import NOT_OVER, SEATED, Assignment, AssignmentState, Contract, Expert
from app.experts.profile.workflow import EXPERT
from app.experts.queries import APART, live_contracts, short_of_experts
from app.experts.workflow import ASSIGNMENT
from app.people.models import Account, Appointment
from app.people.notices import Told, not_yet_told
from app.people.queries import holders_of
from app.people.workflow import APPOINTMENT
from app.proposals.models import Proposal
from app.workflow.rows import loading, lock_all
from app.workflow.run import Act, fire_all, refuse
from app.workflow.table import Workflow
from app.workflow.who import Actor


async def seat_no_expert(mandate: Mandate, act: Act) -> None:
    """Reaction to a mandate's `confirm`: no expert under contract sits in a body (D8)."""
    await _no_contract(MANDATE, mandate, act)


async def appoint_no_expert(appointment: Appointment, act: Act) -> None:
    """Reaction to an appointment's `confirm`: no expert under contract runs the process (D8)."""
    if appointment.role in APART:
        await _no_contract(APPOINTMENT, appointment, act)


async def _no_contract(workflow: Workflow, subject: Mandate | Appointment, act: Act) -> None:
    if await act.session.scalar(select(live_contracts(subject.account_id))):
        reason = Reason("D8", "This person has a contract as an expert (D8).", "/account_id", "office")
        raise refuse(workflow, "confirm", subject, act, [reason])


async def name_no_reviewer(member: IndustryMember, act: Act) -> None:
    """Reaction to naming somebody for a topic's industry: nobody with a seat on its proposals (A-15)."""
    seat = exists().where(
        Expert.account_id == member.account_id,
        Assignment.expert_id == Expert.id,
        Assignment.topic_id == member.topic_id,
        Assignment.state.in_(SEATED),
    )
    if member.account_id is not None and await act.session.scalar(select(seat)):
        told = "This person has a seat as an expert on a proposal of the topic."
        reason = Reason("is-its-expert", told, "/body/email", "office")
        raise refuse(INDUSTRY_MEMBER, "name", member, act, [reason])


TOLD = """{name},

call {call}, for which you are under contract, is cancelled. Nothing more is to be delivered for it, and your
access to its proposals has ended where you had not yet reported.

The reason that was voted on:

{reason}
"""


async def keep_what_experts_read(stage: Stage, act: Act) -> None:
    """Reaction to a stage's `extend`: no proposal is replaced that an expert may have opened.

    Whoever has handed the seat back may have, before.
    """
    parts = select(TopicStage.id).where(TopicStage.stage_id == stage.id)
    of_stage = select(Proposal.id).where(Proposal.topic_stage_id.in_(parts))
    saw = (*SEATED[1:], AssignmentState.HANDED_BACK)
    opened = exists().where(Assignment.proposal_id.in_(of_stage), Assignment.state.in_(saw))
    if await act.session.scalar(select(opened)):
        told = "An expert has access to one of its proposals, or had before handing it back."
        raise refuse(STAGE, "extend", stage, act, [Reason("expert-has-access", told, who="office")])


async def release_seats(call: Call, act: Act) -> None:
    """Reaction to a call's `cancel`: who has not reported is free, and all under contract are told."""
    contracts = select(Contract.id).where(Contract.call_id == call.id)
    free = select(Assignment.id).where(
        Assignment.contract_id.in_(contracts), Assignment.state.in_(SEATED[:-1])
    )
    seats = await lock_all(act.session, Assignment, await act.session.scalars(free))
    await fire_all(ASSIGNMENT, "release", [seat for seat in seats if seat.state in SEATED[:-1]], act)
    people = (
        select(Account.email, Account.name)
        .join(Expert, Expert.account_id == Account.id)
        .join(Contract, Contract.expert_id == Expert.id)
        .where(Contract.call_id == call.id, Contract.state.in_(NOT_OVER))
        .order_by(Account.email)
    )
    subject = f"Call {call.reference} is cancelled"
    facts = {"call": call.reference, "reason": act.data.reason}
    letters = [
        Letter(to, subject, TOLD.format(name=name, **facts), "call", call.id)
        for to, name in await act.session.execute(people)
    ]
    await outbox.write_all(act.session, "call_cancelled", letters, act.now)


NO_MORE = """{name},

proposal {reference} of call {call} is not evaluated any further. Nothing more is to be delivered for it, and
your access to it has ended where you had not yet reported.
"""


async def free_seats(proposal: Proposal, act: Act) -> None:
    """Reaction to a proposal's `find_ineligible`, `declare_duplicate` and `request_withdrawal`.

    Who has not reported is free, and everybody who sits on it is told, not why.
    """
    here = select(Assignment).where(Assignment.proposal_id == proposal.id, Assignment.state.in_(SEATED))
    held = await lock_all(act.session, Assignment, [seat.id for seat in await act.session.scalars(here)])
    told = [seat.id for seat in held if seat.state in SEATED[1:]]
    await fire_all(ASSIGNMENT, "release", [seat for seat in held if seat.state in SEATED[:-1]], act)
    people = (
        select(Account.email, Account.name, Call.reference)
        .join(Expert, Expert.account_id == Account.id)
        .join(Contract, Contract.expert_id == Expert.id)
        .join(Call, Call.id == Contract.call_id)
        .join(Assignment, Assignment.contract_id == Contract.id)
        .where(Assignment.id.in_(told))
        .order_by(Account.email)
    )
    subject = f"Proposal {proposal.reference} is not evaluated any further"
    letters = [
        Letter(
            to, subject, NO_MORE.format(name=name, reference=proposal.reference, call=call),
            "proposal", proposal.id,
        )
        for to, name, call in await act.session.execute(people)
    ]  # fmt: skip
    await outbox.write_all(act.session, "evaluation_ended", letters, act.now)


Due = Callable[[Act], Awaitable[None]]
TO_DECLARE = """{name},

you are asked to judge {seats} of call {call}{until}. {first}Sign in to read the conflict card of each:
then declare that you are free of any conflict of interest and accept, or declare a conflict, or decline.
"""
SIGN_FIRST = "Sign your contract and acknowledge the briefing first: nothing is shown before. "


async def ask_to_declare(assignment: Assignment, act: Act) -> None:
    """Reaction to an assignment's `invite`."""
    await tell_invited([assignment], act)


async def tell_invited(seats: Collection[Assignment], act: Act) -> None:
    """One mail to each expert, however many the seats, which have their contract's call."""
    await _tell_of_seats(seats, act, "asked_to_declare", "You are asked to judge", TO_DECLARE)


NOT_ASKED = """{name},

you are no longer asked to judge {seats} of call {call}. Nothing is to be delivered for it, and no answer is
needed.
"""


async def tell_of_voiding(assignment: Assignment, act: Act) -> None:
    """Reaction to an assignment's `void`: whoever had been asked is told, not why."""
    if assignment.answer_until is not None or assignment.declared_at is not None:
        await tell_taken_back(
            await lock_all(act.session, Assignment, [assignment.id], ["contract.call"]), act
        )


async def tell_taken_back(seats: Collection[Assignment], act: Act) -> None:
    """The same, of seats that had been offered to them."""
    await _tell_of_seats(seats, act, "no_longer_asked", "You are no longer asked to judge", NOT_ASKED)


STILL_TO_DECLARE = """{name},

{seats} of call {call} still await your answer{until}. {first}Sign in to read the conflict card of each: then
declare that you are free of any conflict of interest and accept, or declare a conflict, or decline.
"""


async def remind_to_declare(act: Act) -> None:
    """Due: reminders of seats not answered, as many days before the end as the rule set says; of several the
    last, and one mail to each expert."""
    waiting = (Assignment.state == AssignmentState.INVITED, Assignment.answer_until > act.now)
    found = select(Assignment).where(*waiting).order_by(Assignment.answer_until, Assignment.id)
    wanted: dict[Told, Assignment] = {}
    for seat in await act.session.scalars(found.options(*loading(Assignment, ["contract.call"]))):
        terms, until = pinned(seat.contract.call).experts, seat.answer_until
        if terms is None or until is None:
            continue
        asked = until - timedelta(days=terms.answer_days)
        if number := reminders_due(asked, until, act.now, terms.reminder_days):
            wanted[f"declare_reminder_{number}", seat.id, until] = seat
    new = await not_yet_told(act.session, wanted)
    late = [seat for told, seat in wanted.items() if told in new]
    await _tell_of_seats(late, act, "declare_due", "Please declare on", STILL_TO_DECLARE)


BLOCKED = """{name},

a conflict of interest is on record. You are no longer asked to judge the proposals of call {call} that it
bars from; your seats show which. Nothing is to be delivered for them, and your access to them has ended.
"""


async def tell_blocked(seats: Collection[Assignment], act: Act) -> None:
    """One mail to each expert and act, however many conflicts bar from however many seats; it names nobody.

    Seats that were only proposed are unknown to their experts.
    """
    wanted: dict[Told, Assignment] = {("seats_blocked", seat.contract_id, act.now): seat for seat in seats}
    new = await not_yet_told(act.session, wanted)
    told = [seat for one, seat in wanted.items() if one in new]
    await _tell_of_seats(told, act, "seats_blocked", "You are no longer asked to judge", BLOCKED)


async def _tell_of_seats(seats: Collection[Assignment], act: Act, kind: str, says: str, text: str) -> None:
    """One mail to each expert; it names no proposal."""
    by: dict[UUID, list[Assignment]] = defaultdict(list)
    for seat in seats:
        by[seat.contract.expert_id].append(seat)
    people = select(Expert.id, Account.email, Account.name).join(Expert.account).where(Expert.id.in_(by))
    with act.session.no_autoflush:  # nothing that is written here is asked for
        rows = (await act.session.execute(people.order_by(Account.email))).all()
    letters = []
    for key, to, name in rows:
        contract, until = by[key][0].contract, by[key][0].answer_until
        said = {
            "name": name,
            "call": contract.call.reference,
            "seats": "one proposal" if len(by[key]) == 1 else f"{len(by[key])} proposals",
            "until": f" until {in_words(until)}" if until else "",
            "first": "" if contract.briefed_at else SIGN_FIRST,
        }
        subject = f"{says} proposals of call {contract.call.reference}"
        letters.append(Letter(to, subject, text.format(**said), "call", contract.call_id))
    await outbox.write_all(act.session, kind, letters, act.now)


TOO_FEW = """Experts are to be replaced. A run with `replace` keeps every seat that stands wherever it can.

{proposals}
"""


async def ask_for_another(assignment: Assignment, act: Act) -> None:
    """Reaction to an assignment's `decline` and `hand_back`: the office is told if too few are left."""
    await _ask_for_others([assignment.proposal_id], act)


def lapse_seats(longest_request: timedelta) -> Due:
    """Due: invitations whose time to answer is over; the office is told once of all that are too few now.

    Not before an answer that was sent in time can no longer be under way.
    """

    async def due(act: Act) -> None:
        over = Assignment.answer_until + longest_request <= act.now
        here = select(Assignment.id).where(over, Assignment.state == AssignmentState.INVITED)
        found = await lock_all(act.session, Assignment, await act.session.scalars(here))
        late = [one for one in found if one.state == AssignmentState.INVITED]  # none was answered meanwhile
        await fire_all(ASSIGNMENT, "lapse", late, act)
        if late:
            await _ask_for_others({one.proposal_id for one in late}, act)

    return due


async def _ask_for_others(proposals: Collection[UUID], act: Act) -> None:
    """One mail to each officer, about those of the proposals that they may see; it names no expert."""
    letters = []
    for account in await holders_of(act.session, "office", act.now):
        officer = Actor(account.id, frozenset({"office"}), account.email, act.now)
        found = await short_of_experts(act.session, officer, proposals)
        lines = [
            f"{one.reference} has {seats} of {scheme_of(one.topic_stage).least_experts} experts."
            for one, seats in found
        ]
        if lines:
            text = TOO_FEW.format(proposals="\n".join(lines))
            letters.append(Letter(account.email, "Experts are to be replaced", text))
    await outbox.write_all(act.session, "experts_to_replace", letters, act.now)


async def follow_the_merge(merged: Organisation, act: Act) -> None:
    """Reaction to an organisation's `merge`: whom it employs is employed by the one that stays (D5)."""
    keys = await act.session.scalars(select(Expert.id).where(Expert.organisation_id == merged.id))
    experts = await lock_all(act.session, Expert, keys)
    await fire_all(EXPERT, "follow_merge", experts, act.given(None, merged.merged_into))
