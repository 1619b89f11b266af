"""Minutes: of a closed session, to each reader what they may know, to the public once all is released."""

from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from sqlalchemy import select

from app.core.audit import AuditDetail
from tests.build import Actor, person
from tests.committee.build import Sitting, alternate, in_days, prepared, say
from tests.committee.test_taken_out import adopted, taken_out
from tests.conftest import World
from tests.decisions.build import Ranked, release
from tests.decisions.test_embargo import apply
from tests.topics.build import OUTCOME, codes
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio


async def closed(world: World) -> tuple[Sitting, str, Actor]:
    """A session that has decided on an idea; one member was out, an alternate has voted for another."""
    there = await prepared(world, "ann", "bob", "cas", "dan")
    ann, bob, cas, dan = there.members
    deputy, session = await alternate(world, there.body, bob, "deputy"), await there.session()
    for who in (ann, cas, dan, deputy):
        await who.make(f"{session}/attend")
    await there.office.make(f"{there.motion}/put_to_vote")
    await dan.make(f"{there.motion}/declare_interest", {"reason": "My sister leads it."})
    await say(there.motion, [ann, deputy])
    await say(there.motion, [cas], "no")
    await there.office.make(f"{there.motion}/adopt", OUTCOME)
    await ann.make(f"{session}/close")
    return there, session, deputy


async def test_minutes_tell_who_was_there_and_how_it_went_to_the_body(world: World) -> None:
    there, session, deputy = await world.prepared(closed)
    auditor = await person(world, "auditor", "auditor")
    told = await is_there(there.members[0], f"{session}/minutes")
    assert [(one["name"], one["left_at"] == told["closed_at"]) for one in told["present"]] == [
        ("ann", True), ("cas", True), ("dan", True), ("deputy", True),
    ]  # fmt: skip
    (motion,) = told["motions"]
    assert (motion["number"], motion["text"], motion["result"]) == (
        1,
        "Because patients ask for it.",
        "Adopted",
    )
    assert motion["count"] == {
        "seats": 4, "entitled": 3, "cast": 3, "yes": "2", "no": "1", "abstain": "0",
    }  # fmt: skip
    assert motion["out"] == [{"name": "dan", "reason": "My sister leads it."}]
    votes = {one["name"]: (one["stands_in_for"], one["choice"]) for one in motion["votes"]}
    assert votes == {"ann": (None, "yes"), "deputy": ("bob", "yes"), "cas": (None, "no")}
    for who in (there.office, auditor, deputy):
        assert await is_there(who, f"{session}/minutes") == told


async def test_minutes_leave_out_what_their_reader_was_out_of(world: World) -> None:
    there, session, _ = await world.prepared(closed)
    dan = there.members[3]
    told = await is_there(dan, f"{session}/minutes")
    assert (told["motions"], len(told["present"])) == ([], 4)


async def test_there_are_no_minutes_before_the_session_is_closed_nor_for_strangers(world: World) -> None:
    there = await prepared(world, "ann")
    session = await there.session()
    for form in ("minutes", "minutes.pdf"):
        assert await codes(await there.office.get(f"{session}/{form}")) == [("not-closed", "")]
    await there.office.make(f"{session}/close")
    stranger = await person(world, "stranger")
    anyone = world.client()
    for form in ("minutes", "minutes.pdf"):
        assert (await there.members[0].get(f"{session}/{form}")).status_code == 200
        assert (await stranger.get(f"{session}/{form}")).status_code == 404
        assert (await anyone.get(f"/v1{session}/{form}")).status_code == 404
    await anyone.aclose()


async def test_the_pdf_is_the_same_bytes_each_time(world: World) -> None:
    there, session, _ = await world.prepared(closed)
    one = await there.office.get(f"{session}/minutes.pdf")
    two = await there.members[0].get(f"{session}/minutes.pdf")
    out = await there.members[3].get(f"{session}/minutes.pdf")
    assert (one.headers["content-type"], one.content[:5]) == ("application/pdf", b"%PDF-")
    assert (one.content == two.content, one.content == out.content) == (True, False)


async def published(there: Any, session: str) -> dict[str, Any]:
    assert (await there.office.post(f"{session}/publish_minutes")).status_code == 202
    return dict(await there.second.make(f"{session}/publish_minutes"))


async def test_published_minutes_name_no_votes_and_tell_no_reasons(world: World) -> None:
    there, session, _ = await world.prepared(closed)
    anyone, dan = world.client(), there.members[3]
    assert (await anyone.get(f"/v1{session}")).status_code == 404
    assert (await there.members[0].post(f"{session}/publish_minutes")).status_code == 403
    await published(there, session)
    seen = (await anyone.get(f"/v1{session}")).json()
    assert ("attendance" in seen, "agenda" in seen, seen["state"]) == (False, False, "closed")
    told = (await anyone.get(f"/v1{session}/minutes")).json()
    (motion,) = told["motions"]
    assert told["present"] is None
    assert {k: motion[k] for k in ("result", "out", "votes", "count", "outcome_reason")} == {
        "result": "Adopted",
        "out": [{"name": "dan", "reason": None}],
        "votes": None,
        "count": None,
        "outcome_reason": None,
    }
    # Who was out reads of it what everybody reads, the body still all of it.
    assert (await is_there(dan, f"{session}/minutes"))["motions"] == told["motions"]
    assert len((await is_there(there.office, f"{session}/minutes"))["motions"][0]["votes"]) == 3
    assert await codes(await there.office.post(f"{session}/publish_minutes")) == [("published-already", "")]
    async with world.sessions() as db:
        found = await db.scalars(select(AuditDetail.detail["digest"].astext))
        assert [len(one) for one in found if one] == [64]
    await anyone.aclose()


def digest_of(answer: Any) -> str:
    return sha256(rfc8785.dumps(answer.json())).hexdigest()


async def test_published_minutes_stay_what_was_signed_for_when_somebody_takes_another_name(
    world: World,
) -> None:
    """Also what who was out of a motion reads of it; the body reads the names of today."""
    there, session, _ = await world.prepared(closed)
    dan, anyone = there.members[3], world.client()
    await published(there, session)
    path = f"/v1{session}/minutes"
    before, pdf = await anyone.get(path), await anyone.get(f"{path}.pdf")
    async with world.sessions() as db:
        (kept,) = [one for one in await db.scalars(select(AuditDetail.detail["digest"].astext)) if one]
    assert digest_of(before) == kept
    me = (await dan.get("/me")).json()["account"]
    answer = await dan.patch(f"/accounts/{me['id']}", {"name": "Daniela"}, me["version"])
    assert answer.status_code == 200, answer.text
    after = await anyone.get(path)
    assert (after.content, digest_of(after)) == (before.content, kept)
    assert (await anyone.get(f"{path}.pdf")).content == pdf.content
    assert (await is_there(dan, f"{session}/minutes"))["motions"] == before.json()["motions"]
    (motion,) = (await is_there(there.office, f"{session}/minutes"))["motions"]
    assert motion["out"] == [{"name": "Daniela", "reason": "My sister leads it."}]
    await anyone.aclose()


async def test_whoever_is_in_minutes_is_not_forgotten_with_the_expert_they_were(world: World) -> None:
    """What a body decided keeps who was there, who voted and who was out; what the expert said goes."""
    there, session, _ = await world.prepared(closed)
    ann = there.members[0]
    key = (await ann.make("/experts/oneself", {"text": "Twenty years of trials."}))["id"]
    told = await is_there(there.office, f"{session}/minutes")
    assert (await there.office.post(f"/experts/{key}/anonymise")).status_code == 202
    assert (await there.second.make(f"/experts/{key}/anonymise"))["text"] == ""
    assert await is_there(there.office, f"{session}/minutes") == told
    assert "ann" in [one["name"] for one in told["present"]]
    assert (await ann.get("/me")).json()["account"]["name"] == "ann"


async def list_voted_on(world: World) -> tuple[Ranked, str, str, str]:
    there, motion, _, _ = await taken_out(world, "declare_interest")
    session = f"/sessions/{(await there.office.get(motion)).json()['session_id']}"
    decision = await adopted(there, motion)
    await there.office.make(f"{session}/close")
    return there, session, motion, decision


async def blocks(officer: Actor, session: str) -> list[list[str]]:
    """What stands against the publication, where it is offered at all."""
    offered = (await is_there(officer, session))["actions"]
    found = [one["blocked_by"] for one in offered if one["name"] == "publish_minutes"]
    return [[reason["code"] for reason in reasons] for reasons in found]


async def test_minutes_of_a_list_wait_for_its_release(world: World) -> None:
    """An embargo: whatever they say, that there was a vote would tell applicants of a list."""
    there, session, _, decision = await list_voted_on(world)
    dan, anyone, applicant = there.members[3], world.client(), there.proposals[0].coordinator
    assert len((await is_there(there.members[0], f"{session}/minutes"))["motions"]) == 1
    assert (await is_there(dan, f"{session}/minutes"))["motions"] == []
    for officer in (there.office, there.second):
        assert await codes(await officer.post(f"{session}/publish_minutes")) == [("under-embargo", "")]
        assert await blocks(officer, session) == [["under-embargo"]]  # seen before it is tried
    # Whoever comes to apply learns neither by the act nor by the offer that there is an embargo.
    third = await person(world, "third", "office")
    assert await blocks(third, session) == [["under-embargo"]]
    await apply(world, there, third)
    assert await blocks(third, session) == []
    assert (await third.post(f"{session}/publish_minutes")).status_code == 403
    await is_hidden(applicant, session)
    await release(there.office, there.second, decision.rpartition("/")[2])
    assert await blocks(there.office, session) == [[]]
    assert (await there.office.post(f"{session}/publish_minutes")).status_code == 202
    assert (await is_there(dan, f"{session}/minutes"))["motions"] == []  # of what they were out of
    await there.second.make(f"{session}/publish_minutes")
    told = (await anyone.get(f"/v1{session}/minutes")).json()["motions"]
    assert [one["result"] for one in told] == ["Adopted"]
    assert (await is_there(applicant, f"{session}/minutes"))["motions"] == told
    await anyone.aclose()


async def test_minutes_of_a_vote_that_was_put_off_wait_as_well(world: World) -> None:
    there, motion, _, _ = await taken_out(world, "declare_interest")
    session = f"/sessions/{(await there.office.get(motion)).json()['session_id']}"
    await there.office.make(f"{motion}/adjourn", {"reason": "Nobody has voted.", "until": in_days(3)})
    await there.office.make(f"{session}/close")
    assert await codes(await there.office.post(f"{session}/publish_minutes")) == [("under-embargo", "")]
