"""The table of information requests."""

from collections.abc import Iterable

from app.calls.chosen import rules_of
from app.calls.rules import LAST_SECOND, in_words
from app.consortia.access import coordinator, deputy_contact
from app.core.reason import Reason
from app.people.access import office
from app.proposals.information import effects
from app.proposals.information.models import InformationRequest, InformationState
from app.proposals.information.schemas import AnswerRequest, AskForInformation, CloseRequest
from app.proposals.models import GOING_ON, Proposal
from app.proposals.workflow import RULES, closed
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
ASKED = InformationState.ASKED
ANSWERED = InformationState.ANSWERED
LAPSED = InformationState.LAPSED
CLOSED = InformationState.CLOSED


def going_on(proposal: Proposal, ask: Ask) -> Why:
    if proposal.state not in GOING_ON:
        yield Reason("not-in-the-process", "Nothing more is asked about this proposal.", who="office")


def period_given(proposal: Proposal, ask: Ask) -> Why:
    if rules_of(proposal.topic_stage.stage.call).information_days is None:
        yield Reason("no-period", "The rules of the call say of no days to answer in.", who="office")


def in_time(request: InformationRequest, ask: Ask) -> Why:
    """Until the end of its last second; whatever has become of the proposal shows in no answer."""
    if ask.now >= request.until + LAST_SECOND:
        told = f"There was time to answer until {in_words(request.until)}, Brussels time."
        yield Reason("period-over", told)


INFORMATION_REQUEST = Workflow(
    "information_request",
    InformationState,
    final={CLOSED},
    title="information request",
    transitions=(
        Transition("ask", set(), ASKED, office,
                   "Ask the coordinator about a doubt on admissibility or eligibility; the answer may clear "
                   "it, and never improves the proposal.",
                   guards=(closed, going_on, period_given), effects=(effects.put, effects.tell_applicant),
                   data=AskForInformation, under="proposal", needs=RULES),
        Transition("answer", {ASKED}, ANSWERED, coordinator | deputy_contact, "Answer, once.",
                   guards=(in_time,), effects=(effects.keep_answer, effects.tell_officer), data=AnswerRequest,
                   needs=("proposal",)),
        Transition("lapse", {ASKED}, LAPSED, system, "Its last day is over."),
        Transition("close", {ANSWERED, LAPSED}, CLOSED, office, "Say what it means for the checks.",
                   effects=(effects.keep_outcome,), data=CloseRequest),
    ),
)  # fmt: skip
