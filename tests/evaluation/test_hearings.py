"""Hearings (V-20): all of the set alike, told at one moment, and nothing of it before."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.calls.models import Call, Stage, TopicStage
from app.calls.rules import in_words
from app.core.clock import machine_now
from app.core.outbox import Mail
from app.evaluation.consensus.models import Consensus, Point
from app.evaluation.hearing.models import Hearing, HearingRound
from app.evaluation.hearing.rules import heard_by, heard_together
from app.evaluation.panel.models import Place
from tests.build import Actor, person
from tests.conftest import World
from tests.evaluation.build import Topic, evaluated, expert
from tests.evaluation.hidden import same_as_missing
from tests.evaluation.test_observers import closed as past_deadline
from tests.evaluation.test_rooms import conflicted, named, panel_of
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
GOOD, FAIR, WEAK = ("4", "4", "4"), ("3.5", "4", "4"), ("2", "2", "2")


def day(number: float) -> str:
    return (machine_now() + timedelta(days=number)).isoformat()


SLOT = {"place": "By video", "secret": "let-me-in"}
QUESTIONS = {"questions": ["How many patients?", "Who leads the trial?"]}


async def ranked(world: World, *scores: tuple[str, ...]) -> tuple[Topic, str]:
    topic = await evaluated(world, *scores)
    panel = await panel_of(topic)
    await topic.office.make(f"{panel}/rank")
    return topic, panel


async def hearings_of(who: Actor) -> dict[str, str]:
    """The path of each hearing that somebody sees, by proposal."""
    listed = (await who.get("/hearings", params={"page_size": 200})).json()["items"]
    return {one["proposal_id"]: f"/hearings/{one['id']}" for one in listed if one["state"] != "cancelled"}


async def prepared(topic: Topic, panel: str, **more: Any) -> str:
    asked = QUESTIONS | {"answer_until": day(5)} | more
    held = await topic.office.make(f"{panel}/hearing_rounds", asked)
    for path in (await hearings_of(topic.office)).values():
        if (await topic.office.get(path)).json()["state"] == "prepared":
            slot = SLOT | {"starts_at": day(8), "ends_at": day(9)}
            assert (await topic.office.patch(path, slot, 1)).status_code == 200
    return f"/hearing_rounds/{held['id']}"


async def begun(world: World, held: str) -> None:
    """The slots of a round have begun, and the time to answer is over."""
    key = UUID(held.rsplit("/", 1)[1])
    past = {"starts_at": machine_now() - timedelta(hours=2), "ends_at": machine_now() + timedelta(hours=1)}
    async with world.sessions() as session, session.begin():
        await session.execute(update(Hearing).where(Hearing.round_id == key).values(past))
        over = {"answer_until": machine_now() - timedelta(hours=1)}
        await session.execute(update(HearingRound).where(HearingRound.id == key).values(over))


async def mails(world: World, kind: str) -> list[Mail]:
    async with world.sessions() as session:
        wanted = select(Mail).where(Mail.kind == kind).order_by(Mail.recipient)
        return list(await session.scalars(wanted))


async def ruled(world: World, topic: Topic, **rules: Any) -> None:
    """The call has pinned other rules; they are read once, by the time at which they were pinned."""
    async with world.sessions() as session, session.begin():
        call = await session.get_one(Call, UUID(topic.call))
        call.rules, call.published_at = {**(call.rules or {}), **rules}, machine_now()


async def scored(world: World, proposal: str, score: str) -> None:
    """The consensus report gives this score for impact."""
    final = select(Consensus.id).where(Consensus.proposal_id == UUID(proposal)).scalar_subquery()
    async with world.sessions() as session, session.begin():
        here = update(Point).where(Point.consensus_id == final, Point.criterion == "impact")
        await session.execute(here.values(score=Decimal(score)))


def test_all_above_are_heard_or_all_of_one_total() -> None:
    places = [
        Place(rank=rank, above=rank is not None, total=Decimal(total))
        for rank, total in ((1, "12.5"), (2, "12"), (3, "12.00"), (None, "12"))
    ]
    assert heard_together(places, None) == places[:3]
    assert heard_together(places, Decimal("12.0")) == places[1:3]
    assert heard_together(places, Decimal("9")) == []


async def test_v20_all_of_the_set_are_called_at_one_moment_and_answer_for_themselves(world: World) -> None:
    topic, panel = await world.prepared(ranked, GOOD, FAIR, WEAK)
    first, second, third = topic.proposals
    ada, bob = await expert(topic, "ada"), await expert(topic, "bob")
    watcher = await person(world, "watcher", "observer")
    await conflicted(topic, bob, first.id)
    seats = [(await named(topic, panel, who.actor))["id"] for who in (ada, bob)]
    await named(topic, panel, watcher, "observer")
    held = await topic.office.make(f"{panel}/hearing_rounds", {"questions": []})
    paths, here = await hearings_of(topic.office), f"/hearing_rounds/{held['id']}"
    assert paths.keys() == {first.id, second.id}  # the set of the list, and nobody below a threshold
    one, other = paths[first.id], paths[second.id]

    told = await topic.office.post(f"{here}/send")
    assert codes(told) == ["no-question", "no-time-to-answer", "no-slot", "no-slot"]
    assert (await topic.office.patch(here, QUESTIONS | {"answer_until": day(5)}, 1)).status_code == 200
    own = SLOT | {"starts_at": day(8), "ends_at": day(9), "questions": ["And the costs?"]}
    backwards = await topic.office.patch(one, own | {"ends_at": day(7)}, 1)
    assert codes(backwards) == ["slot-out-of-order"]
    assert (await topic.office.patch(one, own, 1)).status_code == 200
    assert codes(await topic.office.post(f"{here}/send")) == ["no-slot"]
    slot = SLOT | {"starts_at": day(8), "ends_at": day(9)}
    assert (await topic.office.patch(other, slot, 1)).status_code == 200
    for proposal in topic.proposals:
        assert await hearings_of(proposal.coordinator) == {}
        assert await same_as_missing(proposal.coordinator, one)
    assert await mails(world, "hearing") == []

    await topic.office.make(f"{here}/send")
    letters = await mails(world, "hearing")
    assert {mail.recipient for mail in letters} == {first.coordinator.email, second.coordinator.email}
    for mail in letters:
        assert all(word not in mail.text for word in ("rank", "score", "threshold", "let-me-in", "ada"))
    assert await hearings_of(first.coordinator) == {first.id: one}
    assert await hearings_of(third.coordinator) == {}
    assert await same_as_missing(second.coordinator, one)
    assert await same_as_missing(first.coordinator, here)
    mine = (await first.coordinator.get(one)).json()
    assert [said["question"] for said in mine["said"]] == [*QUESTIONS["questions"], "And the costs?"]
    assert (mine["secret"], mine.keys() & {"note", "present", "panel_id", "round_id"}) == ("let-me-in", set())
    rank = (await topic.office.get(panel)).json()
    (close,) = [act for act in rank["actions"] if act["name"] == "close"]
    assert [why["code"] for why in close["blocked_by"]] == ["hearings-not-over"]

    assert codes(await first.coordinator.post(f"{one}/answer", {"answers": ["Ten."]})) == ["other-number"]
    answers = ["Ten.", "The lead.", "As planned."]
    await first.coordinator.make(f"{one}/announce", {"attendees": ["Cora C.", "Dan D."]})
    said = await first.coordinator.make(f"{one}/answer", {"answers": answers})
    assert [line["answer"] for line in said["said"]] == answers
    assert codes(await first.coordinator.post(f"{one}/answer", {"answers": answers})) == ["answered"]
    assert codes(await topic.office.post(f"{one}/hold", {"present": [], "note": "So."})) == ["not-begun"]
    await begun(world, here)
    late = await second.coordinator.post(f"{other}/answer", {"answers": ["Five.", "Nobody."]})
    assert codes(late) == ["too-late"]
    assert codes(await first.coordinator.post(f"{one}/announce", {"attendees": []})) == ["has-begun"]
    assert await same_as_missing(ada.actor, one), "a member declares first"
    for who, seat in zip((ada, bob), seats, strict=True):
        await who.actor.make(f"/panel_seats/{seat}/declare", {"conflicts": [], "no_other": True})
    wrong = await topic.office.post(f"{one}/hold", {"present": ["Eve E."], "note": "So."})
    assert codes(wrong) == ["not-announced"]
    assert (await ada.actor.post(f"{one}/hold", {"present": [], "note": "So."})).status_code == 403

    await topic.office.make(f"{one}/hold", {"present": ["Cora C."], "note": "They were clear."})
    refused = await topic.office.post(f"{here}/cancel", {"reason": "No time."})
    assert codes(refused) == ["one-has-taken-place"]
    await topic.office.make(f"{other}/note_absence", {"note": "They did not come."})
    assert (await topic.office.get(here)).json()["state"] == "over"
    for reader in (ada.actor, watcher, topic.office):
        read = (await reader.get(one)).json()
        assert (read["note"], read["present"]) == ("They were clear.", ["Cora C."])
        assert [line["answer"] for line in read["said"]] == answers
    assert await same_as_missing(bob.actor, one)
    assert (await bob.actor.get(other)).json()["note"] == "They did not come."
    assert "note" not in (await first.coordinator.get(one)).json()
    for outsider in (*topic.members, await person(world, "stranger")):
        assert await same_as_missing(outsider, one)
        assert await same_as_missing(outsider, here)
    assert (await topic.office.make(f"{panel}/close"))["state"] == "closed"
    for reader in (ada.actor, watcher):
        assert await same_as_missing(reader, one), "what was said in the room is read while the panel works"


async def test_who_comes_into_the_set_later_is_heard_with_the_same_questions(world: World) -> None:
    topic, panel = await world.prepared(ranked, GOOD, FAIR, WEAK)
    third = topic.proposals[2]
    held = await prepared(topic, panel)
    await scored(world, topic.proposals[1].id, "1")  # one falls below its threshold meanwhile
    assert codes(await topic.office.post(f"{held}/send")) == ["set-has-changed"]
    await scored(world, topic.proposals[1].id, "4")
    await topic.office.make(f"{held}/send")
    assert codes(await topic.office.post(f"{panel}/hearing_rounds", QUESTIONS)) == ["another-round"]
    await begun(world, held)
    for path in (await hearings_of(topic.office)).values():
        await topic.office.make(f"{path}/hold", {"present": [], "note": "Heard."})
    assert codes(await topic.office.post(f"{panel}/hearing_rounds", QUESTIONS)) == ["nobody-to-hear"]

    async with world.sessions() as session, session.begin():
        final = select(Consensus.id).where(Consensus.proposal_id == UUID(third.id)).scalar_subquery()
        await session.execute(update(Point).where(Point.consensus_id == final).values(score=Decimal("4.5")))
    await topic.office.make(f"{panel}/rank")
    (close,) = [a for a in (await topic.office.get(panel)).json()["actions"] if a["name"] == "close"]
    assert [why["code"] for why in close["blocked_by"]] == ["not-heard"]
    others = {"questions": ["Something else?"], "answer_until": day(5)}
    assert codes(await topic.office.post(f"{panel}/hearing_rounds", others)) == ["other-questions"]
    further = await prepared(topic, panel, questions=[])
    read = (await topic.office.get(further)).json()
    assert (read["questions"], read["follows_id"]) == (QUESTIONS["questions"], held.rsplit("/", 1)[1])
    assert codes(await topic.office.patch(further, others, 1)) == ["other-questions"]
    await topic.office.make(f"{further}/send")
    assert [mail.recipient for mail in await mails(world, "hearing")].count(third.coordinator.email) == 1
    await begun(world, further)
    last = (await hearings_of(topic.office))[third.id]
    await topic.office.make(f"{last}/hold", {"present": [], "note": "Heard."})
    assert (await topic.office.make(f"{panel}/close"))["state"] == "closed"
    assert codes(await topic.office.post(f"{panel}/hearing_rounds", QUESTIONS)) == ["panel-closed"]


async def test_all_of_one_total_and_cancelled_for_all(world: World) -> None:
    topic, panel = await ranked(world, GOOD, FAIR, ("4", "3.5", "4"))
    _, second, third = topic.proposals
    named_total = await topic.office.post(f"{panel}/hearing_rounds", QUESTIONS | {"total": "11.5"})
    assert codes(named_total) == ["other-equality"]
    await ruled(world, topic, hearings={"equality": "same_score"})
    path = f"{panel}/hearing_rounds"
    assert codes(await topic.office.post(path, QUESTIONS)) == ["other-equality"]
    assert codes(await topic.office.post(path, QUESTIONS | {"total": "12"})) == ["no-such-total"]
    held = await prepared(topic, panel, total="11.5")
    paths = await hearings_of(topic.office)
    assert paths.keys() == {second.id, third.id}
    await topic.office.make(f"{held}/send")
    await topic.office.make(f"{held}/cancel", {"reason": "The panel has no time."})
    told = await mails(world, "hearing_cancelled")
    assert {mail.recipient for mail in told} == {second.coordinator.email, third.coordinator.email}
    assert (await second.coordinator.get(paths[second.id])).json()["state"] == "cancelled"
    await ruled(world, topic, hearings=None)
    assert codes(await topic.office.post(path, QUESTIONS)) == ["no-hearings"]
    assert codes(await topic.office.post(f"{panel}/close")) == ["ex-aequo"]


def test_the_last_day_for_a_hearing_is_that_of_the_evaluation_or_when_others_are_told() -> None:
    closed, terms = date(2019, 3, 28), (5, 8)
    ends = date(2019, 6, 28)
    assert heard_by(ends, closed, *terms, date(2019, 6, 28)) == ends
    assert heard_by(ends, closed, *terms, date(2019, 6, 29)) == date(2019, 8, 28)  # the evaluation is late
    assert heard_by(None, closed, *terms, date(2019, 4, 1)) == date(2019, 8, 28)
    assert heard_by(None, closed, *terms, date(2019, 8, 29)) == date(2019, 11, 28)
    assert heard_by(ends, closed, *terms, date(2020, 1, 31)) == date(2020, 6, 30)


@given(st.none() | st.dates(max_value=date(2400, 1, 1)), *[st.dates(max_value=date(2400, 1, 1))] * 2)
def test_there_is_always_a_day_for_a_hearing_and_never_one_in_the_past(
    ends: date | None, closed: date, today: date
) -> None:
    assert heard_by(ends, closed, 5, 8, today) >= today


async def dated(world: World, topic: Topic, **values: Any) -> None:
    """The stage of the topic closed yesterday, with these days of evaluation."""
    await past_deadline(topic)
    async with world.sessions() as session, session.begin():
        stage = select(TopicStage.stage_id).where(TopicStage.id == UUID(topic.topic_stage)).scalar_subquery()
        await session.execute(update(Stage).where(Stage.id == stage).values(values))


async def test_a_slot_lies_ahead_and_in_the_evaluation_of_its_stage(world: World) -> None:
    topic, panel = await ranked(world, GOOD)
    first = machine_now().date()
    await dated(world, topic, evaluation_from=first, evaluation_to=first + timedelta(days=20))
    await topic.office.make(f"{panel}/hearing_rounds", QUESTIONS | {"answer_until": day(5)})
    (path,) = (await hearings_of(topic.office)).values()
    for starts, ends, expected in (
        (-1, 1, ["slot-is-past"]),
        (8, 21, ["slot-too-late"]),
        (3650, 3651, ["slot-too-late", "slot-too-late"]),
        (9, 8, ["slot-out-of-order"]),
    ):
        slot = SLOT | {"starts_at": day(starts), "ends_at": day(ends)}
        assert codes(await topic.office.patch(path, slot, 1)) == expected, (starts, ends)
    refused = await topic.office.patch(path, SLOT | {"starts_at": day(3650)}, 1)
    (reason,) = refused.json()["reasons"]
    last = first + timedelta(days=20)
    assert (reason["path"], reason["who"]) == ("/starts_at", "office")
    assert reason["text"].endswith(f"proposals of this stage are heard until {last:%d %B %Y}.")
    assert (await topic.office.get(path)).json()["starts_at"] is None
    assert (await topic.office.patch(path, SLOT | {"starts_at": day(8), "ends_at": day(9)}, 1)).is_success


async def test_one_hearing_is_moved_and_its_consortium_alone_is_told(world: World) -> None:
    topic, panel = await world.prepared(ranked, GOOD, FAIR)
    first, second = topic.proposals
    await past_deadline(topic)
    held = await prepared(topic, panel)
    one, other = [(await hearings_of(topic.office))[each.id] for each in (first, second)]
    slot = {"starts_at": day(10), "ends_at": day(11), "reason": "The trains do not run."}
    assert (await topic.office.post(f"{one}/move", slot)).status_code == 409, "nobody is called yet"
    await topic.office.make(f"{held}/send")
    await first.coordinator.make(f"{one}/announce", {"attendees": ["Cora C."]})
    for starts, ends, expected in (
        (-1, 1, ["slot-is-past"]),
        (9, 8, ["slot-out-of-order"]),
        (10, 3650, ["slot-too-late"]),
    ):
        wrong = slot | {"starts_at": day(starts), "ends_at": day(ends)}
        assert codes(await topic.office.post(f"{one}/move", wrong)) == expected
    assert (await topic.office.post(f"{one}/move", slot | {"reason": " "})).status_code == 422
    assert (await topic.office.post(f"{one}/move", slot | {"place": " "})).status_code == 422
    assert (await first.coordinator.post(f"{one}/move", slot)).status_code == 403
    assert await mails(world, "hearing_moved") == []
    before = (await topic.office.get(other)).json()

    await topic.office.make(f"{one}/move", slot | {"secret": "another"})
    read = (await first.coordinator.get(one)).json()
    assert (read["place"], read["secret"], read["attendees"], read["state"]) == (
        "By video",
        "another",
        ["Cora C."],
        "called",
    )
    assert datetime.fromisoformat(read["starts_at"]) == datetime.fromisoformat(slot["starts_at"])
    (letter,) = await mails(world, "hearing_moved")
    assert letter.recipient == first.coordinator.email
    assert in_words(datetime.fromisoformat(slot["starts_at"])) in letter.text
    assert ("The trains do not run." in letter.text, "another" in letter.text) == (True, False)
    assert (await topic.office.get(other)).json() == before
    await begun(world, held)
    await topic.office.make(f"{one}/move", slot)
    assert codes(await topic.office.post(f"{one}/hold", {"present": [], "note": "So."})) == ["not-begun"]


async def test_a_hearing_is_called_off_alone_when_its_proposal_has_left_and_the_round_ends(
    world: World,
) -> None:
    topic, panel = await world.prepared(ranked, GOOD, FAIR)
    first, second = topic.proposals
    await past_deadline(topic)
    held = await prepared(topic, panel)
    await topic.office.make(f"{held}/send")
    one, other = [(await hearings_of(topic.office))[each.id] for each in (first, second)]
    why = {"reason": "The proposal was withdrawn."}
    assert codes(await topic.office.post(f"{one}/call_off", why)) == ["still-to-be-heard"]
    await first.coordinator.make(
        f"/proposals/{first.id}/request_withdrawal", {"text": "We have other money."}
    )
    assert (await first.coordinator.post(f"{one}/call_off", why)).status_code == 403
    assert (await topic.office.make(f"{one}/call_off", why))["state"] == "cancelled"
    assert (await topic.office.get(held)).json()["state"] == "sent"
    (letter,) = await mails(world, "hearing_cancelled")
    assert (letter.recipient, why["reason"] in letter.text) == (first.coordinator.email, True)
    await begun(world, held)
    await topic.office.make(f"{other}/hold", {"present": [], "note": "Heard."})
    assert (await topic.office.get(held)).json()["state"] == "over"
    await topic.office.make(f"{panel}/rank")
    assert (await topic.office.make(f"{panel}/close"))["state"] == "closed"


async def test_who_is_out_and_not_told_does_not_learn_it_from_the_hearing(world: World) -> None:
    topic, panel = await world.prepared(ranked, GOOD, FAIR)
    first = topic.proposals[0]
    await past_deadline(topic)
    held = await prepared(topic, panel)
    await topic.office.make(f"{held}/send")
    one = (await hearings_of(topic.office))[first.id]
    found = {"rule": "E-01", "text": "It is out of scope."}
    for officer in (topic.office, topic.second):
        await officer.post(f"/proposals/{first.id}/find_ineligible", found)
    before = (await first.coordinator.get(one)).content
    why = {"reason": "It is not evaluated."}
    assert codes(await topic.office.post(f"{one}/call_off", why)) == ["not-told"]
    assert (await first.coordinator.get(one)).content == before
    for officer in (topic.office, topic.second):
        await officer.post(f"/topic_stages/{topic.topic_stage}/release_findings")
    assert (await topic.office.make(f"{one}/call_off", why))["state"] == "cancelled"
    assert [mail.recipient for mail in await mails(world, "hearing_cancelled")] == [first.coordinator.email]


async def test_what_is_called_off_before_the_call_is_called_by_nobody(world: World) -> None:
    topic, panel = await world.prepared(ranked, GOOD, FAIR)
    first, second = topic.proposals
    await past_deadline(topic)
    held = await prepared(topic, panel)
    one, other = [(await hearings_of(topic.office))[each.id] for each in (first, second)]
    await first.coordinator.make(
        f"/proposals/{first.id}/request_withdrawal", {"text": "We have other money."}
    )
    why = {"reason": "The proposal was withdrawn."}
    await topic.office.make(f"{one}/call_off", why)
    assert await mails(world, "hearing_cancelled") == []
    await topic.office.make(f"{held}/send")
    assert [mail.recipient for mail in await mails(world, "hearing")] == [second.coordinator.email]
    assert await same_as_missing(first.coordinator, one)
    await second.coordinator.make(
        f"/proposals/{second.id}/request_withdrawal", {"text": "We have other money."}
    )
    await topic.office.make(f"{other}/call_off", why)
    assert (await topic.office.get(held)).json()["state"] == "over"
