"""The table of observations."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from app.calls.access import impartial
from app.calls.models import LIVE, Call
from app.core.reason import Reason
from app.evaluation.observer.access import appointed
from app.evaluation.observer.models import Observation, ObservationState
from app.evaluation.observer.schemas import Declare, NameObserver
from app.people.access import office, roles_of
from app.people.queries import somebody
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow

Why = Iterable[Reason]
NAMED = ObservationState.NAMED
WATCHING = ObservationState.WATCHING
ENDED = ObservationState.ENDED


NO_OUTSIDERS = frozenset({"office", "signatory", "committee", "committee_chair", "advisory_member"})


def call_goes_on(call: Call, ask: Ask) -> Why:
    if call.state not in LIVE:
        yield Reason("call-not-live", "The call is not published, or has come to its end.", who="office")


def begins_before_it_ends(call: Call, ask: Ask) -> Why:
    if ask.data is not None and ask.data.ends_at <= ask.data.starts_at:
        yield Reason("ends-first", "An observation ends after it has begun.", "/ends_at", "office")


def in_its_time(observation: Observation, ask: Ask) -> Why:
    if not observation.starts_at <= ask.now < observation.ends_at:
        yield Reason("not-now", "It is not the time of this observation.", who="office")


def something_was_handed_in(observation: Observation, ask: Ask) -> Why:
    """Until a deadline is over nobody knows what a declaration would be about."""
    if not any(stage.closes_at < ask.now for stage in observation.call.stages):
        yield Reason("nothing-handed-in", "The deadline is not over: there is nothing to declare on.")


async def take_post(observation: Observation, act: Act) -> None:
    observation.call = act.parent
    for name in type(act.data).model_fields:
        setattr(observation, name, getattr(act.data, name))


async def is_observer(observation: Observation, act: Act) -> None:
    """Refuse whoever does not hold the role, or is no outsider."""
    account = await somebody(act.session, act.data.account_id, "/body/account_id")
    if reasons := unfit(await act.session.scalar(select(roles_of(account.id, act.now))) or ()):
        raise refuse(OBSERVATION, "name", observation, act, reasons)


def unfit(roles: Collection[str]) -> list[Reason]:
    """Why somebody with these roles observes nothing: who runs, advises or decides is not independent."""
    reasons = []
    if "observer" not in roles:
        told = "This is nobody of the role observer."
        reasons.append(Reason("no-role", told, "/account_id", "office"))
    if not NO_OUTSIDERS.isdisjoint(roles):
        told = "Whoever runs the process, advises or decides in it does not observe it."
        reasons.append(Reason("not-independent", told, "/account_id", "office"))
    return reasons


async def date_declaration(observation: Observation, act: Act) -> None:
    observation.declared_at = act.now


OBSERVATION = Workflow(
    "observation",
    ObservationState,
    final={ENDED},
    title="observation of a call",
    transitions=(
        Transition("name", set(), NAMED, office & impartial, "Name an independent observer of a call (A-13).",
                   guards=(call_goes_on, begins_before_it_ends), effects=(take_post, is_observer),
                   data=NameObserver, under="call"),
        Transition("declare", {NAMED, WATCHING}, WATCHING, appointed,
                   "Declare what conflicts there are; only then is anything of the evaluation shown.",
                   guards=(in_its_time, something_was_handed_in), effects=(date_declaration,), data=Declare,
                   needs=("call.stages",)),
        Transition("end", {NAMED, WATCHING}, ENDED, office, "End it; nothing more is shown."),
    ),
)  # fmt: skip
