"""The tables of consortium and partner."""

from collections.abc import Iterable
from typing import Any

from app.calls.models import TopicStage
from app.calls.rules import gone, late
from app.consortia import effects
from app.consortia.access import bearer, coordinator, own, own_contact
from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState
from app.consortia.schemas import Coordinate, EditPartner, Form, InvitePartner, Merge
from app.core.reason import Reason
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import signed_in, system

Why = Iterable[Reason]
INVITED = PartnerState.INVITED
ACCEPTED = PartnerState.ACCEPTED
SIGNED = PartnerState.SIGNED
DECLINED = PartnerState.DECLINED
LEFT = PartnerState.LEFT
REMOVED = PartnerState.REMOVED


def stage_open(topic_stage: TopicStage, ask: Ask) -> Why:
    stage = topic_stage.stage
    yield from gone(topic_stage.state)
    yield from late(stage.opens_at, stage.closes_at, ask.now)


def while_open(here: Consortium | Partner | Any, ask: Ask) -> Why:
    consortium = here.consortium if isinstance(here, Partner) else here
    yield from stage_open(consortium.topic_stage, ask)


def not_coordinating(partner: Partner, ask: Ask) -> Why:
    if partner.coordinates:
        yield Reason("coordinates", "The coordinating partner stays as long as the consortium does.")


def in_the_first_stage(topic_stage: TopicStage, ask: Ask) -> Why:
    """C-06: consortia of a second stage are those of invited short proposals, merged with industry."""
    if topic_stage.stage.number > 1:
        told = "In the second stage a consortium is that of an invited short proposal, merged with industry."
        yield Reason("by-invitation", told)


CONSORTIUM = Workflow(
    "consortium",
    ConsortiumState,
    final={ConsortiumState.ACTIVE},
    transitions=(
        Transition("form", set(), ConsortiumState.ACTIVE, signed_in,
                   "Form a consortium for the topic; your organisation coordinates it.",
                   guards=(stage_open, in_the_first_stage), effects=(effects.gather,), data=Form,
                   under="topic_stage", needs=("stage", "topic")),
        Transition("merge", set(), ConsortiumState.ACTIVE, system,
                   "The consortium of an invited short proposal and the topic's industry consortium are one.",
                   effects=(effects.gather,), data=Merge),
    ),
)  # fmt: skip

STAGE = ("consortium.topic_stage.stage",)
MAIL = (*STAGE, "consortium.topic_stage.topic", "organisation", "people")
PARTNER = Workflow(
    "partner",
    PartnerState,
    final={DECLINED, LEFT, REMOVED},
    transitions=(
        Transition("coordinate", set(), ACCEPTED, system, "The founder's organisation leads it.",
                   effects=(effects.take_the_lead,), data=Coordinate),
        Transition("carry_over", set(), ACCEPTED, system,
                   "It goes on in the merged consortium, and signs its part anew.",
                   effects=(effects.carry_over,)),
        Transition("bring_in", set(), ACCEPTED, system,
                   "A member of the topic's industry consortium takes part in the merged one.",
                   effects=(effects.bring_in,)),
        Transition("invite", set(), INVITED, coordinator, "Invite an organisation, by a mail with a link.",
                   guards=(while_open,), effects=(effects.ask, effects.send_link), data=InvitePartner,
                   under="consortium",
                   needs=("topic_stage.stage", "topic_stage.topic", "partners")),
        Transition("invite_again", {INVITED}, None, coordinator, "Mail another link; the one before ends.",
                   guards=(while_open,), effects=(effects.send_link,), needs=MAIL),
        Transition("accept", {INVITED}, ACCEPTED, bearer, "Take part.", guards=(while_open,),
                   effects=(effects.answer,), needs=STAGE, custom_route=True),
        Transition("decline", {INVITED}, DECLINED, bearer, "Take no part.", effects=(effects.answer,),
                   custom_route=True),
        Transition("edit", {ACCEPTED}, None, own | coordinator, "Say what the partner asks for.",
                   guards=(while_open,), effects=(fill,), data=EditPartner, needs=STAGE),
        Transition("edit", {SIGNED}, ACCEPTED, own | coordinator,
                   "Change a signed part; the signature is void.", guards=(while_open,), effects=(fill,),
                   data=EditPartner, needs=STAGE),
        Transition("sign", {ACCEPTED}, SIGNED, own_contact, "Stand for the partner's part as it is.",
                   guards=(while_open,), needs=STAGE),
        Transition("leave", {ACCEPTED, SIGNED}, LEFT, own_contact, "Leave; access ends at once.",
                   guards=(not_coordinating,), effects=(effects.end_access,), needs=("people",)),
        Transition("remove", {INVITED, ACCEPTED, SIGNED}, REMOVED, coordinator,
                   "Remove a partner; its access ends at once.", guards=(not_coordinating,),
                   effects=(effects.end_access,), needs=("people",)),
        Transition("follow_merge", set(PartnerState), None, system,
                   "Its organisation was merged into another; the part stays as it is.",
                   effects=(effects.follow,)),
    ),
)  # fmt: skip
