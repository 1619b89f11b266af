"""Walls around ideas and consultations, by hand: each first shows that there is something to see."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.calls.models import TopicStage
from app.core.clock import machine_now
from app.topics.consultation.models import Comment, CommentState, Consultation, ConsultationState
from tests.build import Actor, committee, heard, person
from tests.conftest import World
from tests.consortia.build import consortium, give_part, open_stage
from tests.topics.build import (
    ANSWER,
    COMMENT,
    IDEA,
    commented,
    draft,
    ended,
    idea,
    invited,
    round_on,
    screened,
)
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def nobody_reads(world: World, *paths: str) -> None:
    async with world.client() as client:
        for path in paths:
            assert (await client.get(f"/v1{path}")).status_code == 404


async def test_an_idea_is_there_for_its_proposer_and_those_who_screen_it_alone(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    _, (chair, member) = await committee(world, "ann", "bob")
    path = f"/topics/{(await idea(who))['id']}"
    for reader in (who, office, chair, member, await person(world, "auditor", "auditor")):
        assert (await is_there(reader, path))["patient_need"] == IDEA["patient_need"]
    other = await person(world, "other")
    await is_there(other, f"/topics/{(await idea(other))['id']}")
    for stranger in (other, await person(world, "stranger"), await person(world, "admin", "admin")):
        await is_hidden(stranger, path)
        assert (await stranger.patch(path, {"title": "Mine"}, 1)).status_code == 404
    await nobody_reads(world, path)


async def test_who_proposed_an_idea_reads_no_draft_that_is_made_of_it(world: World) -> None:
    who, office = await person(world, "proposer"), await person(world, "office", "office")
    made = await idea(who)
    path = f"/topics/{made['id']}"
    await screened(office, *(await committee(world, "ann")), made["id"], "yes")
    changed = await office.patch(path, {"challenge": "SECRETUM", "scope": "SECRETUM"}, 1)
    assert "SECRETUM" in changed.text
    read = await who.get(path)
    assert (read.json()["state"], read.json()["reference"]) == ("drafting", made["reference"])
    assert "SECRETUM" not in read.text
    refused = await who.patch(path, {"title": "Mine"}, 1)
    assert refused.status_code == 412  # which shows the present version, as far as one may read it
    assert "SECRETUM" not in refused.text
    here = await round_on(office, made["id"])
    await is_hidden(who, here)
    assert "SECRETUM" not in (await who.get(path)).text


async def test_the_committee_screens_by_vote_alone(world: World) -> None:
    office = await person(world, "office", "office")
    _, (chair, member) = await committee(world, "ann", "bob")
    path = f"/topics/{(await idea(await person(world, 'proposer')))['id']}"
    for who in (office, chair, member):
        await is_there(who, path)
        assert (await who.post(f"{path}/take_up")).status_code == 404
        assert (await who.post(f"{path}/finalise")).status_code == (409 if who is office else 403)
        assert (await who.patch(path, {"title": "Ours"}, 1)).status_code == 403


async def test_a_draft_in_consultation_is_there_for_who_is_asked_alone(world: World) -> None:
    office = await person(world, "office", "office")
    topic, other = await draft(office), await draft(office)
    here, elsewhere = await round_on(office, topic["id"]), await round_on(office, other["id"])
    (who, body), (consulted_there, _) = [await invited(world, office, r) for r in (here, elsewhere)]
    for path in (f"/topics/{topic['id']}", here, body):
        await is_there(who, path)
        for stranger in (consulted_there, await person(world, "stranger")):
            await is_hidden(stranger, path)
    for stranger in (consulted_there, await person(world, "stranger")):
        assert (await stranger.post(f"{here}/comments", COMMENT)).status_code == 404
        assert (await stranger.post(f"{body}/decline", {"reason": "Not mine."})).status_code == 404
    await is_there(consulted_there, f"/topics/{other['id']}")
    await nobody_reads(world, f"/topics/{topic['id']}", here, body)


async def test_who_is_consulted_changes_nothing(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    here = await round_on(office, topic["id"])
    who, _ = await invited(world, office, here)
    comment, path = await commented(who, here), f"/topics/{topic['id']}"
    assert (await who.patch(path, {"title": "Mine"}, topic["version"])).status_code == 403
    asked = {"closes_at": (machine_now() + timedelta(days=1)).isoformat()}
    name = {"account_id": str(who.id), "kind": "other", "name": "Mine"}
    for act, body in (
        (f"{path}/finalise", None),
        (f"{path}/redraft", None),
        (f"{path}/consultations", asked),
        (f"{here}/close", None),
        (f"{here}/consulted_bodies", name),
        (f"{comment}/answer", ANSWER),
    ):
        assert (await who.post(act, body)).status_code == 403
    assert (await is_there(who, path))["actions"] == []


async def test_a_comment_is_there_for_its_author_and_those_who_make_the_topic(world: World) -> None:
    office = await person(world, "office", "office")
    _, (chair, member) = await committee(world, "ann", "bob")
    here = await round_on(office, (await draft(office))["id"], public=True)
    (who, body), (other, _) = [await invited(world, office, here, name) for name in ("One", "Two")]
    anyone = await person(world, "anyone")
    comment = await commented(who, here)
    await office.make(f"{comment}/answer", ANSWER)
    for reader in (who, office, chair, member, await person(world, "auditor", "auditor")):
        assert (await is_there(reader, comment))["reason"] == ANSWER["reason"]
    for stranger in (other, anyone):
        await is_there(stranger, here)
        await is_there(stranger, await commented(stranger, here))
        await is_hidden(stranger, comment)
        await is_hidden(stranger, body)
    for reader in (chair, member, who):
        assert (await reader.post(f"{comment}/answer", ANSWER)).status_code == 403


async def test_an_auditor_changes_nothing_of_a_consultation(world: World) -> None:
    office, auditor = await person(world, "office", "office"), await person(world, "auditor", "auditor")
    topic = await draft(office)
    here = await round_on(office, topic["id"])
    who, body = await invited(world, office, here)
    comment = await commented(who, here)
    asked = {"closes_at": (machine_now() + timedelta(days=1)).isoformat()}
    for path, act, sent in (
        (f"/topics/{topic['id']}", "consultations", asked),
        (here, "close", None),
        (here, "comments", COMMENT),
        (body, "decline", {"reason": "No."}),
        (comment, "answer", ANSWER),
    ):
        assert (await is_there(auditor, path))["actions"] == []
        assert (await auditor.post(f"{path}/{act}", sent)).status_code == 403


async def test_after_the_consultation_who_was_asked_reads_what_everybody_reads(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    here = await round_on(office, topic["id"])
    who, body = await invited(world, office, here)
    comment = await commented(who, here)
    await office.make(f"{comment}/answer", ANSWER)
    await ended(world, office, here)
    await is_there(who, f"/topics/{topic['id']}")
    await heard(world, topic["id"])
    for act in ("finalise", "redraft"):
        await office.make(f"/topics/{topic['id']}/{act}")
        await is_hidden(who, f"/topics/{topic['id']}")
    for path in (here, body, comment):
        await is_there(who, path)


async def test_who_was_asked_on_an_earlier_text_does_not_read_the_next(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    path = f"/topics/{topic['id']}"
    first = await round_on(office, topic["id"])
    early, _ = await invited(world, office, first)
    await is_there(early, path)
    await ended(world, office, first)
    await office.make(f"{path}/redraft")
    second = await round_on(office, topic["id"])
    late, _ = await invited(world, office, second)
    await is_there(late, path)
    await is_there(late, second)
    for hidden in (path, second):
        await is_hidden(early, hidden)
    assert (await early.post(f"{second}/comments", COMMENT)).status_code == 404
    await is_hidden(late, first)


async def test_a_body_that_has_declined_reads_no_more_of_it(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    here = await round_on(office, topic["id"])
    who, body = await invited(world, office, here)
    await is_there(who, f"/topics/{topic['id']}")
    await who.make(f"{body}/decline", {"reason": "Not our field."})
    for path in (f"/topics/{topic['id']}", here):
        await is_hidden(who, path)
    await is_there(who, body)


async def test_a_public_round_is_there_for_whoever_has_signed_in(world: World) -> None:
    office, anyone = await person(world, "office", "office"), await person(world, "anyone")
    topic, other = await draft(office), await draft(office)
    here = await round_on(office, topic["id"], public=True)
    for path in (f"/topics/{topic['id']}", here):
        await is_there(anyone, path)
    await is_there(office, f"/topics/{other['id']}")
    await is_hidden(anyone, f"/topics/{other['id']}")
    await nobody_reads(world, f"/topics/{topic['id']}", here)
    await is_there(anyone, await commented(anyone, here))
    async with world.client() as nobody:
        assert (await nobody.post(f"/v1{here}/comments", json=COMMENT)).status_code == 404


async def test_who_applies_reads_nothing_of_what_was_said_on_the_topic(world: World) -> None:
    """Neither an applicant nor, for as long as the interest lasts, an officer who applies."""
    part = await open_stage(world)
    lead, office = await person(world, "lead"), await person(world, "office", "office")
    applying = await person(world, "applying", "office")
    here, comment = await said_on(world, part, lead)
    for path in (here, comment):
        await is_there(office, path)
        await is_there(applying, path)
    made = await consortium(lead, part)
    parts = (await is_there(lead, f"/partners?consortium_id={made['id']}"))["items"]
    await give_part(world, parts[0]["id"], applying, "contributor")
    for path in (here, comment):
        await is_there(office, path)
        await is_hidden(applying, path)
    await is_hidden(lead, here)
    assert (await is_there(lead, comment))["text"] == "Said."  # one's own words stay one's own


async def said_on(world: World, topic_stage: str, author: Actor) -> tuple[str, str]:
    """A closed round on a topic that is in a call by now, and a comment given in it."""
    now, at = machine_now(), {"id": uuid4(), "created_at": machine_now()}
    async with world.sessions() as session, session.begin():
        wanted = select(TopicStage.topic_id).where(TopicStage.id == UUID(topic_stage))
        topic_id = await session.scalar(wanted)
        held = Consultation(**at, state=ConsultationState.CLOSED, topic_id=topic_id, number=1, public=False)
        held.opened_at = held.opens_at = now - timedelta(days=9)
        held.closes_at = now - timedelta(days=2)
        said = Comment(id=uuid4(), created_at=now, state=CommentState.ANSWERED, topic_id=topic_id)
        said.consultation, said.author_id, said.about, said.text = held, author.id, "need", "Said."
        said.response, said.reason = "accepted", "Yes."
        said.anonymous = False
        session.add(said)
    return f"/consultations/{held.id}", f"/comments/{said.id}"
