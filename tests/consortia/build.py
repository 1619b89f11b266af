"""Builders: organisations, consortia, partners who accepted by their link."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, update

from app.calls.models import CallState, Stage, TopicStage, TopicStageState
from app.calls.rules import LAST_SECOND
from app.consortia.models import Person
from app.core.clock import machine_now
from app.core.outbox import Mail
from tests.build import Actor, person, standing_call
from tests.calls.living import later
from tests.conftest import World


async def open_stage(world: World, rules: str = "imi2") -> str:
    """The id of a topic in the stage of a running call that is open for another four weeks."""
    made = await standing_call(world, deadline=later(29), call_is=CallState.RUNNING, rules=rules)
    return str(made["topic_stage"]["id"])


async def close(world: World, state: TopicStageState | None = None, past: datetime | None = None) -> None:
    """Let every deadline have passed, just now or at `past`, and topics be where they are then."""
    past = past or machine_now() - LAST_SECOND
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(closes_at=past))
        if state is not None:
            await session.execute(update(TopicStage).values(state=state))


async def organisation(actor: Actor, country: str = "DE", **more: Any) -> dict[str, Any]:
    """A registered organisation in a country."""
    given = {"legal_name": f"Institute {uuid4().hex[:8]}", "country": country, "kind": "research"}
    return await actor.make("/organisations", given | more)


async def consortium(actor: Actor, topic_stage: str, country: str = "DE", **more: Any) -> dict[str, Any]:
    """A consortium that the actor's new organisation coordinates."""
    lead = await organisation(actor, country, **more)
    formed = {"name": f"Consortium {uuid4().hex[:6]}", "organisation_id": lead["id"]}
    return await actor.make(f"/topic_stages/{topic_stage}/consortia", formed)


async def invited(
    coordinator: Actor, consortium_id: str, email: str, country: str = "FR", **more: Any
) -> dict[str, Any]:
    """A partner that has been invited by mail."""
    asked = await organisation(coordinator, country, **more)
    given = {"organisation_id": asked["id"], "name": "Pat Partner", "email": email}
    return await coordinator.make(f"/consortia/{consortium_id}/partners", given)


async def token_to(world: World, email: str) -> str:
    """The token of the newest invitation to an address."""
    async with world.sessions() as session:
        wanted = select(Mail).where(Mail.recipient == email.lower(), Mail.kind == "partner_invitation")
        mail = (await session.scalars(wanted.order_by(Mail.written_at.desc()))).first()
    assert mail is not None
    found = re.search(r"/v1/partner_invitations/(\S+)", mail.text)
    assert found is not None
    return found.group(1)


async def partner(
    world: World, coordinator: Actor, consortium_id: str, country: str = "FR", **more: Any
) -> tuple[Actor, dict[str, Any]]:
    """Somebody with an account whose organisation has joined by the link."""
    who = await person(world, "partner")
    made = await invited(coordinator, consortium_id, who.email, country, **more)
    async with world.client() as anyone:
        token = await token_to(world, who.email)
        answer = await anyone.post(f"/v1/partner_invitations/{token}/accept")
    assert answer.status_code == 200, answer.text
    return who, (await who.get(f"/partners/{made['id']}")).json()


async def give_part(world: World, partner_id: str, who: Actor, part: str) -> None:
    """Make somebody one of a partner's people."""
    async with world.sessions() as session, session.begin():
        key = UUID(partner_id)
        session.add(
            Person(id=uuid4(), partner_id=key, account_id=who.id, email=who.email, name="Somebody", part=part)
        )


def declared(part: dict[str, Any]) -> dict[str, Any]:
    """What signs a partner's part as it was read, with all that it declares."""
    return {"version": part["version"], "declarations": [one["key"] for one in part["declarations"]]}


async def signed(actor: Actor, part_id: str) -> dict[str, Any]:
    """The part after the actor has read and signed it."""
    part = (await actor.get(f"/partners/{part_id}")).json()
    return await actor.make(f"/partners/{part_id}/sign", declared(part))


async def asked_by_mail(world: World, email: str) -> str:
    """The path of the newest link by which somebody is asked to act for a partner."""
    async with world.sessions() as session:
        wanted = select(Mail).where(Mail.recipient == email.lower(), Mail.kind == "person_invitation")
        mail = (await session.scalars(wanted.order_by(Mail.written_at.desc()))).first()
    assert mail is not None
    found = re.search(r"/v1/person_invitations/\S+", mail.text)
    assert found is not None
    return found.group(0)


async def joins(world: World, contact: Actor, partner_id: str, who: Actor, part: str) -> str:
    """Somebody is asked and accepts by the link; the id of the person in the partner."""
    asked = {"name": "Jo Joiner", "email": who.email, "part": part}
    await contact.make(f"/partners/{partner_id}/ask_person", asked)
    async with world.client() as anyone:
        answer = await anyone.post(f"{await asked_by_mail(world, who.email)}/accept")
    assert answer.json()["answer"] == "joined", answer.text
    people = (await contact.get(f"/partners/{partner_id}")).json()["people"]
    return str(next(p["id"] for p in people if p["email"] == who.email and p["until"] is None))


async def sent(world: World, kind: str) -> list[Mail]:
    """What was mailed of a kind."""
    async with world.sessions() as session:
        return list(await session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.recipient)))
