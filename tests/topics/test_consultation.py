"""Rounds of consultation: who is asked, what is said, and that each comment is answered (T-05)."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from app.core.clock import machine_now
from app.topics.consultation.workflow import (
    CONSULTATION,
    begun,
    closes_later,
    in_time,
    time_over,
)
from app.topics.versions.schemas import WRITTEN
from app.workflow.table import Ask
from app.workflow.who import NOBODY
from tests.build import Actor, committee, heard, person, vote
from tests.conftest import Counting, World
from tests.topics.build import (
    ANSWER,
    COMMENT,
    codes,
    commented,
    draft,
    ended,
    invited,
    let_time_pass,
    mail_to,
    round_on,
)
from tests.walls import is_there

pytestmark = pytest.mark.anyio
NOON = datetime(2030, 1, 15, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


async def waiting(who: Actor) -> list[tuple[str, str, str]]:
    found = (await who.get("/me")).json()["waiting"]
    return [(each["kind"], each["entity"], each["id"]) for each in found]


async def test_a_draft_goes_through_two_rounds_to_its_adoption(world: World) -> None:
    office = await person(world, "office", "office")
    body, members = await committee(world, "ann")
    topic = await draft(office)
    path = f"/topics/{topic['id']}"
    for number in (1, 2):
        here = await round_on(office, topic["id"])
        read = await is_there(office, here)
        assert (read["state"], read["number"], read["public"]) == ("open", number, False)
        assert (await is_there(office, path))["state"] == "consultation"
        who, _ = await invited(world, office, here)
        assert (await is_there(who, path))["scope"] == "A scope."
        comment = await commented(who, here)
        await office.make(f"{comment}/answer", ANSWER)
        mine = await is_there(who, comment)
        assert (mine["state"], mine["response"], mine["reason"]) == ("answered", "partly", ANSWER["reason"])
        assert (await ended(world, office, here))["state"] == "closed"
        if number == 1:
            await office.make(f"{path}/redraft")
            version = (await is_there(office, path))["version"]
            assert (await office.patch(path, {"scope": "Wider."}, version)).status_code == 200
            await office.patch(path, {"scope": "A scope."}, version + 1)
    assert await codes(await office.post(f"{path}/finalise")) == [
        ("not-heard", f"/consulted_bodies/{kind}") for kind in ("regulator", "industry", "states")
    ]
    await heard(world, topic["id"], "patients")
    await office.make(f"{path}/finalise")
    await vote(office, body, members, "adopt_topic", topic["id"])
    assert (await is_there(office, path))["state"] == "adopted"


async def test_while_a_round_is_open_the_draft_rests(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    path = f"/topics/{topic['id']}"
    here = await round_on(office, topic["id"])
    await heard(world, topic["id"])
    for act in ("finalise", "redraft"):
        assert await codes(await office.post(f"{path}/{act}")) == [("round-open", "/rounds")]
    edited = await office.patch(path, {"title": "Other"}, topic["version"])
    assert (edited.status_code, edited.json()["type"]) == (409, "/problems/wrong-state")
    await ended(world, office, here)
    assert (await office.make(f"{path}/finalise"))["state"] == "final_draft"
    assert (await office.make(f"{path}/redraft"))["state"] == "drafting"


async def test_a_round_is_opened_on_a_draft_alone_and_one_at_a_time(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    path = f"/topics/{topic['id']}"
    asked = {"closes_at": (machine_now() + timedelta(days=1)).isoformat()}
    past = {"closes_at": (machine_now() - timedelta(seconds=1)).isoformat()}
    assert await codes(await office.post(f"{path}/consultations", past)) == [
        ("in-the-past", "/body/closes_at")
    ]
    assert (await is_there(office, path))["state"] == "drafting"
    here = await round_on(office, topic["id"])
    assert await codes(await office.post(f"{path}/consultations", asked)) == [("round-open", "/rounds")]
    await ended(world, office, here)
    await heard(world, topic["id"])
    await office.make(f"{path}/finalise")
    assert await codes(await office.post(f"{path}/consultations", asked)) == [("not-a-draft", "")]


def ask(now: datetime, **data: Any) -> Ask:
    return Ask(NOBODY, now, data=SimpleNamespace(**data))


def test_the_instant_of_closing_still_counts() -> None:
    here: Any = SimpleNamespace(closes_at=NOON)
    assert list(in_time(here, ask(NOON))) == []
    assert [reason.code for reason in time_over(here, ask(NOON))] == ["too-soon"]
    assert [reason.code for reason in in_time(here, ask(NOON + INSTANT))] == ["too-late"]
    assert list(time_over(here, ask(NOON + INSTANT))) == []


def test_a_round_closes_after_it_is_opened() -> None:
    here: Any = SimpleNamespace()
    assert list(closes_later(here, ask(NOON, opens_at=None, closes_at=NOON + INSTANT))) == []
    assert [reason.code for reason in closes_later(here, ask(NOON, opens_at=None, closes_at=NOON))] == [
        "in-the-past"
    ]
    at = NOON + INSTANT
    assert list(closes_later(here, ask(NOON, opens_at=NOON, closes_at=at))) == []
    assert [r.code for r in closes_later(here, ask(NOON, opens_at=at, closes_at=at))] == ["closes-first"]
    early = ask(NOON, opens_at=NOON - INSTANT, closes_at=at)
    assert [r.path for r in closes_later(here, early)] == ["/body/opens_at"]


def test_the_instant_of_opening_counts() -> None:
    here: Any = SimpleNamespace(opens_at=NOON)
    assert list(begun(here, ask(NOON))) == []
    assert [reason.code for reason in begun(here, ask(NOON - INSTANT))] == ["too-early"]
    (row,) = CONSULTATION.rows("open")
    assert closes_later in row.guards


async def test_after_its_time_a_round_takes_no_comment_and_no_body(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, body = await invited(world, office, here)
    comment = await commented(who, here)
    await let_time_pass(world, here)
    assert await codes(await who.post(f"{here}/comments", COMMENT)) == [("too-late", "")]
    other = {"account_id": str((await person(world, "other")).id), "kind": "other", "name": "Late"}
    assert await codes(await office.post(f"{here}/consulted_bodies", other)) == [("too-late", "")]
    await office.make(f"{comment}/answer", ANSWER)
    await office.make(f"{here}/close")
    assert await codes(await who.post(f"{here}/comments", COMMENT)) == [
        ("round-closed", ""),
        ("too-late", ""),
    ]
    assert [code for code, _ in await codes(await who.post(f"{body}/decline", {"reason": "None."}))] == [
        "round-closed",
        "has-commented",
    ]


async def test_nobody_is_cut_off_by_a_round_that_closes_before_its_time(world: World) -> None:
    office = await person(world, "office", "office")
    topic = (await draft(office))["id"]
    begins, ends = machine_now() + timedelta(days=1), machine_now() + timedelta(days=2)
    asked = {"opens_at": begins.isoformat(), "closes_at": ends.isoformat()}
    here = f"/consultations/{(await office.make(f'/topics/{topic}/consultations', asked))['id']}"
    who, body = await invited(world, office, here)
    assert await codes(await office.post(f"{here}/close")) == [("too-soon", "/closes_at")]
    await who.make(f"{body}/decline", {"reason": "None."})
    assert await codes(await office.post(f"{here}/close")) == [("too-soon", "/closes_at")]
    assert (await ended(world, office, here))["state"] == "closed"


async def test_a_closed_round_takes_nothing(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"], public=True)
    who, body = await invited(world, office, here)
    await ended(world, office, here)
    assert await codes(await who.post(f"{here}/comments", COMMENT)) == [
        ("round-closed", ""),
        ("too-late", ""),
    ]
    assert await codes(await who.post(f"{body}/decline", {"reason": "None."})) == [("round-closed", "")]
    other = {"account_id": str((await person(world, "other")).id), "kind": "other", "name": "Late"}
    assert await codes(await office.post(f"{here}/consulted_bodies", other)) == [
        ("round-closed", ""),
        ("too-late", ""),
    ]


async def test_a_round_closes_once_every_comment_is_answered(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, _ = await invited(world, office, here)
    comments = [await commented(who, here, about=about) for about in ("need", "whole", "need")]
    await let_time_pass(world, here)
    refused = await codes(await office.post(f"{here}/close"))
    assert refused == [("comment-unanswered", path) for path in comments]
    await office.make(f"{comments[1]}/answer", ANSWER)
    offered = next(a for a in (await is_there(office, here))["actions"] if a["name"] == "close")
    assert [reason["path"] for reason in offered["blocked_by"]] == [comments[0], comments[2]]
    for path in (comments[0], comments[2]):
        await office.make(f"{path}/answer", ANSWER)
    assert (await ended(world, office, here))["state"] == "closed"


async def test_an_answer_may_be_given_anew_until_the_round_is_closed(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, _ = await invited(world, office, here)
    path = await commented(who, here)
    for response in ("not_accepted", "accepted"):
        given = await office.make(f"{path}/answer", {"response": response, "reason": f"So {response}."})
        assert (given["response"], given["reason"]) == (response, f"So {response}.")
    for wrong in (
        {"response": "partly"},
        {"response": "partly", "reason": ""},
        {"response": "no", "reason": "N"},
    ):
        assert (await office.post(f"{path}/answer", wrong)).status_code == 422
    await ended(world, office, here)
    assert await codes(await office.post(f"{path}/answer", ANSWER)) == [("round-closed", "")]
    assert (await is_there(who, path))["response"] == "accepted"


async def test_an_invited_person_is_written_to(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    here = await round_on(office, topic["id"])
    who, _ = await invited(world, office, here, "Patients together")
    (mail,) = await mail_to(world, who, "consultation")
    closes = datetime.fromisoformat((await is_there(office, here))["closes_at"])
    words = (
        "Patients together",
        topic["reference"],
        topic["title"],
        "round 1",
        f"{closes:%d %B %Y, %H:%M:%S} UTC",
    )
    assert [word for word in words if word not in mail.text] == []


async def test_neither_a_person_nor_a_body_is_asked_twice_in_a_round(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    here = await round_on(office, topic["id"])
    who, _ = await invited(world, office, here, "Patients together")
    other = await person(world, "other")
    same_person = {"account_id": str(who.id), "kind": "other", "name": "Another name"}
    same_body = {"account_id": str(other.id), "kind": "other", "name": "patients TOGETHER"}
    for asked, code in (
        (same_person, "uq-consulted-body-one-per-person"),
        (same_body, "uq-consulted-body-once-per-round"),
    ):
        refused = await office.post(f"{here}/consulted_bodies", asked)
        assert [found for found, _ in await codes(refused)] == [code]
    await ended(world, office, here)
    again = await round_on(office, topic["id"])
    await office.make(f"{again}/consulted_bodies", same_person | {"name": "Patients together"})
    assert len(await mail_to(world, who, "consultation")) == 2
    assert await mail_to(world, other, "consultation") == []


async def test_a_body_speaks_by_somebody_with_an_account(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    asked = {"account_id": str(uuid4()), "kind": "states", "name": "States"}
    refused = await office.post(f"{here}/consulted_bodies", asked)
    assert refused.status_code == 422
    assert [reason["code"] for reason in refused.json()["reasons"]] == ["no-such-person"]


async def test_a_body_with_nothing_to_say_declines_with_its_reason(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, path = await invited(world, office, here)
    assert (await who.post(f"{path}/decline", {"reason": ""})).status_code == 422
    declined = await who.make(f"{path}/decline", {"reason": "Not our field."})
    assert (declined["state"], declined["reason"]) == ("declined", "Not our field.")
    assert (await is_there(office, path))["reason"] == "Not our field."
    assert (await who.post(f"{here}/comments", COMMENT)).status_code == 404
    other, path = await invited(world, office, here, "Others")
    await commented(other, here)
    assert await codes(await other.post(f"{path}/decline", {"reason": "No."})) == [("has-commented", "")]


async def test_a_comment_is_about_any_field_of_the_draft(world: World) -> None:
    """Whatever those who are consulted read of it, but its reference."""
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"])
    who, _ = await invited(world, office, here)
    for about in sorted((set(WRITTEN) | {"focus_areas", "whole"}) - {"reference"}):
        assert (await is_there(who, await commented(who, here, about=about)))["about"] == about
    for wrong in ("reference", "on_behalf_of", "colour"):
        assert (await who.post(f"{here}/comments", COMMENT | {"about": wrong})).status_code == 422


async def test_reading_a_topic_reads_no_comment(world: World, counting: Counting) -> None:
    office = await person(world, "office", "office")
    topic = (await draft(office))["id"]
    here = await round_on(office, topic)
    who, _ = await invited(world, office, here)
    await office.make(f"{await commented(who, here)}/answer", ANSWER)
    with counting() as sent:
        await is_there(office, f"/topics/{topic}")
    assert [statement for statement in sent if statement.startswith("SELECT consulted_body.")] != []
    assert [statement for statement in sent if statement.startswith("SELECT comment.")] == []


async def test_a_comment_says_for_whom_it_speaks(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"], public=True)
    (who, body), anyone = await invited(world, office, here), await person(world, "anyone")
    spoken, own = await commented(who, here), await commented(anyone, here)
    assert f"/consulted_bodies/{(await is_there(office, spoken))['consulted_body_id']}" == body
    read = await is_there(office, own)
    assert (read["consulted_body_id"], read["author_id"]) == (None, str(anyone.id))


async def test_whoever_has_declined_for_a_body_speaks_in_a_public_round_for_none(world: World) -> None:
    office = await person(world, "office", "office")
    here = await round_on(office, (await draft(office))["id"], public=True)
    who, path = await invited(world, office, here)
    await who.make(f"{path}/decline", {"reason": "Not our field."})
    assert (await is_there(office, await commented(who, here)))["consulted_body_id"] is None


async def test_a_round_waits_for_those_who_are_asked_until_they_have_answered(world: World) -> None:
    office = await person(world, "office", "office")
    topic = await draft(office)
    here = await round_on(office, topic["id"], public=True)
    (one, _), (two, declining), (three, _) = [
        await invited(world, office, here, f"Body {n}") for n in range(3)
    ]
    asked = [("comment", "consultation", here.rsplit("/", 1)[1])]
    assert [await waiting(who) for who in (one, two, three)] == [asked] * 3
    due = (await one.get("/me")).json()["waiting"][0]
    assert (due["title"], due["due"]) == (topic["reference"], (await is_there(office, here))["closes_at"])
    assert await waiting(await person(world, "anyone")) == []
    await commented(one, here)
    await two.make(f"{declining}/decline", {"reason": "Nothing."})
    assert [await waiting(who) for who in (one, two, three)] == [[], [], asked]
    await let_time_pass(world, here)
    assert await waiting(three) == []
