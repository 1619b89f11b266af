"""What follows for a new evaluation: from the signatory, its experts, and when one of them is forgotten."""

from sqlalchemy import select, update

from app.calls.chosen import scheme_of
from app.core.reason import Reason
from app.decisions.redress import letters
from app.decisions.redress.models import Redress
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationSeat
from app.decisions.redress.re_evaluation.workflow import RE_EVALUATION, SEATS
from app.evaluation.panel.models import Panel, Place
from app.experts.models import Contract, Expert
from app.experts.profile.workflow import EXPERT
from app.proposals.external_case.models import HOLDING, ExternalCase
from app.workflow.rows import lock_all
from app.workflow.run import Act, create, fire, refuse


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


async def keep_for_cases(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`: refuse while a court or the ombudsman has a case about a proposal
    that they evaluated anew. The cases are locked, so that none is closed or noted meanwhile unseen."""
    judged = select(ReEvaluation.proposal_id).join(ReEvaluation.seats).join(ReEvaluationSeat.contract)
    about = ExternalCase.proposal_id.in_(judged.where(Contract.expert_id == expert.id))
    cases = await lock_all(
        act.session, ExternalCase, await act.session.scalars(select(ExternalCase.id).where(about))
    )
    if any(case.state in HOLDING for case in cases):
        told = "A court or the ombudsman has a case about a proposal that the expert evaluated anew."
        raise refuse(EXPERT, "anonymise", expert, act, [Reason("case-open", told, who="office")])


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
