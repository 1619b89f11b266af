"""What the rows of an observer's report bring about."""

from app.evaluation.observer.models import Observation
from app.evaluation.observer.report.models import ObserverReport
from app.workflow.run import Act


async def lay_out(report: ObserverReport, act: Act) -> None:
    """About the stage that is named, if the call has it."""
    observation: Observation = act.parent
    report.observation, report.call_id = observation, observation.call_id
    (report.stage,) = [one for one in observation.call.stages if one.number == act.data.stage]


async def date_submission(report: ObserverReport, act: Act) -> None:
    report.submitted_at = act.now


async def keep_returned(report: ObserverReport, act: Act) -> None:
    report.returned = [*report.returned, *(one.model_dump() for one in act.data.passages)]


async def keep_cleared(report: ObserverReport, act: Act) -> None:
    report.cleared = [*report.cleared, act.data.model_dump()]


async def keep_answer(report: ObserverReport, act: Act) -> None:
    others = [one for one in report.answers if one["recommendation"] != act.data.recommendation]
    given = act.data.model_dump() | {"at": act.now.isoformat()}
    report.answers = sorted([*others, given], key=lambda one: one["recommendation"])


async def take_answers_back(report: ObserverReport, act: Act) -> None:
    """Recommendations that are written anew are answered anew."""
    if "recommendations" in act.data.model_fields_set:
        report.answers = []


async def date_publication(report: ObserverReport, act: Act) -> None:
    report.checked, report.published_at = act.data.check, act.now
