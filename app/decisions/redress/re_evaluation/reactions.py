"""What follows for a new evaluation: from the signatory, its experts, and when one of them is forgotten."""

from sqlalchemy import select, update

from app.calls.chosen import scheme_of
from app.decisions.redress import letters
from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationSeat
from app.decisions.redress.re_evaluation.workflow import RE_EVALUATION, SEATS
from app.evaluation.panel.models import Panel, Place
from app.experts.models import Contract, Expert
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire


async def begin(redress: Redress, act: Act) -> None:
    """Reaction to a request's `uphold`: the criteria it names, or all where there are no scores to keep."""
    here = select(Place.scores).join(Panel, Panel.id == Place.panel_id)
    on_list = here.where(
        Panel.topic_stage_id == redress.topic_stage_id, Place.proposal_id == redress.proposal_id
    )
    old = await act.session.scalar(on_list) or {}
    every = [one.code for one in scheme_of(redress.topic_stage).criteria]
    again = ReEvaluation(redress=redress, proposal_id=redress.proposal_id, topic_id=redress.topic_id)
    again.criteria = [code for code in every if not old or not redress.criteria or code in redress.criteria]
    again.old, again.agreed, again.scores, again.round, again.seats = old, {}, {}, 0, []
    await create(RE_EVALUATION, "begin", again, act.given(None))


async def tell_named(subject: ReEvaluation, act: Act) -> None:
    """Reaction to `seat_expert`: whoever is named is asked to declare."""
    account = subject.seats[-1].contract.expert.account
    assert account is not None  # who has no account is not seated
    await letters.tell_named(account, letters.EXPERT, "re_evaluation", subject.id, act)


async def forget_ties(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: that a seat was given up stays, what stood behind it does not."""
    theirs = select(Contract.id).where(Contract.expert_id == expert.id)
    given_up = (ReEvaluationSeat.contract_id.in_(theirs), ReEvaluationSeat.out_for.is_not(None))
    blank = update(ReEvaluationSeat).where(*given_up).values(out_for="")
    await act.session.execute(blank.execution_options(synchronize_session=False))


async def finish_if_agreed(subject: ReEvaluation, act: Act) -> None:
    """Reaction to `draft` and `approve`: with the last approval it is final."""
    (again,) = await lock_all(act.session, ReEvaluation, [subject.id], SEATS)
    if all(one.approved == again.round for one in again.sitting):
        await fire(RE_EVALUATION, "finish", again, act.given(None))
