"""The same thread after the deadline: checks, experts, the list, the vote, the decision, the grant."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.calls.models import Call, Stage, StageState, TopicStage, TopicStageState
from app.committee.models import Ballot, Motion, MotionState, Session, SessionState
from app.committee.rules import Rule
from app.decisions.full_text.models import FullTextRequest, FullTextState
from app.decisions.invitation.models import Invitation, InvitationState
from app.decisions.letter.models import Letter, LetterOpening, LetterState
from app.decisions.models import Decision, DecisionState, Line
from app.decisions.redress.models import Redress, RedressMember, RedressState
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationSeat, ReEvaluationState
from app.decisions.reserve.models import ReserveList, ReserveListState
from app.decisions.what_if.models import WhatIf, WhatIfPart, WhatIfState
from app.evaluation.consensus.meeting import CrossReader, Meeting, Moderator, Silence
from app.evaluation.consensus.models import Consensus, ConsensusState, Opinion, Point, Statement
from app.evaluation.ethics.models import (
    OUTCOMES,
    EthicsRemark,
    EthicsRequirement,
    EthicsScreening,
    EthicsSeat,
    EthicsSeatState,
    EthicsState,
)
from app.evaluation.hearing.models import Hearing, HearingRound, HearingState, RoundState
from app.evaluation.observer.models import Observation, ObservationState
from app.evaluation.panel.effects import digest_of, lines
from app.evaluation.panel.models import FrozenList, Panel, PanelState, Place
from app.evaluation.panel.room.models import AgendaItem, ItemState, PanelSeat, PanelSeatState
from app.evaluation.report.models import Mark, Report, ReportState
from app.evaluation.summary.content import digest_of as summary_digest
from app.evaluation.summary.models import Finding, Summary, SummaryState, SummaryVersion
from app.experts.assigning.models import AssignmentSet, SetSeat, SetState
from app.experts.conflicts.models import Conflict, ConflictState
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert, ExpertState
from app.grants.models import Grant, GrantState
from app.proposals.external_case.models import ExternalCase, ExternalCaseState
from app.proposals.information.models import InformationRequest, InformationState
from app.proposals.models import Check, Proposal, ProposalState
from app.workflow.rows import loading
from tests.decisions.build import content_of
from tests.matrix.before import CRITERIA, MILLION, PROPOSALS, about_topic
from tests.matrix.cast import Cast, days

INVITED, ACCEPTED, REPORTED = AssignmentState.INVITED, AssignmentState.ACCEPTED, AssignmentState.REPORTED
SEATED = {
    "reviewer": ACCEPTED,
    "rapporteur": REPORTED,
    "second_reviewer": REPORTED,
    "third_reviewer": REPORTED,
    "invited_reviewer": INVITED,
    "conflicted_expert": AssignmentState.BLOCKED,
}
LOOSE = {"weight": 1.0}
TERMS = {
    "panel_size": 3,
    "rules": {"organisation": None, "panel_size": LOOSE, "least_load": LOOSE, "most_load": LOOSE},
}
GROUP = ("reviewer", "rapporteur", "second_reviewer", "third_reviewer")
GOOD = {"score": Decimal(4), "comment": "Good."}


async def closing(cast: Cast) -> None:
    """The deadline has passed; what was handed in is checked, and passes."""
    await cast.put("stage", Stage, opens_at=days(-60), closes_at=days(-1), deadline="2020-03-31T17:00")
    await cast.put("topic_stage", TopicStage, state=TopicStageState.CHECKING)
    for name in PROPOSALS:
        about = {"proposal_id": cast.ids[name], "passed": True, "text": "Passed.", "inputs": {}}
        for rule, kind in (("M-03", "admissibility"), ("E-02", "eligibility")):
            await cast.add(f"{rule} of {name}", Check, rule=rule, kind=kind, checked_at=days(-0.5), **about)


async def information(cast: Cast, state: InformationState) -> None:
    """The office has asked about the proposal."""
    about: dict[str, Any] = {"consortium_id": cast.ids["consortium"], "asked_by": cast.account("office")}
    about |= {"text": "Text.", "until": days(-0.1 if state == InformationState.LAPSED else 5)}
    if state in (InformationState.ANSWERED, InformationState.CLOSED):
        about |= {"answer": "Text.", "answered_at": days(-0.2)}
    if state == InformationState.CLOSED:
        about["outcome"] = "Text."
    await cast.add("information_request", InformationRequest, state=state, **about, **about_proposal(cast))


def about_proposal(cast: Cast) -> dict[str, Any]:
    return {"proposal_id": cast.ids["proposal"], "topic_id": cast.ids["topic"]}


async def evaluation(cast: Cast) -> None:
    """Experts sit on the proposal: one has accepted, three have reported, one is invited, one is blocked.

    An observer has declared.
    """
    await cast.put("topic_stage", TopicStage, state=TopicStageState.EVALUATION)
    for name in PROPOSALS:
        await cast.put(name, Proposal, state=ProposalState.IN_EVALUATION)
    for (kind, state), label in zip(SEATED.items(), "ABCDEF", strict=True):
        await cast.add(
            f"assignment {kind}", Assignment, state=state, label=f"Expert {label}", declared_at=days(-0.5),
            expert_id=cast.ids[f"expert {kind}"], contract_id=cast.ids[f"contract {kind}"],
            **about_proposal(cast),
        )  # fmt: skip
        if state == REPORTED:
            await report(cast, kind, ReportState.SEALED)
    watches: dict[str, Any] = {"call_id": cast.ids["call"], "account_id": cast.account("observer")}
    watches |= {"starts_at": days(-9), "ends_at": days(9), "declared_at": days(-0.5)}
    await cast.add("observation", Observation, state=ObservationState.WATCHING, **watches)
    found = {"expert_id": cast.ids["expert conflicted_expert"], "situation": "D1", "path": "found"}
    found |= {"account_id": cast.account("conflicted_expert"), "reason": "reason"}
    await cast.add("conflict", Conflict, state=ConflictState.BLOCKING, **found, **about_proposal(cast))


async def assignment_set(cast: Cast, state: SetState) -> None:
    """The seats that stand, and one more; of a set that is released, its assignment is proposed."""
    out = {"released_at": days(-0.1)} if state in (SetState.RELEASED, SetState.UNDONE) else {}
    about = {"stage_id": cast.ids["stage"], "title": "Title", "terms": TERMS, **out}
    key = await cast.add("assignment_set", AssignmentSet, state=state, **about)
    seats = [(kind, "proposal") for kind, held in SEATED.items() if held != AssignmentState.BLOCKED]
    for number, (kind, name) in enumerate([*seats, ("unassigned_expert", "rival proposal")]):
        seat = {"contract_id": cast.ids[f"contract {kind}"], "proposal_id": cast.ids[name], "set_id": key}
        if kind == "unassigned_expert" and out:
            made = AssignmentState.PROPOSED if state == SetState.RELEASED else AssignmentState.VOIDED
            seat["assignment_id"] = await cast.add(
                "assignment of the set", Assignment, state=made, label="Expert G", topic_id=cast.ids["topic"],
                expert_id=cast.ids[f"expert {kind}"],
                **{name: seat[name] for name in ("contract_id", "proposal_id")},
            )  # fmt: skip
        await cast.add(f"seat {number}", SetSeat, fixed=False, **seat)


async def report(cast: Cast, kind: str, state: ReportState) -> None:
    """A report with every mark given."""
    sealed = {"sealed_at": days(-0.2)} if state == ReportState.SEALED else {}
    about = {"assignment_id": cast.ids[f"assignment {kind}"], **about_proposal(cast), **sealed}
    key = await cast.add(f"report {kind}", Report, state=state, **about)
    for code in CRITERIA:
        await cast.add(f"mark {code} of {kind}", Mark, report_id=key, criterion=code, **GOOD)


async def writing(cast: Cast) -> None:
    """The reviewer has begun a report; the rapporteur drafts the consensus."""
    for kind in (kind for kind, state in SEATED.items() if state == REPORTED):
        await cast.put(f"report {kind}", Report, in_group_at=days(-0.15))
    await report(cast, "reviewer", ReportState.DRAFT)
    about = {"rapporteur_id": cast.ids["assignment rapporteur"], "round": 1, **about_proposal(cast)}
    key = await cast.add("consensus", Consensus, state=ConsensusState.DRAFTING, **about)
    for code in CRITERIA:
        point = await cast.add(
            f"point {code}", Point, consensus_id=key, criterion=code, score=GOOD["score"], range_reason=""
        )
        said = {"kind": "strength", "text": "Good.", "new": True, "number": 0}
        await cast.add(f"statement {code}", Statement, point_id=point, **said)


async def agreeing(cast: Cast) -> None:
    """Every report is sealed and the consensus drafted; it lies before the experts."""
    await cast.put("assignment reviewer", Assignment, state=REPORTED)
    sealed = {"state": ReportState.SEALED, "sealed_at": days(-0.2), "in_group_at": days(-0.1)}
    await cast.put("report reviewer", Report, **sealed)
    await cast.put("consensus", Consensus, state=ConsensusState.APPROVAL)


async def one_more(cast: Cast, kind: str = "subject") -> UUID:
    """A further expert under contract, who judges nothing."""
    who = {"account_id": cast.account(kind), "expertise": [], "state": ExpertState.ACTIVE}
    about = {"expert_id": await cast.add(f"expert {kind}", Expert, **who), "call_id": cast.ids["call"]}
    signed = {"state": ContractState.SIGNED, "signed_at": days(-1), "briefed_at": days(-1), "days": 5}
    return await cast.add(f"contract {kind}", Contract, **about, **signed)


async def around(cast: Cast) -> None:
    """Around the group: an expert moderates, a meeting has begun, one is silent, one reads, one compares."""
    consensus_id, contract = cast.ids["consensus"], await one_more(cast)
    await one_more(cast, "consulted")
    await cast.add("moderator", Moderator, consensus_id=consensus_id, contract_id=contract, since=days(-0.2))
    slot = {"starts_at": days(-0.1), "ends_at": days(0.1), "place": "Room 1", "secret": "1234", "present": []}
    await cast.add("meeting", Meeting, consensus_id=consensus_id, **slot)
    silent = {
        "assignment_id": cast.ids["assignment second_reviewer"],
        "round": 1,
        "reminders": 2,
        "reason": "",
    }
    await cast.add("silence", Silence, consensus_id=consensus_id, **silent)
    await cast.put("assignment invited_reviewer", Assignment, state=ACCEPTED)
    for kind, label in (("unassigned_expert", "Expert R"), ("consulted", "Expert S")):
        seat = await cast.add(
            f"assignment {kind}", Assignment, state=ACCEPTED, label=label, declared_at=days(-0.2),
            expert_id=cast.ids[f"expert {kind}"], contract_id=cast.ids[f"contract {kind}"], reads_only=True,
            **about_proposal(cast),
        )  # fmt: skip
        asked = {"assignment_id": seat, "asked_at": days(-0.1), "across": kind == "consulted"}
        await cast.add(f"reader {kind}", CrossReader, consensus_id=consensus_id, **asked)


async def objection(cast: Cast) -> None:
    """An expert of the group has objected to an earlier draft."""
    said = {"assignment_id": cast.ids["assignment second_reviewer"], "kind": "objection", "reason": "No."}
    about = {"consensus_id": cast.ids["consensus"], "round": 0, "at": days(-0.1)}
    await cast.add("objection", Opinion, **about, **said)


async def no_consensus(cast: Cast) -> None:
    """The group did not agree; a panel is open that may settle it."""
    views = {"majority_view": "Good.", "minority_view": "Thin."}
    await cast.put("consensus", Consensus, state=ConsensusState.NO_CONSENSUS, **views)
    await cast.add("panel", Panel, state=PanelState.OPEN, **about_topic(cast))


async def agreed(cast: Cast) -> None:
    """The consensus is approved by all; the panel is open. The rival has turned out ineligible."""
    for kind in GROUP:
        said = {"assignment_id": cast.ids[f"assignment {kind}"], "kind": "approval", "at": days(-0.1)}
        await cast.add(f"opinion {kind}", Opinion, consensus_id=cast.ids["consensus"], round=1, **said)
    await cast.put("consensus", Consensus, state=ConsensusState.FINAL, final_at=days(-0.1))
    await cast.put("rival proposal", Proposal, state=ProposalState.INELIGIBLE)
    await cast.add("panel", Panel, state=PanelState.OPEN, **about_topic(cast))


async def ranking(cast: Cast) -> None:
    """The panel has made its list."""
    place = {"rank": 1, "above": True, "scores": dict.fromkeys(CRITERIA, "4")}
    place |= {"total": Decimal(12), "weighted": Decimal(12)}
    await cast.add("place", Place, panel_id=cast.ids["panel"], proposal_id=cast.ids["proposal"], **place)
    await cast.put("panel", Panel, state=PanelState.RANKED)


async def sitting(cast: Cast, *, declared: bool = False) -> None:
    """Two members and the observer sit on the panel; a member has a conflict with the proposal."""
    about: dict[str, Any] = {"panel_id": cast.ids["panel"], "topic_id": cast.ids["topic"]}
    about["declared_at"] = days(-0.1) if declared else None
    for name, kind in (("panel_seat", "unassigned_expert"), ("other panel_seat", "conflicted_expert")):
        held = {"account_id": cast.account(kind), "contract_id": cast.ids[f"contract {kind}"]}
        await cast.add(name, PanelSeat, state=PanelSeatState.NAMED, part="member", **held, **about)
    watch = {"account_id": cast.account("observer"), "part": "observer"}
    about["declared_at"] = None
    await cast.add("observer's panel_seat", PanelSeat, state=PanelSeatState.NAMED, **watch, **about)


async def planned(cast: Cast) -> None:
    """The proposal is on the agenda."""
    about = {"panel_id": cast.ids["panel"], "topic_id": cast.ids["topic"], "position": 1}
    item = {"proposal_id": cast.ids["proposal"], "state": ItemState.PLANNED}
    await cast.add("panel_item", AgendaItem, **item, **about)


async def hearing(cast: Cast, of_round: RoundState, state: HearingState) -> None:
    """The proposal is to be heard; its slot has begun, and answers are still taken."""
    about: dict[str, Any] = {"panel_id": cast.ids["panel"], "topic_id": cast.ids["topic"]}
    told: dict[str, Any] = {} if of_round == RoundState.PREPARED else {"sent_at": days(-0.2)}
    told |= {"cancelled_for": "reason"} if of_round == RoundState.CANCELLED else {}
    common = {"questions": ["How many?"], "answer_until": days(1), "version": 1}
    key = await cast.add("hearing_round", HearingRound, state=of_round, **common, **told, **about)
    early = state == HearingState.PREPARED
    slot = {"starts_at": days(0.5 if early else -0.1), "ends_at": days(1), "place": "Room 1"}
    said: dict[str, Any] = {"attendees": ["Cora"], "secret": "1234", "questions": [], "version": 1}
    said |= {} if early else {"called_at": days(-0.2)}
    said |= {"note": "Note."} if state in (HearingState.HELD, HearingState.ABSENT) else {}
    about |= {"proposal_id": cast.ids["proposal"], "consortium_id": cast.ids["consortium"]}
    await cast.add("hearing", Hearing, state=state, round_id=key, **slot, **said, **about)


async def ranked(cast: Cast) -> None:
    """The list is closed; a motion on it is prepared for an open session."""
    async with cast.world.sessions() as session:
        wanted = select(Panel).where(Panel.id == cast.ids["panel"])
        listed = (await session.scalars(wanted.options(*loading(Panel, ("places.proposal",))))).one()
    frozen: dict[str, Any] = {"number": 1, "inputs": {}, "places": lines(listed.places)}
    frozen["digest"] = digest_of(frozen["places"], {}, 1)
    await cast.add("list", FrozenList, panel_id=cast.ids["panel"], closed_at=days(-0.1), **frozen)
    await cast.put("panel", Panel, state=PanelState.CLOSED, digest=frozen["digest"], closed_at=days(-0.1))
    await cast.put("proposal", Proposal, state=ProposalState.EVALUATED)
    await cast.put("topic_stage", TopicStage, state=TopicStageState.RANKED)
    held = {"body_id": cast.ids["body"], "title": "Session", "held_at": days(0)}
    await cast.add("session", Session, state=SessionState.OPEN, **held)
    about: dict[str, Any] = {"session_id": cast.ids["session"], "subject_id": cast.ids["topic_stage"]}
    about |= {"text": "Adopt it."}
    await cast.add(
        "motion",
        Motion,
        state=MotionState.PREPARED,
        purpose="adopt_list",
        topic_id=cast.ids["topic"],
        **about,
    )


async def full_text(cast: Cast) -> None:
    """A member has asked for the proposal that is first on the closed list."""
    asked = {f"{name}_id": cast.ids[name] for name in ("panel", "proposal", "topic")}
    asked["account_id"] = cast.account("member")
    given = {"state": FullTextState.GIVEN, "reason": "Text."}
    await cast.add("full_text_request", FullTextRequest, **given, **asked)


async def summarised(cast: Cast, state: SummaryState = SummaryState.CLEARED) -> None:
    """The summary report of the proposal on the closed list; while it is held something was found in it."""
    about = {"panel_id": cast.ids["panel"], "list_id": cast.ids["list"], "above": True}
    key = await cast.add("summary", Summary, state=state, **about, **about_proposal(cast))
    await summary_version(cast, 1)
    if state == SummaryState.HELD:
        passage = {"place": "/criteria/0/strengths/0", "criterion": CRITERIA[0], "offset": 0, "length": 4}
        await cast.add("finding", Finding, summary_id=key, number=1, kind="name", **passage)


async def summary_version(cast: Cast, number: int, text: str = "Good.", **reason: Any) -> None:
    """A version of what it says."""
    content = content_of("P-1") | {"version": number}
    content["criteria"][0]["strengths"] = [text]
    said = {"content": content, "digest": summary_digest(content), "made_at": days(-0.1), **reason}
    await cast.add(f"summary {number}", SummaryVersion, summary_id=cast.ids["summary"], number=number, **said)


RULE = Rule(Decimal("0.5"), Decimal("0.5"))


async def voting(cast: Cast) -> None:
    """The vote is open; the chair has said yes."""
    await cast.put("motion", Motion, state=MotionState.VOTING, rule=RULE.pinned())
    for kind in ("chair", "member", "recused_member", "applying_member"):
        ballot: dict[str, Any] = {"recused": None if kind in ("chair", "member") else "interest"}
        ballot |= {"seat_id": cast.ids[f"mandate of {kind}"], "chairs": kind == "chair"}
        ballot |= {"ground": "interest"} if kind == "recused_member" else {}
        if kind == "chair":
            ballot |= {"choice": "yes", "cast_at": days(0)}
        await cast.add(
            f"ballot {kind}", Ballot, motion_id=cast.ids["motion"], account_id=cast.account(kind), **ballot
        )


async def decided(cast: Cast) -> None:
    """The committee has adopted the list; nobody is told yet."""
    await cast.put("motion", Motion, state=MotionState.ADOPTED, decided_at=days(0))
    await cast.put("topic_stage", TopicStage, state=TopicStageState.DECIDED)
    frozen = await cast.connection.scalar(select(Panel.digest).where(Panel.id == cast.ids["panel"]))
    drawn = {"motion_id": cast.ids["motion"], "envelope": MILLION * 8, "list_digest": frozen}
    key = await cast.add("decision", Decision, state=DecisionState.ADOPTED, **drawn, **about_topic(cast))
    line = {"proposal_id": cast.ids["proposal"], "rank": 1, "requested": MILLION, "outcome": "selected"}
    await cast.add("line", Line, decision_id=key, **line)


async def returned(cast: Cast) -> None:
    """The committee has returned the list that it had adopted; the panel begins anew."""
    about: dict[str, Any] = {"session_id": cast.ids["session"], "subject_id": cast.ids["topic_stage"]}
    about |= {"purpose": "return_list", "fault": "unequal_treatment", "text": "Return it."}
    about |= {"topic_id": cast.ids["topic"], "decided_at": days(0)}
    key = await cast.add("return", Motion, state=MotionState.ADOPTED, **about)
    late = {"superseded_at": days(0), "returned_by_id": key}
    await cast.put("decision", Decision, state=DecisionState.SUPERSEDED, **late)
    await cast.put("panel", Panel, state=PanelState.OPEN, digest=None, closed_at=None)
    again = {"reopened_at": days(0), "fault": "unequal_treatment", "reopened_for": "Return it."}
    await cast.put("list", FrozenList, **again)
    await cast.put("topic_stage", TopicStage, state=TopicStageState.EVALUATION)


async def released(cast: Cast) -> None:
    """Applicants are told."""
    await cast.put("decision", Decision, state=DecisionState.RELEASED, released_at=days(0))
    await cast.put("topic_stage", TopicStage, state=TopicStageState.RELEASED)
    await cast.put("proposal", Proposal, state=ProposalState.SELECTED, released_at=days(0))
    await cast.put("rival proposal", Proposal, released_at=days(0))


async def what_if(cast: Cast) -> None:
    """The office has asked what other envelopes would fund."""
    about = {"call_id": cast.ids["call"], "topic_id": cast.ids["topic"], "name": "More"}
    key = await cast.add("what_if", WhatIf, state=WhatIfState.KEPT, made_by=cast.account("office"), **about)
    drawn = {"list_id": cast.ids["list"], "list_digest": "digest", "envelope": MILLION * 9, "position": 0}
    await cast.add("what_if part", WhatIfPart, what_if_id=key, **drawn, **about_topic(cast))


async def on_reserve(cast: Cast, state: ReserveListState) -> None:
    """The proposal is on the reserve list, and there is money for it; nobody is selected."""
    waits = state == ReserveListState.OPEN
    new = ProposalState.RESERVE if waits else ProposalState.REJECTED
    await cast.put("proposal", Proposal, state=new, reason="INSUFFICIENT_BUDGET")
    about = {"decision_id": cast.ids["decision"], "until": days(90), "ended_at": None if waits else days(0)}
    await cast.add("reserve_list", ReserveList, state=state, **about, **about_topic(cast))


async def inviting(cast: Cast, state: InvitationState = InvitationState.SENT) -> None:
    """The stage is the first of two: the proposal is invited to the second, and its coordinator has moved."""
    await cast.put("call", Call, kind="two_stage")
    await cast.put("stage", Stage, kind="short")
    about: dict[str, Any] = {"call_id": cast.ids["call"], "number": 2, "kind": "full"}
    dates = {"opens_at": days(-0.1), "deadline": "2050-06-30T17:00", "closes_at": days(60)}
    await cast.add("second stage", Stage, state=StageState.SCHEDULED, **about, **dates)
    about = {"stage_id": cast.ids["second stage"], "topic_id": cast.ids["topic"], "budget": MILLION * 8}
    key = await cast.add("second topic_stage", TopicStage, state=TopicStageState.SCHEDULED, **about)
    about = {"topic_stage_id": key, "topic_id": cast.ids["topic"], "proposal_id": cast.ids["proposal"]}
    about |= {"consortium_id": cast.ids["consortium"], "until": days(30)}
    moved: dict[str, Any] = {"proposed_at": days(0), "report": "Both have tried."}
    moved |= {"declined_for": "reason"} if state == InvitationState.DECLINED else {}
    await cast.add("invitation", Invitation, state=state, **about, **moved)


async def screening(cast: Cast, state: EthicsState) -> None:
    """The ethics of the proposal is screened; where there are conditions, one is still to be met."""
    about: dict[str, Any] = {"panel_id": cast.ids["panel"], "consortium_id": cast.ids["consortium"]}
    said: dict[str, Any] = {"assessed_for": "reason"} if state == EthicsState.ASSESSMENT else {}
    said |= {"concluded_at": days(0)} if state in OUTCOMES else {}
    said |= {"refused_for": "reason"} if state == EthicsState.NOT_CLEARED else {}
    key = await cast.add(
        "ethics_screening", EthicsScreening, state=state, **said, **about, **about_proposal(cast)
    )
    if state == EthicsState.CONDITIONAL:
        asked = {"number": 1, "code": "consent", "text": "Consent."}
        await cast.add("requirement", EthicsRequirement, screening_id=key, **asked)


async def ethics_seat(cast: Cast, state: EthicsSeatState = EthicsSeatState.ACCEPTED) -> None:
    """An expert who judges nothing of it looks at the ethics, and has remarked if there was time."""
    who = {"expert_id": cast.ids["expert unassigned_expert"]}
    who |= {"contract_id": cast.ids["contract unassigned_expert"]}
    about = {"screening_id": cast.ids["ethics_screening"], **about_proposal(cast)}
    key = await cast.add(
        "ethics_seat", EthicsSeat, state=EthicsSeatState.ACCEPTED, declared_at=days(-0.1), **who, **about
    )
    await cast.add("ethics remark", EthicsRemark, seat_id=key, text="Fine.", at=days(-0.1))
    declared = state in (EthicsSeatState.INVITED, EthicsSeatState.DECLINED)
    await cast.put("ethics_seat", EthicsSeat, state=state, **({"declared_at": None} if declared else {}))


async def granting(cast: Cast) -> None:
    """The office has prepared the agreement; nothing stands against its ethics."""
    await screening(cast, EthicsState.CLEARED)
    terms = {"number": "101", "amount": MILLION, "months": 36, "starts_on": days(60).date()}
    about = {"proposal_id": cast.ids["proposal"], "prepared_by": cast.account("office")}
    await cast.add("grant", Grant, state=GrantState.PREPARATION, **terms, **about)


async def letter(cast: Cast, state: LetterState = LetterState.SENT) -> None:
    """The coordinator has a letter about the outcome, which the deputy has opened if anybody has."""
    said = {
        "kind": "outcome",
        "reviewable": True,
        "subject": "S",
        "text": "T",
        "digest": "d",
        "signature": "s",
    }
    about = about_topic(cast) | {"consortium_id": cast.ids["consortium"]}
    key = await cast.add("letter", Letter, state=state, **said, **about, proposal_id=cast.ids["proposal"])
    if state == LetterState.OPENED:
        opened = {"account_id": cast.account("deputy_contact"), "at": days(-0.1)}
        await cast.add("letter opening", LetterOpening, letter_id=key, **opened)


JUDGED = (RedressState.REJECTED, RedressState.RE_EVALUATION, RedressState.SETTLED)
SAT = ("chair", "consulted", "proposer")


async def redress(cast: Cast, state: RedressState) -> None:
    """A review of the proposal, which was rejected; a committee of three has declared, a fourth has not."""
    await cast.put("proposal", Proposal, state=ProposalState.REJECTED, reason="BELOW_OVERALL_THRESHOLD")
    about: dict[str, Any] = about_topic(cast) | {"consortium_id": cast.ids["consortium"]}
    about |= {"proposal_id": cast.ids["proposal"], "filed_by": cast.account("coordinator")}
    said: dict[str, Any] = {"grounds": ["factual_error"], "text": "Text.", "answer_due": days(120).date()}
    said |= {"criteria": [], "shares_rank": False}
    if state not in (RedressState.FILED, RedressState.WITHDRAWN):
        said |= {"prepared_by": cast.account("office"), "admissibility": "Text."}
    if state in (RedressState.RECOMMENDED, *JUDGED):
        said |= {"advice": "re_evaluate", "advice_text": "Text."}
    if state in JUDGED:
        decided_by = cast.account("third_reviewer")
        said |= {"decided_by": decided_by, "decided_at": days(-0.1), "decision_text": "Text."}
    if state == RedressState.SETTLED:
        said |= {"settled_by": cast.account("third_reviewer"), "outcome": "changed", "remedy": "vote"}
    key = await cast.add("redress", Redress, state=state, **said, **about)
    for kind in (*SAT, "stranger"):
        declared = {"declared_at": None if kind == "stranger" else days(-0.1)}
        who = {"account_id": cast.account(kind), "named_at": days(-0.2)}
        await cast.add(f"redress member {kind}", RedressMember, redress_id=key, **who, **declared)


async def re_evaluation(cast: Cast, state: ReEvaluationState) -> None:
    """Three experts have sealed, one has not, one has not declared; a draft lies before them, or stands."""
    mark = {"score": "4", "comment": "Good."}
    said: dict[str, Any] = {"criteria": ["impact"], "old": dict.fromkeys(CRITERIA, "4"), "agreed": {}}
    said |= {"scores": {}, "above": False, "round": 0}
    if state != ReEvaluationState.WRITING:
        said |= {"agreed": {"impact": mark}, "round": 1}
    if state == ReEvaluationState.FINAL:
        said |= {"scores": dict.fromkeys(CRITERIA, "4"), "total": Decimal(12), "weighted": Decimal(12)}
        said |= {"above": True, "final_at": days(0)}
    key = await cast.add("re_evaluation", ReEvaluation, state=state, redress_id=cast.ids["redress"],
                         **said, **about_proposal(cast))  # fmt: skip
    experts = ("second_reviewer", "third_reviewer", "rapporteur", "unassigned_expert", "conflicted_expert")
    for label, kind in zip("ABCDE", experts, strict=True):
        seat: dict[str, Any] = {"label": f"Expert {label}", "named_at": days(-0.2)}
        seat |= {"declared_at": None if kind == "conflicted_expert" else days(-0.1)}
        if kind in experts[:3]:
            seat |= {"marks": {"impact": mark}, "sealed_at": days(-0.1)}
        about = {"re_evaluation_id": key, "contract_id": cast.ids[f"contract {kind}"]}
        await cast.add(f"seat {kind}", ReEvaluationSeat, **about, **seat)


async def external_case(cast: Cast, state: ExternalCaseState) -> None:
    """The ombudsman looks into the proposal; a stranger is named to read the file."""
    said: dict[str, Any] = {"forum": "ombudsman", "reference": "1/2020", "lodged_on": days(-9).date()}
    said |= {"auditor_id": cast.account("stranger"), "noted_by": cast.account("office")}
    if state == ExternalCaseState.CLOSED:
        said |= {"closed_on": days(-1).date(), "closed_for": "It has ended."}
    await cast.add("external_case", ExternalCase, state=state, **said, **about_proposal(cast))
