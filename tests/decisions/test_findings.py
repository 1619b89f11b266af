"""Those never evaluated are told of the finding first; the later release tells all the others, once each."""

from asyncio import gather
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.calls.models import TopicStage, TopicStageState
from app.core.audit import AuditEvent
from app.core.outbox import Mail
from app.proposals.models import Proposal, ProposalState
from tests.build import Actor, person
from tests.calls.living import carried, mailed
from tests.conftest import World
from tests.decisions.build import FINDINGS, Listed, Ranked, decided, proposal, ranked, release, release_by
from tests.decisions.test_embargo import apply, everything
from tests.walls import is_there

pytestmark = pytest.mark.anyio
INADMISSIBLE, INELIGIBLE = ProposalState.INADMISSIBLE, ProposalState.INELIGIBLE


def path(there: Ranked) -> str:
    return f"/topic_stages/{there.topic_stage}/release_findings"


async def found(world: World, there: Ranked, name: str, state: ProposalState = INELIGIBLE) -> Listed:
    """A proposal of the topic that was found so, and is not evaluated."""
    return await proposal(world, there.made, "1.00", await person(world, name), state)


async def letters(world: World) -> dict[str, list[str]]:
    """The texts of letters of outcomes, by address."""
    async with world.sessions() as session:
        written: dict[str, list[str]] = {}
        for to, text in await session.execute(
            select(Mail.recipient, Mail.text).where(Mail.kind == "outcome")
        ):
            written.setdefault(to, []).append(text)
        return written


async def both(there: Ranked) -> None:
    assert (await there.office.post(path(there))).status_code == 202
    answer = await there.second.post(path(there))
    assert answer.status_code == 200, answer.text


async def stand_at(world: World, there: Ranked, state: TopicStageState) -> None:
    async with world.sessions() as session, session.begin():
        here = update(TopicStage).where(TopicStage.id == UUID(there.topic_stage))
        await session.execute(here.values(state=state))


async def test_they_read_the_finding_and_get_the_letter_while_the_others_wait(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00", below=("1.00",))
    out = await found(world, there, "out")
    unfit = await found(world, there, "unfit", INADMISSIBLE)
    hidden = (await out.coordinator.get(f"/proposals/{out.id}")).json()
    assert (hidden["state"], hidden["finding"]) == ("under_evaluation", None)
    await both(there)
    for one, state in ((out, INELIGIBLE), (unfit, INADMISSIBLE)):
        read = (await one.coordinator.get(f"/proposals/{one.id}")).json()
        rule, text = FINDINGS[state]
        assert (read["state"], read["reason"]) == (state, state.upper())
        assert read["finding"] == {"rule": rule, "text": text}
        assert read["released_at"] is not None
        (letter,) = (await letters(world))[one.coordinator.email]
        words = (one.reference, f"Reason {state.upper()}", f"{rule}: {text}", "Article 263", "review of the")
        assert [word for word in words if word not in letter] == []
    for waiting in there.proposals:
        read = (await waiting.coordinator.get(f"/proposals/{waiting.id}")).json()
        assert (read["state"], read["released_at"]) == ("under_evaluation", None)
    assert set(await letters(world)) == {out.coordinator.email, unfit.coordinator.email}
    part = (await there.office.get(f"/topic_stages/{there.topic_stage}")).json()
    assert part["state"] == "ranked"


async def test_the_later_release_writes_no_second_letter_and_still_tells_the_untold(world: World) -> None:
    there = await ranked(world, "30000000.00", "20000000.00", below=("1.00",))
    early = await found(world, there, "early")
    await both(there)
    told = (await early.coordinator.get(f"/proposals/{early.id}")).json()["released_at"]
    late = await found(world, there, "late", INADMISSIBLE)
    decision = await decided(there)
    await release(there.office, there.second, decision["id"])
    everyone = [*there.proposals, early, late]
    written = await letters(world)
    assert {to: len(texts) for to, texts in written.items()} == {one.coordinator.email: 1 for one in everyone}
    states = [(await p.coordinator.get(f"/proposals/{p.id}")).json()["state"] for p in everyone]
    assert states == ["selected", "reserve", "rejected", "ineligible", "inadmissible"]
    assert (await early.coordinator.get(f"/proposals/{early.id}")).json()["released_at"] == told
    assert "M-05: The plan for exploitation is missing." in written[late.coordinator.email][0]
    async with world.sessions() as session:
        acts = select(AuditEvent.entity_id).where(
            AuditEvent.act == "release", AuditEvent.entity == "proposal"
        )
        assert sorted(await session.scalars(acts)) == sorted([early.id, late.id])


async def test_only_the_second_time_does_a_later_finding_need(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    first = await found(world, there, "first")
    await both(there)
    second = await found(world, there, "next")
    await both(there)
    assert {to: len(texts) for to, texts in (await letters(world)).items()} == {
        one.coordinator.email: 1 for one in (first, second)
    }


async def test_with_nobody_to_tell_it_is_refused_and_nothing_is_written(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00")
    draft = await proposal(world, there.made, "1.00", await person(world, "w"), ProposalState.WITHDRAWN)
    assert (await there.office.post(path(there))).status_code == 202
    refused = await there.second.post(path(there))
    assert (refused.status_code, [r["code"] for r in refused.json()["reasons"]]) == (
        409,
        ["nothing-to-release"],
    )
    out = await found(world, there, "out")
    assert (await there.second.post(path(there))).status_code == 200
    assert set(await letters(world)) == {out.coordinator.email}
    assert (await draft.coordinator.get(f"/proposals/{draft.id}")).json()["released_at"] is None
    assert (await there.office.post(path(there))).status_code == 202
    again = await there.second.post(path(there))
    assert [r["code"] for r in again.json()["reasons"]] == ["nothing-to-release"]


async def test_it_takes_two_officers_and_those_of_another_topic_are_not_told(world: World) -> None:
    there, elsewhere = await ranked(world, "1.00"), await ranked(world, "1.00", names=("dan", "eva", "fay"))
    mine, other = await found(world, there, "mine"), await found(world, elsewhere, "other")
    assert (await there.office.post(path(there))).status_code == 202
    again = await there.office.post(path(there))
    assert [r["code"] for r in again.json()["reasons"]] == ["second-officer"]
    assert await letters(world) == {}
    assert (await there.second.post(path(there))).status_code == 200
    assert set(await letters(world)) == {mine.coordinator.email}
    read = (await other.coordinator.get(f"/proposals/{other.id}")).json()
    assert (read["state"], read["finding"]) == ("under_evaluation", None)


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (TopicStageState.SCHEDULED, False),
        (TopicStageState.CHECKING, False),
        (TopicStageState.EVALUATION, True),
        (TopicStageState.RANKED, True),
        (TopicStageState.DECIDED, True),
        (TopicStageState.RELEASED, False),
    ],
)
async def test_it_may_be_done_from_the_evaluation_to_the_decision(
    world: World, state: TopicStageState, may: bool
) -> None:
    there = await world.prepared(ranked, "1.00")
    await found(world, there, "out")
    await stand_at(world, there, state)
    asked = await there.office.post(path(there))
    assert asked.status_code == (202 if may else 409)
    actions = (await there.office.get(f"/topic_stages/{there.topic_stage}")).json()["actions"]
    assert ("release_findings" in {a["name"] for a in actions}) is may


async def outsiders(world: World, there: Ranked, out: Listed) -> list[Actor]:
    """An officer who applies in the topic; members, applicants, an auditor, a signatory, a stranger."""
    officer = await person(world, "officer", "office")
    auditor, signatory = await person(world, "a", "auditor"), await person(world, "s", "signatory")
    stranger = await person(world, "stranger")
    applicants = [out.coordinator, there.proposals[0].coordinator]
    assert (await officer.post(path(there))).status_code == 202
    await apply(world, there, officer)
    return [officer, *applicants, *there.members, auditor, signatory, stranger]


async def test_nobody_else_may_and_an_officer_who_applies_least_of_all(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    out = await found(world, there, "out")
    for actor in await outsiders(world, there, out):
        assert (await actor.post(path(there))).status_code == 403
        read = (await actor.get(f"/topic_stages/{there.topic_stage}")).json()
        assert "release_findings" not in {a["name"] for a in read["actions"]}
    async with world.client() as nobody:
        assert (await nobody.post(f"/v1{path(there)}")).status_code == 401
    assert await letters(world) == {}


async def test_an_officer_who_applies_reads_no_finding_before_or_after(world: World) -> None:
    """The interest lasts until the topic's results are out, whatever is told of single proposals."""
    there = await world.prepared(ranked, "1.00")
    out = await found(world, there, "out")
    officer = await person(world, "officer", "office")
    assert (await officer.get(f"/proposals/{out.id}")).json()["finding"]["rule"] == "E-02"
    await apply(world, there, officer)
    assert (await officer.get(f"/proposals/{out.id}")).status_code == 404
    await both(there)
    assert (await officer.get(f"/proposals/{out.id}")).status_code == 404
    mine = (await officer.get(f"/proposals/{there.proposals[0].id}")).json()
    assert (mine["state"], mine["finding"]) == ("under_evaluation", None)


async def test_an_officer_of_a_proposal_that_was_found_keeps_the_interest_after_being_told(
    world: World,
) -> None:
    there = await world.prepared(ranked, "1.00")
    officer = await person(world, "officer", "office")
    mine = await proposal(world, there.made, "1.00", officer, INELIGIBLE)
    rival, decision = there.proposals[0], await decided(there)
    await both(there)
    read = (await officer.get(f"/proposals/{mine.id}")).json()
    assert (read["state"], read["finding"]["rule"], "checks" in read) == ("ineligible", "E-02", False)
    for hidden in (f"/proposals/{rival.id}", f"/decisions/{decision['id']}"):
        assert (await there.office.get(hidden)).status_code == 200
        assert (await officer.get(hidden)).status_code == 404


async def test_nothing_changes_by_a_byte_for_anybody_else(world: World) -> None:
    there = await world.prepared(ranked, "30000000.00", below=("1.00",))
    out = await found(world, there, "out")
    known = {f"{name}s": [there.made[name]["id"]] for name in ("call", "stage", "topic", "topic_stage")}
    known |= {
        "proposals": [str(p.id) for p in (*there.proposals, out)],
        "consortia": [str(p.consortium_id) for p in (*there.proposals, out)],
        "bodies": [str(there.body)],
    }
    stranger = (await person(world, "stranger")).client
    clients = [there.proposals[0].coordinator.client, there.proposals[1].coordinator.client]
    clients += [there.members[1].client, stranger]
    before = [await everything(world, client, known) for client in clients]
    mine = await everything(world, out.coordinator.client, known)
    await both(there)
    assert [await everything(world, client, known) for client in clients] == before
    after = await everything(world, out.coordinator.client, known)
    changed = {path for path in mine if mine[path] != after[path]}
    assert changed == {f"/v1/proposals/{out.id}", "/v1/proposals", "/v1/letters"}


async def test_a_finding_is_whole_or_not_there(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    half = update(Proposal).where(Proposal.id == there.proposals[0].id).values(finding_rule="E-01")
    with pytest.raises(Exception, match="finding_is_whole"):
        async with world.sessions() as session, session.begin():
            await session.execute(half)


async def test_one_that_does_not_exist_is_not_there(world: World) -> None:
    office = await person(world, "office", "office")
    assert (await office.post(f"/topic_stages/{uuid4()}/release_findings")).status_code == 404


async def test_released_at_once_by_both_ways_everybody_is_told_once(live: World) -> None:
    there = await ranked(live, "1.00")
    out = await found(live, there, "out")
    decision = await decided(there)
    assert (await there.office.post(path(there))).status_code == 202
    assert (await release_by(there.office, decision["id"])).status_code == 202
    seen = (await there.second.get(f"/decisions/{decision['id']}/preview")).json()
    whole = there.second.post(f"/decisions/{decision['id']}/release", {"digest": seen["digest"]})
    early, final = await gather(there.second.post(path(there)), whole)
    assert sorted((early.status_code, final.status_code)) == [200, 409]
    if final.status_code == 409:  # who was told first is no part of it any more
        assert [r["code"] for r in final.json()["reasons"]] == ["preview-changed"]
        await release(there.office, there.second, decision["id"])
    told = {to: len(texts) for to, texts in (await letters(live)).items()}
    assert told == {one.coordinator.email: 1 for one in (*there.proposals, out)}


async def test_what_was_told_is_not_taken_back_when_the_call_is_cancelled(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    out = await found(world, there, "out")
    for officer in (there.office, there.second):
        await officer.post(path(there))
    before = await is_there(out.coordinator, f"/proposals/{out.id}")
    assert (before["state"], before["finding"]["rule"]) == ("ineligible", "E-02")
    cancel = {"purpose": "cancel_call", "subject_id": there.made["call"]["id"]}
    assert (await carried(there.office, there.body, there.members, **cancel)).status_code == 200
    assert await is_there(out.coordinator, f"/proposals/{out.id}") == before
    (other,) = there.proposals
    assert (await is_there(other.coordinator, f"/proposals/{other.id}"))["state"] == "discontinued"
    assert set(await mailed(world, "discontinued")) == {other.coordinator.email}
    assert {to: len(texts) for to, texts in (await letters(world)).items()} == {out.coordinator.email: 1}
