"""Builders: people who are signed in, and the things of the process.

What a test is about is made through the API; what it only stands on is written to the database.
"""

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
from sqlalchemy import func, select

from app.calls.models import Call, CallState, Stage, StageState, TopicStage, TopicStageState
from app.calls.rule_set import named
from app.calls.rules import instant
from app.committee.models import Body, BodyState, Mandate, MandateState
from app.core.clock import machine_now
from app.people.desk import desk
from app.people.models import Account, AccountState, Appointment, AppointmentState, Family
from app.people.tokens import Bearer
from app.topics.consultation.models import (
    Consultation,
    ConsultationState,
    ConsultedBody,
    ConsultedBodyState,
)
from app.topics.models import Topic, TopicState
from app.topics.programme import programme
from tests.conftest import World

EUR45M = {"amount": "45000000.00", "currency": "EUR"}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Actor:
    """A person of a test: the account, and a client that acts for it."""

    def __init__(self, world: World, key: UUID, email: str, token: str) -> None:
        self.world, self.id, self.email, self.token = world, key, email, token
        self.client = world.client(token)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Actor":
        return Actor(deepcopy(self.world, memo), self.id, self.email, self.token)

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        return await self.client.get(f"/v1{path}", **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> httpx2.Response:
        return await self.client.post(f"/v1{path}", **({"json": body} if body is not None else {}), **more)

    async def patch(self, path: str, body: Any, version: int, **more: Any) -> httpx2.Response:
        headers = {"If-Match": f'"{version}"'} | more.pop("headers", {})
        return await self.client.patch(f"/v1{path}", json=body, headers=headers, **more)

    async def make(self, path: str, body: Any = None) -> dict[str, Any]:
        """POST that must work; the answer."""
        answer = await self.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        return dict(answer.json())


def fresh(kind: type[Any], state: Any, **facts: Any) -> Any:
    """A new entity in a state."""
    return kind(id=uuid4(), created_at=machine_now(), state=state, **facts)


async def person(world: World, name: str, *roles: str, audits: Sequence[str] = ()) -> Actor:
    """Somebody signed in, with appointments to these roles, and as auditor of each of these calls."""
    email = f"{name}-{uuid4().hex[:8]}@example.org"
    async with world.sessions() as session, session.begin():
        account = Account(id=uuid4(), created_at=LONG_AGO, state=AccountState.ACTIVE, email=email, name=name)
        family = Family(id=uuid4(), account_id=account.id, opened_at=machine_now())
        session.add(account)
        await session.flush()
        session.add(family)
        for role in roles:
            session.add(_appointment(account, role))
        for call in audits:
            session.add(_appointment(account, "auditor", call_id=UUID(call)))
    return Actor(world, account.id, email, desk().tokens.issue(Bearer(account.id, family.id)))


def _appointment(account: Account, role: str, **more: Any) -> Appointment:
    return Appointment(
        id=uuid4(),
        created_at=LONG_AGO,
        state=AppointmentState.ACTIVE,
        account=account,
        role=role,
        starts_at=LONG_AGO,
        ends_at=datetime(2100, 1, 1, tzinfo=UTC),
        appointing_act="test",
        confirmed_at=LONG_AGO,
        **more,
    )


async def committee(world: World, *names: str) -> tuple[UUID, list[Actor]]:
    """A scientific committee with a mandate in force for each name; the first takes the chair."""
    members = [await person(world, name) for name in names]
    async with world.sessions() as session, session.begin():
        body = Body(id=uuid4(), created_at=LONG_AGO, state=BodyState.ACTIVE, kind="scientific_committee")
        body.name, body.quorum, body.majority = f"Committee {uuid4().hex[:6]}", "0.5", "0.5"
        for number, member in enumerate(members):
            mandate = Mandate(id=uuid4(), created_at=LONG_AGO, state=MandateState.ACTIVE, body=body)
            mandate.account_id, mandate.proposed_by = member.id, member.id
            mandate.seat, mandate.starts_at = ("member" if number else "chair"), LONG_AGO
            mandate.appointing_act = "test"
            session.add(mandate)
    return body.id, members


TOPIC = {
    "challenge": "A challenge.",
    "need": "Both are needed.",
    "scope": "A scope.",
    "outcomes": "Outcomes.",
    "impact": "Impact.",
    "synergies": "Synergies.",
    "applicant_expectations": "Who can do it.",
    "patient_need": "Patients ask for it.",
    "eu_priority": "The Union plans for it.",
    "industry_interest": "Industry would join.",
    "duration_months": 36,
    "projects_expected": 1,
    "indicative_budget": EUR45M,
}


async def vote(office: Actor, body: UUID, members: list[Actor], purpose: str, subject: str) -> dict[str, Any]:
    """A session in which every member says yes to one motion."""
    held = {"title": "Session", "held_at": machine_now().isoformat()}
    session = await office.make(f"/bodies/{body}/sessions", held)
    await office.make(f"/sessions/{session['id']}/open")
    asked = {"purpose": purpose, "subject_id": subject, "text": "Adopt it."}
    motion = await office.make(f"/sessions/{session['id']}/motions", asked)
    await office.make(f"/motions/{motion['id']}/put_to_vote")
    for member in members:
        await member.make(f"/motions/{motion['id']}/vote", {"choice": "yes"})
    return await members[0].make(f"/motions/{motion['id']}/adopt")


async def heard(world: World, topic: str, *but: str) -> None:
    """A closed round on the topic in which each required kind of body, `but` these, had nothing to say."""
    ended = machine_now() - timedelta(seconds=1)
    came = {"created_at": LONG_AGO, "topic_id": UUID(topic)}
    async with world.sessions() as session, session.begin():
        last = select(func.coalesce(func.max(Consultation.number), 0)).where(
            Consultation.topic_id == UUID(topic)
        )
        held = Consultation(id=uuid4(), state=ConsultationState.CLOSED, public=False, **came)
        held.number = (await session.scalar(last) or 0) + 1
        held.opened_at, held.opens_at, held.closes_at = LONG_AGO, LONG_AGO, ended
        session.add(held)
        for kind in (kind for kind in programme().kinds if kind not in but):
            who = Account(id=uuid4(), created_at=LONG_AGO, state=AccountState.ACTIVE, name=kind)
            who.email = f"{kind}-{uuid4().hex[:8]}@example.org"
            session.add(who)
            await session.flush()
            body = ConsultedBody(id=uuid4(), consultation=held, account_id=who.id, kind=kind, **came)
            body.state, body.name, body.reason = ConsultedBodyState.DECLINED, kind, "Nothing to say."
            session.add(body)


async def adopted_topic(office: Actor, body: UUID, members: list[Actor]) -> dict[str, Any]:
    """A topic that the committee has adopted."""
    topic = await office.make("/topics", {"reference": f"T-{uuid4().hex[:8]}", "title": "A topic"})
    await office.patch(f"/topics/{topic['id']}", TOPIC, topic["version"])
    await heard(office.world, topic["id"])
    await office.make(f"/topics/{topic['id']}/finalise")
    await vote(office, body, members, "adopt_topic", topic["id"])
    return topic


async def published_call(
    office: Actor, body: UUID, members: list[Actor], *, deadline: str = "2050-03-31T17:00"
) -> dict[str, Any]:
    """A published call with one stage and one topic; `topic_stage` is its way through it."""
    topic = await adopted_topic(office, body, members)
    called = {"reference": f"C-{uuid4().hex[:8]}", "title": "A call", "rule_set": "imi2", "budget": EUR45M}
    call = await office.make("/calls", called)
    opens = (machine_now() - timedelta(days=1)).isoformat()
    stage = await office.make(f"/calls/{call['id']}/stages", {"opens_at": opens, "deadline": deadline})
    part = {"topic_id": topic["id"], "budget": EUR45M}
    topic_stage = await office.make(f"/stages/{stage['id']}/topic_stages", part)
    await vote(office, body, members, "adopt_call", call["id"])
    await office.make(f"/calls/{call['id']}/publish")
    return {"call": call, "stage": stage, "topic": topic, "topic_stage": topic_stage}


async def standing_call(
    world: World,
    *,
    deadline: str = "2050-03-31T17:00",
    call_is: CallState = CallState.PUBLISHED,
    topic_is: TopicStageState = TopicStageState.SCHEDULED,
    rules: str = "imi2",
) -> dict[str, Any]:
    """The ids and references of what `published_call` makes, written to the database."""
    word, money = uuid4().hex[:8], Decimal(EUR45M["amount"])
    topic = fresh(Topic, TopicState.IN_CALL, **TOPIC | {"indicative_budget": money}, action_type="RIA")
    topic.reference, topic.title, topic.adopted_version = f"T-{word}", "A topic", 2
    call = fresh(Call, call_is, reference=f"C-{word}", title="A call", budget=money, rule_set=rules)
    call.rules, call.published_at = named(rules).model_dump(mode="json"), machine_now()
    stage = fresh(Stage, StageState.SCHEDULED, call=call, number=1, deadline=deadline)
    stage.opens_at, stage.closes_at = machine_now() - timedelta(days=1), instant(deadline)
    part = fresh(TopicStage, topic_is, stage=stage, topic=topic, budget=money, expected_grants=1)
    async with world.sessions() as session, session.begin():
        session.add(part)
    made = {"call": call, "stage": stage, "topic": topic, "topic_stage": part}
    references = {"call": call.reference, "topic": topic.reference}
    return {
        name: {"id": str(each.id)} | ({"reference": references[name]} if name in references else {})
        for name, each in made.items()
    }
