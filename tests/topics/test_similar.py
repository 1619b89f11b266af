"""What may be the same is shown while an idea is written, of what its writer may read; it blocks nothing."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, insert

from app.core.postgres import Database
from app.topics.models import Topic, TopicState
from app.topics.queries import AT_MOST, similar_to
from tests.build import LONG_AGO, Actor, committee, person
from tests.conftest import World
from tests.topics.build import draft, idea, screened, sketch

pytestmark = pytest.mark.anyio
HEART = {
    "title": "Heart failure in the elderly",
    "challenge": "Hearts fail unseen.",
    "impact": "Longer lives.",
}


@pytest.fixture(scope="module")
def plain(database: Database) -> Iterator[Engine]:
    found = create_engine(database.app_url)
    yield found
    found.dispose()


async def like(who: Actor, key: str) -> list[dict[str, Any]]:
    answer = await who.get(f"/topics/{key}/similar")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_the_most_alike_come_first_with_a_score(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    same, near = await idea(who, **HEART), await idea(who, title="Failure of the kidney")
    far = await idea(who, title="Vaccines", impact="Health.")
    drafted = await draft(office)
    answer = await office.patch(f"/topics/{drafted['id']}", HEART, drafted["version"])
    assert answer.status_code == 200
    made = await sketch(who, **HEART)
    found = await like(who, made["id"])
    keys = [each["id"] for each in found]
    assert keys[0] == same["id"]
    assert near["id"] in keys
    assert {far["id"], drafted["id"], made["id"]} & set(keys) == set()
    assert found[0].keys() == {"id", "reference", "title", "state", "score"}
    scores = [each["score"] for each in found]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] <= scores[0] < 1
    assert {same["id"], made["id"]} - {each["id"] for each in await like(office, drafted["id"])} == {
        made["id"]
    }
    await who.make(f"/topics/{made['id']}/submit_idea")


async def test_they_are_ten_at_most(world: World) -> None:
    who = await person(world, "proposer")
    made = [await sketch(who, **HEART) for _ in range(AT_MOST + 2)]
    assert len(await like(who, made[0]["id"])) == AT_MOST


async def test_an_idea_without_words_is_like_nothing(world: World) -> None:
    who = await person(world, "proposer")
    await idea(who)
    for said in ({}, {"title": "the of and"}, {"title": "'); --"}, {"title": "\\' | !"}):
        made = await who.make("/topics/ideas", said)
        assert await like(who, made["id"]) == []


async def test_it_is_for_whoever_may_edit_it_and_no_longer(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    body, members = await committee(world, "ann")
    made = await idea(who)
    for other in (office, *members):
        assert (await other.get(f"/topics/{made['id']}/similar")).status_code == 403
    assert (await (await person(world, "other")).get(f"/topics/{made['id']}/similar")).status_code == 404
    await screened(office, body, members, made["id"], "yes")
    assert (await who.get(f"/topics/{made['id']}/similar")).status_code == 403
    await like(office, made["id"])
    await office.patch(f"/topics/{made['id']}", {"need": "N", "scope": "S"}, 1)


async def test_nobody_feels_for_the_text_of_what_they_may_not_read(world: World) -> None:
    """Neither of others' ideas, nor of the draft that is made of one's own, whose title alone one sees."""
    who, other = await person(world, "proposer"), await person(world, "other")
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    hidden, taken = await idea(other, challenge="quetzalcoatl"), await idea(who)
    await screened(office, body, members, taken["id"], "yes")
    await office.patch(f"/topics/{taken['id']}", {"challenge": "quetzalcoatl", "title": "Other"}, 1)
    probe = {"title": "quetzalcoatl"}
    seen = await sketch(office, **probe)
    assert {each["id"] for each in await like(office, seen["id"])} == {hidden["id"], taken["id"]}
    mine = await who.make("/topics/ideas", probe)
    assert await like(who, mine["id"]) == []


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200)
AWKWARD = st.lists(
    st.sampled_from(["'", "\\", "a'b", "c\\d", "&|!:*", "<->", "/a/b", "x@y.zz", "é" * 3_000, "%s"])
)


@settings(max_examples=80)
@given(text=TEXTS | AWKWARD.map(" ".join), word=st.sampled_from(["", "quetzalcoatl"]))
def test_any_text_is_compared(plain: Engine, text: str, word: str) -> None:
    """In one statement, whatever the text is; and a word that both have is found."""
    keys = uuid4(), uuid4()
    with plain.connect() as connection:
        for number, key in enumerate(keys):
            about = {"id": key, "created_at": LONG_AGO, "reference": f"T-{number}", "title": "T"}
            about |= {"state": TopicState.DRAFTING, "action_type": "RIA", "challenge": f"{word} {text}"}
            connection.execute(insert(Topic).values(**about))
        found = connection.execute(similar_to(keys[0], Topic.id == keys[1])).all()
        connection.rollback()
    if word:
        assert [row.id for row in found] == [keys[1]]


def test_texts_of_any_length_are_compared(plain: Engine) -> None:
    words = " ".join(f"word{number}" for number in range(15_000))
    keys = uuid4(), uuid4()
    with plain.connect() as connection:
        for number, key in enumerate(keys):
            about = {"id": key, "created_at": LONG_AGO, "reference": f"T-{number}", "title": words[:200]}
            about |= {"state": TopicState.DRAFTING, "action_type": "RIA", "challenge": words, "impact": words}
            connection.execute(insert(Topic).values(**about))
        assert len(connection.execute(similar_to(keys[0], Topic.id == keys[1])).all()) == 1
        connection.rollback()
