"""Five ideas: two are taken up, one is merged, one is turned down, one is taken back (T-01, T-02)."""

from typing import Any

from app.rehearsal.acts.committee import WHY, begin, end
from app.rehearsal.cast import Cast
from app.rehearsal.driver import Person, expect

TOLD = "Five ideas"
SOURCES = {
    "patient_need": "Patients and those who care for them have asked for it.",
    "eu_priority": "Health is a focus of the Union's framework programme.",
    "eu_priority_code": "HE-1-HEALTH",
    "industry_interest": "Companies hold data and compounds that could be tried at once.",
    "industry_contribution": "Staff, samples and platforms.",
    "beneficiaries": "Patients, and the hospitals that treat them.",
}
IDEAS: dict[str, dict[str, str]] = {
    "sepsis": {
        "title": "A test for sepsis at the bedside",
        "challenge": "Sepsis is found too late, and antibiotics are given to those who need none.",
        "impact": "Fewer die of sepsis, and fewer antibiotics are given in vain.",
        "area": "antimicrobial-resistance",
    },
    "dementia": {
        "title": "Signs of dementia years before it begins",
        "challenge": "When dementia shows, most of the harm is done.",
        "impact": "Treatments can be tried while they may still help.",
        "area": "neurodegeneration",
    },
    "fast": {
        "title": "Telling sepsis apart within the hour",
        "challenge": "No test tells sepsis from other illness while there is time.",
        "impact": "The right treatment in the first hour.",
        "area": "digital-health",
    },
    "registry": {
        "title": "One registry of everything",
        "challenge": "Registries are many and do not speak to each other.",
        "impact": "All data are in one place.",
        "area": "digital-health",
    },
    "vaccine": {
        "title": "A vaccine against a rare fever",
        "challenge": "A fever that few have heard of has no vaccine.",
        "impact": "Those who travel are safe.",
        "area": "vaccines",
    },
}
AUTHORS = {
    "sepsis": "Ines Idea",
    "fast": "Ida Idea",
    "registry": "Ivo Idea",
    "vaccine": "Ilse Idea",
}
"""Who proposes; the idea on dementia is a member's of the committee, who will have no vote on it."""
MEMBER = 2
BECOMES = {"IMI2-STORY-01": "sepsis", "IMI2-STORY-02": "dementia"}
SCORES = {"sepsis": 5, "dementia": 4, "fast": 4, "registry": 1}


async def propose(cast: Cast) -> None:
    """An idea may be saved unfinished; handed in it says where it comes from."""
    with cast.theatre.step("Five ideas are proposed", len(IDEAS)) as step:
        for name, said in IDEAS.items():
            who = await cast.theatre.enter(AUTHORS[name]) if name in AUTHORS else cast.members[MEMBER]
            cast.found[name] = await _propose(cast, who, said)
            step.done += 1
        back = await cast.theatre.people[AUTHORS["vaccine"]].act(_path(cast, "vaccine", "withdraw_idea"))
        cast.tell(TOLD, IDEAS["vaccine"]["title"], back["state"], "Its proposer took it back.")


async def _propose(cast: Cast, who: Person, said: dict[str, str]) -> str:
    areas = {area["code"]: area["id"] for area in await who.all("/focus_areas", scheme="imi")}
    sketch = await who.make("/topics/ideas", title=said["title"])
    here = f"/topics/{sketch['id']}"
    missing = await who.refused(f"{here}/submit_idea")
    cast.note("reasons against handing in an unfinished idea", len(missing))
    written: dict[str, Any] = {name: text for name, text in said.items() if name != "area"} | SOURCES
    await who.edit(here, 1, focus_area_ids=[areas[said["area"]]], **written)
    await who.act(f"{here}/submit_idea")
    return str(sketch["id"])


async def screen(cast: Cast) -> None:
    """Members score with a reason, then vote; whoever proposed an idea neither scores it nor votes on it."""
    with cast.theatre.step("The committee screens them"):
        for name in SCORES:
            await _score(cast, name)
        for field in cast.fields:
            field.topic = cast.found[BECOMES[field.reference]]
            await _decide(cast, BECOMES[field.reference], "screen_idea", WHY)
        same = "It asks for what the idea on a test for sepsis asks for."
        await _decide(cast, "fast", "merge_idea", same, target_id=cast.found["sepsis"])
        await _decide(cast, "registry", "screen_idea", "No single project can do it.", against=True)


async def _score(cast: Cast, name: str) -> None:
    body = {"score": SCORES[name], "reason": "Weighed against the objectives of the programme."}
    for number, member in enumerate(cast.members):
        own = name not in AUTHORS and number == MEMBER
        await member.act(_path(cast, name, "screenings"), 403 if own else 201, **body)


async def _decide(
    cast: Cast, name: str, purpose: str, reason: str, *, against: bool = False, **more: Any
) -> None:
    title = IDEAS[name]["title"]
    asked = await begin(cast, purpose, cast.found[name], title, cast.wall("begins_on"), **more)
    for member in asked.entitled:
        await member.act(f"{asked.motion}/vote", choice="no" if against else "yes")
    await end(cast, asked, "reject" if against else "adopt", reason)
    topic = await cast.office.get(_path(cast, name))
    cast.tell(TOLD, title, topic["state"], reason)
    if name in AUTHORS:
        letters = await cast.theatre.letters(cast.theatre.people[AUTHORS[name]].address)
        told = [letter for letter in letters if letter["kind"] == "idea_screened"]
        expect(any(reason in letter["text"] for letter in told), f"the proposer of {name} was told why")


def _path(cast: Cast, name: str, row: str = "") -> str:
    return f"/topics/{cast.found[name]}" + (f"/{row}" if row else "")
