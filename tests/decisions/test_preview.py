"""What a release would do is looked at first; nothing else is released, by nobody else."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.calls.models import Call, Stage
from app.core.clock import Clock, machine_now
from app.core.outbox import Mail
from app.evaluation.observer.models import EvaluationReading, Observation, ObservationState
from app.evaluation.summary.models import SummaryState
from app.proposals.models import Proposal, ProposalState
from tests.build import LONG_AGO, Actor, fresh, person
from tests.conftest import Counting, World
from tests.decisions.build import Ranked, decided, proposal, ranked, release, release_by, released, summarised
from tests.decisions.money import TOGETHER, apply, euro, reasons
from tests.decisions.two_stages import two_stages
from tests.decisions.votes import carried, decisions, named
from tests.walls import is_hidden, is_there

pytestmark = pytest.mark.anyio
CHANGED = [("preview-changed", "/digest")]


async def preview(who: Actor, decision: dict[str, Any]) -> dict[str, Any]:
    return await is_there(who, f"/decisions/{decision['id']}/preview")


async def whole(world: World) -> tuple[Ranked, dict[str, Any]]:
    """A decision with one proposal of every outcome, one that was never evaluated and one passed over."""
    there = await ranked(world, *TOGETHER, "15000000.00", below=("1.00",))
    await summarised(world, there)
    never = await person(world, "never")
    there.proposals.append(await proposal(world, there.made, "1.00", never, ProposalState.INELIGIBLE))
    assert (await carried(there, passed_over=[named(there, 2, text="Fund what fits.")])).status_code == 200
    (decision,) = await decisions(there)
    return there, decision


async def test_it_tells_who_becomes_what_what_it_costs_and_what_every_letter_says(world: World) -> None:
    there, decision = await whole(world)
    seen = await preview(there.office, decision)
    names = [one.reference for one in there.proposals]
    assert seen["counts"] == {"ineligible": 1, "rejected": 1, "reserve": 1, "selected": 2}
    assert [(one["reference"], one["rank"], one["outcome"], one["reason"]) for one in seen["lines"]] == [
        (names[0], 1, "selected", None),
        (names[1], 2, "reserve", "INSUFFICIENT_BUDGET"),
        (names[2], 3, "selected", None),
        (names[3], None, "rejected", "BELOW_CRITERION_THRESHOLD"),
    ]
    assert seen["money"] == {
        "envelope": euro("45000000.00"),
        "taken": euro("45000000.00"),
        "left": euro("0.00"),
    }
    letters = [(one["outcome"], one["reason"], one["passed_over"], one["count"]) for one in seen["letters"]]
    assert letters == [
        ("selected", None, False, 2),
        ("reserve", "INSUFFICIENT_BUDGET", True, 1),
        ("rejected", "BELOW_CRITERION_THRESHOLD", False, 1),
        ("ineligible", "INELIGIBLE", False, 1),
    ]
    await release(there.office, there.second, decision["id"])
    sent = await mails(world)
    assert {one["reference"]: (one["subject"], one["text"]) for one in seen["letters"]} == {
        name: sent[name] for name in (names[0], names[1], names[3], names[4])
    }
    assert "evaluation summary report of your proposal" in sent[names[0]][1]


async def mails(world: World) -> dict[str, tuple[str, str]]:
    """The letters of outcomes as they were written, by the proposal's reference."""
    async with world.sessions() as session:
        found = await session.execute(
            select(Proposal.reference, Mail.subject, Mail.text)
            .join(Mail, Mail.entity_id == Proposal.id)
            .where(Mail.kind == "outcome")
        )
        return {reference: (subject, text) for reference, subject, text in found}


async def test_of_short_proposals_it_tells_no_money_and_the_short_feedback(world: World) -> None:
    there = (await two_stages(world, "5000000.00", "6000000.00")).ranked
    await summarised(world, there)
    decision = await decided(there)
    seen = await preview(there.office, decision)
    assert (seen["money"], seen["invites"], seen["counts"]) == (None, 1, {"reserve": 1, "selected": 1})
    chosen, reserve = seen["letters"]
    assert "In short: the experts found" in chosen["text"]
    assert "In short" not in reserve["text"]
    for words in ("summary report", "4.5", "12.5", "ank on the list"):
        assert words not in chosen["text"]


async def test_it_is_there_for_the_office_and_the_signatory_alone(world: World) -> None:
    there = await world.prepared(ranked, "1.00", "2.00")
    await apply(world, there, there.second)
    signatory, conflicted = [await person(world, name, "signatory") for name in ("sig", "torn")]
    await apply(world, there, conflicted)
    decision = await decided(there)
    path = f"/decisions/{decision['id']}"
    digest = (await preview(there.office, decision))["digest"]
    assert (await preview(signatory, decision))["digest"] == digest
    others = [await person(world, role, role) for role in ("auditor", "observer", "admin")]
    others += [there.members[0], there.second, conflicted, there.proposals[0].coordinator]
    for who in others:
        assert (await who.get(f"{path}/preview")).status_code == 404
    await is_there(others[0], path)
    assert (await signatory.post(f"{path}/release", {"digest": digest})).status_code == 403
    for who in (there.second, conflicted):
        await is_hidden(who, path)


async def test_a_release_asks_for_the_digest_and_takes_no_other(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    path = f"/decisions/{(await decided(there))['id']}/release"
    for wrong in (None, {}, {"digest": "x"}, {"digest": "A" * 64}):
        assert (await there.office.post(path, wrong)).status_code == 422
    refused = await there.office.post(path, {"digest": "0" * 64})
    assert reasons(refused) == CHANGED
    assert "look at the preview again" in refused.json()["reasons"][0]["text"]


async def test_both_officers_confirm_one_digest_and_a_change_in_between_is_looked_at_again(
    world: World,
) -> None:
    there = await world.prepared(ranked, "1.00", "2.00")
    decision = await decided(there)
    path = f"/decisions/{decision['id']}/release"
    old = (await preview(there.office, decision))["digest"]
    assert (await there.office.post(path, {"digest": old})).status_code == 202
    await withdraw(world, there, 1)
    assert reasons(await there.second.post(path, {"digest": old})) == CHANGED
    new = await preview(there.second, decision)
    assert new["digest"] != old
    assert new["counts"] == {"selected": 1, "withdrawn": 1}
    assert [one["reason"] for one in new["lines"]] == [None, None]
    refused = await there.second.post(path, {"digest": new["digest"]})
    assert [code for code, _ in reasons(refused)] == ["digest-differs"]
    assert (await there.office.post(path, {"digest": new["digest"]})).status_code == 202
    assert (await there.second.post(path, {"digest": new["digest"]})).status_code == 200
    async with world.sessions() as session:
        assert len((await session.scalars(select(Mail).where(Mail.kind == "outcome"))).all()) == 1


async def withdraw(world: World, there: Ranked, number: int) -> None:
    async with world.sessions() as session, session.begin():
        gone = update(Proposal).where(Proposal.id == there.proposals[number].id)
        await session.execute(gone.values(state=ProposalState.WITHDRAWN))


async def test_whatever_would_be_released_otherwise_changes_the_digest(world: World) -> None:
    there = await world.prepared(ranked, "1.00", "2.00")
    summaries = await summarised(world, there)
    decision = await decided(there)
    found = [(await preview(there.office, decision))["digest"]]

    async def changed() -> bool:
        found.append((await preview(there.office, decision))["digest"])
        return len(set(found)) == len(found)

    assert not await changed()
    found.pop()
    await withdraw(world, there, 0)
    assert await changed()
    other = {"title": "Another title"}
    for model, key, facts in (
        (Proposal, there.proposals[1].id, other),
        (Call, UUID(there.made["call"]["id"]), {"reference": "C-OTHER"}),
    ):
        async with world.sessions() as session, session.begin():
            await session.execute(update(model).where(model.id == key).values(**facts))
        assert await changed()
    who = await person(world, "never")
    await proposal(world, there.made, "1.00", who, ProposalState.INADMISSIBLE)
    assert await changed()
    assert len(summaries) == 2


async def test_the_day_of_the_letters_is_no_change(world: World) -> None:
    """Two officers may look on two days; the days in the letters are those of the release."""
    there = await ranked(world, "1.00", "99000000.00")
    decision = await decided(there)
    first = await preview(there.office, decision)
    async with world.sessions() as session, session.begin():
        await session.execute(update(Clock).values(offset=timedelta(days=3)))
    second = await preview(there.second, decision)
    assert first["digest"] == second["digest"]
    texts = [{one["reference"]: one["text"] for one in seen["letters"]} for seen in (first, second)]
    reserve = there.proposals[1].reference
    assert texts[0][reserve] != texts[1][reserve]


async def test_held_summaries_are_told_and_hold_up_the_release(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    held = await summarised(world, there, SummaryState.HELD)
    decision = await decided(there)
    seen = await preview(there.office, decision)
    assert [one["summary_id"] for one in seen["held_summaries"]] == [str(key) for key in held]
    refused = await there.office.post(f"/decisions/{decision['id']}/release", {"digest": seen["digest"]})
    assert [code for code, _ in reasons(refused)] == ["summaries-held"]


async def test_what_is_released_is_previewed_no_more(world: World) -> None:
    there = await world.prepared(ranked, "1.00")
    decision = await released(there)
    answer = await there.office.get(f"/decisions/{decision['id']}/preview")
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (409, "wrong-state")


async def test_it_costs_as_many_statements_whatever_the_list_is_long(
    world: World, counting: Counting
) -> None:
    costs = []
    for requested in (["1.00"], ["1.00"] * 7):
        there = await ranked(world, *requested)
        decision = await decided(there)
        with counting() as sent:
            await preview(there.office, decision)
        costs.append(len(sent))
    assert costs[0] == costs[1]


async def test_two_officers_releasing_at_once_release_once(live: World) -> None:
    there = await ranked(live, "1.00", "2.00")
    third = await person(live, "third", "office")
    decision = await decided(there)
    digest = (await preview(there.office, decision))["digest"]
    path = f"/decisions/{decision['id']}/release"
    people = (there.office, there.second, third)
    answers = await asyncio.gather(*(who.post(path, {"digest": digest}) for who in people))
    assert sorted(answer.status_code for answer in answers) == [200, 202, 409]
    async with live.sessions() as session:
        assert len((await session.scalars(select(Mail).where(Mail.kind == "outcome"))).all()) == 2


async def test_one_officer_twice_at_once_releases_nothing(live: World) -> None:
    there = await ranked(live, "1.00")
    decision = await decided(there)
    digest = (await preview(there.office, decision))["digest"]
    path = f"/decisions/{decision['id']}/release"
    answers = await asyncio.gather(*(there.office.post(path, {"digest": digest}) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409]
    assert (await is_there(there.office, path.rpartition("/")[0]))["state"] == "adopted"
    assert (await there.second.post(path, {"digest": digest})).status_code == 200


@pytest.mark.parametrize("first", ["release", "withdrawal"])
async def test_of_a_withdrawal_and_a_release_at_once_nothing_unseen_is_released(
    live: World, first: str
) -> None:
    there = await ranked(live, "1.00", "2.00")
    async with live.sessions() as session, session.begin():
        over = {"opens_at": LONG_AGO, "closes_at": LONG_AGO.replace(year=2001)}
        await session.execute(update(Stage).values(**over))
    decision = await decided(there)
    assert (await release_by(there.office, decision["id"])).status_code == 202
    digest = (await preview(there.second, decision))["digest"]
    gone = there.proposals[0]
    why = {"text": "We have other money."}
    out = gone.coordinator.post(f"/proposals/{gone.id}/request_withdrawal", why)
    release = there.second.post(f"/decisions/{decision['id']}/release", {"digest": digest})
    answers = await asyncio.gather(*((release, out) if first == "release" else (out, release)))
    done, left = answers if first == "release" else reversed(answers)
    state = (await is_there(there.office, f"/proposals/{gone.id}"))["state"]
    if done.status_code == 409:
        assert (reasons(done), left.status_code, state) == (CHANGED, 200, "withdrawn")
    else:
        # Whoever is told first may still withdraw, until a grant is signed.
        assert (done.status_code, left.status_code in (200, 409)) == (200, True)


async def test_an_observer_of_the_call_reads_the_decision_and_it_is_on_record(world: World) -> None:
    there = await ranked(world, "1.00", below=("1.00",))
    observer, other = [await person(world, name, "observer") for name in ("obs", "other")]
    auditor = await person(world, "aud", "auditor")
    async with world.sessions() as session, session.begin():
        await session.execute(
            update(Stage)
            .where(Stage.id == UUID(there.made["stage"]["id"]))
            .values(opens_at=LONG_AGO, closes_at=LONG_AGO.replace(year=2001))
        )
        about = {"call_id": UUID(there.made["call"]["id"]), "account_id": observer.id}
        dates = {"starts_at": LONG_AGO, "ends_at": LONG_AGO.replace(year=2100), "declared_at": machine_now()}
        session.add(fresh(Observation, ObservationState.WATCHING, **about, **dates))
    path = f"/decisions/{(await decided(there))['id']}"
    for who in (observer, auditor):
        assert len((await is_there(who, path))["lines"]) == 2
        assert (await who.get(f"{path}/preview")).status_code == 404
    await is_hidden(other, path)
    await is_there(there.office, path)
    async with world.sessions() as session:
        read = select(EvaluationReading.account_id).where(EvaluationReading.entity == "decision")
        assert set(await session.scalars(read)) == {observer.id, auditor.id}
