"""Nothing of a list or a vote reaches applicants before the release, whatever else they are."""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select

from app.consortia.models import Partner, Person
from app.evaluation.panel.models import Panel
from tests.build import Actor
from tests.conftest import World
from tests.decisions.build import Ranked, decided, motion_on, ranked, release_by, summarised
from tests.evaluation.test_hearings import hearings_of, prepared
from tests.evaluation.test_hearings import ranked as in_panel
from tests.proposals.test_whole import opened

pytestmark = pytest.mark.anyio


async def apply(world: World, there: Ranked, who: Actor) -> None:
    """Let somebody act for the coordinating partner of the first proposal, from before it was handed in."""
    async with world.sessions() as session, session.begin():
        wanted = select(Partner).where(
            Partner.consortium_id == there.proposals[0].consortium_id, Partner.coordinates
        )
        partner = (await session.scalars(wanted)).one()
        mine = Person(
            id=uuid4(), partner=partner, account_id=who.id, email=who.email, name="Both", part="contributor"
        )
        session.add(mine)


async def panel_of(world: World, there: Ranked) -> UUID:
    async with world.sessions() as session:
        wanted = select(Panel.id).where(Panel.topic_stage_id == UUID(there.topic_stage))
        return (await session.scalars(wanted)).one()


async def test_a_member_who_applies_sees_neither_motion_nor_list_and_counts_in_no_quorum(
    world: World,
) -> None:
    there = await world.prepared(ranked, "30000000.00", "20000000.00")
    chair, other, applicant = there.members
    await apply(world, there, applicant)
    panel, motion = await panel_of(world, there), await motion_on(there)
    for path in (f"/panels/{panel}", f"/motions/{motion['id']}"):
        assert (await other.get(path)).status_code == 200
        hidden, missing = await applicant.get(path), await applicant.get(f"/motions/{uuid4()}")
        assert hidden.status_code == 404
        assert {**hidden.json(), "instance": ""} == {**missing.json(), "instance": ""}
    await there.office.make(f"/motions/{motion['id']}/put_to_vote")
    vote = f"/motions/{motion['id']}/vote"
    assert (await applicant.post(vote, {"choice": "yes"})).status_code == 404
    ballots = {b["account_id"]: b for b in (await chair.get(f"/motions/{motion['id']}")).json()["ballots"]}
    assert (
        ballots[str(applicant.id)]["recused"]
        == "Takes part in a proposal on the topic, or has a conflict with one."
    )
    assert [b["recused"] for key, b in ballots.items() if key != str(applicant.id)] == [None, None]
    await chair.make(vote, {"choice": "yes"})
    assert (await there.office.make(f"/motions/{motion['id']}/adopt"))["state"] == "adopted"
    decision = (await other.get("/decisions")).json()["items"][0]["id"]
    assert (await other.get(f"/decisions/{decision}")).status_code == 200
    assert (await applicant.get(f"/decisions/{decision}")).status_code == 404
    assert (await applicant.get("/decisions")).json()["items"] == []


async def test_an_officer_who_applies_is_out_as_well(world: World) -> None:
    there = await ranked(world, "30000000.00")
    decision = await decided(there)
    path = f"/decisions/{decision['id']}"
    assert (await there.second.get(path)).status_code == 200
    await apply(world, there, there.second)
    assert (await there.second.get(path)).status_code == 404
    assert (await there.second.get(f"{path}/preview")).status_code == 404
    assert (await release_by(there.second, decision["id"])).status_code == 404


def plain(answer: httpx2.Response) -> tuple[int, str, dict[str, str]]:
    """What an answer tells, but the name of the request; of a ZIP not the print, which names the time."""
    headers = {k: v for k, v in answer.headers.items() if k not in ("x-request-id", "date")}
    if headers.get("content-type") == "application/zip":
        whole = opened(answer.content)
        prints = [whole.pop(name) for name in ("draft.pdf", "proposal.pdf") if name in whole]
        assert [one[:4] for one in prints] == [b"%PDF"]
        return answer.status_code, str(whole), headers
    text = answer.text
    if answer.headers.get("content-type", "").startswith("application/problem"):
        text = str({**answer.json(), "instance": ""})
    return answer.status_code, text, headers


async def everything(world: World, client: httpx2.AsyncClient, known: dict[str, list[str]]) -> dict[str, Any]:
    """Every GET there is, on every list and every known id."""
    found = {}
    for path, item in world.app.openapi()["paths"].items():
        if "get" not in item or path.startswith("/v1/rehearsal"):
            continue
        keys = known.get(path.split("/")[2], [str(UUID(int=1))]) if "{id}" in path else [""]
        for key in keys:
            filled = path.replace("{id}", key)
            for name in ("part_key", "key", "number", "digest"):
                filled = filled.replace(f"{{{name}}}", "1" if name == "number" else "excellence")
            found[filled] = plain(await client.get(filled))
    return found


async def test_what_applicants_read_does_not_change_by_a_byte_between_the_list_and_the_release(
    world: World,
) -> None:
    there = await ranked(world, "30000000.00", "20000000.00", below=("1.00",))
    await apply(world, there, there.members[2])
    made, summaries = there.made, await summarised(world, there)
    known = {f"{name}s": [made[name]["id"]] for name in ("call", "stage", "topic", "topic_stage")}
    known |= {
        "proposals": [str(p.id) for p in there.proposals],
        "consortia": [str(p.consortium_id) for p in there.proposals],
        "bodies": [str(there.body)],
        "panels": [str(await panel_of(world, there))],
        "summaries": [str(key) for key in summaries],
    }
    anyone = world.client()
    clients = [there.proposals[0].coordinator.client, there.proposals[2].coordinator.client, anyone]
    before = [await everything(world, client, known) for client in clients]
    proposal = before[0][f"/v1/proposals/{there.proposals[0].id}"]
    assert (proposal[0], "under_evaluation" in proposal[1]) == (200, True)
    decision = await decided(there, without=(there.members[2],))
    await release_by(there.office, decision["id"])
    assert [await everything(world, client, known) for client in clients] == before
    assert (await release_by(there.second, decision["id"])).status_code == 200
    after = await everything(world, clients[0], known)
    assert '"state":"selected"' in after[f"/v1/proposals/{there.proposals[0].id}"][1].replace(" ", "")
    told = [after[f"/v1/summaries/{key}"][0] for key in summaries]
    assert (before[0][f"/v1/summaries/{summaries[0]}"][0], told) == (404, [200, 404, 404])
    await anyone.aclose()


async def test_a_hearing_is_told_to_those_who_are_called_when_they_are_and_nothing_else_changes(
    world: World,
) -> None:
    topic, panel = await in_panel(world, ("4", "4", "4"), ("2", "2", "2"))
    known = {
        "proposals": [one.id for one in topic.proposals],
        "consortia": [one.consortium for one in topic.proposals],
        "panels": [panel.rsplit("/", 1)[1]],
    }
    clients = [one.coordinator.client for one in topic.proposals]
    at_first = [await everything(world, client, known) for client in clients]
    held = await prepared(topic, panel)
    (path,) = (await hearings_of(topic.office)).values()
    known |= {"hearings": [path.rsplit("/", 1)[1]], "hearing_rounds": [held.rsplit("/", 1)[1]]}
    here = {f"/v1{path}", f"/v1{held}"}
    before = [await everything(world, client, known) for client in clients]
    for was, now in zip(at_first, before, strict=True):
        assert {key: told for key, told in now.items() if key in was} == {
            key: told for key, told in was.items() if key in now
        }
        assert [now[key][0] for key in sorted(here)] == [404, 404]
    await topic.office.make(f"{held}/send")
    mine, theirs = [await everything(world, client, known) for client in clients]
    assert theirs == before[1]
    differ = {key for key, told in mine.items() if told != before[0][key]}
    assert differ == {f"/v1{path}", "/v1/hearings", "/v1/me"}


async def test_after_the_release_applicants_learn_their_own_outcome_and_the_list_stays_inside(
    world: World,
) -> None:
    there = await world.prepared(ranked, "30000000.00", "20000000.00")
    decision = await decided(there)
    for officer in (there.office, there.second):
        await release_by(officer, decision["id"])
    mine, other = there.proposals
    seen = (await mine.coordinator.get(f"/proposals/{mine.id}")).json()
    assert (seen["state"], seen["reason"]) == ("selected", None)
    theirs = (await other.coordinator.get(f"/proposals/{other.id}")).json()
    assert (theirs["state"], theirs["reason"]) == ("reserve", "INSUFFICIENT_BUDGET")
    assert (await mine.coordinator.get(f"/proposals/{other.id}")).status_code == 404
    assert (await mine.coordinator.get(f"/decisions/{decision['id']}")).status_code == 404
    assert (await there.members[1].get(f"/decisions/{decision['id']}")).status_code == 200
