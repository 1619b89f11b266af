"""A blind stage (V-25): by no answer an expert learns whose a proposal is; all others read as ever."""

import json
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from sqlalchemy import select, update

from app.calls.models import Stage, TopicStage, TopicStageState
from app.core.outbox import Mail
from app.docs import contract
from app.workflow import following
from tests.build import Actor
from tests.conftest import World
from tests.evaluation.blind import ONE, OTHER, Names, blind, name
from tests.evaluation.build import Topic, draft, expert, group, invited, seated
from tests.evaluation.test_rooms import named, panel_of, planned
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
PLACES = {"number": ("2",), "key": ("part_b", "exploitation_plan"), "part_key": ("excellence", "impact")}
REGISTER = ("/v1/organisations", "/v1/public", "/v1/rehearsal")
"""What names organisations by themselves, tied to no proposal; and the outbox, which is read apart."""
READ = [path for method, path, _ in contract.operations(contract.document()) if method == "GET"]
"""Made before any world is: it has an application of its own."""
RELEASED = update(TopicStage).values(state=TopicStageState.RELEASED)
EVALUATED = update(TopicStage).values(state=TopicStageState.EVALUATION)
FULL = update(Stage).values(kind="full")
Answers = Mapping[str, tuple[int, str]]
Ids = Mapping[str, list[str]]
"""By the name of their collection."""


async def walk(who: Actor, ids: Ids) -> Answers:
    """Every answer to what can be read with these ids, in words, also those inside files."""
    found = {}
    for path in paths(ids):
        answer = await who.client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code not in (401, 404):
            found[path] = answer.status_code, told(answer.headers.get("content-type", ""), answer.content)
    return found


def paths(ids: Ids) -> Iterator[str]:
    for path in READ:
        if path.startswith(REGISTER):
            continue
        kind = path.removeprefix("/v1/").split("/")[0]
        here = [path.replace("{id}", key) for key in ids.get(kind, ())] if "{id}" in path else [path]
        for place, values in PLACES.items():
            here = [one.replace(f"{{{place}}}", value) for one in here for value in values]
        yield from (one for one in dict.fromkeys(here) if "{" not in one)


def told(media: str, body: bytes) -> str:
    if media.startswith("application/zip"):
        with ZipFile(BytesIO(body)) as archive:
            return "\n".join(
                f"{n} {told('.' + n.rsplit('.')[-1], archive.read(n))}" for n in archive.namelist()
            )
    if media.endswith("pdf"):
        with pikepdf.open(BytesIO(body)) as pdf:
            facts = {str(key): str(value) for key, value in pdf.docinfo.items() if "Date" not in str(key)}
            return json.dumps([len(pdf.pages), facts], ensure_ascii=False)
    return re.sub(r"urn:uuid:[0-9a-f-]+", "", body.decode())


def naming(answers: Answers, names: Names) -> set[str]:
    """In which answers something of it stands."""
    return {
        path for path, (_, text) in answers.items() if any(one.lower() in text.lower() for one in names.all)
    }


async def at_work(world: World) -> tuple[Topic, dict[str, Actor], Ids]:
    """Two proposals: a group at work, whoever is only invited, whoever moderates; a panel with its agenda."""
    topic = await blind(world)
    first, second = topic.proposals
    (ann, seat), (bea, other), *_ = await group(topic, first)
    more = [await seated(topic, who, second) for who in (ann, bea)]
    opened = {"rapporteur_id": seat}
    consensus = await topic.office.make(f"/proposals/{first.id}/consensus_reports", opened)
    await draft(ann.actor, f"/consensus_reports/{consensus['id']}/points")
    asked, moderates = await expert(topic, "asked"), await expert(topic, "moderates")
    seats = [await invited(topic, asked, one) for one in topic.proposals]
    moderator = {"contract_id": moderates.contract}
    await topic.office.make(f"/consensus_reports/{consensus['id']}/name_moderator", moderator)
    panel = await panel_of(topic)
    for who in (ann, bea):
        await named(topic, panel, who.actor)
    items = await planned(topic, panel)
    await topic.office.make(f"/panel_items/{items[0]['id']}/take_up")
    people = {"writes": ann.actor, "asked": asked.actor, "moderates": moderates.actor}
    reports = (await topic.office.get("/reports")).json()["items"]
    ids = {
        "proposals": [first.id, second.id],
        "assignments": [seat, other, *more, *seats],
        "reports": [one["id"] for one in reports],
        "consensus_reports": [consensus["id"]],
        "panels": [panel.rsplit("/")[-1]],
        "panel_items": [item["id"] for item in items],
        "panel_seats": [one["id"] for one in (await ann.actor.get("/panel_seats")).json()["items"]],
        "calls": [topic.call],
        "topic_stages": [topic.topic_stage],
        "topics": [str(topic.id)],
        "contracts": [ann.contract],
        "experts": [ann.id],
    }
    return topic, people, ids


async def mails(world: World, who: Actor) -> list[str]:
    async with world.sessions() as session:
        found = await session.execute(select(Mail.subject, Mail.text).where(Mail.recipient == who.email))
        return [f"{subject} {text}".lower() for subject, text in found]


async def test_no_expert_reads_whose_a_proposal_is_and_all_others_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor would they read anything else if the two proposals were each other's applicants'."""
    monkeypatch.setattr(following, "LONGEST", 0.0)
    topic, people, ids = await at_work(world)
    first = f"/v1/proposals/{topic.proposals[0].id}"
    whole = {first, "/v1/proposals", f"{first}/sealed/2", f"{first}/sealed/2/proposal.zip"}
    answers: list[dict[str, Answers]] = []
    for names in ((ONE, OTHER), (OTHER, ONE)):
        async with world.sessions.kw["bind"].begin_nested() as undo:
            await name(topic, names)
            if names[0] == ONE:
                read = await walk(topic.office, ids)
                assert naming(read, ONE) >= whole
                assert f"{first}/versions/2/receipt.pdf" in read
                assert naming(await walk(topic.proposals[0].coordinator, ids), ONE) >= whole
            answers.append({kind: await walk(who, ids) for kind, who in people.items()})
            await undo.rollback()
    for kind, found in answers[0].items():
        other = answers[1][kind]
        assert [(path, one, other.get(path)) for path, one in found.items() if one != other.get(path)] == []
        assert found.keys() == other.keys()
    for kind, found in answers[0].items():
        cards = {path for path in found if path.endswith("/card")}
        assert naming(found, ONE) == naming(found, OTHER) == cards, kind
        assert len(cards) == {"moderates": 0}.get(kind, 2)
    assert {path for path in answers[0]["writes"] if path.startswith(first)} == {
        first, f"{first}/sealed/2", f"{first}/sealed/2/proposal.zip", f"{first}/sealed/2/documents/part_b",
    }  # fmt: skip
    assert {f"/v1/panel_items/{key}" for key in ids["panel_items"]} <= answers[0]["writes"].keys()
    assert answers[0]["moderates"][first][0] == 200
    (seat,) = ids["panel_seats"]
    assert f"/v1/panel_seats/{seat}" in answers[0]["writes"]
    nothing: dict[str, Any] = {"conflicts": [], "no_other": True}
    assert codes(await people["writes"].post(f"/panel_seats/{seat}/declare", nothing)) == ["blind"]
    assert '"title": "Title ' in answers[0]["writes"][f"/v1/panels/{ids['panels'][0]}/session"][1]
    written = [text for who in people.values() for text in await mails(world, who)]
    assert written != []
    assert [text for text in written for one in (*ONE.all, *OTHER.all) if one.lower() in text] == []


async def card(who: Actor, seat: str) -> dict[str, Any]:
    answer = await who.get(f"/assignments/{seat}/card")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def states(who: Actor, *seats: str) -> list[str]:
    return [(await who.get(f"/assignments/{seat}")).json()["state"] for seat in seats]


async def test_a_conflict_with_somebody_on_the_list_takes_the_seats_concerned_and_no_other(
    world: World,
) -> None:
    topic = await world.prepared(blind)
    await name(topic)
    first, second = topic.proposals
    ann = await expert(topic, "ann")
    seats = [await seated(topic, ann, first), await invited(topic, ann, second)]
    cards = [await card(ann.actor, seat) for seat in seats]
    assert [one["reference"] for one in cards] == [first.reference, second.reference]
    assert cards[0]["applicants"] == cards[1]["applicants"]
    listed = {one["legal_name"]: one for one in cards[0]["applicants"]}
    assert list(listed) == ["Institute 1", "Institute 2", "Sapphire Institute", "Topaz University"]
    assert listed["Topaz University"]["people"] == ["Ivo Umber"]
    path, tie = f"/assignments/{seats[0]}/declare_listed", {"situation": "P1", "text": "We wrote together."}
    theirs = tie | {"organisation_id": listed["Topaz University"]["organisation_id"]}
    assert codes(await ann.actor.post(path, theirs | {"person": "Nobody"})) == ["not-listed"]
    assert codes(await ann.actor.post(path, tie | {"organisation_id": first.id})) == ["not-listed"]
    assert (await topic.office.post(path, theirs)).status_code == 403
    answer = await ann.actor.make(path, theirs | {"person": "Ivo Umber"})
    assert naming({path: (200, json.dumps(answer))}, OTHER) == set()
    assert await states(ann.actor, *seats) == ["accepted", "blocked"]
    assert (await ann.actor.get(f"/proposals/{second.id}")).status_code == 404
    assert (await ann.actor.get(f"/assignments/{seats[1]}/card")).status_code == 404
    await ann.actor.make(path, theirs)  # said again, of all who are there: on record already
    (found,) = (await topic.office.get("/conflicts")).json()["items"]
    read = (await topic.office.get(f"/conflicts/{found['id']}")).json()
    assert (read["proposal_id"], read["state"]) == (second.id, "declared")
    assert read["path"] == "Ivo Umber, Topaz University: We wrote together."


async def test_whom_an_expert_is_tied_to_with_no_seat_there_is_on_record_too(world: World) -> None:
    topic = await world.prepared(blind)
    await name(topic)
    first, second = topic.proposals
    ann = await expert(topic, "ann")
    seat = await seated(topic, ann, first)
    listed = {one["legal_name"]: one for one in (await card(ann.actor, seat))["applicants"]}
    said = {"situation": "P1", "text": "A former chair. " * 125}
    said["organisation_id"] = listed["Topaz University"]["organisation_id"]
    await ann.actor.make(f"/assignments/{seat}/declare_listed", said)
    assert await states(ann.actor, seat) == ["accepted"]
    asked = await topic.office.post(f"/contracts/{ann.contract}/assignments", {"proposal_id": second.id})
    assert codes(asked) == ["P1"]


async def test_once_released_or_in_a_full_stage_nothing_is_blind(world: World) -> None:
    topic = await world.prepared(blind)
    await name(topic)
    (ann, seat), *_ = await group(topic, topic.proposals[0], "a")
    path = f"/proposals/{topic.proposals[0].id}"
    seen = []
    for change in ((), (RELEASED,), (EVALUATED, FULL)):
        async with world.sessions() as session, session.begin():
            for one in change:
                await session.execute(one)
        read = (await ann.actor.get(path)).json()
        sealed = (await ann.actor.get(f"{path}/sealed/2")).json()
        offered = [act["name"] for act in (await ann.actor.get(f"/assignments/{seat}")).json()["actions"]]
        seen.append((read.get("acronym"), "partners" in sealed["manifest"], "declare_listed" in offered))
        assert (await ann.actor.get(f"{path}/versions/2/receipt.pdf")).status_code == (404, 200)[
            len(seen) > 1
        ]
    assert seen == [(None, False, True), (ONE.acronym, True, False), (ONE.acronym, True, False)]
    (own,) = (await ann.actor.get("/proposals")).json()["items"]
    assert own["acronym"] == ONE.acronym
    assert "organisations" in await card(ann.actor, seat)


async def test_a_report_that_names_an_applicant_of_the_stage_is_pointed_at_whoever_it_is(
    world: World,
) -> None:
    """A warning for the own names alone would answer whoever tries them."""
    topic = await world.prepared(blind)
    await name(topic)
    ann = await expert(topic, "ann")
    seat = await seated(topic, ann, topic.proposals[0])
    await seated(topic, ann, topic.proposals[1])
    report = (await ann.actor.make(f"/assignments/{seat}/reports"))["id"]
    said = "As Sapphire Institute and ivo umber have shown, and OPALIUM."
    await ann.actor.patch(f"/reports/{report}/marks/impact", {"comment": said}, 1)
    items = (await ann.actor.get(f"/reports/{report}/advice")).json()["items"]
    assert [one["code"] for one in items if one["path"] == "/marks/impact/comment"] == ["applicant-named"] * 2
    office = (await topic.office.get(f"/reports/{report}/advice")).json()["items"]
    assert "proposal-named" in {one["code"] for one in office}
