"""Builders: ideas, drafts, votes that go either way, rounds of consultation and who is invited to them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from app.committee.models import Body
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.topics.consultation.models import Consultation
from app.topics.models import Topic, TopicState
from tests.build import TOPIC, Actor, committee, person
from tests.conftest import World

IDEA = {
    "title": "Early signs",
    "challenge": "Nobody sees it come.",
    "impact": "Lives.",
    "patient_need": "Patients ask for it.",
    "eu_priority": "The Union plans for it.",
    "industry_interest": "Industry would join.",
}
OUTCOME = {"reason": "It meets an objective of the programme."}
COMMENT = {"about": "scope", "text": "The scope is too narrow."}
ANSWER = {"response": "partly", "reason": "Widened for children."}


async def codes(answer: Any) -> list[tuple[str, str]]:
    """Code and path of every reason of a refusal."""
    assert answer.status_code == 409, answer.text
    return [(reason["code"], reason["path"]) for reason in answer.json().get("reasons", ())]


async def area(who: Actor, code: str = "cancer") -> str:
    """The id of a focus area of the office's own vocabulary."""
    found = (await who.get("/focus_areas", params={"page_size": 200})).json()["items"]
    return next(str(each["id"]) for each in found if each["code"] == code)


async def sketch(who: Actor, **more: Any) -> dict[str, Any]:
    """An idea that its proposer has not handed in; complete unless told otherwise."""
    return await who.make("/topics/ideas", IDEA | {"focus_area_ids": [await area(who)]} | more)


async def idea(who: Actor, **more: Any) -> dict[str, Any]:
    return await who.make(f"/topics/{(await sketch(who, **more))['id']}/submit_idea")


async def draft(office: Actor, written: bool = True) -> dict[str, Any]:
    """A draft by the office, as it reads it; complete unless told otherwise."""
    made = await office.make("/topics", {"reference": f"T-{uuid4().hex[:8]}", "title": "A topic"})
    if written:
        answer = await office.patch(f"/topics/{made['id']}", TOPIC, made["version"])
        assert answer.status_code == 200, answer.text
        made = answer.json()
    return made


async def motion_on(office: Actor, body: UUID, purpose: str, topic: str, target: str = "") -> str:
    """The path of a motion that is prepared for an open session."""
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await office.make(f"/bodies/{body}/sessions", held)
    await office.make(f"/sessions/{session['id']}/open")
    asked = {"purpose": purpose, "subject_id": topic, "text": "Because patients ask for it."}
    asked |= {"target_id": target} if target else {}
    motion = await office.make(f"/sessions/{session['id']}/motions", asked)
    return f"/motions/{motion['id']}"


async def screened(office: Actor, body: UUID, members: Sequence[Actor], topic: str, choice: str) -> None:
    """These members vote alike on an idea, and the vote is closed."""
    motion = await motion_on(office, body, "screen_idea", topic)
    await office.make(f"{motion}/put_to_vote")
    for member in members:
        await member.make(f"{motion}/vote", {"choice": choice})
    await office.make(f"{motion}/{'adopt' if choice == 'yes' else 'reject'}", OUTCOME)


async def round_on(office: Actor, topic: str, *, days: float = 30, public: bool = False) -> str:
    """The path of an open round of consultation."""
    asked = {"closes_at": (machine_now() + timedelta(days=days)).isoformat(), "public": public}
    return f"/consultations/{(await office.make(f'/topics/{topic}/consultations', asked))['id']}"


async def invited(
    world: World, office: Actor, consultation: str, name: str = "Patients together"
) -> tuple[Actor, str]:
    """Somebody whose body is invited to the round, and the path of that invitation."""
    who = await person(world, "consulted")
    asked = {"account_id": str(who.id), "kind": "patients", "name": name}
    return who, f"/consulted_bodies/{(await office.make(f'{consultation}/consulted_bodies', asked))['id']}"


async def commented(who: Actor, consultation: str, **more: Any) -> str:
    return f"/comments/{(await who.make(f'{consultation}/comments', COMMENT | more))['id']}"


async def let_time_pass(world: World, consultation: str) -> None:
    """Comments were taken until a moment ago."""
    now = machine_now()
    began = now - timedelta(days=9)
    past = {"opened_at": began, "opens_at": began, "closes_at": now - timedelta(seconds=1)}
    here = update(Consultation).where(Consultation.id == UUID(consultation.rsplit("/", 1)[1]))
    async with world.sessions() as session, session.begin():
        await session.execute(here.values(**past))


async def ended(world: World, office: Actor, consultation: str) -> dict[str, Any]:
    """A round whose time is over is closed."""
    await let_time_pass(world, consultation)
    return await office.make(f"{consultation}/close")


async def in_call(world: World, topic: str) -> None:
    """The topic's call is published."""
    async with world.sessions() as session, session.begin():
        (await session.get_one(Topic, UUID(topic))).state = TopicState.IN_CALL


async def mail_to(world: World, who: Actor, kind: str) -> list[Mail]:
    async with world.sessions() as session:
        wanted = select(Mail).where(Mail.recipient == who.email, Mail.kind == kind)
        return list(await session.scalars(wanted.order_by(Mail.written_at)))


async def advisers(world: World, name: str, *kinds: str) -> tuple[dict[str, Any], list[Actor]]:
    """An advisory body of this name; the first of its members takes the chair."""
    key, members = await committee(world, *kinds)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Body).where(Body.id == key).values(kind="advisory", name=name))
    return {"body_id": str(key), "outcome": "positive", "text": "We have read it."}, members


async def co_author(world: World, office: Actor, topic: str, who: Actor | None = None) -> tuple[Actor, str]:
    """Somebody who writes with the office, and the path of that part."""
    who = who or await person(world, "writer")
    made = await office.make(f"/topics/{topic}/co_authors", {"account_id": str(who.id)})
    path = f"/co_authors/{made['id']}"
    await who.make(f"{path}/accept")
    return who, path
