"""The tables of consortium and partner."""

from collections.abc import Iterable
from typing import Any

from app.calls.models import TopicStage
from app.calls.rules import gone, late
from app.consortia import effects
from app.consortia.access import bearer, coordinator, own, own_contact
from app.consortia.budget import effects as budget
from app.consortia.budget.parts import declared_by
from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState
from app.consortia.schemas import Coordinate, EditConsortium, EditPartner, Form, InvitePartner, Sign
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


def as_it_was_read(partner: Partner, ask: Ask) -> Why:
    if ask.data is not None and ask.data.version != partner.version:
        told = f"The part has been changed since; version {partner.version} is to be signed."
        yield Reason("changed-since", told, "/body/version", "sender")


def all_declared(partner: Partner, ask: Ask) -> Why:
    if ask.data is None:
        return
    asked = {one.key: one.text for one in declared_by(partner)}
    for key, text in asked.items():
        if key not in ask.data.declarations:
            told = f"It is not confirmed that: {text}"
            yield Reason("not-declared", told, f"/body/declarations/{key}", "partner")
    if set(ask.data.declarations) - set(asked):
        told = f"The declarations are: {', '.join(asked) or 'none'}."
        yield Reason("no-such-declaration", told, "/body/declarations", "sender")


CONSORTIUM = Workflow(
    "consortium",
    ConsortiumState,
    final={ConsortiumState.ACTIVE},
    transitions=(
        Transition("form", set(), ConsortiumState.ACTIVE, signed_in,
                   "Form a consortium for the topic; your organisation coordinates it.", guards=(stage_open,),
                   effects=(effects.gather,), data=Form, under="topic_stage", needs=("stage", "topic")),
        Transition("edit", {ConsortiumState.ACTIVE}, None, coordinator,
                   "Name the consortium anew, or say whether partners read each other's figures.",
                   guards=(while_open,), effects=(fill,), data=EditConsortium,
                   needs=("topic_stage.stage",)),
    ),
)  # fmt: skip

STAGE = ("consortium.topic_stage.stage",)
PART = (*STAGE, "organisation", "people", "signatures")
MAIL = (*STAGE, "consortium.topic_stage.topic", "organisation", "people")
PARTNER = Workflow(
    "partner",
    PartnerState,
    final={DECLINED, LEFT, REMOVED},
    transitions=(
        Transition("coordinate", set(), ACCEPTED, system, "The founder's organisation leads it.",
                   effects=(effects.take_the_lead,), data=Coordinate),
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
        Transition("edit", {ACCEPTED}, None, own | coordinator, "Say the partner's figures.",
                   guards=(while_open,), effects=(budget.tell_partner, fill), data=EditPartner, needs=PART),
        Transition("edit", {SIGNED}, ACCEPTED, own | coordinator,
                   "Change a signed part; the signature is void.", guards=(while_open,),
                   effects=(budget.void, budget.tell_partner, fill), data=EditPartner, needs=PART),
        Transition("sign", {ACCEPTED}, SIGNED, own_contact,
                   "Stand for the partner's part: that it takes part, its figures, its declarations.",
                   guards=(while_open, as_it_was_read, all_declared), effects=(budget.keep_signature,),
                   data=Sign, needs=(*PART, "consortium.topic_stage.stage.call")),
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
