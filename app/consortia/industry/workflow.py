"""The table of a topic's industry consortium."""

from collections.abc import Iterable

from app.consortia.industry import effects
from app.consortia.industry.models import IndustryMemberState
from app.consortia.industry.schemas import EditMember, NameMember, ReplacePerson
from app.core.reason import Reason
from app.people.access import office
from app.topics.models import Topic, TopicState
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import system

NAMED, ENDED = IndustryMemberState.NAMED, IndustryMemberState.ENDED
TO_BE_WRITTEN_FOR = (
    TopicState.DRAFTING,
    TopicState.CONSULTATION,
    TopicState.FINAL_DRAFT,
    TopicState.ADOPTED,
    TopicState.IN_CALL,
)


def topic_is_under_way(topic: Topic, ask: Ask) -> Iterable[Reason]:
    if topic.state not in TO_BE_WRITTEN_FOR:
        yield Reason("topic-not-under-way", "No proposal will be written for this topic.", who="office")


INDUSTRY_MEMBER = Workflow(
    "industry_member",
    IndustryMemberState,
    final={ENDED},
    title="member of an industry consortium",
    transitions=(
        Transition("name", set(), NAMED, office,
                   "Name an organisation of the topic's industry consortium, and who acts for it (A-15).",
                   guards=(topic_is_under_way,),
                   effects=(fill, effects.place, effects.know_the_person), data=NameMember, under="topic"),
        Transition("edit", {NAMED}, None, office, "Change what it has announced to bring, or who leads.",
                   effects=(fill,), data=EditMember),
        Transition("replace", {NAMED}, None, office, "Let another person act for it.",
                   effects=(fill, effects.know_the_person), data=ReplacePerson),
        Transition("end", {NAMED}, ENDED, office, "It takes no part any more; access ends at once."),
        Transition("follow_merge", {NAMED, ENDED}, None, system,
                   "Its organisation was merged into another.", effects=(effects.follow,)),
    ),
)  # fmt: skip
