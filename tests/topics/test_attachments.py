"""A PDF beside a comment or an opinion: who attaches it, until when, and who reads it."""

import pytest

from app.rehearsal.paper import pdf
from tests.build import Actor, heard, person
from tests.conftest import World
from tests.topics.build import ANSWER, advisers, codes, commented, draft, invited, let_time_pass, round_on
from tests.walls import is_there

pytestmark = pytest.mark.anyio
FILE = pdf("What we say.", pages=1)
HEAD = {"Content-Type": "application/pdf"}


async def put(who: Actor, path: str, content: bytes = FILE, **head: str) -> int:
    answer = await who.client.put(f"/v1{path}/attachment", content=content, headers=HEAD | head)
    return answer.status_code


async def test_its_author_attaches_it_and_those_who_read_the_comment_read_it(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    (who, _), (other, _) = [await invited(world, office, here, name) for name in ("One", "Two")]
    comment = await commented(who, here)
    assert (await who.get(f"{comment}/attachment")).status_code == 404
    assert await put(who, comment) == 204
    assert (await is_there(who, comment))["attachment_size"] == len(FILE)
    for reader in (who, office, await person(world, "auditor", "auditor")):
        read = await reader.get(f"{comment}/attachment")
        assert (read.content, read.headers["content-type"]) == (FILE, "application/pdf")
    for stranger in (other, await person(world, "stranger")):
        assert (await stranger.get(f"{comment}/attachment")).status_code == 404
        assert await put(stranger, comment) == 404
    assert await put(office, comment) == 403
    assert await put(who, comment, b"no PDF") == 422
    assert await put(who, comment, **{"Content-Type": "text/plain"}) == 415


async def test_after_its_time_or_its_answer_a_comment_takes_no_attachment(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, _ = await invited(world, office, here)
    comment, answered = await commented(who, here), await commented(who, here)
    await office.make(f"{answered}/answer", ANSWER)
    assert await put(who, answered) == 409
    assert await put(who, comment) == 204
    await let_time_pass(world, here)
    late = await who.client.put(f"/v1{comment}/attachment", content=FILE, headers=HEAD)
    assert await codes(late) == [("too-late", "")]


async def test_a_body_attaches_its_opinion(world: World) -> None:
    office = await person(world, "office", "office")
    topic = (await draft(office))["id"]
    await heard(world, topic)
    await office.make(f"/topics/{topic}/finalise")
    said, (chair, member) = await advisers(world, "States Group", "sten", "siv")
    opinion = f"/opinions/{(await chair.make(f'/topics/{topic}/opinions', said))['id']}"
    assert await put(member, opinion) == 403
    assert await put(chair, opinion) == 204
    assert (await member.get(f"{opinion}/attachment")).content == FILE
    await office.make(f"/topics/{topic}/redraft")
    assert await put(office, opinion) == 409
