"""What the rows of a consensus report bring about."""

import hashlib
from uuid import UUID, uuid4

import rfc8785
from sqlalchemy import select

from app.calls.chosen import scheme_of
from app.core import outbox
from app.core.outbox import Letter
from app.evaluation.consensus.meeting import CrossReader, Meeting, Message, Moderator, Silence
from app.evaluation.consensus.models import STANDING, Consensus, Opinion, Point, Source, Statement
from app.evaluation.consensus.schemas import Approve
from app.experts.models import SEATED, Assignment, Expert
from app.people.models import Account
from app.proposals.models import Proposal
from app.workflow.rows import FRESH
from app.workflow.run import Act

REMINDER = """{name},

the consensus report on proposal {reference} is before the experts of its group, and you have not answered
yet. Please approve it, or object with your reason.
"""


async def lay_out(consensus: Consensus, act: Act) -> None:
    """One empty point for each criterion of the call."""
    proposal: Proposal = act.parent
    consensus.proposal, consensus.topic_id = proposal, proposal.topic_id
    consensus.round = 0
    criteria = scheme_of(proposal.topic_stage).criteria
    consensus.points = [Point(id=uuid4(), criterion=criterion.code) for criterion in criteria]


async def name_first_rapporteur(consensus: Consensus, act: Act) -> None:
    """Who is named, or who was chosen when experts were assigned, if the seat stands."""
    chosen = select(Assignment.id).where(
        Assignment.proposal_id == consensus.proposal.id, Assignment.rapporteur, Assignment.state.in_(SEATED)
    )
    named = act.data.rapporteur_id or await act.session.scalar(chosen)
    if named is not None:  # else the next effect refuses
        consensus.rapporteur_id = named


async def name_rapporteur(consensus: Consensus, act: Act) -> None:
    consensus.rapporteur_id = act.data.rapporteur_id


async def write_point(consensus: Consensus, act: Act) -> None:
    """Copy what was sent; statements that were sent take the place of those there are."""
    point: Point = act.part
    for name in act.data.model_fields_set - {"statements"}:
        setattr(point, name, getattr(act.data, name))
    if "statements" not in act.data.model_fields_set:
        return
    point.statements = [
        Statement(
            id=uuid4(), number=number, kind=said.kind, text=said.text, new=said.new,
            sources=[Source(mark_id=key) for key in dict.fromkeys(said.sources)],
        )
        for number, said in enumerate(act.data.statements)
    ]  # fmt: skip
    await act.session.flush()
    linked = select(Source).join(Source.statement).where(Statement.point_id == point.id)
    await act.session.scalars(linked, execution_options=FRESH)


async def next_round(consensus: Consensus, act: Act) -> None:
    """What was approved before was another text (V-17)."""
    consensus.round += 1
    consensus.asked_at = act.now


async def seat_of(consensus: Consensus, act: Act) -> UUID:
    """The seat from which the actor speaks."""
    mine = (
        select(Assignment.id)
        .join(Assignment.expert)
        .where(
            Expert.account_id == act.actor.id,
            Assignment.proposal_id == consensus.proposal_id,
            Assignment.state.in_(STANDING),
        )
    )
    return (await act.session.scalars(mine)).one()


async def say(consensus: Consensus, act: Act) -> None:
    """Keep what the expert says to this round; who has approved may still object, who was silent is back."""
    seat, approves = await seat_of(consensus, act), isinstance(act.data, Approve)
    said = [o for o in consensus.opinions if (o.assignment_id, o.round) == (seat, consensus.round)]
    opinion = said[0] if said else Opinion(id=uuid4(), assignment_id=seat)
    if not said:
        consensus.opinions.append(opinion)
    act.session.add(opinion)
    opinion.round, opinion.at = consensus.round, act.now
    opinion.kind = "approval" if approves else "objection"
    opinion.reason = "" if approves else act.data.reason
    for silence in consensus.silences:
        if silence.assignment_id == seat and silence.noted_at is not None:
            act.note(came_back=str(seat))
            silence.noted_at, silence.reason = None, ""


async def discuss(consensus: Consensus, act: Act) -> None:
    """Keep the message; of what is said the trail has the digest alone."""
    said = Message(id=uuid4(), consensus_id=consensus.id, criterion=act.data.criterion, at=act.now)
    said.text, said.answers_id = act.data.text, act.data.answers_id
    seated = {"rapporteur", "of_group", "cross_reader"} & act.ask.held
    if seated:
        said.role, said.assignment_id = "expert", await seat_of(consensus, act)
    else:
        said.role = "moderator" if "moderator" in act.ask.held else "office"
    act.session.add(said)
    act.note(message=str(said.id), sha256=hashlib.sha256(said.text.encode()).hexdigest())


async def end_moderation(consensus: Consensus, act: Act) -> None:
    """Whoever moderated so far does so no more; that they have stays known."""
    for one in consensus.moderators:
        if one.until is None:
            one.until = act.now
    await act.session.flush()


async def begin_moderation(consensus: Consensus, act: Act) -> None:
    if act.data.account_id or act.data.contract_id:
        named = Moderator(id=uuid4(), consensus_id=consensus.id, since=act.now)
        named.account_id, named.contract_id = act.data.account_id, act.data.contract_id
        act.session.add(named)


async def set_meeting(consensus: Consensus, act: Act) -> None:
    """The slot that lies ahead is moved, or else there is a further one."""
    ahead = [one for one in consensus.meetings if one.held_at is None]
    slot = ahead[0] if ahead else Meeting(id=uuid4(), consensus_id=consensus.id, present=[])
    slot.starts_at, slot.ends_at = act.data.starts_at, act.data.ends_at
    slot.place, slot.secret = act.data.place, act.data.secret or ""
    act.session.add(slot)


async def note_presence(consensus: Consensus, act: Act) -> None:
    (slot,) = [one for one in consensus.meetings if one.held_at is None]
    slot.present, slot.held_at = sorted(set(act.data.labels)), act.now


async def remind(consensus: Consensus, act: Act) -> None:
    """Count the reminder of this round, and write to each."""
    known = {silence.assignment_id: silence for silence in consensus.silences}
    for seat in act.data.seats:
        silence = known.get(seat) or Silence(id=uuid4(), consensus_id=consensus.id, assignment_id=seat)
        silence.round, silence.reminders = consensus.round, act.data.number
        act.session.add(silence)
    people = select(Account.email, Account.name).join(Expert, Expert.account_id == Account.id)
    people = people.join(Assignment, Assignment.expert_id == Expert.id).order_by(Account.email)
    reference, subject = consensus.proposal.reference, "A consensus report waits for you"
    rows = (await act.session.execute(people.where(Assignment.id.in_(act.data.seats)))).all()
    letters = [
        Letter(email, subject, REMINDER.format(name=name, reference=reference), "consensus", consensus.id)
        for email, name in rows
    ]
    await outbox.write_all(act.session, "consensus_reminder", letters, act.now)


async def note_absence(consensus: Consensus, act: Act) -> None:
    for silence in consensus.silences:
        if silence.assignment_id == act.data.assignment_id:
            silence.noted_at, silence.reason = act.now, act.data.reason


async def invite_reader(consensus: Consensus, act: Act) -> None:
    asked = CrossReader(id=uuid4(), consensus_id=consensus.id, assignment_id=act.data.assignment_id)
    asked.asked_at = act.now
    act.session.add(asked)


async def invite_to_compare(consensus: Consensus, act: Act) -> None:
    asked = CrossReader(id=uuid4(), consensus_id=consensus.id, assignment_id=act.data.assignment_id)
    asked.asked_at, asked.across = act.now, True
    act.session.add(asked)


async def give_note(consensus: Consensus, act: Act) -> None:
    """Keep what is made of it beside others; given again, it takes the place of what was given."""
    await give_view(consensus, act)
    seat = await seat_of(consensus, act)
    (mine,) = [one for one in consensus.cross_readers if one.assignment_id == seat]
    mine.remarks = [one.model_dump() for one in act.data.remarks]
    act.note(remarks_sha256=hashlib.sha256(rfc8785.dumps(mine.remarks)).hexdigest())


async def give_view(consensus: Consensus, act: Act) -> None:
    """Keep what the reader makes of it; given again, it takes the place of what was given."""
    seat = await seat_of(consensus, act)
    (mine,) = [one for one in consensus.cross_readers if one.assignment_id == seat]
    mine.view, mine.given_at = act.data.view, act.now
    act.note(sha256=hashlib.sha256(mine.view.encode()).hexdigest())


async def put_panel_scores(consensus: Consensus, act: Act) -> None:
    """The panel's scores stand; what the majority had given is kept beside them (V-16)."""
    consensus.settled_reason = act.data.reason
    points, kept = {point.criterion: point for point in consensus.points}, {}
    for given in act.data.scores:
        point = points[given.criterion]
        if point.score != given.score:
            kept[point.criterion] = str(point.score)
            point.majority_score, point.score = point.score, given.score
            point.version += 1
    act.note(majority_scores=kept)


async def date_final(consensus: Consensus, act: Act) -> None:
    consensus.final_at = act.now


async def take_views_back(consensus: Consensus, act: Act) -> None:
    """What majority and minority thought was with the report that is void; the trail keeps it."""
    if consensus.majority_view is not None:
        act.note(majority_view=consensus.majority_view, minority_view=consensus.minority_view)
        act.note(settled_reason=consensus.settled_reason)
    consensus.majority_view = consensus.minority_view = consensus.settled_reason = None


async def take_date_back(consensus: Consensus, act: Act) -> None:
    consensus.final_at = None
