"""A blind stage (V-25): by no answer an expert learns whose a proposal is; all others read as ever."""

import json
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pikepdf
import pytest
from sqlalchemy import select, update

from app.calls.models import TopicStage, TopicStageState
from app.core.outbox import Mail
from app.docs import contract
from app.experts.conflicts.models import Conflict
from app.proposals.models import Proposal, SealedVersion
from tests.build import Actor, person
from tests.conftest import World
from tests.evaluation.blind import ONE, OTHER, Names, blind, name
from tests.evaluation.build import Expert, Topic, draft, expert, group, invited, reported, seated
from tests.evaluation.test_rooms import named, panel_of, planned
from tests.experts.test_experts import codes

pytestmark = pytest.mark.anyio
PLACES = {"number": ("2",), "key": ("part_b", "exploitation_plan"), "part_key": ("excellence", "impact")}
REGISTER = ("/v1/organisations", "/v1/public", "/v1/rehearsal")
"""What names organisations by themselves, tied to no proposal; and the outbox, which is read apart."""
READ = [path for method, path, _ in contract.operations(contract.document()) if method == "GET"]
"""Made before any world is: it has an application of its own."""
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
        if path.startswith(REGISTER) or path.endswith("/session"):
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
    return body.decode()


def naming(answers: Answers, names: Names) -> set[str]:
    """In which answers something of it stands."""
    return {
        path for path, (_, text) in answers.items() if any(one.lower() in text.lower() for one in names.all)
    }


async def at_work(world: World) -> tuple[Topic, dict[str, Actor], Ids]:
    """Two proposals: a group at work on each, whoever is only invited, whoever reads; a panel with its agenda."""
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
    people = {"writes": ann.actor, "asked": asked.actor, "moderates": moderates.actor}
    reports = (await topic.office.get("/reports")).json()["items"]
    ids = {
        "proposals": [first.id, second.id],
        "assignments": [seat, other, *more, *seats],
        "reports": [one["id"] for one in reports],
        "consensus_reports": [consensus["id"]],
        "panels": [panel.rsplit("/")[-1]],
        "panel_items": [item["id"] for item in items],
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


async def test_no_expert_reads_whose_a_proposal_is_and_all_others_do(world: World) -> None:
    """Nor would they read anything else if the two proposals were each other's applicants'."""
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
    for who in people.values():
        assert not any(
            one.lower() in text for one in (*ONE.all, *OTHER.all) for text in await mails(world, who)
        )
