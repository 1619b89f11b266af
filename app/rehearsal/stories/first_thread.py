"""One call from a topic's draft to a signed grant: three consortia, three experts, one decision."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from app.rehearsal.driver import Person, Theatre
from app.rehearsal.paper import pdf

BEGINS = datetime(2020, 1, 20, 9, 0, tzinfo=UTC)
OPENS = datetime(2020, 3, 3, 9, 0, tzinfo=UTC)
DEADLINE = "2020-03-31T17:00"
CLOSES = datetime(2020, 3, 31, 15, 0, tzinfo=UTC)

TOPIC = {
    "challenge": "A new virus spreads, and neither treatment nor test is at hand.",
    "need": "Compounds and data lie with companies, patients and cohorts with hospitals and universities.",
    "scope": "Therapeutics and diagnostics; vaccines are out of scope.",
    "outcomes": "Candidate treatments tested in patients, and tests fit for use at the point of care.",
    "impact": "Fewer deaths, and hospitals that can cope.",
}
CRITERIA = ("excellence", "impact", "implementation")
SCORES = {"ALPHA": ("4.5", "4.5", "4"), "BETA": ("4", "3.5", "3.5")}


@dataclass
class Cast:
    """Everybody in the story, and what they made."""

    theatre: Theatre
    office: Person
    second: Person
    members: list[Person] = field(default_factory=list)
    experts: list[Person] = field(default_factory=list)
    body: str = ""
    topic: str = ""
    call: str = ""
    stage: str = ""
    part: str = ""
    signatory: Person | None = None
    proposals: dict[str, dict[str, Any]] = field(default_factory=dict)
    coordinators: dict[str, Person] = field(default_factory=dict)
    late_refused: int = 0


async def tell(theatre: Theatre, founders: list[Person], seed: int) -> dict[str, Any]:
    """Play it; the figures that came out."""
    office, second = founders
    cast = Cast(theatre, office, second)
    await appoint(cast)
    await define_topic(cast)
    await publish_call(cast)
    await theatre.clock(OPENS + timedelta(hours=1))
    await form(cast, "ALPHA", ["DE", "FR", "IT"])
    await form(cast, "BETA", ["NL", "ES", "SE"])
    await form(cast, "GAMMA", ["BE", "BE", "AT"])
    await theatre.clock(CLOSES + timedelta(minutes=1))
    await too_late(cast, "GAMMA")
    await theatre.clock(CLOSES + timedelta(hours=1))
    await check(cast)
    await assign(cast)
    await evaluate(cast)
    await decide(cast)
    await sign(cast)
    return await figures(cast)


def euro(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "EUR"}


async def appoint(cast: Cast) -> None:
    """A committee of three and a signatory; every appointment has two people behind it."""
    cast.body = (await cast.office.make("/bodies", kind="scientific_committee", name="Scientific Committee"))[
        "id"
    ]
    for number, name in enumerate(("Clara Chair", "Milan Member", "Nadia Member")):
        member = await cast.theatre.enter(name)
        seat = await cast.office.make(
            f"/bodies/{cast.body}/mandates",
            account_id=member.id,
            seat="member" if number else "chair",
            starts_at=BEGINS.isoformat(),
            appointing_act="Decision 2020-01 of the Governing Board",
        )
        await cast.second.act(f"/mandates/{seat['id']}/confirm")
        cast.members.append(member)
    cast.signatory = await cast.theatre.enter("Sigrid Signatory")
    role = await cast.office.make(
        f"/accounts/{cast.signatory.id}/appointments", role="signatory", appointing_act="Decision 2020-02"
    )
    await cast.second.act(f"/appointments/{role['id']}/confirm")


async def vote(cast: Cast, purpose: str, subject: str, text: str) -> None:
    """A session, a motion, and every member's vote."""
    session = await cast.office.make(f"/bodies/{cast.body}/sessions", title=text, held_at=BEGINS.isoformat())
    await cast.members[0].act(f"/sessions/{session['id']}/open")
    motion = await cast.office.make(
        f"/sessions/{session['id']}/motions", purpose=purpose, subject_id=subject, text=text
    )
    await cast.members[0].act(f"/motions/{motion['id']}/put_to_vote")
    for member, choice in zip(cast.members, ("yes", "yes", "no"), strict=True):
        await member.act(f"/motions/{motion['id']}/vote", choice=choice)
    await cast.members[0].act(f"/motions/{motion['id']}/adopt")
    await cast.members[0].act(f"/sessions/{session['id']}/close")


async def define_topic(cast: Cast) -> None:
    """The office drafts, is told what is missing, and the committee adopts."""
    topic = await cast.office.make(
        "/topics", reference="IMI2-2020-21-01", title="Therapeutics and diagnostics"
    )
    cast.topic = topic["id"]
    await cast.office.act(f"/topics/{cast.topic}/finalise", 409)
    await cast.office.edit(f"/topics/{cast.topic}", **TOPIC, indicative_budget=euro(9_000_000))
    await cast.office.act(f"/topics/{cast.topic}/finalise")
    await vote(cast, "adopt_topic", cast.topic, "Adopt the topic")


async def publish_call(cast: Cast) -> None:
    """Dates and budget are voted, then everybody may read the call."""
    call = await cast.office.make(
        "/calls",
        reference="IMI2-TRAINING-21",
        title="A call to train on",
        rule_set="imi2",
        budget=euro(9_000_000),
    )
    cast.call = call["id"]
    stage = await cast.office.make(
        f"/calls/{cast.call}/stages", opens_at=OPENS.isoformat(), deadline=DEADLINE
    )
    cast.stage = stage["id"]
    part = await cast.office.make(
        f"/stages/{cast.stage}/topic_stages", topic_id=cast.topic, budget=euro(9_000_000)
    )
    cast.part = part["id"]
    await vote(cast, "adopt_call", cast.call, "Adopt budget and timetable")
    await cast.office.act(f"/calls/{cast.call}/publish")


async def form(cast: Cast, acronym: str, countries: list[str]) -> None:
    """A consortium forms, its partners accept by link without an account, and it hands in twice."""
    theatre = cast.theatre
    coordinator = await theatre.enter(f"{acronym.title()} Coordinator")
    cast.coordinators[acronym] = coordinator
    organisations = [await register(cast, coordinator, acronym, n, c) for n, c in enumerate(countries)]
    consortium = await coordinator.make(
        f"/topic_stages/{cast.part}/consortia", name=acronym, organisation_id=organisations[0]
    )
    for number, organisation in enumerate(organisations[1:], start=1):
        address = f"contact.{acronym.lower()}.{number}@people.example"
        await coordinator.make(
            f"/consortia/{consortium['id']}/partners",
            organisation_id=organisation,
            name=f"{acronym.title()} Contact {number}",
            email=address,
        )
        await accept(theatre, address)
    proposal = await coordinator.make(f"/consortia/{consortium['id']}/proposals", acronym=acronym)
    here = f"/proposals/{proposal['id']}"
    await coordinator.act(f"{here}/submit", 409)
    await coordinator.edit(
        here, title=f"{acronym}: a synthetic proposal", abstract="Synthetic.", requested=euro(6_000_000)
    )
    for criterion in CRITERIA:
        await coordinator.edit(f"{here}/sections/{criterion}", text=f"Synthetic text on {criterion}.")
    await coordinator.upload(f"{here}/documents/part_b", pdf(f"{acronym}, part B"))
    await coordinator.upload(f"{here}/documents/exploitation_plan", pdf(f"{acronym}, exploitation plan"))
    await coordinator.act(f"{here}/submit")
    await coordinator.edit(here, abstract="Synthetic, and better said.")
    cast.proposals[acronym] = await coordinator.act(f"{here}/submit")


async def register(cast: Cast, person: Person, acronym: str, number: int, country: str) -> str:
    """A synthetic organisation, validated by the office beside the process."""
    digits = 900_000_000 + 1_000 * sum(map(ord, acronym)) + number
    made = await person.make(
        "/organisations",
        legal_name=f"Synthetic Institute {acronym} {number}",
        country=country,
        kind="research",
        pic=str(digits),
    )
    await cast.office.act(f"/organisations/{made['id']}/validate")
    return str(made["id"])


async def accept(theatre: Theatre, address: str) -> None:
    """Follow the link of an invitation to a consortium, without an account."""
    token = (await theatre.link(address)).rpartition("#")[2].rpartition("/")[2]
    async with theatre.connect() as client:
        await theatre.ask(client, "GET", f"/partner_invitations/{token}", 200)
        await theatre.ask(client, "POST", f"/partner_invitations/{token}/accept", 200)


async def too_late(cast: Cast, acronym: str) -> None:
    """One tries to hand in again after the deadline: refused, recorded, and the sealed version stands."""
    person, proposal = cast.coordinators[acronym], cast.proposals[acronym]
    refused = await person.act(f"/proposals/{proposal['id']}/submit", 409)
    assert [reason["code"] for reason in refused["reasons"]] == ["deadline-passed"]
    cast.late_refused += 1


async def check(cast: Cast) -> None:
    """Admissibility and eligibility: GAMMA has two countries where E-02 asks for three."""
    for acronym, proposal in cast.proposals.items():
        here = f"/proposals/{proposal['id']}"
        await cast.office.act(f"{here}/check")
        if acronym == "GAMMA":
            finding = {"rule": "E-02", "text": "Two countries take part where three are needed."}
            await cast.office.act(f"{here}/find_ineligible", 202, **finding)
            await cast.second.act(f"{here}/find_ineligible", 200, **finding)
        else:
            await cast.office.act(f"{here}/find_eligible")
    await cast.office.act(f"/topic_stages/{cast.part}/begin_evaluation")


async def assign(cast: Cast) -> None:
    """Three experts under contract, each with a conflict card and a declaration for each proposal."""
    for name in ("Edda Expert", "Emil Expert", "Enzo Expert"):
        person = await cast.theatre.enter(name)
        expert = await cast.office.make("/experts", account_id=person.id, expertise=["virology"])
        contract = await cast.office.make(f"/calls/{cast.call}/contracts", expert_id=expert["id"], days=3)
        await person.act(f"/contracts/{contract['id']}/sign")
        for acronym in SCORES:
            await seat(cast, person, contract["id"], acronym)
        cast.experts.append(person)


async def seat(cast: Cast, person: Person, contract: str, acronym: str) -> None:
    proposal = cast.proposals[acronym]["id"]
    made = await cast.office.make(f"/contracts/{contract}/assignments", proposal_id=proposal)
    await cast.office.act(f"/assignments/{made['id']}/invite")
    await person.get(f"/assignments/{made['id']}/card")
    await person.act(f"/assignments/{made['id']}/accept", clear=True)


async def evaluate(cast: Cast) -> None:
    """Sealed reports, a consensus report that all approve, and the panel's list."""
    for acronym, scores in SCORES.items():
        proposal = cast.proposals[acronym]["id"]
        for expert in cast.experts:
            seat = await expert.find("/assignments", proposal_id=proposal)
            report = await expert.make(f"/assignments/{seat['id']}/reports")
            for criterion, score in zip(CRITERIA, scores, strict=True):
                mark = {"score": score, "comment": f"Synthetic comment on {criterion}."}
                await expert.edit(f"/reports/{report['id']}/marks/{criterion}", **mark)
            await expert.act(f"/reports/{report['id']}/seal")
        await agree(cast, proposal, scores)
    panel = await cast.office.make(f"/topic_stages/{cast.part}/panels")
    await cast.office.act(f"/panels/{panel['id']}/rank")
    await cast.office.act(f"/panels/{panel['id']}/close")


async def agree(cast: Cast, proposal: str, scores: tuple[str, ...]) -> None:
    rapporteur = cast.experts[0]
    seat = await rapporteur.find("/assignments", proposal_id=proposal)
    consensus = await cast.office.make(f"/proposals/{proposal}/consensus_reports", rapporteur_id=seat["id"])
    here = f"/consensus_reports/{consensus['id']}"
    for criterion, score in zip(CRITERIA, scores, strict=True):
        agreed = {"score": score, "comment": f"The group agrees on {criterion}."}
        await rapporteur.edit(f"{here}/points/{criterion}", **agreed)
    await rapporteur.act(f"{here}/put_to_approval")
    for expert in cast.experts:
        await expert.act(f"{here}/approve")
    if (await cast.office.get(here))["state"] != "final":
        await cast.office.act(f"{here}/finish")


async def decide(cast: Cast) -> None:
    """The committee votes on the list; two officers release what it decided."""
    await vote(cast, "adopt_list", cast.part, "Adopt the ranked list")
    decision = await cast.office.find("/decisions", topic_stage_id=cast.part)
    await cast.office.act(f"/decisions/{decision['id']}/release", 202)
    await cast.second.act(f"/decisions/{decision['id']}/release")


async def sign(cast: Cast) -> None:
    """The grant of the one that the envelope covers, signed by who did not prepare it."""
    assert cast.signatory is not None
    grant = await cast.office.make(
        f"/proposals/{cast.proposals['ALPHA']['id']}/grants",
        number="101000001",
        starts_on="2020-09-01",
        months=36,
    )
    await cast.signatory.act(f"/grants/{grant['id']}/sign")


async def figures(cast: Cast) -> dict[str, Any]:
    """What each applicant now reads, and who was written to."""
    states = {}
    letters = 0
    for acronym, person in cast.coordinators.items():
        states[acronym] = (await person.get(f"/proposals/{cast.proposals[acronym]['id']}"))["state"]
        letters += sum(letter["kind"] == "outcome" for letter in await cast.theatre.letters(person.address))
    return {
        "submitted": len(cast.proposals),
        "ineligible": sum(state == "ineligible" for state in states.values()),
        "evaluated": len(SCORES),
        "funded": [acronym for acronym, state in states.items() if state == "selected"],
        "reserve": [acronym for acronym, state in states.items() if state == "reserve"],
        "late_refused": cast.late_refused,
        "letters": letters,
    }
