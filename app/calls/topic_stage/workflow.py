"""The table of topics in a stage."""

from collections.abc import Iterable

from app.calls import effects
from app.calls.models import Stage, TopicStage, TopicStageState
from app.calls.overrides import why_not
from app.calls.rules import Phase, phase
from app.calls.schemas import Because
from app.calls.stage.workflow import call_still_preparing
from app.calls.topic_stage.schemas import ConfigureTopic, Include
from app.calls.workflow import only_raised, still_preparing
from app.core.reason import Reason
from app.people.access import office
from app.workflow.run import fill
from app.workflow.table import Ask, State, Transition, Workflow
from app.workflow.who import system

Why = Iterable[Reason]
SCHEDULED = TopicStageState.SCHEDULED
CHECKING = TopicStageState.CHECKING
EVALUATION = TopicStageState.EVALUATION
RANKED = TopicStageState.RANKED
DECIDED = TopicStageState.DECIDED
RELEASED = TopicStageState.RELEASED
WITHDRAWN = TopicStageState.WITHDRAWN
CANCELLED = TopicStageState.CANCELLED


def call_rules_sound(stage: Stage, ask: Ask) -> Why:
    yield from why_not(stage.call.rule_set, stage.call.overrides)


def stage_still_preparing(part: TopicStage, ask: Ask) -> Why:
    yield from still_preparing(part.stage.call, ask)


def before_deadline(part: TopicStage, ask: Ask) -> Why:
    if phase(part.stage.opens_at, part.stage.closes_at, ask.now) is Phase.CLOSED:
        yield Reason("deadline-passed", "The deadline has passed.", who="office")


def only_lowered(part: TopicStage, ask: Ask) -> Why:
    if not 0 < ask.data.budget < part.budget:
        yield Reason(
            "not-a-part", f"Of {part.budget} euro some must go, and some must stay.", "/amount", "office"
        )


UNDECIDED = frozenset[State]({SCHEDULED, CHECKING, EVALUATION, RANKED})
RAISED = UNDECIDED | {RELEASED}
"""Where money is added: under embargo a decision is not overtaken, once released its reserve list is used."""


TOPIC_STAGE = Workflow(
    "topic_stage",
    TopicStageState,
    final={RELEASED, WITHDRAWN, CANCELLED},
    title="topic in a stage",
    transitions=(
        Transition("include", set(), SCHEDULED, office, "Put a topic into the stage, with its budget.",
                   guards=(call_still_preparing, call_rules_sound), effects=(fill, effects.add_to_stage),
                   data=Include, under="stage", needs=("call.votes",)),
        Transition("configure", {SCHEDULED}, None, office,
                   "Change its money or what is expected of it, until the vote.",
                   guards=(stage_still_preparing,), effects=(fill,), data=ConfigureTopic,
                   needs=("stage.call.votes",)),
        Transition("start_checks", {SCHEDULED}, CHECKING, system, "The deadline has passed."),
        Transition("begin_evaluation", {CHECKING}, EVALUATION, office, "All checks are done."),
        Transition("raise_envelope", RAISED, None, system,
                   "The committee has raised its envelope (K-04), once released for the reserve list (K-05).",
                   guards=(only_raised,), effects=(effects.raise_to,)),
        Transition("rank", {EVALUATION}, RANKED, system, "The panel has closed its list."),
        Transition("evaluate_again", {RANKED, DECIDED}, EVALUATION, system,
                   "Its list is reopened, and made anew."),
        Transition("decide", {RANKED}, DECIDED, system, "The committee has adopted the list."),
        Transition("release_findings", {EVALUATION, RANKED, DECIDED}, None, office,
                   "Tell those found inadmissible or ineligible, before the others are decided on.",
                   second=True),
        Transition("release", {DECIDED}, RELEASED, system, "Applicants are told.",
                   effects=(effects.announce,)),
        Transition("reopen", {CHECKING}, SCHEDULED, system, "Its deadline was moved after it had passed.",
                   effects=(effects.announce,)),
        Transition("withdraw_from_call", {SCHEDULED}, WITHDRAWN, system,
                   "The deciding body takes it out of the call, before the deadline.",
                   guards=(before_deadline,), needs=("stage",), data=Because),
        Transition("give_budget", RAISED | {DECIDED}, None, system,
                   "The committee moves money of it to another topic (K-04).",
                   guards=(only_lowered,), effects=(effects.raise_to,)),
        Transition("cover_redress", {RELEASED}, None, system,
                   "The committee gives it the money for an upheld request for a review (Z-06).",
                   guards=(only_raised,), effects=(effects.raise_to,)),
        Transition("give_to_redress", {RELEASED}, None, system,
                   "The committee moves money that it does not need to an upheld request (Z-06).",
                   guards=(only_lowered,), effects=(effects.raise_to,)),
        Transition("cancel", UNDECIDED | {DECIDED}, CANCELLED, system, "Its call is cancelled."),
    ),
)  # fmt: skip
