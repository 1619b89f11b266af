"""The tables of consortium and partner."""

from collections.abc import Iterable
from typing import Any

from app.calls.models import TopicStage
from app.calls.rules import gone, late
from app.consortia import coordination, effects
from app.consortia.access import bearer, coordinator, one_of_its, own, own_contact
from app.consortia.budget import effects as budget
from app.consortia.budget.parts import declared_by
from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState
from app.consortia.people import effects as people
from app.consortia.people import guards
from app.consortia.people.schemas import AskPerson, ChangePart, EndPerson
from app.consortia.schemas import (
    Coordinate,
    EditConsortium,
    EditPartner,
    Form,
    InvitePartner,
    Merge,
    Sign,
    TakeOver,
)
from app.core.reason import Reason
from app.workflow.run import fill
from app.workflow.table import Ask, State, Transition, Workflow
from app.workflow.who import signed_in, system

Why = Iterable[Reason]
INVITED = PartnerState.INVITED
ACCEPTED = PartnerState.ACCEPTED
SIGNED = PartnerState.SIGNED
DECLINED = PartnerState.DECLINED
LAPSED = PartnerState.LAPSED
LEFT = PartnerState.LEFT
REMOVED = PartnerState.REMOVED
TRANSFERRED = PartnerState.TRANSFERRED
IN = frozenset[State]({ACCEPTED, SIGNED})


def stage_open(topic_stage: TopicStage, ask: Ask) -> Why:
    stage = topic_stage.stage
    yield from gone(topic_stage.state)
    yield from late(stage.opens_at, stage.closes_at, ask.now)


def while_open(here: Consortium | Partner | Any, ask: Ask) -> Why:
    consortium = here.consortium if isinstance(here, Partner) else here
    yield from stage_open(consortium.topic_stage, ask)


def not_coordinating(partner: Partner, ask: Ask) -> Why:
    if partner.coordinates:
        yield Reason("coordinates", "The coordinating partner stays; it hands the coordination over first.")


def to_another(partner: Partner, ask: Ask) -> Why:
    if ask.data is not None and ask.data.organisation_id == partner.organisation_id:
        told = "The part is this organisation's already."
        yield Reason("same-organisation", told, "/body/organisation_id", "sender")


def in_the_first_stage(topic_stage: TopicStage, ask: Ask) -> Why:
    """C-06: consortia of a second stage are those of invited short proposals, merged with industry."""
    if topic_stage.stage.number > 1:
        told = "In the second stage a consortium is that of an invited short proposal, merged with industry."
        yield Reason("by-invitation", told)


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
                   "Form a consortium for the topic; your organisation coordinates it.",
                   guards=(stage_open, in_the_first_stage), effects=(effects.gather,), data=Form,
                   under="topic_stage", needs=("stage", "topic")),
        Transition("merge", set(), ConsortiumState.ACTIVE, system,
                   "The consortium of an invited short proposal and the topic's industry consortium are one.",
                   effects=(effects.gather,), data=Merge),
        Transition("edit", {ConsortiumState.ACTIVE}, None, coordinator,
                   "Name the consortium anew, or say whether partners read each other's figures.",
                   guards=(while_open,), effects=(fill,), data=EditConsortium,
                   needs=("topic_stage.stage",)),
    ),
)  # fmt: skip

STAGE = ("consortium.topic_stage.stage",)
OUT = ("people", "asked")
HANDING = (*STAGE, "organisation")
PART = (*STAGE, "organisation", "people", "signatures")
MAIL = (*STAGE, "consortium.topic_stage.topic", "organisation", "people")
PARTNER = Workflow(
    "partner",
    PartnerState,
    final={DECLINED, LEFT, REMOVED, TRANSFERRED},
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
        Transition("invite_again", {LAPSED}, INVITED, coordinator, "Invite once more, by another link.",
                   guards=(while_open,), effects=(effects.send_link,), needs=MAIL),
        Transition("lapse", {INVITED}, LAPSED, system, "It was not answered in time.",
                   effects=(effects.lapse,)),
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
                   guards=(not_coordinating,), effects=(effects.end_access, effects.keep_the_day), needs=OUT),
        Transition("remove", {INVITED, ACCEPTED, SIGNED}, REMOVED, coordinator,
                   "Remove a partner; its access ends at once.", guards=(not_coordinating,),
                   effects=(effects.end_access,), needs=OUT),
        Transition("transfer", IN, TRANSFERRED, own_contact | coordinator,
                   "Its part goes to another organisation, which signs it anew.",
                   guards=(while_open, to_another), effects=(effects.end_access,), data=TakeOver,
                   needs=(*STAGE, *OUT)),
        Transition("take_over", set(), ACCEPTED, system, "The part of another partner is this one's.",
                   effects=(effects.take_over,), data=TakeOver),
        Transition("ask_person", IN, None, own_contact,
                   "Ask somebody to act for the partner, by a mail with a link; an earlier link ends.",
                   guards=(guards.not_yet_among_them, guards.a_deputy_where_it_coordinates),
                   effects=(people.ask,), data=AskPerson, needs=(*MAIL, "asked")),
        Transition("join", IN, None, bearer, "Act for the partner.", effects=(people.join,),
                   custom_route=True),
        Transition("turn_down", IN, None, bearer, "Do not act for the partner.", effects=(people.turn_down,),
                   custom_route=True),
        Transition("change_part", IN, None, own_contact, "Change what one of its people may do.",
                   guards=(guards.one_of_its_people, guards.a_deputy_where_it_coordinates,
                           guards.another_contact_stays),
                   effects=(people.change_part,), data=ChangePart, needs=("people",)),
        Transition("end_person", IN, None, own_contact, "End the access of one of its people at once.",
                   guards=(guards.one_of_its_people_or_asked, guards.another_contact_stays),
                   effects=(people.end,), data=EndPerson, needs=("people", "asked")),
        Transition("step_out", IN, None, one_of_its, "Act for the partner no more; access ends at once.",
                   guards=(guards.another_contact_than_you_stays,), effects=(people.step_out,),
                   needs=("people",)),
        Transition("offer_coordination", IN, None, coordinator,
                   "Offer this partner the coordination; its contact takes it or not.",
                   guards=(while_open, coordination.coordinated_by_another),
                   effects=(coordination.offer,), needs=HANDING),
        Transition("withdraw_offer", IN, None, coordinator, "Take the offer of the coordination back.",
                   guards=(coordination.offered,), effects=(coordination.end_offer,)),
        Transition("decline_coordination", IN, None, own_contact, "Leave the coordination where it is.",
                   guards=(coordination.offered,), effects=(coordination.end_offer,)),
        Transition("take_coordination", IN, None, own_contact,
                   "Coordinate the consortium; who did so until now is a partner like the others.",
                   guards=(while_open, coordination.offered), effects=(coordination.take,), needs=HANDING),
        Transition("step_back", IN, None, system, "Another coordinates from now on.",
                   effects=(coordination.step_back,), needs=("people",)),
        Transition("follow_merge", set(PartnerState), None, system,
                   "Its organisation was merged into another; the part stays as it is.",
                   effects=(effects.follow,)),
    ),
)  # fmt: skip
