"""One thread of the process as rows, until the deadline: a committee, a call, two consortia and proposals."""

from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from app.calls.amendments.models import Amendment, AmendmentState
from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.questions.models import Question, QuestionState, QuestionVersion
from app.calls.rule_set import rule_sets
from app.committee.models import Body, BodyState, Mandate, MandateState, Session, SessionState
from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.models import Consortium, ConsortiumState, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.experts.campaign.models import Campaign, CampaignState, ExpertInvitation, InvitationState
from app.experts.conflicts.models import Identity, IdentityState
from app.experts.facts.models import Collaboration, Employment, FactState
from app.experts.models import Contract, ContractState, Expert, ExpertState
from app.people.models import Appointment, AppointmentState
from app.proposals.models import Document, Proposal, ProposalState, Section, SectionVersion
from app.topics.co_authors.models import CoAuthor, CoAuthorState
from app.topics.consultation.models import (
    Comment,
    CommentState,
    Consultation,
    ConsultationState,
    ConsultedBody,
    ConsultedBodyState,
)
from app.topics.corrigenda.models import Corrigendum, CorrigendumState
from app.topics.focus.models import FocusArea, FocusAreaState
from app.topics.models import Topic, TopicFocus, TopicState
from app.topics.opinions.models import OpinionState, TopicOpinion
from app.topics.programme import programme
from app.topics.screening.models import Screening, ScreeningState
from tests.build import LONG_AGO
from tests.matrix.acts import send
from tests.matrix.cast import EXPERTS, INDUSTRY, MORE_EXPERTS, PDF, SEATS, Cast, days

NOTES = {"kind": "text", "key": "text", "title": "Notes", "limit": 100, "required": False}
"""The field of a section that may stay empty, so that of a complete draft one is not written."""
(ETHICS,) = (section for section in rule_sets()["imi2"].sections if section.key == "ethics")
CRITERIA = ("excellence", "impact", "implementation")
TEXT: dict[str, Any] = dict.fromkeys(
    ("challenge", "need", "scope", "outcomes", "impact", "synergies", "applicant_expectations"), "Text."
) | {"duration_months": 36, "projects_expected": 1, "industry_consortium": {}}
MILLION = Decimal(1_000_000)
MEDICINE = {"scheme": "keyword", "code": "", "term": "medicine", "level": "experienced"}
CHAIRS = ("chair", "advisory_member")
INSTITUTES = {
    "organisation": "NL",
    "organisation lead": "BE",
    "organisation partner": "DE",
    "organisation third": "FR",
    "organisation removed": "ES",
    "organisation invited": "IT",
    "organisation rival": "BE",
    "organisation former": "BE",
    "organisation industry_lead": "CH",
    "organisation industry_partner": "US",
}
PROPOSALS = {"proposal": "consortium", "rival proposal": "rival consortium"}
SUBMITTERS = {"proposal": "coordinator", "rival proposal": "rival"}


async def bodies(cast: Cast) -> None:
    """A committee that decides, one that advises, and who sits in them."""
    shares: dict[str, Any] = {"quorum": Decimal("0.5"), "majority": Decimal("0.5")}
    for name, kind in (("body", "scientific_committee"), ("advisers", "advisory")):
        await cast.add(name, Body, state=BodyState.ACTIVE, kind=kind, name=f"The {name}", **shares)
    for kind in SEATS:
        body = "advisers" if kind == "advisory_member" else "body"
        await seat(cast, f"mandate of {kind}", kind, body, seat="chair" if kind in CHAIRS else "member")


async def second_body(cast: Cast) -> None:
    """The body that votes second, with a session that it has called."""
    shares: dict[str, Any] = {"quorum": Decimal("0.5"), "majority": Decimal("0.5"), "kind": "governing_board"}
    await cast.add("second body", Body, state=BodyState.ACTIVE, name="The second body", **shares)
    about = {"body_id": cast.ids["second body"], "title": "Second", "held_at": days(1)}
    await cast.add("second session", Session, state=SessionState.CALLED, **about)


async def seat(cast: Cast, name: str, kind: str, body: str, **more: Any) -> None:
    """A mandate in force, unless `more` says another state."""
    given = {"state": MandateState.ACTIVE, "seat": "member", "proposed_by": cast.account("office")} | more
    about = {"body_id": cast.ids[body], "account_id": cast.account(kind)}
    await cast.add(name, Mandate, starts_at=LONG_AGO, appointing_act="act", **about, **given)


async def call(cast: Cast) -> None:
    """A running call with one open stage of one topic, and who audits it."""
    for name, state in (("topic", TopicState.IN_CALL), ("other topic", TopicState.ADOPTED)):
        about = {"reference": f"T-{len(name)}", "title": name, "indicative_budget": MILLION * 9, **TEXT}
        about |= {"adopted_version": 1}
        about |= dict.fromkeys(("patient_need", "eu_priority", "industry_interest"), "Text.")
        await cast.add(
            name, Topic, state=state, action_type="RIA", proposed_by=cast.account("proposer"), **about
        )
    await cast.add(
        "call", Call, state=CallState.RUNNING, reference="C-1", title="Call", budget=MILLION * 9,
        rule_set="imi2", rules=_rules(), published_at=days(-2),
    )  # fmt: skip
    await cast.add(
        "audit", Appointment, state=AppointmentState.ACTIVE, account_id=cast.account("call_auditor"),
        role="auditor", call_id=cast.ids["call"], starts_at=LONG_AGO, ends_at=days(99), appointing_act="act",
        confirmed_at=LONG_AGO,
    )  # fmt: skip
    await cast.add(
        "stage", Stage, state=StageState.SCHEDULED, call_id=cast.ids["call"], number=1, opens_at=days(-1),
        deadline="2050-03-31T17:00", closes_at=days(30),
    )  # fmt: skip
    await cast.add(
        "topic_stage", TopicStage, state=TopicStageState.SCHEDULED, stage_id=cast.ids["stage"],
        topic_id=cast.ids["topic"], budget=MILLION * 8, expected_grants=1,
    )  # fmt: skip


async def consultation(cast: Cast, state: ConsultationState = ConsultationState.OPEN) -> None:
    """The topic is in consultation: a body is invited to a round of it."""
    await cast.put("topic", Topic, state=TopicState.CONSULTATION)
    term = {"opened_at": days(-1), "opens_at": days(-1), "closes_at": days(9), "number": 9, "public": False}
    about: dict[str, Any] = {"topic_id": cast.ids["topic"]}
    about["consultation_id"] = await cast.add("consultation", Consultation, state=state, **term, **about)
    who = {"account_id": cast.account("consulted"), "kind": "patients", "name": "Patients"}
    await cast.add("consulted_body", ConsultedBody, state=ConsultedBodyState.INVITED, **who, **about)


async def heard(cast: Cast) -> None:
    """Every required kind of body has said in an earlier round that it has nothing to say."""
    term = {"opened_at": LONG_AGO, "opens_at": LONG_AGO, "closes_at": days(-9), "public": False}
    for number, kind in enumerate(programme().kinds, 1):
        about: dict[str, Any] = {"topic_id": cast.ids["topic"]}
        closed = {"state": ConsultationState.CLOSED, "number": number}
        about["consultation_id"] = await cast.add(f"round {number}", Consultation, **closed, **term, **about)
        who = {"account_id": cast.account("second_reviewer"), "kind": kind, "name": kind}
        said = {"state": ConsultedBodyState.DECLINED, "reason": "Nothing to say."}
        await cast.add(f"heard {kind}", ConsultedBody, **said, **who, **about)


async def comment(cast: Cast, state: CommentState) -> None:
    """The body has commented."""
    said: dict[str, Any] = {
        "anonymous": False,
        "attachment": cast.document,
        "attachment_size": len(PDF),
        "about": "need",
        "text": "Text.",
        "author_id": cast.account("consulted"),
    }
    said |= {"response": "partly", "reason": "reason"} if state == CommentState.ANSWERED else {}
    about = {"consultation_id": cast.ids["consultation"], "topic_id": cast.ids["topic"]}
    about["consulted_body_id"] = cast.ids["consulted_body"]
    await cast.add("comment", Comment, state=state, **said, **about)


def about_topic(cast: Cast) -> dict[str, Any]:
    return {"topic_stage_id": cast.ids["topic_stage"], "topic_id": cast.ids["topic"]}


async def consortia(cast: Cast) -> None:
    """Two consortia: the one that everything is about, and a rival; and the topic's industry."""
    await organisations(cast)
    await industry(cast)
    for group in PROPOSALS.values():
        await cast.add(group, Consortium, state=ConsortiumState.ACTIVE, name=group, **about_topic(cast))
    await _partner(cast, "lead", coordinator="contact", deputy_contact="deputy_contact")
    await _partner(
        cast, "partner", partner="contact", contributor="contributor", reading_partner="reader",
        applying_office="contributor", applying_member="contributor",
    )  # fmt: skip
    await _partner(cast, "third")
    await _partner(cast, "removed", PartnerState.REMOVED, removed_partner="contact")
    await _partner(cast, "invited", PartnerState.INVITED, invited_partner="contact")
    await _partner(cast, "rival", group="rival consortium", rival="contact")


async def organisations(cast: Cast) -> None:
    """Those that take part, and the companies."""
    for number, (name, country) in enumerate(INSTITUTES.items()):
        await cast.add(
            name, Organisation, kind="research", state=OrganisationState.VALIDATED, legal_name=f"The {name}",
            country=country, pic=str(10**8 + number),
        )  # fmt: skip


async def industry(cast: Cast) -> None:
    """Two companies are the industry consortium of the topic; one of them leads it."""
    for kind in INDUSTRY:
        who = {"account_id": cast.account(kind), "email": cast.people[kind].email, "name": kind}
        about = {"topic_id": cast.ids["topic"], "organisation_id": cast.ids[f"organisation {kind}"]}
        named = {"state": IndustryMemberState.NAMED, "leads": kind == "industry_lead", "in_kind": MILLION}
        await cast.add(f"member {kind}", IndustryMember, **named, **who, **about)


async def _partner(
    cast: Cast, name: str, state: PartnerState = PartnerState.SIGNED, group: str = "consortium", **people: str
) -> None:
    key = await cast.add(
        f"partner {name}", Partner, state=state, consortium_id=cast.ids[group], requested=MILLION,
        coordinates=name in ("lead", "rival", "former"), organisation_id=cast.ids[f"organisation {name}"],
    )  # fmt: skip
    until = days(-0.5) if state == PartnerState.REMOVED else None
    for kind, part in people.items():
        who = {"account_id": cast.account(kind), "email": cast.people[kind].email, "name": kind}
        await cast.add(f"person {kind}", Person, partner_id=key, part=part, until=until, **who)


async def drafts(cast: Cast) -> None:
    """A proposal of each consortium, complete but for the click."""
    for number, (name, group) in enumerate(PROPOSALS.items()):
        key = await cast.add(
            name, Proposal, state=ProposalState.DRAFT, reference=f"P-{number}", acronym=f"ACR{number}",
            title="Title", abstract="Abstract.", requested=MILLION, consortium_id=cast.ids[group],
            **about_topic(cast),
        )  # fmt: skip
        for part in CRITERIA:
            written = {"text": "Text."}
            section = await cast.add(f"{part} of {name}", Section, proposal_id=key, key=part, answers=written)
            kept = {"section_id": section, "number": 1, "answers": written, "at": days(-0.5)}
            await cast.add(f"version of {part} of {name}", SectionVersion, **kept)
        none = {one.key: False for one in ETHICS.fields if one.kind == "yes_no"}
        await cast.add(f"ethics of {name}", Section, proposal_id=key, key="ethics", answers=none)
        await cast.add(f"notes of {name}", Section, proposal_id=key, key="notes", answers={})
        await cast.add(
            f"document of {name}", Document, proposal_id=key, key="part_b", digest=cast.document,
            size=len(PDF), pages=1, attached_at=days(-0.5),
        )  # fmt: skip


def _rules() -> dict[str, Any]:
    rules = rule_sets()["imi2"].model_dump(mode="json")
    rules["ethics"] = {"screening": True, "stages": ["full"], "experts": 1}
    rules["sections"].append({"key": "notes", "title": "Notes", "fields": [NOTES]})
    return rules


async def blind(cast: Cast) -> None:
    """Its stage is judged blind; the call is another by its date, since pinned rules are read once."""
    hidden = {"stages": ["full"], "documents": ["part_b"], "text": "Name nobody."}
    await cast.put("call", Call, rules=_rules() | {"blind": hidden}, published_at=days(-3))


async def former(cast: Cast) -> None:
    """An earlier draft of the coordinator, with a text in a section where the present one has none."""
    await cast.add(
        "former consortium", Consortium, state=ConsortiumState.ACTIVE, name="F", **about_topic(cast)
    )
    await _partner(cast, "former", group="former consortium")
    who = {"account_id": cast.account("coordinator"), "email": "f@example.org", "name": "F"}
    await cast.add("former", Person, partner_id=cast.ids["partner former"], part="contact", **who)
    key = await cast.add(
        "former proposal", Proposal, state=ProposalState.DRAFT, reference="P-F", acronym="F", title="",
        abstract="", requested=0, consortium_id=cast.ids["former consortium"], **about_topic(cast),
    )  # fmt: skip
    written = {"text": "Text."}
    await cast.add("former section", Section, proposal_id=key, key="notes", answers=written)


async def experts(cast: Cast) -> None:
    """Experts under contract, and one without; nobody is assigned yet."""
    for kind in (*EXPERTS, *MORE_EXPERTS, "stranger"):
        who = {"account_id": cast.account(kind), "expertise": [MEDICINE]}
        key = await cast.add(f"expert {kind}", Expert, state=ExpertState.ACTIVE, **who)
        if kind == "stranger":
            continue
        signed = {"state": ContractState.SIGNED, "signed_at": days(-1), "briefed_at": days(-1), "days": 5}
        await cast.add(f"contract {kind}", Contract, expert_id=key, call_id=cast.ids["call"], **signed)


async def campaign(cast: Cast, state: CampaignState, of_one: InvitationState = InvitationState.SENT) -> None:
    """Experts are invited to the call: one person."""
    sent = {} if state == CampaignState.PREPARING else {"sent_at": days(-1), "answer_until": days(9)}
    about = {"call_id": cast.ids["call"], "title": "Title", "text": "Text.", "days": 5, **sent}
    key = await cast.add("campaign", Campaign, state=state, **about)
    who = {"campaign_id": key, "email": "invited@example.org", "name": "Invited"}
    await cast.add("expert_invitation", ExpertInvitation, state=of_one, **who)


async def employment(cast: Cast, state: FactState) -> None:
    """Where the reviewer has worked."""
    about = {"expert_id": cast.ids["expert reviewer"], "organisation_name": "An institute"}
    await cast.add("employment", Employment, state=state, **about)


async def collaboration(cast: Cast, state: FactState) -> None:
    """With whom the reviewer has worked."""
    about = {"expert_id": cast.ids["expert reviewer"], "person_name": "Somebody", "kind": "other"}
    await cast.add("collaboration", Collaboration, state=state, **about)


async def identity(cast: Cast) -> None:
    """The office has found that the reviewer is not one of the partner's people."""
    settled = {
        "same": False,
        "reason": "reason",
        "settled_by_id": cast.account("office"),
        "settled_at": days(-1),
    }
    about = {"expert_id": cast.ids["expert reviewer"], "person_id": cast.ids["person partner"]}
    about["topic_id"] = cast.ids["topic"]
    await cast.add("identity", Identity, state=IdentityState.SETTLED, **about, **settled)


async def handing_in(cast: Cast) -> None:
    """Both proposals are handed in, by those who may; the stage is still open."""
    for name, kind in SUBMITTERS.items():
        answer = await send(cast, kind, "POST", f"/v1/proposals/{cast.ids[name]}/submit")
        assert answer.status == 200, answer.body


async def in_a_field(cast: Cast) -> None:
    """The topic is in a focus area."""
    term = {"scheme": "imi", "code": "a-field", "label": "A field"}
    key = await cast.add("focus_area", FocusArea, state=FocusAreaState.ACTIVE, **term)
    await cast.connection.execute(insert(TopicFocus).values(topic_id=cast.ids["topic"], focus_area_id=key))


async def screening(cast: Cast) -> None:
    """The topic is an idea, which a member has scored."""
    await cast.put("topic", Topic, state=TopicState.IDEA)
    by = {"topic_id": cast.ids["topic"], "account_id": cast.account("member")}
    await cast.add("screening", Screening, state=ScreeningState.GIVEN, score=4, reason="Good.", **by)


async def amendment(cast: Cast) -> None:
    """The deadline was moved once."""
    dates = {"old_deadline": days(20), "new_deadline": days(30), "stage_id": cast.ids["stage"]}
    about = {"call_id": cast.ids["call"], "number": 1, "kind": "extension", "reason": "reason", **dates}
    await cast.add("amendment", Amendment, state=AmendmentState.PUBLISHED, **about)


async def question(cast: Cast, state: QuestionState = QuestionState.PUBLISHED) -> None:
    """A partner has asked about the topic."""
    about: dict[str, Any] = {"call_id": cast.ids["call"], "topic_id": cast.ids["topic"], "text": "Text."}
    if state == QuestionState.DISMISSED:
        about["reason"] = "reason"
    elif state != QuestionState.ASKED:
        about |= {"question": "Text.", "answer": "Text.", "number": int(state == QuestionState.PUBLISHED)}
    key = await cast.add("question", Question, state=state, asked_by=cast.account("partner"), **about)
    if state == QuestionState.PUBLISHED:
        said = {"question": "Text.", "answer": "Text.", "number": 1, "published_at": days(-0.5)}
        await cast.add("version of question", QuestionVersion, question_id=key, **said)


async def co_author(cast: Cast, state: CoAuthorState) -> None:
    """Somebody who is otherwise consulted has a part in the draft."""
    accepted = days(-1) if state == CoAuthorState.ACTIVE else None
    about = {"topic_id": cast.ids["topic"], "account_id": cast.account("consulted")}
    await cast.add("co_author", CoAuthor, state=state, accepted_at=accepted, **about)


async def opinion(cast: Cast, state: OpinionState) -> None:
    """The advisers have said what they think of the draft."""
    about = {"topic_id": cast.ids["topic"], "body_id": cast.ids["advisers"], "number": 1, "of_version": 1}
    said: dict[str, Any] = {"outcome": "negative", "text": "Text.", "given_at": days(-1)}
    said |= {"attachment": cast.document, "attachment_size": len(PDF)}
    said |= {"reason": "reason"} if state == OpinionState.WITHDRAWN else {}
    await cast.add("topic_opinion", TopicOpinion, state=state, **said, **about)


async def corrigendum(cast: Cast, state: CorrigendumState) -> None:
    """A change of the topic's text, which is in a published call."""
    adopted: dict[str, Any] = {"number": 1, "edition": 2, "adopted_at": days(0)}
    about = {"topic_id": cast.ids["topic"], "changes": {"title": "T"}, "note": "Text.", "touches": "none"}
    more = adopted if state == CorrigendumState.ADOPTED else {}
    await cast.add("corrigendum", Corrigendum, state=state, **about, **more)
