"""The public pages against what an account reads: whatever is public there is told here, and nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.calls.models import Call
from app.topics.focus.models import FocusArea
from app.topics.models import TopicFocus
from app.topics.schemas import Text
from tests.build import EUR45M
from tests.calls.build import euro
from tests.calls.ending import there
from tests.calls.living import carried
from tests.conftest import World
from tests.exchange.build import published, put, read_back, told

pytestmark = pytest.mark.anyio


async def read(world: World, path: str) -> dict[str, Any]:
    """What an entity tells anybody, but for what an account acts by: a page has addresses in its place."""
    async with world.client() as anyone:
        found = dict((await anyone.get(f"/v1{path}")).json())
    return {name: found[name] for name in set(found) - {"id", "state", "version", "actions"}}


async def test_the_page_of_a_topic_tells_its_whole_text_and_nothing_that_is_not_public(world: World) -> None:
    _, made = await world.prepared(published)
    key, money = made["topic"]["id"], Decimal("12.50")
    words = {name: f"The {name}." for name, empty in Text() if empty == "" and name != "reference"}
    companies = {"Acme Pharma": "Two million samples."}
    more = {"projects_expected": 2, "indicative_in_kind": money, "industry_consortium": companies}
    await put(world, made, "topic", **words, **more, on_behalf_of="A company")
    async with world.sessions() as session, session.begin():
        area = (await session.scalars(select(FocusArea).limit(1))).one()
        session.add(TopicFocus(topic_id=UUID(key), focus_area_id=area.id))
    text = await read(world, f"/topics/{key}")
    assert [one["code"] for one in text["focus_areas"]] == [area.code]
    assert {name: text[name] for name in words} == words
    found = await told(world, f"/topics/{text['reference']}")
    assert {name: value for name, value in found.items() if name not in ("in_calls", "url")} == text


async def test_the_page_of_a_call_tells_all_that_is_public_of_it_and_of_what_is_in_it(world: World) -> None:
    office, made = await world.prepared(published)
    noon = {"path": "/deadline_time", "value": "12:00", "was": "17:00", "reason": "Noon."}
    changed = noon | {"at": "2020-01-01T09:00:00Z"}
    await put(world, made, "call", kind="restricted", earlier_grants=["115372"], overrides=[changed])
    days = {"evaluation_from": date(2050, 5, 1), "evaluation_to": date(2050, 6, 1)}
    chosen = {"scheme": "default", "page_limits": {"part_b": 50}, "required_documents": ["part_b"]}
    await put(world, made, "stage", **chosen, **days, decision_on=date(2050, 9, 1))
    part = {"ceiling": "indicative", "expected_grants": 3, "action_type": "CSA", "invited_to_next": 5}
    await put(world, made, "topic_stage", **part)
    key = made["call"]["id"]
    later = {"text": "More time.", "touches": ["scope"], "deadline": "2051-01-31T17:00"}
    await office.make(f"/calls/{key}/amendments", later)
    page = await told(world, f"/calls/{made['call']['reference']}")
    (stage,), (amendment,) = page["stages"], page["amendments"]
    (topic,) = stage["topics"]
    of_call = await read(world, f"/calls/{key}")
    assert of_call["overrides"] == [changed]
    assert page["rule_set"]["code"] == of_call.pop("rule_set")
    assert {name: page[name] for name in of_call} == of_call
    of_stage = await read(world, f"/stages/{made['stage']['id']}")
    at, wall = of_stage.pop("closes_at"), of_stage.pop("deadline")
    assert (stage["deadline"]["at"], stage["deadline"]["wall"]) == (at, wall)
    assert of_stage.pop("call_id") == key
    assert {name: stage[name] for name in of_stage} == of_stage
    assert (stage["page_limits"], stage["decision_on"]) == ({"part_b": 50}, "2050-09-01")
    of_part = await read(world, f"/topic_stages/{made['topic_stage']['id']}")
    assert (of_part.pop("stage_id"), of_part.pop("topic_id")) == (made["stage"]["id"], made["topic"]["id"])
    assert {name: topic[name] for name in of_part} == of_part
    assert {name: topic[name] for name in part} == part
    async with world.client() as anyone:
        (listed,) = (await anyone.get("/v1/amendments")).json()["items"]
    of_amendment = await read(world, f"/amendments/{listed['id']}")
    assert (of_amendment.pop("stage_id"), amendment["stage"]) == (made["stage"]["id"], 1)
    assert (of_amendment.pop("topic_id"), amendment["topic"]) == (None, None)
    assert of_amendment.pop("call_id") == key
    assert {name: amendment[name] for name in of_amendment} == of_amendment
    assert (amendment["touches"], amendment["new_deadline"]) == (["scope"], "2051-01-31T16:00:00Z")


async def test_money_that_moves_before_the_deadline_is_told_by_reference(world: World) -> None:
    here = await there(world)
    raised = {
        "purpose": "raise_envelope",
        "subject_id": here.part,
        "text": "More.",
        "amount": euro(46_000_000),
    }
    assert (await carried(here.office, here.body, here.members, **raised)).status_code == 200
    page = await told(world, f"/calls/{(await read_back(world, Call, here.call)).reference}")
    named = {topic["title"]: topic for topic in page["stages"][0]["topics"]}
    (change,) = page["amendments"]
    assert (change["kind"], change["reason"], change["topic"]) == (
        "budget",
        "More.",
        named["A topic"]["reference"],
    )
    assert change["budgets"] == [
        {"topic": named["A topic"]["reference"], "old": EUR45M, "new": euro(46_000_000)}
    ]
    assert named["A topic"]["budget"] == change["budgets"][0]["new"]
