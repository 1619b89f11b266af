"""The table of published lists of names."""

from collections.abc import Iterable
from uuid import uuid4

from sqlalchemy import select

from app.calls.models import LEFT, Call, TopicStageState
from app.calls.periods import day_of
from app.core.reason import Reason
from app.experts.models import Contract, Expert
from app.experts.names.models import ListedName, NameList, NameListState
from app.people.access import office
from app.people.models import Account
from app.workflow.run import Act, refuse
from app.workflow.table import Ask, Transition, Workflow

PUBLISHED = NameListState.PUBLISHED
STAGES = ("stages.topic_stages",)


def evaluation_is_over(call: Call, ask: Ask) -> Iterable[Reason]:
    """Every topic of every stage has its results released, and one at least; else nobody is named."""
    states = [part.state for stage in call.stages for part in stage.topic_stages if part.state not in LEFT]
    if not states or any(state != TopicStageState.RELEASED for state in states):
        yield Reason("evaluation-not-over", "The results of its topics are not all released.", who="office")


async def gather_names(published: NameList, act: Act) -> None:
    """All who signed a contract for the call, by name alone, in the order of the alphabet."""
    published.call, published.year = act.parent, day_of(act.now).year
    signed = select(Contract.expert_id).where(
        Contract.call_id == published.call.id, Contract.signed_at.is_not(None)
    )
    people = select(Expert.id, Account.name).join(Expert.account).where(Expert.id.in_(signed))
    published.listed = [
        ListedName(id=uuid4(), expert_id=key, name=name)
        for key, name in await act.session.execute(people.order_by(Account.name, Expert.id))
    ]
    act.note(experts=len(published.listed))
    if not published.listed:
        reason = Reason("nobody", "Nobody signed a contract for this call.", who="office")
        raise refuse(NAME_LIST, "publish_names", published, act, [reason])


NAME_LIST = Workflow(
    "expert_name_list",
    NameListState,
    final={PUBLISHED},
    title="list of experts",
    transitions=(
        Transition("publish_names", set(), PUBLISHED, office,
                   "Publish the names of all experts of the call, once a year, and never by proposal.",
                   guards=(evaluation_is_over,), effects=(gather_names,), under="call", needs=STAGES),
    ),
)  # fmt: skip
