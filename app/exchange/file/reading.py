"""Reading all that is on record of one proposal: a constant number of statements."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, Text, Uuid, and_, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from app.calls.models import Call, Stage, TopicStage
from app.core.audit import AuditDetail, AuditEvent, Refusal
from app.core.outbox import Mail
from app.decisions.letters import WHY
from app.decisions.models import Decision, Line
from app.evaluation.observer.models import EvaluationReading
from app.evaluation.panel.models import FrozenList, Panel, Place
from app.evaluation.report.models import Report, ReportReading
from app.exchange.file.belonging import KEY, chains, own
from app.exchange.file.rows import told, writes_a_draft
from app.exchange.file.schemas import (
    BasisRead,
    EventRead,
    FileRead,
    MailRead,
    ProposalNamed,
    ReceiptRead,
    RefusedRead,
    SeenRead,
)
from app.people.models import Account
from app.proposals.models import Check, Proposal, Reading, SealedVersion
from app.topics.models import Topic
from app.workflow.asked import Asked

Statement = Select[*tuple[Any, ...]]


async def file_of(asked: Asked, proposal: Proposal) -> FileRead:
    """The file as it is now."""
    given = {"proposal_id": proposal.id}

    async def rows(wanted: Select[Any] | Any) -> Sequence[Any]:
        return (await asked.session.execute(wanted, given)).all()

    mine = {key for (key,) in await rows(_own_ids())}
    return FileRead(
        proposal=await _named(asked, proposal),
        made_at=asked.now,
        events=[_event(event, detail, who, mine) for event, detail, who in await rows(events())],
        refused=[_refused(*row) for row in await rows(_refused_acts())],
        seen=[SeenRead.model_validate(row) for row in await rows(_seen())],
        mails=[MailRead.model_validate(mail) for (mail,) in await rows(mails())],
        receipts=[ReceiptRead.model_validate(one) for (one,) in await rows(_receipts())],
        rests_on=[
            *(_check(one) for (one,) in await rows(_checks())),
            *_finding(proposal),
            *(_place(*row) for row in await rows(_places())),
            *(_line(*row) for row in await rows(_lines())),
            *_outcome(proposal),
        ],
    )


async def _named(asked: Asked, proposal: Proposal) -> ProposalNamed:
    where = (
        select(Call.reference, Topic.reference, Stage.number)
        .select_from(TopicStage)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .join(Call, Call.id == Stage.call_id)
        .join(Topic, Topic.id == TopicStage.topic_id)
    )
    call, topic, stage = (
        await asked.session.execute(where.where(TopicStage.id == proposal.topic_stage_id))
    ).one()
    handed_in = {name: proposal.handed_in[name] for name in ("acronym", "title", "requested")}
    kept = {name: getattr(proposal, name) for name in ("id", "reference", "follows_id")}
    at = {"state": str(proposal.state), "call": call, "topic": topic, "stage": stage}
    return ProposalNamed.model_validate(kept | handed_in | at)


def _own_ids() -> Any:
    return union_all(*(select(t.c.id).where(such) for t, such in own().items() if "audit_head" in t.c))


def events() -> Statement:
    """Every event of every chain that tells of the proposal, with its detail, in order of time."""
    return (
        select(AuditEvent, AuditDetail, Account.name)
        .outerjoin(AuditDetail, AuditDetail.event_id == AuditEvent.id)
        .outerjoin(Account, Account.id == AuditEvent.actor_id)
        .where(AuditEvent.entity_id.in_(chains()))
        .order_by(AuditEvent.at, AuditEvent.entity, AuditEvent.entity_id, AuditEvent.seq)
    )


def _event(event: AuditEvent, detail: AuditDetail | None, actor: str | None, mine: set[Any]) -> EventRead:
    doc, rules = told(event.entity, event.act)
    withheld = detail is not None and writes_a_draft(event.entity, event.act)
    columns = ("id", "at", "entity", "entity_id", "seq", "act", "actor_id", "by_system", "cause_id")
    return EventRead(
        **{name: getattr(event, name) for name in (*columns, "before", "after", "hash")},
        doc=doc,
        rules=list(rules),
        own=event.entity_id in mine,
        actor=actor,
        detail=None if detail is None or withheld else detail.detail,
        withheld=withheld,
    )


def _refused_acts() -> Statement:
    return (
        select(Refusal, Account.name)
        .outerjoin(Account, Account.id == Refusal.actor_id)
        .where(Refusal.entity_id.in_(_own_ids()))
        .order_by(Refusal.at, Refusal.id)
    )


def _refused(refusal: Refusal, actor: str | None) -> RefusedRead:
    kept = {name: getattr(refusal, name) for name in RefusedRead.model_fields if name != "actor"}
    return RefusedRead(**kept, actor=actor)


def _seen() -> Statement:
    """Who was handed a version or a file, who of the group read whose report, what auditors and observers
    read of the evaluation; of a list also that it was read whole."""
    nothing, no_number = cast(null(), Uuid), cast(null(), Reading.number.type)
    part = select(Proposal.topic_stage_id).where(Proposal.id == KEY).scalar_subquery()
    handed = select(
        Reading.at,
        Reading.account_id,
        cast(Reading.role, Text).label("role"),
        cast(Reading.what, Text).label("what"),
        nothing.label("entity_id"),
        Reading.number,
    ).where(Reading.proposal_id == KEY)
    reports = (
        select(
            ReportReading.at,
            ReportReading.account_id,
            literal("reader", Text),
            literal("report", Text),
            ReportReading.report_id,
            no_number,
        )
        .join(Report, Report.id == ReportReading.report_id)
        .where(Report.proposal_id == KEY)
    )
    watched = select(
        EvaluationReading.at,
        EvaluationReading.account_id,
        cast(EvaluationReading.role, Text),
        EvaluationReading.entity,
        EvaluationReading.entity_id,
        no_number,
    ).where(
        or_(
            EvaluationReading.proposal_id == KEY,
            and_(EvaluationReading.proposal_id.is_(None), EvaluationReading.topic_stage_id == part),
        )
    )
    found: Any = union_all(handed, reports, watched).subquery()
    who = aliased(Account)
    return select(found, who.name).join(who, who.id == found.c.account_id).order_by(found.c.at)


def mails() -> Statement:
    return select(Mail).where(Mail.entity_id.in_(_own_ids())).order_by(Mail.written_at, Mail.id)


def _receipts() -> Statement:
    return select(SealedVersion).where(SealedVersion.proposal_id == KEY).order_by(SealedVersion.number)


def _checks() -> Statement:
    return select(Check).where(Check.proposal_id == KEY).order_by(Check.checked_at, Check.rule)


def _check(check: Check) -> BasisRead:
    said = f"{'Met' if check.passed else 'Not met'}: {check.text}"
    if check.overruled is not None:
        said += f" Let count as met: {check.overruled}"
    return BasisRead(kind="check", rule=check.rule, says=said, at=check.checked_at)


def _finding(proposal: Proposal) -> Iterable[BasisRead]:
    if proposal.finding_rule is not None:
        yield BasisRead(kind="finding", rule=proposal.finding_rule, says=proposal.finding_text or "", at=None)


def _places() -> Statement:
    here = select(Place, FrozenList).join(Panel, Panel.id == Place.panel_id)
    return (
        here.join(FrozenList, and_(FrozenList.panel_id == Panel.id, FrozenList.reopened_at.is_(None)))
        .where(Place.proposal_id == KEY)
        .order_by(FrozenList.number)
    )


def _place(place: Place, frozen: FrozenList) -> BasisRead:
    rank = "below a threshold" if place.rank is None else f"rank {place.rank}"
    scores = ", ".join(f"{code} {score}" for code, score in place.scores.items())
    said = f"List {frozen.number} ({frozen.digest}): {rank}, total {place.total} ({scores})."
    return BasisRead(kind="list", rule="V-01", says=said, at=frozen.closed_at)


def _lines() -> Statement:
    return select(Line, Decision).join(Decision).where(Line.proposal_id == KEY).order_by(Decision.created_at)


def _line(line: Line, decision: Decision) -> BasisRead:
    by = f"envelope {decision.envelope}" if decision.envelope is not None else f"invites {decision.invites}"
    why = "" if line.reason is None else f", {line.reason}"
    said = f"{line.outcome}{why}: {line.requested} asked for, {by}, on list {decision.list_digest}."
    rule = "K-03" if decision.envelope is not None else "C-07"
    return BasisRead(kind="decision", rule=rule, says=said, at=decision.created_at)


def _outcome(proposal: Proposal) -> Iterable[BasisRead]:
    if proposal.reason is not None and proposal.released_at is not None:
        said = f"{proposal.reason}: {WHY.get(proposal.reason, '')}".strip()
        yield BasisRead(kind="outcome", rule="K-10", says=said, at=proposal.released_at)
