"""How each entity is brought into each of its states: one small function per entity.

A pose lays the thread down as far as the entity needs it, then sets the state. It runs once per state; every
act is tried from there and rolled back.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.questions.models import QuestionState
from app.committee.models import Ballot, Body, MandateState, Motion, MotionState, Session, SessionState
from app.committee.session.models import Attendance
from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.models import Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.consortia.search.models import PartnerSearch, PartnerSearchState
from app.decisions.full_text.models import FullTextState
from app.decisions.invitation.models import InvitationState
from app.decisions.letter.models import LetterState
from app.decisions.models import DecisionState
from app.decisions.redress.models import RedressState
from app.decisions.redress.re_evaluation.models import ReEvaluationState
from app.decisions.reserve.models import ReserveListState
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.ethics.models import AT_WORK, EthicsSeatState, EthicsState
from app.evaluation.hearing.models import HearingState, RoundState
from app.evaluation.observer.models import Observation, ObservationState
from app.evaluation.observer.report.models import ObserverReport, ObserverReportState
from app.evaluation.panel.models import Panel, PanelState
from app.evaluation.panel.room.models import AgendaItem, ItemState, PanelSeat, PanelSeatState
from app.evaluation.report.models import Report, ReportState
from app.evaluation.summary.models import SummaryState
from app.experts.assigning.models import AssignmentRun, RunState, SetState
from app.experts.campaign.models import CampaignState
from app.experts.campaign.models import InvitationState as AnswerState
from app.experts.certificate.models import Certificate, CertificateState
from app.experts.conflicts.models import Conflict, ConflictState, IdentityState
from app.experts.facts.models import FactState
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert, ExpertState
from app.experts.names.models import NameList, NameListState
from app.experts.statement.models import Statement, StatementState
from app.grants.models import Grant, GrantState
from app.people.models import Account, AccountState, Appointment, AppointmentState
from app.proposals.external_case.models import ExternalCaseState
from app.proposals.information.models import InformationState
from app.proposals.models import Proposal, ProposalState
from app.topics.co_authors.models import CoAuthorState
from app.topics.consultation.models import (
    CommentState,
    ConsultationState,
    ConsultedBody,
    ConsultedBodyState,
)
from app.topics.corrigenda.models import CorrigendumState
from app.topics.focus.models import FocusArea, FocusAreaState
from app.topics.models import Topic, TopicState
from app.topics.opinions.models import OpinionState
from app.topics.screening.models import ScreeningState
from tests.build import LONG_AGO
from tests.matrix import after, before
from tests.matrix.acts import send
from tests.matrix.cast import Cast, days

Step = Callable[[Cast], Awaitable[None]]
STEPS: tuple[Step, ...] = (
    before.bodies, before.call, before.consortia, before.drafts, before.experts, before.handing_in,
    after.closing, after.evaluation, after.writing, after.agreeing, after.agreed, after.ranking, after.ranked,
    after.voting, after.decided, after.released, after.granting,
)  # fmt: skip


async def reach(cast: Cast, last: Step) -> None:
    """Lay down every step up to and with `last`."""
    for step in STEPS[: STEPS.index(last) + 1]:
        await step(cast)


CERTIFIED: dict[CertificateState, dict[str, Any]] = {
    CertificateState.ISSUED: {
        "name": "N", "call": "C-1", "call_title": "Call", "reports": 1, "since": "2020-01-01",
        "until": "2020-02-01", "issued_on": "2020-02-02",
    },
    CertificateState.WITHDRAWN: {},
}  # fmt: skip
Pose = Callable[[Cast, Any], Awaitable[None]]
POSES: dict[str, Pose] = {}


def pose(function: Pose) -> Pose:
    """Register the pose of the entity that the function is named after."""
    POSES[function.__name__] = function
    return function


@pose
async def account(cast: Cast, state: AccountState) -> None:
    await reach(cast, before.bodies)
    cast.ids["account"] = cast.account("subject")
    await cast.put("account", Account, state=state)


@pose
async def appointment(cast: Cast, state: AppointmentState) -> None:
    await reach(cast, before.bodies)
    confirmed = {} if state == AppointmentState.PROPOSED else {"confirmed_at": LONG_AGO}
    about = {"account_id": cast.account("subject"), "proposed_by": cast.account("stranger"), **confirmed}
    term = {"starts_at": LONG_AGO, "ends_at": days(9), "appointing_act": "act"}
    await cast.add("appointment", Appointment, state=state, role="observer", **term, **about)


@pose
async def body(cast: Cast, state: Any) -> None:
    await reach(cast, before.bodies)
    await cast.put("body", Body, state=state)


@pose
async def mandate(cast: Cast, state: MandateState) -> None:
    await reach(cast, before.bodies)
    await before.seat(cast, "mandate", "subject", "advisers", state=state)


@pose
async def session(cast: Cast, state: Any) -> None:
    await reach(cast, after.ranked)
    await cast.put("motion", Motion, subject_id=cast.ids["call"], purpose="adopt_call")
    dates = {
        SessionState.ADJOURNED: {"adjourned_until": days(1)},
        SessionState.CLOSED: {"closed_at": days(0), "minutes_published_at": days(0)},
        SessionState.CALLED_OFF: {"called_off_for": "reason"},
    }
    await cast.put("session", Session, state=state, **dates.get(state, {}))
    if state != SessionState.CLOSED:
        about = {"session_id": cast.ids["session"], "account_id": cast.account("member")}
        gone = None if state == SessionState.OPEN else days(-0.1)
        await cast.add("attendance", Attendance, arrived_at=days(-0.2), left_at=gone, **about)


@pose
async def motion(cast: Cast, state: MotionState) -> None:
    steps = {MotionState.PREPARED: after.ranked, MotionState.ADOPTED: after.decided}
    await reach(cast, steps.get(state, after.voting))
    if state == MotionState.NOT_ADOPTED:
        await cast.put("motion", Motion, state=state, decided_at=days(0))
    if state == MotionState.ADJOURNED:
        few = {"adjourned_for": "too_few", "adjourned_until": days(1)}
        await cast.put("motion", Motion, state=state, outcome_reason="reason", **few)
        await before.second_body(cast)
    if state == MotionState.REFERRED:  # about nothing that an interest is in: who was out sees it
        about = {"purpose": "adopt_call", "subject_id": cast.ids["call"], "topic_id": None}
        few = {"outcome_reason": "reason", "adjourned_for": "too_few"}
        await cast.put("motion", Motion, state=state, **about, **few)
    if state == MotionState.VOTING:
        seat = cast.ids["mandate of member"]
        await before.seat(cast, "mandate of subject", "subject", "body", alternate_for_id=seat)
        about = {"motion_id": cast.ids["motion"], "account_id": cast.account("subject")}
        await cast.add("ballot subject", Ballot, seat_id=seat, seated=False, **about)


@pose
async def topic(cast: Cast, state: TopicState) -> None:
    out = state in (TopicState.IN_CALL, TopicState.CLOSED)
    await reach(cast, before.consortia if out else before.call)
    if not out:  # once published, a topic stays public
        await before.organisations(cast)
        await cast.put("call", Call, state=CallState.PREPARING)
    await before.heard(cast)
    if state in (TopicState.DRAFTING, TopicState.FINAL_DRAFT):
        await before.co_author(cast, CoAuthorState.ACTIVE)
    if state == TopicState.CONSULTATION:
        await before.consultation(cast, ConsultationState.CLOSED)  # so that the text can move on
    facts = {"merged_into_id": cast.ids["other topic"]} if state == TopicState.MERGED else {}
    await cast.put(
        "topic", Topic, state=state, submitted_at=None if state == TopicState.SKETCH else LONG_AGO, **facts
    )
    await before.in_a_field(cast)


@pose
async def consultation(cast: Cast, state: ConsultationState) -> None:
    await reach(cast, before.call)
    await before.consultation(cast, state)


@pose
async def consulted_body(cast: Cast, state: ConsultedBodyState) -> None:
    await reach(cast, before.call)
    await before.consultation(cast)
    declined = {"reason": "reason"} if state == ConsultedBodyState.DECLINED else {}
    await cast.put("consulted_body", ConsultedBody, state=state, **declined)


@pose
async def comment(cast: Cast, state: CommentState) -> None:
    await reach(cast, before.call)
    await before.consultation(cast)
    await before.comment(cast, state)


@pose
async def call(cast: Cast, state: CallState) -> None:
    early = state in (CallState.PREPARING, CallState.ADOPTED)
    await reach(cast, before.call if early else before.experts)
    await cast.put("call", Call, state=state)
    await cast.put("topic", Topic, state=TopicState.ADOPTED if early else TopicState.IN_CALL)
    if early:
        kept = {"path": "/redress_days", "value": 20, "was": 30, "reason": "reason", "at": str(days(-3))}
        await cast.put("call", Call, rules={}, published_at=None, overrides=[kept])


@pose
async def stage(cast: Cast, state: StageState) -> None:
    """While scheduled its call is being prepared, so that topics can be put into it."""
    out = state != StageState.SCHEDULED
    await reach(cast, before.consortia if out else before.call)
    await cast.put("call", Call, state=CallState(state) if out else CallState.PREPARING)
    await cast.put("stage", Stage, state=state)


@pose
async def topic_stage(cast: Cast, state: TopicStageState) -> None:
    steps = {
        TopicStageState.SCHEDULED: before.experts,
        TopicStageState.CHECKING: after.closing,
        TopicStageState.EVALUATION: after.agreeing,
        TopicStageState.RANKED: after.ranked,
        TopicStageState.DECIDED: after.decided,
        TopicStageState.RELEASED: after.released,
        TopicStageState.WITHDRAWN: before.handing_in,
        TopicStageState.CANCELLED: after.agreeing,
    }
    await reach(cast, steps[state])
    if state in (TopicStageState.WITHDRAWN, TopicStageState.CANCELLED):
        await cast.put("topic_stage", TopicStage, state=state)
    if state == TopicStageState.CHECKING:
        for name in before.PROPOSALS:
            await cast.put(name, Proposal, state=ProposalState.ELIGIBLE)
    if state == TopicStageState.EVALUATION:
        await cast.put("rival proposal", Proposal, state=ProposalState.INELIGIBLE)


@pose
async def organisation(cast: Cast, state: Any) -> None:
    await reach(cast, before.consortia)
    into = {"merged_into_id": cast.ids["organisation lead"]} if state == OrganisationState.MERGED else {}
    await cast.put("organisation", Organisation, state=state, **into)


@pose
async def consortium(cast: Cast, state: Any) -> None:
    await reach(cast, before.consortia)


@pose
async def partner(cast: Cast, state: PartnerState) -> None:
    await reach(cast, before.drafts)
    cast.ids["partner"] = cast.ids["partner partner"]
    out = days(0)
    facts = {PartnerState.LEFT: {"left_at": out}, PartnerState.SIGNED: {"coordination_offered_at": out}}
    await cast.put("partner", Partner, state=state, **facts.get(state, {}))
    if state in (PartnerState.LEFT, PartnerState.REMOVED, PartnerState.TRANSFERRED):
        for kind in ("partner", "contributor", "reading_partner", "applying_office", "applying_member"):
            await cast.put(f"person {kind}", Person, until=out)


@pose
async def partner_search(cast: Cast, state: PartnerSearchState) -> None:
    await reach(cast, before.consortia)
    about = before.about_topic(cast) | {"organisation_id": cast.ids["organisation rival"]}
    said = {
        "kind": "need",
        "text": "A hospital.",
        "contact": "a@example.org",
        "account_id": cast.account("rival"),
    }
    await cast.add("partner_search", PartnerSearch, state=state, keywords=[], **said, **about)


@pose
async def proposal(cast: Cast, state: ProposalState) -> None:
    steps = {
        ProposalState.DRAFT: before.experts,
        ProposalState.WITHDRAWN: before.handing_in,
        ProposalState.IN_EVALUATION: after.evaluation,
        ProposalState.EVALUATED: after.ranked,
        ProposalState.DISCONTINUED: after.evaluation,
        **dict.fromkeys(
            (ProposalState.SELECTED, ProposalState.RESERVE, ProposalState.REJECTED), after.released
        ),
    }
    await reach(cast, steps.get(state, after.closing))
    await before.former(cast)
    await cast.put("proposal", Proposal, state=state)
    if state == ProposalState.IN_EVALUATION:
        await before.blind(cast)
    if state == ProposalState.DISCONTINUED:
        await cast.put("proposal", Proposal, released_at=days(0))
        await cast.put("topic_stage", TopicStage, state=TopicStageState.CANCELLED)
        await after.inviting(cast)  # it was invited to the second stage before its call was cancelled


@pose
async def information_request(cast: Cast, state: InformationState) -> None:
    await reach(cast, after.closing)
    await after.information(cast, state)


@pose
async def external_case(cast: Cast, state: ExternalCaseState) -> None:
    await reach(cast, after.released)
    await after.external_case(cast, state)


@pose
async def expert(cast: Cast, state: Any) -> None:
    await reach(cast, before.handing_in)
    cast.ids["expert"] = cast.ids["expert reviewer"]
    if state == ExpertState.ANONYMISED:
        await cast.put("expert", Expert, state=state, account_id=None, expertise=[])


@pose
async def contract(cast: Cast, state: ContractState) -> None:
    early = state in (ContractState.OFFERED, ContractState.DECLINED)
    await reach(cast, before.experts if early else after.evaluation)
    cast.ids["contract"] = cast.ids["contract unassigned_expert"]
    facts: dict[str, Any] = {"briefed_at": None} if early or state == ContractState.SIGNED else {}
    if state in (ContractState.ENDED, ContractState.TERMINATED, ContractState.DECLINED):
        facts["ended_at"] = days(0)
    await cast.put("contract", Contract, state=state, **facts)


@pose
async def campaign(cast: Cast, state: CampaignState) -> None:
    await reach(cast, before.experts)
    early = state == CampaignState.PREPARING
    await before.campaign(cast, state, AnswerState.LISTED if early else AnswerState.SENT)


@pose
async def expert_invitation(cast: Cast, state: AnswerState) -> None:
    await reach(cast, before.experts)
    await before.campaign(cast, CampaignState.SENT, state)


@pose
async def expert_name_list(cast: Cast, state: NameListState) -> None:
    await reach(cast, after.released)
    about = {"call_id": cast.ids["call"], "year": 2020}
    await cast.add("expert_name_list", NameList, state=state, **about)


@pose
async def statement(cast: Cast, state: StatementState) -> None:
    await reach(cast, after.evaluation)
    about = {"contract_id": cast.ids["contract reviewer"], "reports": 1, "days": 5}
    paid = {"paid_at": days(0)} if state == StatementState.PAID else {}
    await cast.add("statement", Statement, state=state, **about, **paid)


@pose
async def certificate(cast: Cast, state: CertificateState) -> None:
    await reach(cast, after.released)
    about = {"contract_id": cast.ids["contract reviewer"], "code": "A" * 26, "issued_at": days(0)}
    await cast.add("certificate", Certificate, state=state, facts=CERTIFIED[state], **about)


@pose
async def assignment(cast: Cast, state: AssignmentState) -> None:
    await reach(cast, after.evaluation)
    cast.ids["assignment"] = cast.ids["assignment reviewer"]
    declared = state in (AssignmentState.ACCEPTED, AssignmentState.REPORTED)
    await cast.put("assignment", Assignment, state=state, declared_at=days(-0.5) if declared else None)
    if state == AssignmentState.REPORTED:
        await after.report(cast, "reviewer", ReportState.SEALED)
    if state == AssignmentState.ACCEPTED:
        await before.blind(cast)


@pose
async def assignment_set(cast: Cast, state: SetState) -> None:
    await reach(cast, after.evaluation)
    await after.assignment_set(cast, state)


@pose
async def assignment_run(cast: Cast, state: RunState) -> None:
    await reach(cast, after.evaluation)
    going_on = state in (RunState.QUEUED, RunState.RUNNING)
    about = {"stage_id": cast.ids["stage"], "terms": after.TERMS, "ended_at": None if going_on else days(0)}
    await cast.add("assignment_run", AssignmentRun, state=state, **about)


@pose
async def conflict(cast: Cast, state: ConflictState) -> None:
    await reach(cast, after.evaluation)
    reason = None if state in (ConflictState.FOUND, ConflictState.DECLARED) else "reason"
    await cast.put("conflict", Conflict, state=state, situation="P1", reason=reason)


@pose
async def identity(cast: Cast, state: IdentityState) -> None:
    await reach(cast, before.experts)
    await before.identity(cast)


@pose
async def employment(cast: Cast, state: FactState) -> None:
    await reach(cast, before.experts)
    await before.employment(cast, state)


@pose
async def collaboration(cast: Cast, state: FactState) -> None:
    await reach(cast, before.experts)
    await before.collaboration(cast, state)


@pose
async def report(cast: Cast, state: ReportState) -> None:
    await reach(cast, after.agreeing if state == ReportState.SEALED else after.writing)
    cast.ids["report"] = cast.ids["report reviewer"]
    # Sealed since the group has begun; it may be reopened until the group takes it in.
    await cast.put("report", Report, state=state, in_group_at=None)


@pose
async def consensus(cast: Cast, state: ConsensusState) -> None:
    if state in (ConsensusState.FINAL, ConsensusState.VOIDED):
        await reach(cast, after.agreed)
        if state == ConsensusState.VOIDED:
            await cast.put("consensus", Consensus, state=state, final_at=None)
        await after.around(cast)
        return
    await reach(cast, after.writing if state == ConsensusState.DRAFTING else after.agreeing)
    await after.objection(cast)
    await after.around(cast)
    if state == ConsensusState.NO_CONSENSUS:
        await after.no_consensus(cast)


@pose
async def observation(cast: Cast, state: ObservationState) -> None:
    await reach(cast, after.evaluation)
    await cast.put("observation", Observation, state=state)


@pose
async def observer_report(cast: Cast, state: ObserverReportState) -> None:
    """The results are released; there is nothing in it that tells too much."""
    await reach(cast, after.released)
    published = state == ObserverReportState.PUBLISHED
    said: dict[str, Any] = {"paragraphs": ["It was fair."], "recommendations": ["Give more time."]}
    said |= {"checked": "Read.", "published_at": days(0)} if published else {}
    about = {"observation_id": cast.ids["observation"], "stage_id": cast.ids["stage"], "version": 1}
    about |= {"call_id": cast.ids["call"]}
    await cast.add("observer_report", ObserverReport, state=state, **said, **about)


@pose
async def panel(cast: Cast, state: PanelState) -> None:
    """While it is open there is a disagreement to settle."""
    if state == PanelState.OPEN:
        await reach(cast, after.agreeing)
        await after.objection(cast)
        await after.no_consensus(cast)
        return
    steps = {PanelState.RANKED: after.ranking, PanelState.CLOSED: after.ranked}
    await reach(cast, steps.get(state, after.agreed))  # a state with no further facts needs no step
    if state == PanelState.RANKED:
        await after.sitting(cast)
    await cast.put("panel", Panel, state=state)


@pose
async def panel_seat(cast: Cast, state: PanelSeatState) -> None:
    await reach(cast, after.ranking)
    await after.sitting(cast)
    await cast.put("panel_seat", PanelSeat, state=state)


@pose
async def panel_item(cast: Cast, state: ItemState) -> None:
    await reach(cast, after.ranking)
    await after.sitting(cast)
    await after.planned(cast)
    decided = {"outcome": "kept", "decided_at": days(0)} if state == ItemState.DECIDED else {}
    await cast.put("panel_item", AgendaItem, state=state, **decided)
    if state == ItemState.CURRENT:
        await before.blind(cast)


@pose
async def summary(cast: Cast, state: SummaryState) -> None:
    late = state in (SummaryState.RELEASED, SummaryState.WITHHELD)
    await reach(cast, after.released if late else after.ranked)
    await after.summarised(cast, state)


@pose
async def hearing_round(cast: Cast, state: RoundState) -> None:
    await reach(cast, after.ranking)
    await after.sitting(cast, declared=True)
    await after.hearing(cast, state, HearingState.PREPARED)


@pose
async def hearing(cast: Cast, state: HearingState) -> None:
    await reach(cast, after.ranking)
    await after.sitting(cast, declared=True)
    of_round = {HearingState.PREPARED: RoundState.PREPARED, HearingState.CANCELLED: RoundState.CANCELLED}
    await after.hearing(cast, of_round.get(state, RoundState.SENT), state)


@pose
async def ethics_screening(cast: Cast, state: EthicsState) -> None:
    await reach(cast, after.ranked if state in AT_WORK else after.released)
    await after.screening(cast, state)
    gone = state == EthicsState.VOIDED
    await after.ethics_seat(cast, EthicsSeatState.ENDED if gone else EthicsSeatState.ACCEPTED)
    await after.one_more(cast)
    if gone:
        await cast.put("proposal", Proposal, state=ProposalState.WITHDRAWN)


@pose
async def ethics_seat(cast: Cast, state: EthicsSeatState) -> None:
    await reach(cast, after.ranked)
    await after.screening(cast, EthicsState.OPEN)
    await after.ethics_seat(cast, state)


@pose
async def decision(cast: Cast, state: DecisionState) -> None:
    await reach(cast, after.released if state == DecisionState.RELEASED else after.decided)
    if state == DecisionState.ADOPTED:
        seen = await send(cast, "office", "GET", f"/v1/decisions/{cast.ids['decision']}/preview")
        cast.preview = seen.content["digest"]
    if state == DecisionState.SUPERSEDED:
        await after.returned(cast)


@pose
async def full_text_request(cast: Cast, state: FullTextState) -> None:
    await reach(cast, after.ranked)
    await after.full_text(cast)


@pose
async def what_if(cast: Cast, state: Any) -> None:
    await reach(cast, after.voting)
    await after.what_if(cast)


@pose
async def reserve_list(cast: Cast, state: ReserveListState) -> None:
    """What was selected has left, so that there is money for who is on reserve."""
    await reach(cast, after.released)
    await after.on_reserve(cast, state)


@pose
async def invitation(cast: Cast, state: InvitationState) -> None:
    await reach(cast, after.released)
    await after.inviting(cast, state)


@pose
async def letter(cast: Cast, state: LetterState) -> None:
    await reach(cast, after.released)
    await after.letter(cast, state)


@pose
async def redress(cast: Cast, state: RedressState) -> None:
    await reach(cast, after.released)
    await after.letter(cast)
    await after.redress(cast, state)
    if state == RedressState.RE_EVALUATION:
        await after.re_evaluation(cast, ReEvaluationState.FINAL)


@pose
async def re_evaluation(cast: Cast, state: ReEvaluationState) -> None:
    await reach(cast, after.released)
    await after.redress(cast, RedressState.RE_EVALUATION)
    await after.re_evaluation(cast, state)
    if state == ReEvaluationState.AGREEING:
        await before.blind(cast)


@pose
async def industry_member(cast: Cast, state: IndustryMemberState) -> None:
    await reach(cast, before.consortia)
    cast.ids["industry_member"] = cast.ids["member industry_partner"]
    await cast.put("industry_member", IndustryMember, state=state)


@pose
async def grant(cast: Cast, state: GrantState) -> None:
    await reach(cast, after.granting)
    if state == GrantState.SIGNED:
        await cast.put("grant", Grant, state=state, signed_by=cast.account("signatory"), signed_at=days(0))
    if state == GrantState.FAILED:
        await cast.put("grant", Grant, state=state, failed_reason="ETHICS", failed_text="Text.")


@pose
async def focus_area(cast: Cast, state: FocusAreaState) -> None:
    await reach(cast, before.call)
    await before.in_a_field(cast)
    await cast.put("focus_area", FocusArea, state=state)


@pose
async def screening(cast: Cast, state: ScreeningState) -> None:
    await reach(cast, before.call)
    await before.screening(cast)


@pose
async def amendment(cast: Cast, state: Any) -> None:
    await reach(cast, before.experts)
    await before.amendment(cast)


@pose
async def question(cast: Cast, state: QuestionState) -> None:
    await reach(cast, before.experts)
    await before.question(cast, state)


@pose
async def co_author(cast: Cast, state: CoAuthorState) -> None:
    await reach(cast, before.call)
    await cast.put("topic", Topic, state=TopicState.DRAFTING)
    await before.co_author(cast, state)


@pose
async def topic_opinion(cast: Cast, state: OpinionState) -> None:
    await reach(cast, before.call)
    await cast.put("topic", Topic, state=TopicState.FINAL_DRAFT)
    await before.opinion(cast, state)


@pose
async def corrigendum(cast: Cast, state: CorrigendumState) -> None:
    await reach(cast, before.consortia)
    await before.corrigendum(cast, state)
