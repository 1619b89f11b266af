"""Partner search: offers and needs for a topic in a call, and the wall of the first of two stages (C-09)."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.calls.models import Call, CallState, Stage, TopicStage, TopicStageState
from app.topics.models import Topic
from tests.build import Actor, person, standing_call
from tests.calls.living import later
from tests.conftest import Counting, World
from tests.consortia.build import close, consortium, open_stage, organisation, partner
from tests.consortia.test_merging import merge
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
SAID = {"kind": "need", "text": "A hospital with a cohort.", "keywords": ["cohort"], "contact": "+32 2 000"}


async def publish(who: Actor, stage: str, organisation_id: str = "", **more: Any) -> dict[str, Any]:
    """A notice for an organisation, a new one if none is named."""
    key = organisation_id or (await organisation(who))["id"]
    return await who.make(f"/topic_stages/{stage}/partner_searches", SAID | {"organisation_id": key} | more)


async def listed(who: Actor, **filters: str) -> set[str]:
    answer = await who.get("/partner_searches", params=filters)
    assert answer.status_code == 200, answer.text
    return {item["id"] for item in answer.json()["items"]}


async def member(world: World, office: Actor, **more: Any) -> str:
    """An organisation that the office has marked as a member of the industry side."""
    made = await organisation(office, **{"kind": "large_company"} | more)
    marked = await office.patch(f"/organisations/{made['id']}", {"industry_member": "constituent"}, 1)
    assert marked.status_code == 200, marked.text
    return str(made["id"])


async def two_stages(world: World, *companies: str, stage: int = 1) -> str:
    """A topic in a stage of a two-stage call, with these companies in its industry consortium."""
    made = await standing_call(world, deadline=later(29), call_is=CallState.RUNNING)
    async with world.sessions() as session, session.begin():
        for model, name, values in (
            (Call, "call", {"kind": "two_stage"}),
            (Stage, "stage", {"number": stage}),
            (Topic, "topic", {"industry_consortium": dict.fromkeys(companies, "Data.")}),
        ):
            key = UUID(made[name]["id"])
            await session.execute(update(model).where(model.id == key).values(**values))
    return str(made["topic_stage"]["id"])


async def test_a_notice_is_read_by_anyone_signed_in_and_changed_by_its_author(world: World) -> None:
    stage, ann, bob = await open_stage(world), await person(world, "ann"), await person(world, "bob")
    made = await publish(ann, stage)
    path = f"/partner_searches/{made['id']}"
    read = await is_there(bob, path)
    assert {name: read[name] for name in SAID} == SAID
    assert (read["organisation"]["country"], read["actions"]) == ("DE", [])
    assert "ann" not in str(read)
    async with world.client() as nobody:
        assert (await nobody.get(f"/v1{path}")).status_code == 404
        assert (await nobody.get("/v1/partner_searches")).json()["items"] == []
    assert (await bob.patch(path, {"text": "Mine."}, 1)).status_code == 403
    assert (await bob.post(f"{path}/take_down")).status_code == 403
    assert (await ann.patch(path, {"text": "Two."}, 2)).status_code == 412
    edited = (await ann.patch(path, {"text": "Two."}, 1)).json()
    assert (edited["text"], edited["contact"]) == ("Two.", SAID["contact"])
    await ann.make(f"{path}/take_down")
    await is_hidden(bob, path)
    assert (await is_there(ann, path))["state"] == "taken_down"


async def test_the_office_takes_a_notice_down(world: World) -> None:
    stage, ann = await open_stage(world), await person(world, "ann")
    office, bob = await person(world, "office", "office"), await person(world, "bob")
    path = f"/partner_searches/{(await publish(ann, stage))['id']}"
    await is_there(bob, path)
    await office.make(f"{path}/take_down")
    await is_hidden(bob, path)


async def test_it_ends_by_itself_when_its_stage_closes(world: World) -> None:
    stage, ann, bob = await open_stage(world), await person(world, "ann"), await person(world, "bob")
    made = await publish(ann, stage)
    path = f"/partner_searches/{made['id']}"
    await is_there(bob, path)
    await close(world)
    await is_hidden(bob, path)
    refused = await ann.patch(path, {"text": "Late."}, 1)
    assert [r["code"] for r in refused.json()["reasons"]] == ["deadline-passed"]
    given = SAID | {"organisation_id": made["organisation"]["id"]}
    refused = await ann.post(f"/topic_stages/{stage}/partner_searches", given)
    assert [r["code"] for r in refused.json()["reasons"]] == ["deadline-passed"]


async def test_it_ends_with_a_topic_that_is_taken_out(world: World) -> None:
    stage, ann, bob = await open_stage(world), await person(world, "ann"), await person(world, "bob")
    path = f"/partner_searches/{(await publish(ann, stage))['id']}"
    await is_there(bob, path)
    async with world.sessions() as session, session.begin():
        out = update(TopicStage).where(TopicStage.id == UUID(stage))
        await session.execute(out.values(state=TopicStageState.WITHDRAWN))
    await is_hidden(bob, path)


async def test_the_list_is_filtered_by_topic_kind_and_country(world: World) -> None:
    ann, one, two = await person(world, "ann"), await open_stage(world), await open_stage(world)
    italian = (await organisation(ann, "IT"))["id"]
    need = await publish(ann, one)
    offer = await publish(ann, one, italian, kind="offer")
    other = await publish(ann, two, italian)
    assert await listed(ann, topic_id=need["topic_id"]) == {need["id"], offer["id"]}
    assert await listed(ann, topic_id=need["topic_id"], kind="offer") == {offer["id"]}
    assert await listed(ann, country="IT") == {offer["id"], other["id"]}
    assert await listed(ann, country="IT", topic_id=other["topic_id"]) == {other["id"]}
    assert (await ann.get("/partner_searches", params={"kind": "wish"})).status_code == 422
    assert (await ann.get("/partner_searches", params={"account_id": str(ann.id)})).status_code == 422


async def test_the_list_costs_as_many_statements_however_long_it_is(world: World, counting: Counting) -> None:
    stage, ann, bob = await two_stages(world), await person(world, "ann"), await person(world, "bob")
    costs = []
    for many in (1, 6):
        for _ in range(many):
            await publish(ann, stage)
        with counting() as statements:
            await listed(bob)
        costs.append(len(statements))
    assert costs == [2, 2]


async def test_what_cannot_be_published_is_refused(world: World) -> None:
    stage, ann = await open_stage(world), await person(world, "ann")
    path = f"/topic_stages/{stage}/partner_searches"
    known = (await organisation(ann))["id"]
    for change, where in (
        ({"organisation_id": stage}, "/body/organisation_id"),
        ({"organisation_id": known, "text": ""}, "/body/text"),
        ({"organisation_id": known, "text": "a\x00b"}, "/body"),
        ({"organisation_id": known, "keywords": ["x" * 61]}, "/body/keywords/0"),
        ({"organisation_id": known, "kind": "wish"}, "/body/kind"),
    ):
        refused = await ann.post(path, SAID | change)
        assert (refused.status_code, refused.json()["reasons"][0]["path"]) == (422, where)
    assert await listed(ann) == set()


async def test_a_notice_follows_the_merge_of_its_organisation(world: World) -> None:
    office, other = await person(world, "office", "office"), await person(world, "other", "office")
    stage, ann = await open_stage(world), await person(world, "ann")
    gone, stays = await organisation(ann), await organisation(ann)
    made = await publish(ann, stage, gone["id"])
    await merge(office, other, gone, stays)
    assert (await is_there(ann, f"/partner_searches/{made['id']}"))["organisation"]["id"] == stays["id"]


async def apart(one: Actor, notice: dict[str, Any]) -> None:
    """Neither reading, nor listing, nor counting in any filter, nor an act tells that there is a notice."""
    path = f"/partner_searches/{notice['id']}"
    await is_hidden(one, path)
    assert (await one.patch(path, {"text": "Mine."}, 1)).status_code == 404
    assert (await one.post(f"{path}/take_down")).status_code == 404
    for filters in ({}, {"kind": notice["kind"]}, {"topic_id": notice["topic_id"]}, {"country": "DE"}):
        assert notice["id"] not in await listed(one, **filters)


@pytest.mark.parametrize("known_by", ["membership", "name", "the office"])
async def test_in_the_first_of_two_stages_applicants_and_industry_do_not_meet(
    world: World, known_by: str
) -> None:
    office = await person(world, "office", "office")
    ann, bob = await person(world, "ann"), await person(world, "bob")
    ivy, max_ = await person(world, "ivy"), await person(world, "max")
    if known_by == "membership":
        stage, company = await two_stages(world), await member(world, office)
    elif known_by == "the office":
        stage, company = await two_stages(world), (await organisation(office))["id"]
        topic = (await office.get(f"/topic_stages/{stage}")).json()["topic_id"]
        named = {"organisation_id": company, "name": "Ivy", "email": ivy.email}
        await office.make(f"/topics/{topic}/industry_members", named)
    else:
        stage = await two_stages(world, "Synthetic Pharma")
        made = await organisation(ivy, legal_name="SYNTHETIC-PHARMA N.V.", short_name="SP")
        company = made["id"]
    applicant, industry = await publish(ann, stage), await publish(ivy, stage, company)
    await publish(max_, stage, company, text="Ours.")
    path = "/partner_searches/{}".format
    for who, theirs in ((bob, applicant), (max_, industry), (office, applicant), (office, industry)):
        await is_there(who, path(theirs["id"]))
    await apart(ann, industry)
    await apart(bob, industry)
    await apart(ivy, applicant)
    await apart(max_, applicant)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Stage).values(number=2))
    for who, theirs in ((ann, industry), (ivy, applicant)):
        await is_there(who, path(theirs["id"]))
        assert theirs["id"] in await listed(who)


async def test_the_wall_is_in_two_stage_calls_alone(world: World) -> None:
    office, stage = await person(world, "office", "office"), await open_stage(world)
    ann, ivy = await person(world, "ann"), await person(world, "ivy")
    industry = await publish(ivy, stage, await member(world, office))
    applicant = await publish(ann, stage)
    await is_there(ann, f"/partner_searches/{industry['id']}")
    await is_there(ivy, f"/partner_searches/{applicant['id']}")


async def test_who_acts_for_industry_in_a_consortium_is_on_its_side(world: World) -> None:
    office = await person(world, "office", "office")
    stage, ann, lead = await two_stages(world), await person(world, "ann"), await person(world, "lead")
    notice = await publish(ann, stage)
    made = await consortium(lead, await open_stage(world))
    pat, part = await partner(world, lead, made["id"])
    await is_there(pat, f"/partner_searches/{notice['id']}")
    company = part["organisation"]["id"]
    marked = await office.patch(f"/organisations/{company}", {"industry_member": "affiliated"}, 1)
    assert marked.status_code == 200
    await apart(pat, notice)
    own = await publish(pat, stage)  # though for another organisation: the person stays who it is
    await apart(ann, own)


async def test_who_has_spoken_for_industry_is_on_its_side_also_when_it_is_taken_down(world: World) -> None:
    office = await person(world, "office", "office")
    stage, ann, ivy = await two_stages(world), await person(world, "ann"), await person(world, "ivy")
    notice, company = await publish(ann, stage), await member(world, office)
    await is_there(ivy, f"/partner_searches/{notice['id']}")
    own = await publish(ivy, stage, company)
    await apart(ivy, notice)
    await ivy.make(f"/partner_searches/{own['id']}/take_down")
    await apart(ivy, notice)


async def test_who_acts_in_the_industry_consortium_is_on_its_side_until_the_end(world: World) -> None:
    """Also who searches in the name of nobody it is known by; of another topic it is an applicant."""
    office, ann, ivy = (
        await person(world, "office", "office"),
        await person(world, "ann"),
        await person(world, "ivy"),
    )
    stage, other = await two_stages(world), await two_stages(world)
    notices = [await publish(ann, each) for each in (stage, other)]
    named = {"organisation_id": (await organisation(office))["id"], "name": "Ivy", "email": ivy.email}
    member = await office.make(f"/topics/{notices[0]['topic_id']}/industry_members", named)
    own = [await publish(ivy, each) for each in (stage, other)]
    await apart(ivy, notices[0])
    await apart(ann, own[0])
    await is_there(ivy, f"/partner_searches/{notices[1]['id']}")
    await is_there(ann, f"/partner_searches/{own[1]['id']}")
    await office.make(f"/industry_members/{member['id']}/end")
    await is_there(ivy, f"/partner_searches/{notices[0]['id']}")
    await is_there(ann, f"/partner_searches/{own[0]['id']}")


async def test_a_company_is_kept_apart_for_the_topics_that_name_it_alone(world: World) -> None:
    ann, ivy, lead = await person(world, "ann"), await person(world, "ivy"), await person(world, "lead")
    named, other = await two_stages(world, "Synthetic Pharma"), await two_stages(world, "Another One")
    company = (await organisation(ivy, legal_name="Synthetic Pharma GmbH"))["id"]
    theirs = [await publish(ann, stage) for stage in (named, other)]
    ours = [await publish(ivy, stage, company) for stage in (named, other)]
    await apart(ivy, theirs[0])
    await apart(ann, ours[0])
    await is_there(ivy, f"/partner_searches/{theirs[1]['id']}")
    await is_there(ann, f"/partner_searches/{ours[1]['id']}")
    made = await lead.make(
        f"/topic_stages/{await open_stage(world)}/consortia", {"name": "X", "organisation_id": company}
    )
    assert made["partners"][0]["coordinates"]
    await apart(lead, theirs[0])
    await is_there(lead, f"/partner_searches/{theirs[1]['id']}")
    await is_there(lead, f"/partner_searches/{ours[0]['id']}")
