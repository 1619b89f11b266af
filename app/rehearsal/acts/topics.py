"""A topic from somebody's idea through one round of consultation to the text that the committee adopts."""

from datetime import datetime

from app.rehearsal.acts.committee import vote
from app.rehearsal.cast import MINUTE, Cast, Field, at, euro
from app.rehearsal.driver import Person

PROPOSER = "Ines Idea"
BODIES = (
    (
        "patients",
        "Paula Patient",
        "Synthetic Patients' Forum",
        "impact",
        "Say what changes for those who are ill.",
    ),
    (
        "regulator",
        "Renata Regulator",
        "Synthetic Medicines Agency",
        "outcomes",
        "Name the evidence that is needed.",
    ),
    (
        "industry",
        "Igor Industry",
        "Synthetic Industry Group",
        "scope",
        "Let the scope stay open to compounds in hand.",
    ),
    (
        "states",
        "Stella States",
        "Synthetic States Group",
        "whole",
        "Some states fund the like; seek their cohorts.",
    ),
)
"""Who is consulted: the kind of body, who speaks for it, its name, what the comment is about, its text."""
ANSWERS = ("accepted", "partly", "accepted", "not_accepted")
WHY = "The programme office has weighed this against the other comments."
IDEA = {
    "challenge": "An illness spreads faster than treatments and tests for it are found.",
    "impact": "Fewer people die of it, and hospitals can cope.",
    "patient_need": "Patients have neither a treatment nor a test at the point of care.",
    "eu_priority": "Health is a focus of the Union's framework programme.",
    "industry_interest": "Companies hold compounds and platforms that could be tried at once.",
}
TEXT: dict[str, object] = {
    "need": "Compounds lie with companies, patients and cohorts with hospitals and universities.",
    "scope": "Research that answers the topic, by public and private partners together.",
    "outcomes": "Candidate treatments tested in patients, and tests fit for use at the point of care.",
    "synergies": "Projects of the Union on the same illness share their cohorts and their data.",
    "applicant_expectations": "Hospitals, universities, small companies with patients and compounds at hand.",
    "duration_months": 36,
    "projects_expected": 3,
}
SAID = "Fewer people die of it, hospitals can cope, and patients are treated close to home."


async def define(cast: Cast) -> None:
    """Every topic of the call, from an idea to its adoption."""
    await consult_on(cast)
    await conclude(cast)


async def consult_on(cast: Cast) -> None:
    """Every topic of the call is drafted, and each kind of body has said something."""
    with cast.theatre.step("Ideas become topics, and are consulted on", len(cast.fields)) as step:
        proposer = await cast.theatre.enter(PROPOSER)
        speakers = [await cast.theatre.enter(speaker) for _, speaker, *_ in BODIES]
        asked = {"closes_at": _halfway(cast).isoformat()}
        for field in cast.fields:
            await _propose(cast, field, proposer)
            made = await cast.office.make(f"/topics/{field.topic}/consultations", **asked)
            field.consultation = made["id"]
            await consult(cast, field.consultation, speakers)
            step.done += 1


async def conclude(cast: Cast) -> None:
    """The clock moves once, to the end of the consultation; then each topic is adopted."""
    with cast.theatre.step("Topics are adopted", len(cast.fields)) as step:
        await cast.theatre.clock(_halfway(cast) + MINUTE)
        for field in cast.fields:
            await _conclude(cast, field, field.consultation)
            step.done += 1


def _halfway(cast: Cast) -> datetime:
    """Between the first idea and the opening of the call."""
    begins, opens = at(cast.call_file.begins_on), at(cast.call_file.opens_on)
    return begins + (opens - begins) / 2


async def _propose(cast: Cast, field: Field, proposer: Person) -> None:
    """The committee takes the idea up, and the office makes a draft of it (T-01 to T-03)."""
    topic = field.plan.topic
    areas = [each["id"] for each in await proposer.all("/focus_areas", scheme="imi")]
    made = await proposer.make("/topics/ideas", title=topic.title, focus_area_ids=areas[:1], **IDEA)
    field.topic = (await proposer.act(f"/topics/{made['id']}/submit_idea"))["id"]
    await vote(cast, "screen_idea", field.topic, "Take up the idea", cast.call_file.begins_on)
    draft = TEXT | ({"scope": topic.scope} if topic.scope else {})
    await cast.office.change(
        f"/topics/{field.topic}",
        reference=topic.reference,
        action_type=topic.action_type,
        indicative_budget=euro(topic.envelope),
        **draft,
    )


async def consult(cast: Cast, consultation: str, speakers: list[Person]) -> None:
    """Each kind of body says something (T-05)."""
    here = f"/consultations/{consultation}"
    for speaker, (kind, _, name, about, text) in zip(speakers, BODIES, strict=True):
        asked = {"account_id": await speaker.id(), "kind": kind, "name": name}
        await cast.office.make(f"{here}/consulted_bodies", **asked)
        await speaker.make(f"{here}/comments", about=about, text=text)


async def _conclude(cast: Cast, field: Field, consultation: str) -> None:
    """Every comment is answered, the text is changed once more, and the committee adopts it (T-06)."""
    given = await cast.office.all("/comments", consultation_id=consultation)
    for comment, response in zip(sorted(given, key=lambda c: str(c["about"])), ANSWERS, strict=True):
        await cast.office.act(f"/comments/{comment['id']}/answer", response=response, reason=WHY)
        cast.note("comments answered")
    await cast.office.act(f"/consultations/{consultation}/close")
    here = f"/topics/{field.topic}"
    await cast.office.act(f"{here}/redraft")
    await cast.office.change(here, impact=SAID)
    await cast.office.act(f"{here}/finalise")
    await vote(cast, "adopt_topic", field.topic, "Adopt the topic", cast.call_file.begins_on)


async def nothing_to_say(cast: Cast, topic: str, until: datetime) -> None:
    """A round in which every kind of body declines (T-05); the clock moves to its end."""
    opened = await cast.office.make(f"/topics/{topic}/consultations", closes_at=until.isoformat())
    here = f"/consultations/{opened['id']}"
    for kind, speaker, name, *_ in BODIES:
        who = cast.theatre.people[speaker]
        asked = {"account_id": await who.id(), "kind": kind, "name": name}
        body = await cast.office.make(f"{here}/consulted_bodies", **asked)
        await who.act(f"/consulted_bodies/{body['id']}/decline", reason="There is nothing to add.")
    await cast.theatre.clock(until + MINUTE)
    await cast.office.act(f"{here}/close")
