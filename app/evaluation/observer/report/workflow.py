"""The table of observers' reports."""

from asyncio import to_thread
from collections.abc import Iterable, Iterator

from app.consortia.disclosure import told_in
from app.core.reason import Reason
from app.evaluation.observer.access import appointed
from app.evaluation.observer.models import Observation
from app.evaluation.observer.report import effects
from app.evaluation.observer.report.access import author, office
from app.evaluation.observer.report.models import ObserverReport, ObserverReportState
from app.evaluation.observer.report.queries import not_released, watch_of
from app.evaluation.observer.report.schemas import Answer, Because, Begin, Publish, SendBack, Write
from app.workflow.run import Act, fill, refuse
from app.workflow.table import Ask, Transition, Workflow

Why = Iterable[Reason]
DRAFT = ObserverReportState.DRAFT
SUBMITTED = ObserverReportState.SUBMITTED
RETURNED = ObserverReportState.RETURNED
PUBLISHED = ObserverReportState.PUBLISHED
SAYS = {
    "mail": "A mail address stands",
    "orcid": "An ORCID id stands",
    "name": "Somebody is named",
    "reference": "A proposal is named",
}


def has_declared(observation: Observation, ask: Ask) -> Why:
    """Also once the observation has ended: the report comes after the work."""
    if observation.declared_at is None:
        yield Reason("not-declared", "The observer has not declared, and has seen nothing.", who="observer")


def call_has_the_stage(observation: Observation, ask: Ask) -> Why:
    if ask.data is not None and ask.data.stage not in {one.number for one in observation.call.stages}:
        yield Reason("no-stage", "The call has no such stage.", "/stage")


def says_something(report: ObserverReport, ask: Ask) -> Why:
    if not report.paragraphs:
        yield Reason("nothing-written", "There is no paragraph.", "/paragraphs")


def passages_stand_in_it(report: ObserverReport, ask: Ask) -> Why:
    for number, one in enumerate(ask.data.passages if ask.data is not None else ()):
        yield from _stands(report, one.passage, f"/passages/{number}/passage")


def passage_stands_in_it(report: ObserverReport, ask: Ask) -> Why:
    if ask.data is not None:
        yield from _stands(report, ask.data.passage, "/passage")


def _stands(report: ObserverReport, passage: str, path: str) -> Iterator[Reason]:
    if not any(passage in text for _, text in report.texts):
        yield Reason("no-such-passage", "This does not stand in the report.", path, "office")


def recommendation_is_there(report: ObserverReport, ask: Ask) -> Why:
    if ask.data is not None and ask.data.recommendation >= len(report.recommendations):
        yield Reason("no-recommendation", "There is no such recommendation.", "/recommendation", "office")


async def results_are_out(report: ObserverReport, act: Act) -> None:
    """Refuse before the release: who reads how an evaluation went may conclude how it ended."""
    if await not_released(act.session, report.stage_id):
        reason = Reason("not-released", "The results of a topic of the stage are not released.", who="office")
        raise refuse(OBSERVER_REPORT, "publish", report, act, [reason])


async def discloses_nothing(report: ObserverReport, act: Act) -> None:
    """Refuse while a name, an address or a proposal stands in it that the office has not cleared."""
    watch = await watch_of(act.session, report.call_id)
    found = await to_thread(told_in, dict(report.texts), watch)
    cleared = {one["passage"] for one in report.cleared}
    reasons = [
        Reason(f"discloses-{one.kind}", f"{SAYS[one.kind]} here: {one.passage}.", one.place, "office")
        for one in found
        if one.passage not in cleared
    ]
    if reasons:
        raise refuse(OBSERVER_REPORT, "publish", report, act, reasons)


async def answer_discloses_nothing(report: ObserverReport, act: Act) -> None:
    """What is published already is added to under the same check."""
    if report.published_at is not None:
        await discloses_nothing(report, act)


OBSERVER_REPORT = Workflow(
    "observer_report",
    ObserverReportState,
    final={PUBLISHED},
    title="observer's report",
    transitions=(
        Transition("begin", set(), DRAFT, appointed, "Begin the report on a stage of the call (A-13).",
                   guards=(has_declared, call_has_the_stage), effects=(effects.lay_out,), data=Begin,
                   under="observation", needs=("call.stages",)),
        Transition("edit", {DRAFT, RETURNED}, None, author, "Write it: paragraphs and recommendations.",
                   effects=(effects.take_answers_back, fill), data=Write),
        Transition("submit", {DRAFT, RETURNED}, SUBMITTED, author, "Hand it to the office.",
                   guards=(says_something,), effects=(effects.date_submission,)),
        Transition("send_back", {SUBMITTED}, RETURNED, office,
                   "Return it: mark what is confidential, each passage with the reason; no word is changed.",
                   guards=(passages_stand_in_it,), effects=(effects.keep_returned,), data=SendBack),
        Transition("clear", {SUBMITTED}, None, office,
                   "Let a passage stand that looks like a name, an address or a proposal, with the reason.",
                   guards=(passage_stands_in_it,), effects=(effects.keep_cleared,), data=Because),
        Transition("answer", {SUBMITTED, PUBLISHED}, None, office, "Answer a recommendation.",
                   guards=(recommendation_is_there,),
                   effects=(effects.keep_answer, answer_discloses_nothing), data=Answer),
        Transition("publish", {SUBMITTED}, PUBLISHED, office,
                   "Publish it, once the results are released and nothing confidential is found in it.",
                   effects=(results_are_out, discloses_nothing, effects.date_publication), data=Publish),
    ),
)  # fmt: skip
