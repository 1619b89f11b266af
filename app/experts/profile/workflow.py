"""The table of experts: how people come into the pool, and what they say of themselves there."""

from app.experts.access import oneself
from app.experts.models import ExpertState
from app.experts.profile import effects
from app.experts.profile.schemas import ListPublications, Profile, Register
from app.people.access import office
from app.workflow.table import Transition, Workflow
from app.workflow.who import signed_in, system

ACTIVE = ExpertState.ACTIVE
SAID = (effects.employer_known, effects.terms_known, effects.keep_profile)

EXPERT = Workflow(
    "expert",
    ExpertState,
    final={ACTIVE},
    transitions=(
        Transition("register", set(), ACTIVE, office, "Take a person into the pool.",
                   effects=(effects.of_account, *SAID), data=Register),
        Transition("join", set(), ACTIVE, signed_in, "Offer oneself as an expert.",
                   effects=(effects.of_oneself, *SAID), data=Profile, custom_route=True),
        Transition("take_in", set(), ACTIVE, system, "Somebody has accepted to be an expert of a call.",
                   effects=(effects.invited,)),
        Transition("edit", {ACTIVE}, None, office | oneself, "Change what is said of the expert.",
                   effects=SAID, data=Profile),
        Transition("list_publications", {ACTIVE}, None, office | oneself,
                   "Give the expert's publications, the whole list.",
                   effects=(effects.replace_list,), data=ListPublications, needs=("publications",)),
        Transition("follow_merge", {ACTIVE}, None, system, "The employer was merged into another.",
                   effects=(effects.follow,)),
    ),
)  # fmt: skip
