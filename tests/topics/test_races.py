"""Acts on a consultation that meet, on a database with real commits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.committee.models import Motion
from app.core.clock import machine_now
from app.topics.consultation.models import Consultation
from app.topics.models import Topic
from tests.build import committee, person
from tests.conftest import World
from tests.proposals.test_races import waiting
from tests.topics.build import (
    ANSWER,
    COMMENT,
    codes,
    commented,
    draft,
    idea,
    invited,
    let_time_pass,
    motion_on,
    round_on,
)

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def held(live: World, model: Any, key: str) -> AsyncIterator[AsyncSession]:
    """Somebody else has the row locked, for as long as this lasts."""
    async with live.sessions() as session, session.begin():
        await session.execute(select(model.id).where(model.id == UUID(key)).with_for_update())
        yield session


async def test_two_officers_who_open_a_round_at_once_open_one(live: World) -> None:
    one, two = await person(live, "one", "office"), await person(live, "two", "office")
    topic = (await draft(one))["id"]
    asked = {"closes_at": (machine_now() + timedelta(days=1)).isoformat()}
    async with held(live, Topic, topic):
        opening = [
            asyncio.create_task(who.post(f"/topics/{topic}/consultations", asked)) for who in (one, two)
        ]
        await waiting(live, 2)
    answers = sorted([await each for each in opening], key=lambda answer: answer.status_code)
    assert answers[0].status_code == 201
    assert await codes(answers[1]) == [("round-open", "/rounds")]
    async with live.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Consultation)) == 1


async def at_once(live: World, here: str, sent: dict[str, Any], first: str) -> list[Any]:
    """The answers, in the order of `sent`, of acts that wait for a round's lock together, `first` ahead."""
    async with held(live, Consultation, here.rsplit("/", 1)[1]):
        tasks = {}
        for count, name in enumerate(sorted(sent, key=lambda name: name != first), 1):
            tasks[name] = asyncio.create_task(sent[name])
            await waiting(live, count)
    return [await tasks[name] for name in sent]


async def test_a_comment_that_came_in_time_blocks_the_closing_that_meets_it(live: World) -> None:
    office = await person(live, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, _ = await invited(live, office, here)
    key = here.rsplit("/", 1)[1]
    async with held(live, Consultation, key) as session:
        commenting = asyncio.create_task(who.post(f"{here}/comments", COMMENT))
        await waiting(live)
        over = update(Consultation).where(Consultation.id == UUID(key)).values(closes_at=machine_now())
        await session.execute(over)
        closing = asyncio.create_task(office.post(f"{here}/close"))
        await waiting(live, 2)
    comment = (await commenting).json()["id"]
    assert await codes(await closing) == [("comment-unanswered", f"/comments/{comment}")]


async def test_a_comment_that_comes_after_the_closing_is_refused(live: World) -> None:
    office = await person(live, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, _ = await invited(live, office, here)
    await let_time_pass(live, here)
    sent = {"comment": who.post(f"{here}/comments", COMMENT), "close": office.post(f"{here}/close")}
    comment, close = await at_once(live, here, sent, "close")
    assert close.status_code == 200
    assert await codes(comment) == [("round-closed", ""), ("too-late", "")]


@pytest.mark.parametrize("first", ["answer", "close"])
async def test_an_answer_that_meets_the_closing_comes_before_it_or_not_at_all(
    live: World, first: str
) -> None:
    office = await person(live, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, _ = await invited(live, office, here)
    path = await commented(who, here)
    await office.make(f"{path}/answer", ANSWER)
    await let_time_pass(live, here)
    other = {"response": "accepted", "reason": "After all."}
    sent = {"answer": office.post(f"{path}/answer", other), "close": office.post(f"{here}/close")}
    answer, close = await at_once(live, here, sent, first)
    assert close.status_code == 200
    last = (await who.get(path)).json()["reason"]
    if answer.status_code == 200:
        assert last == "After all."
    else:
        assert await codes(answer) == [("round-closed", "")]
        assert last == ANSWER["reason"]


@pytest.mark.parametrize("first", ["comment", "decline"])
async def test_a_body_that_comments_and_declines_at_once_has_done_one(live: World, first: str) -> None:
    office = await person(live, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, body = await invited(live, office, here)
    nothing = {"reason": "Nothing to say."}
    sent = {"comment": who.post(f"{here}/comments", COMMENT), "decline": who.post(f"{body}/decline", nothing)}
    comment, decline = await at_once(live, here, sent, first)
    if comment.status_code == 201:
        assert await codes(decline) == [("has-commented", "")]
    else:
        assert (comment.status_code, decline.status_code) == (404, 200)


async def test_an_edit_that_meets_the_vote_is_refused(live: World) -> None:
    """What waits for the vote's lock finds the vote open, whatever it read before."""
    office, who = await person(live, "office", "office"), await person(live, "proposer")
    body, _ = await committee(live, "ann")
    made = await idea(who)
    motion = await motion_on(office, body, "screen_idea", made["id"])
    async with held(live, Topic, made["id"]):
        voting = asyncio.create_task(office.post(f"{motion}/put_to_vote"))
        await waiting(live)
        editing = asyncio.create_task(who.patch(f"/topics/{made['id']}", {"title": "Other"}, 1))
        await waiting(live, 2)
    assert (await voting).status_code == 200
    assert await codes(await editing) == [("being-voted-on", "")]
    async with live.sessions() as session:
        opened = await session.scalar(select(Motion.state))
    assert opened == "voting"


@pytest.mark.parametrize("first", ["score", "vote"])
async def test_a_score_that_meets_the_vote_comes_before_it_or_not_at_all(live: World, first: str) -> None:
    office, who = await person(live, "office", "office"), await person(live, "proposer")
    body, (ann,) = await committee(live, "ann")
    made = await idea(who)
    motion = await motion_on(office, body, "screen_idea", made["id"])
    score = {"score": 3, "reason": "Good."}
    sent = {"vote": office.post(f"{motion}/put_to_vote")}
    sent["score"] = ann.post(f"/topics/{made['id']}/screenings", score)
    async with held(live, Topic, made["id"]):
        tasks = {}
        for count, name in enumerate(sorted(sent, key=lambda name: name != first), 1):
            tasks[name] = asyncio.create_task(sent[name])
            await waiting(live, count)
    assert (await tasks["vote"]).status_code == 200
    answer = await tasks["score"]
    if first == "score":
        assert answer.status_code == 201
    else:
        assert await codes(answer) == [("being-voted-on", "")]
    again = await ann.post(f"/topics/{made['id']}/screenings", score)
    assert ("being-voted-on", "") in await codes(again)
