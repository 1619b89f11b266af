"""Summary reports: what they say, what is found in them, who reads them, their prints (V-21, V-23)."""

import hashlib
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pikepdf
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.consortia.models import Consortium, Partner, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.audit import AuditDetail
from app.core.uploads import files
from app.evaluation.consensus.models import Consensus, Point, Statement
from app.evaluation.summary.models import Summary, SummaryPrint, SummaryVersion
from app.evaluation.summary.passages import occurrences
from app.evaluation.summary.printing import print_list
from app.experts.facts.models import Employment, FactState
from app.experts.models import Expert
from app.people.models import Account
from tests.build import LONG_AGO, Actor, fresh, person
from tests.conftest import Counting, World
from tests.evaluation.build import Topic, evaluated
from tests.evaluation.reading import tags_of, words_of

pytestmark = pytest.mark.anyio
WEAK = ("2.5", "4", "4")


async def says(topic: Topic, number: int, text: str) -> None:
    """The consensus report on a proposal says this of excellence."""
    async with topic.world.sessions() as session, session.begin():
        points = (
            select(Point.id)
            .join(Consensus)
            .where(Consensus.proposal_id == UUID(topic.proposals[number].id), Point.criterion == "excellence")
        )
        await session.execute(update(Statement).where(Statement.point_id.in_(points)).values(text=text))


async def named(topic: Topic, **names: str) -> None:
    """The experts called a, b and c bear these names."""
    async with topic.world.sessions() as session, session.begin():
        for short, name in names.items():
            await session.execute(update(Account).where(Account.name == short).values(name=name))


async def registered(world: World, name: str) -> UUID:
    """An organisation of the register."""
    found = fresh(Organisation, OrganisationState.VALIDATED, legal_name=name, country="SE")
    found.kind = "hospital"
    async with world.sessions() as session, session.begin():
        session.add(found)
    return UUID(str(found.id))


async def closed(topic: Topic) -> str:
    """The panel has closed its list."""
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    await topic.office.make(f"/panels/{panel['id']}/rank")
    await topic.office.make(f"/panels/{panel['id']}/close")
    return str(panel["id"])


async def all_of(who: Actor, **filters: str) -> list[dict[str, Any]]:
    """Every summary report that the reader may see, by reference of its proposal."""
    listed = (await who.get("/summaries", params=filters)).json()["items"]
    found = [(await who.get(f"/summaries/{one['id']}")).json() for one in listed]
    return sorted(found, key=lambda one: str(one["content"]["proposal"]["acronym"]))


async def test_v21_a_report_says_what_was_sealed_and_what_the_panel_changed_and_no_rank(world: World) -> None:
    topic = await evaluated(world, ("4.5", "4", "4"), WEAK)
    panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
    here = f"/panels/{panel['id']}"
    await topic.office.make(f"{here}/plan")
    items = (await topic.office.get("/panel_items", params={"panel_id": panel["id"]})).json()["items"]
    for item in sorted(items, key=lambda one: str(one["id"])):
        read = (await topic.office.get(f"/panel_items/{item['id']}")).json()
        await topic.office.make(f"/panel_items/{item['id']}/take_up")
        if read["proposal_id"] == topic.proposals[0].id:
            changes = [{"criterion": "impact", "score": "4.5", "comment": "The panel sees more in it."}]
            body = {"changes": changes, "reason": "Beside the others it is stronger."}
            await topic.office.make(f"/panel_items/{item['id']}/change", body)
        else:
            await topic.office.make(f"/panel_items/{item['id']}/keep", {"reason": "As agreed."})
    await topic.office.make(f"{here}/rank")
    await topic.office.make(f"{here}/close")
    strong, weak = await all_of(topic.office, panel_id=panel["id"])
    content = strong["content"]
    assert (strong["state"], strong["above"], weak["state"], weak["above"]) == (
        "cleared",
        True,
        "cleared",
        False,
    )
    assert [(c["code"], c["score"], c["threshold"], c["reached"]) for c in content["criteria"]] == [
        ("excellence", "4.5", "3", True),
        ("impact", "4.5", "3", True),
        ("implementation", "4", "3", True),
    ]
    assert [c["panel"] for c in content["criteria"]] == [
        None,
        {"scored": True, "comment": "The panel sees more in it."},
        None,
    ]
    assert [c["strengths"] for c in content["criteria"]] == [["Well."]] * 3
    assert (content["total"], content["overall_threshold"], content["overall_reached"]) == ("13", "10", True)
    assert [c["reached"] for c in weak["content"]["criteria"]] == [False, True, True]
    assert {"rank", "weighted", "flags"} & set(content) == set()
    assert (await topic.office.get(f"{here}/prints")).json() == {"of": 2, "held": 0, "done": 0, "failed": []}


FOUND = (
    "Dr Ivo Malmström saw it, so did Malmstrom and J. Ek. Write to someone@example.org "
    "(0000-0002-1825-0097). It is known at Karolinska Hospital, and at the Institute 1."
)
PASSAGES = {
    "name": ["Ivo Malmström", "Malmstrom", "J. Ek"],
    "mail": ["someone@example.org"],
    "orcid": ["0000-0002-1825-0097"],
    "affiliation": ["Karolinska Hospital"],
}


async def telling(world: World, text: str = FOUND) -> tuple[Topic, str]:
    """A closed list of two proposals; what is said of the first tells who evaluated it."""
    topic = await evaluated(world, ("4.5", "4", "4"), WEAK)
    await named(topic, a="Ivo Malmström", b="Jana Ek")
    hospital = await registered(world, "Karolinska Hospital")
    async with world.sessions() as session, session.begin():
        ivo = await session.get_one(Expert, UUID(topic.experts[0].id))
        ivo.organisation_id = hospital
        names = (
            Organisation.legal_name == "Institute 1",
            Consortium.id == UUID(topic.proposals[0].consortium),
        )
        wanted = select(Organisation.id).join(Partner).join(Consortium).where(*names)
        worked = fresh(Employment, FactState.STATED, expert_id=ivo.id)
        worked.organisation_id = await session.scalar(wanted)
        session.add(worked)
    await says(topic, 0, text)
    return topic, await closed(topic)


async def test_what_may_tell_who_evaluated_is_found_and_waits_for_the_office(world: World) -> None:
    topic, panel = await world.prepared(telling)
    held, clear = await all_of(topic.office, panel_id=panel)
    assert (held["state"], clear["state"], clear["findings"]) == ("held", "cleared", [])
    text = held["content"]["criteria"][0]["strengths"][0]
    found: dict[str, list[str]] = {}
    for one in held["findings"]:
        assert (one["place"], one["criterion"]) == ("/criteria/0/strengths/0", "excellence")
        found.setdefault(one["kind"], []).append(text[one["offset"] : one["offset"] + one["length"]])
    assert found == PASSAGES
    assert (await topic.office.get(f"/panels/{panel}/prints")).json()["held"] == 1
    for who, waits in ((topic.second, [held["id"]]), (topic.members[0], [])):
        waiting = (await who.get("/me")).json()["waiting"]
        assert [one["id"] for one in waiting if one["kind"] == "settle"] == waits
    here, numbers = f"/summaries/{held['id']}", {one["kind"]: one["number"] for one in held["findings"]}
    for body, status in (
        ({"finding": 99, "reason": "So."}, 409),
        ({"finding": 1, "reason": " "}, 422),
        ({"finding": 1, "reason": "So.", "text": "Another."}, 422),
    ):
        for row in ("dismiss_finding", "redact_finding"):
            assert (await topic.office.post(f"{here}/{row}", body)).status_code == status, body
    said = {"finding": numbers["affiliation"], "reason": "It is a study site of the proposal."}
    await topic.office.make(f"{here}/dismiss_finding", said)
    again = await topic.office.post(f"{here}/redact_finding", said)
    assert [r["code"] for r in again.json()["reasons"]] == ["no-open-finding"]
    for one in held["findings"]:
        if one["kind"] != "affiliation":
            body = {"finding": one["number"], "reason": "It names somebody."}
            read = await topic.second.make(f"{here}/redact_finding", body)
    gone = "[name removed]"
    assert read["content"]["criteria"][0]["strengths"] == [
        f"Dr {gone} saw it, so did {gone} and {gone}. Write to {gone} ({gone}). "
        "It is known at Karolinska Hospital, and at the Institute 1."
    ]
    assert (read["state"], read["content"]["version"], len(read["versions"])) == ("cleared", 6, 6)
    assert (read["versions"][0]["content"], read["versions"][0]["digest"]) == (
        held["content"],
        held["digest"],
    )
    for version in read["versions"]:
        made = hashlib.sha256(rfc8785.dumps(version["content"])).hexdigest()
        assert (version["digest"], version["reason"]) == (
            made,
            None if version["number"] == 1 else "It names somebody.",
        )
    assert read["digest"] == read["versions"][-1]["digest"]
    refused = await topic.office.post(f"{here}/redact_finding", said)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/wrong-state")


async def test_nobody_else_reads_what_is_held_and_the_committee_nothing_below_the_thresholds(
    world: World,
) -> None:
    topic, panel = await telling(world, "Ivo Malmström saw it.")
    held, weak = await all_of(topic.office, panel_id=panel)
    auditor, observer = await person(world, "auditor", "auditor"), await person(world, "observer", "observer")
    expert, coordinator = topic.experts[0].actor, topic.proposals[0].coordinator
    inside = [topic.members[0], expert, observer, coordinator, topic.proposals[1].coordinator]
    paths = [f"/summaries/{one['id']}{end}" for one in (held, weak) for end in ("", "/pdf")]
    assert [(await auditor.get(path)).status_code for path in paths] == [200] * 4
    body = {"finding": 1, "reason": "So."}
    assert (await auditor.post(f"{paths[0]}/dismiss_finding", body)).status_code == 403
    for who in inside:
        assert [(await who.get(path)).status_code for path in paths] == [404] * 4, who.email
        assert (await who.post(f"{paths[0]}/dismiss_finding", body)).status_code == 404
        assert await all_of(who) == []
        assert (await who.get(f"/panels/{panel}/prints")).status_code == 404
    await topic.office.make(f"{paths[0]}/redact_finding", body)
    (shown,) = await all_of(topic.members[0])
    assert (shown["id"], set(shown)) == (
        held["id"],
        {"id", "state", "actions", "proposal_id", "digest", "content"},
    )
    assert "Malmstr" not in str(shown)
    for who in inside[1:]:
        assert await all_of(who) == []
    async with world.sessions() as session, session.begin():
        person_of = select(Person).where(Person.account_id == coordinator.id)
        partner = (await session.scalars(person_of)).one().partner_id
        mine = Person(id=uuid4(), partner_id=partner, account_id=topic.second.id, part="reader")
        mine.email, mine.name = topic.second.email, "Second"
        session.add(mine)
    assert await all_of(topic.second) == []
    assert (await topic.second.get(f"/panels/{panel}/prints")).status_code == 404


async def test_the_next_list_makes_the_next_reports_and_keeps_the_old_ones(world: World) -> None:
    topic, panel = await world.prepared(telling)
    before = {one["id"]: one for one in await all_of(topic.office)}
    body = {"fault": "late_conflict", "text": "A conflict came to light."}
    for officer in (topic.office, topic.second):
        await officer.post(f"/panels/{panel}/reopen", body)
    old = await all_of(topic.office)
    assert {one["id"]: one["state"] for one in old} == dict.fromkeys(before, "superseded")
    assert {one["id"]: one["digest"] for one in old} == {key: one["digest"] for key, one in before.items()}
    assert await all_of(topic.members[0]) == []
    await topic.office.make(f"/panels/{panel}/rank")
    await topic.office.make(f"/panels/{panel}/close")
    states = sorted((one["list_number"], one["state"]) for one in await all_of(topic.office))
    assert states == [(1, "superseded"), (1, "superseded"), (2, "cleared"), (2, "held")]
    assert (await topic.office.get(f"/panels/{panel}/prints")).json()["of"] == 2


async def test_a_list_costs_as_many_statements_however_long_it_is(world: World, counting: Counting) -> None:
    sent = []
    for number in (1, 6):
        topic = await evaluated(world, *[("4.5", "4", "4"), *[WEAK] * (number - 1)])
        panel = await topic.office.make(f"/topic_stages/{topic.topic_stage}/panels")
        await topic.office.make(f"/panels/{panel['id']}/rank")
        with counting() as statements:
            await topic.office.make(f"/panels/{panel['id']}/close")
        assert len(await all_of(topic.office, panel_id=panel["id"])) == number
        sent.append(statements)
    assert sent[0] == sent[1]


async def test_documents_are_made_once_tagged_and_one_that_fails_stops_no_other(world: World) -> None:
    topic, panel = await telling(world, "It is *good*, #strong[and] 中文.\nReally.")
    strong, weak = await all_of(topic.office, panel_id=panel)
    first = await topic.office.get(f"/summaries/{strong['id']}/pdf")
    assert first.headers["Content-Type"] == "application/pdf"
    kept = files(world.settings)
    async with world.sessions() as session, session.begin():
        list_id = await session.scalar(select(Summary.list_id).where(Summary.id == UUID(strong["id"])))
        wrong = SummaryVersion(id=uuid4(), summary_id=UUID(weak["id"]), number=2, content={"version": 2})
        wrong.digest, wrong.made_at, wrong.reason = "f" * 64, LONG_AGO, "Broken."
        wrong.made_by = topic.office.id
        wrong.content = {"version": 2, "proposal": {"reference": "P-2"}}
        session.add(wrong)
    assert list_id is not None
    assert await print_list(world.sessions, kept, list_id) == 1
    told = (await topic.office.get(f"/panels/{panel}/prints")).json()
    assert (told["of"], told["done"], [one["summary_id"] for one in told["failed"]]) == (2, 1, [weak["id"]])
    assert told["failed"][0]["fault"].startswith("KeyError")
    async with world.sessions() as session:
        made = (await session.scalars(select(SummaryPrint).where(SummaryPrint.file.is_not(None)))).one()
    assert (made.content_digest, await print_list(world.sessions, kept, list_id)) == (strong["digest"], 1)
    second = await topic.office.get(f"/summaries/{strong['id']}/pdf")
    assert second.content == first.content
    words = words_of(second.content)
    for said in (
        strong["content"]["proposal"]["reference"],
        "Itis*good*,#strong[and]",
        "Really.",
        "Total12.5",
    ):
        assert said in words
    assert "Malmstr" not in words
    tags = tags_of(second.content)
    assert (tags["H1"], tags["H2"], tags["TH"], tags["Table"]) == (4, 3, 4, 2)


async def test_a_document_is_held_to_the_standard_for_readers_who_do_not_see(world: World) -> None:
    topic, panel = await telling(world, "It is good.")
    strong, _ = await all_of(topic.office, panel_id=panel)
    content = (await topic.office.get(f"/summaries/{strong['id']}/pdf")).content
    with pikepdf.open(BytesIO(content)) as file:
        title = f"Evaluation summary report, {strong['content']['proposal']['reference']}"
        assert (str(file.Root.Lang), bool(file.Root.MarkInfo.Marked)) == ("en", True)
        with file.open_metadata() as about:
            assert (about["dc:title"], about["pdfuaid:part"]) == (title, "1")


async def redacted(who: Actor, here: str, criterion: str | None, text: str) -> list[str]:
    """Codes of what keeps an officer from taking the passage out; none: it is out."""
    body = {"criterion": criterion, "text": text, "reason": "It names an expert."}
    answer = await who.post(f"{here}/redact_passage", body)
    return [] if answer.status_code == 200 else [r["code"] for r in answer.json()["reasons"]]


async def test_the_office_takes_out_what_the_search_has_not_found(world: World) -> None:
    said = "Malmo saw it, and Malmo liked it; so did Ivo Malmström. As Malmo says: good."
    topic, panel = await telling(world, said)
    held, weak = await all_of(topic.office, panel_id=panel)
    here = f"/summaries/{held['id']}"
    (finding,) = held["findings"]
    assert await redacted(topic.office, here, "excellence", "Ivo Malmström. As") == ["is-a-finding"]
    for criterion, text in (("excellence", "malmo"), ("impact", "Malmo"), (None, "Malmo"), ("no", "Malmo")):
        assert await redacted(topic.office, here, criterion, text) == ["no-such-passage"]
    assert (await topic.members[0].post(f"{here}/redact_passage", {})).status_code == 404
    assert await redacted(topic.office, here, "excellence", "Malmo") == []
    read = (await topic.second.get(here)).json()
    gone = "[name removed]"
    text = f"{gone} saw it, and {gone} liked it; so did Ivo Malmström. As {gone} says: good."
    assert read["content"]["criteria"][0]["strengths"] == [text]
    assert (read["state"], len(read["versions"]), read["versions"][1]["reason"]) == (
        "held",
        2,
        "It names an expert.",
    )
    first, *others = read["findings"]
    assert text[first["offset"] : first["offset"] + first["length"]] == "Ivo Malmström"
    assert (first["number"], first["settled"]) == (finding["number"], None)
    assert [(one["kind"], one["settled"], one["criterion"]) for one in others] == [
        ("passage", "redacted", "excellence")
    ] * 3
    assert {text[one["offset"] : one["offset"] + one["length"]] for one in others} == {gone}
    assert [one["settled_by"] for one in others] == [str(topic.office.id)] * 3
    assert await redacted(topic.office, here, "excellence", "name") == ["no-such-passage"]

    settled = {"finding": first["number"], "reason": "It is the study's name."}
    assert (await topic.office.make(f"{here}/dismiss_finding", settled))["state"] == "cleared"
    before = (await topic.office.get(here)).json()["digest"]
    assert await redacted(topic.second, here, "excellence", "Ivo Malmström") == []
    read = (await topic.office.get(here)).json()
    assert (read["state"], read["digest"] == before) == ("cleared", False)
    assert "Malm" not in str(read["content"])
    (shown,) = await all_of(topic.members[0])
    assert "Malm" not in str(shown)
    words = words_of((await topic.office.get(f"{here}/pdf")).content)
    assert "Malm" not in words
    assert "[nameremoved]liked" in words.replace(" ", "")
    async with world.sessions() as session:
        kept = await session.scalars(select(AuditDetail))
        assert all("Malmo" not in str(one.detail) for one in kept)
    other = f"/summaries/{weak['id']}"
    assert (weak["state"], await redacted(topic.office, other, "impact", "Well.")) == ("cleared", [])


@given(st.text("ab", max_size=12), st.text("ab", min_size=1, max_size=3))
def test_a_passage_is_found_as_often_as_it_stands(text: str, passage: str) -> None:
    found = occurrences(text, passage)
    assert len(found) == text.count(passage)
    assert all(text[at : at + len(passage)] == passage for at in found)
    assert "|".join(text.split(passage)).count("|") == len(found)
