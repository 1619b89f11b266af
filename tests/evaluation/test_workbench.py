"""What a group works on: marks side by side, statements with sources, threads; and who sees none of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from app.calls.models import Call
from app.core.audit import AuditDetail
from app.evaluation.report.models import Mark, Report, ReportState
from tests.conftest import Counting, World
from tests.evaluation.build import Expert, Topic, draft, expert, group, in_evaluation, seated
from tests.evaluation.hidden import same_as_missing

ALONE = ("sealed_at", "read_others_at", "in_group_at")
"""What a draft has none of."""
pytestmark = pytest.mark.anyio
CONFLICT = {"situation": "D2", "text": "I found out today."}


@dataclass
class Group:
    """A proposal whose experts work on one report; the first of them drafts."""

    topic: Topic
    experts: list[tuple[Expert, str]]
    path: str

    async def bench(self, who: Any = None) -> dict[str, Any]:
        read = await (who or self.topic.office).get(f"{self.path}/workbench")
        assert read.status_code == 200, read.text
        return {one["criterion"]: one for one in read.json()["criteria"]} | {"whole": read.json()}

    async def write(self, version: int = 1, **said: Any) -> httpx2.Response:
        return await self.experts[0][0].actor.patch(f"{self.path}/points/impact", said, version)

    async def mark(self, number: int, **values: Any) -> str:
        """The mark for impact of one expert's report, changed in the database: sealed it cannot be."""
        async with self.topic.world.sessions() as session, session.begin():
            wanted = select(Report).where(Report.assignment_id == UUID(self.experts[number][1]))
            report = (await session.scalars(wanted)).one()
            of = (Mark.report_id == report.id, Mark.criterion == "impact")
            if values:
                here = update(Report).where(Report.id == report.id)
                was = {name: getattr(report, name) for name in ("state", *ALONE)}
                await session.execute(here.values(state=ReportState.DRAFT, **dict.fromkeys(ALONE)))
                await session.execute(update(Mark).where(*of).values(**values))
                await session.execute(here.values(**was))
            return str(await session.scalar(select(Mark.id).where(*of)))

    async def leaves(self, number: int) -> None:
        """One of the experts turns out to be in conflict."""
        who, seat = self.experts[number]
        await who.actor.make(f"/assignments/{seat}/declare_conflict", CONFLICT)


async def working(world: World, names: str = "abc", proposals: int = 1) -> Group:
    topic = await in_evaluation(world, proposals)
    async with world.sessions() as session, session.begin():
        call = await session.get_one(Call, UUID(topic.call))
        call.rules = call.rules | {"rest": call.rules["rest"] | {"moves": False}}  # so that a day is a day
    experts = await group(topic, topic.proposals[0], names)
    asked = {"rapporteur_id": experts[0][1]}
    made = await topic.office.make(f"/proposals/{topic.proposals[0].id}/consensus_reports", asked)
    return Group(topic, experts, f"/consensus_reports/{made['id']}")


def codes(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 409, answer.text
    return [(reason["code"], reason["path"]) for reason in answer.json()["reasons"]]


def said(*sources: str, new: bool = False) -> dict[str, Any]:
    return {"kind": "shortcoming", "text": "The market is not named.", "sources": list(sources), "new": new}


async def test_marks_stand_side_by_side_with_their_spread_and_v15_no_score_is_made_of_them(
    world: World,
) -> None:
    there = await world.prepared(working)
    await there.mark(1, score="2.5")
    found = (await there.bench(there.experts[1][0].actor))["impact"]
    assert sorted(mark["score"] for mark in found["marks"]) == ["2.50", "4.00", "4.00"]
    assert len({mark["label"] for mark in found["marks"]}) == 3
    assert (found["spread"], found["point"]["score"]) == ({"least": "2.50", "most": "4.00"}, None)
    assert set(found) == {"criterion", "title", "marks", "spread", "point", "lost", "thread"}


async def test_a_statement_comes_from_marks_of_the_group_or_is_new(world: World) -> None:
    there = await world.prepared(working)
    mark = await there.mark(1)
    answer = await there.write(score="4", statements=[said(mark), said(new=True)])
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["statements"]
    assert [(one["mark_id"], one["criterion"]) for one in first["sources"]] == [(mark, "impact")]
    assert (first["new"], second["new"], second["sources"]) == (False, True, [])
    assert (await there.bench())["impact"]["point"]["statements"] == [first, second]
    again = await there.write(2, statements=[said(new=True)])
    assert len(again.json()["statements"]) == 1
    assert (again.json()["score"], again.json()["version"]) == ("4.00", 3)


async def test_a_source_of_another_proposal_a_void_report_or_nowhere_is_refused(world: World) -> None:
    there, other = await working(world, "abcd"), await working(world)
    gone = await there.mark(3)
    await there.leaves(3)
    for key in (await other.mark(0), gone, str(uuid4())):
        assert codes(await there.write(statements=[said(key)])) == [("no-such-mark", "/statements/0/sources")]
    both = said(await there.mark(1), new=True)
    assert codes(await there.write(statements=[both])) == [("new-with-sources", "/statements/0/new")]
    assert (await there.bench())["impact"]["point"]["statements"] == []


async def test_a_statement_from_nowhere_is_kept_and_stands_against_approval(world: World) -> None:
    there = await world.prepared(working)
    await draft(there.experts[0][0].actor, f"{there.path}/points")
    assert (await there.write(2, statements=[said()])).status_code == 200
    refused = await there.experts[0][0].actor.post(f"{there.path}/put_to_approval")
    assert codes(refused) == [("source-missing", "/points/impact/statements/0")]


@pytest.mark.parametrize(("score", "reason", "put"), [
    ("4", "", True), ("2.5", "", True), ("3", "", True), ("4.5", "", False), ("2", "", False),
    ("2", "  ", False), ("2", "The group saw that the figures are wrong.", True),
])  # fmt: skip
async def test_v15_a_score_outside_the_reports_needs_a_reason(
    world: World, score: str, reason: str, put: bool
) -> None:
    there = await world.prepared(working)
    await there.mark(1, score="2.5")
    await draft(there.experts[0][0].actor, f"{there.path}/points")
    assert (await there.write(2, score=score, range_reason=reason)).status_code == 200
    answer = await there.experts[0][0].actor.post(f"{there.path}/put_to_approval")
    if not put:
        assert codes(answer) == [("range-reason-missing", "/points/impact/range_reason")]
        return
    assert answer.status_code == 200, answer.text
    read = (await there.experts[1][0].actor.get(f"{there.path}/points/impact")).json()
    assert read["range_reason"] == reason


async def test_v10_who_is_conflicted_is_out_of_what_the_group_reads_and_kept_for_the_office(
    world: World,
) -> None:
    there = await world.prepared(working, "abcd")
    await there.mark(3, score="1")
    leaving, staying = there.experts[3][0].actor, there.experts[1][0].actor
    first = {"criterion": "impact", "text": "Far too good."}
    await leaving.make(f"{there.path}/discuss", first)
    (message,) = (await there.bench(staying))["impact"]["thread"]
    await staying.make(f"{there.path}/discuss", first | {"text": "Why?", "answers_id": message["id"]})
    mark = await there.mark(3)
    await draft(there.experts[0][0].actor, f"{there.path}/points")
    await there.write(2, statements=[said(mark)])
    before = (await there.bench(staying))["impact"]
    assert (len(before["marks"]), before["spread"]["least"]) == (4, "1.00")
    assert before["thread"][1]["answers_id"] == message["id"]
    await there.leaves(3)
    assert await same_as_missing(leaving, f"{there.path}/workbench")
    for who in (staying, there.experts[0][0].actor):
        read = await who.get(f"{there.path}/workbench")
        assert message["label"] not in read.text
        now = (await there.bench(who))["impact"]
        assert (len(now["marks"]), now["spread"]["least"], now["lost"]) == (3, "4.00", [])
        assert [(one["text"], one["answers_id"]) for one in now["thread"]] == [("Why?", None)]
        assert now["point"]["statements"][0]["sources"] == []
    office = (await there.bench())["impact"]
    assert [one["label"] for one in office["marks"] if one["out"]] == [message["label"]]
    assert [(one["text"], one["out"]) for one in office["thread"]] == [
        ("Far too good.", True),
        ("Why?", False),
    ]
    assert [(one["statement"], one["mark_id"]) for one in office["lost"]] == [(0, mark)]
    refused = await there.experts[0][0].actor.post(f"{there.path}/put_to_approval")
    assert codes(refused) == [("source-missing", "/points/impact/statements/0")]
    answered = first | {"answers_id": message["id"]}
    assert codes(await staying.post(f"{there.path}/discuss", answered)) == [("no-message", "/answers_id")]


async def test_what_somebody_conflicted_objected_to_is_read_by_the_office_alone(world: World) -> None:
    there = await world.prepared(working, "abcd")
    await draft(there.experts[0][0].actor, f"{there.path}/points")
    await there.experts[0][0].actor.make(f"{there.path}/put_to_approval")
    await there.experts[3][0].actor.make(f"{there.path}/object", {"reason": "Too good."})
    assert "Too good." in (await there.experts[1][0].actor.get(there.path)).text
    await there.leaves(3)
    assert "Too good." not in (await there.experts[1][0].actor.get(there.path)).text
    assert "Too good." in (await there.topic.office.get(there.path)).text


async def test_a_thread_is_one_of_the_scheme_and_answers_stay_in_it(world: World) -> None:
    there = await world.prepared(working)
    who = there.experts[1][0].actor
    path, words = f"{there.path}/discuss", {"criterion": "impact", "text": "Hm."}
    assert codes(await who.post(path, words | {"criterion": "charm"})) == [("no-criterion", "/criterion")]
    await there.topic.office.make(path, words)
    (message,) = (await there.bench(who))["impact"]["thread"]
    assert message["label"] == "The programme office"
    elsewhere = {"criterion": "excellence", "text": "Hm.", "answers_id": message["id"]}
    assert codes(await who.post(path, elsewhere)) == [("no-message", "/answers_id")]
    assert (await who.post(path, words | {"text": "  "})).status_code == 422


async def test_a_message_stays_as_it_is_and_the_trail_has_its_digest_alone(world: World) -> None:
    there = await world.prepared(working)
    await there.topic.office.make(f"{there.path}/discuss", {"criterion": "impact", "text": "Secret words."})
    async with world.sessions() as session:
        details = [one for one in await session.scalars(select(AuditDetail.detail)) if "sha256" in one]
        assert len(details) == 1
        assert "Secret words." not in str(details)
    for statement in ("UPDATE consensus_message SET text = 'x'", "DELETE FROM consensus_message"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with world.sessions() as session, session.begin():
                await session.execute(text(statement))


async def test_nobody_but_group_and_office_finds_the_workbench_or_says_a_word(world: World) -> None:
    there = await world.prepared(working)
    dora = await expert(there.topic, "dora")
    await seated(there.topic, dora, there.topic.proposals[0])
    assert (await there.experts[1][0].actor.get(f"{there.path}/workbench")).status_code == 200
    others = (dora.actor, there.topic.proposals[0].coordinator, *there.topic.members)
    words = {"criterion": "impact", "text": "Hello."}
    for other in others:
        assert await same_as_missing(other, f"{there.path}/workbench")
        assert (await other.post(f"{there.path}/discuss", words)).status_code == 404


async def test_reading_the_workbench_is_a_constant_number_of_statements(
    world: World, counting: Counting
) -> None:
    there = await working(world, "abc")
    for _ in range(2):  # the first time something is kept
        with counting() as few:
            await there.bench()
    marks = [await there.mark(number) for number in range(3)]
    await there.write(statements=[said(mark) for mark in marks] * 3)
    for _ in range(3):
        await there.topic.office.make(f"{there.path}/discuss", {"criterion": "impact", "text": "Hm."})
    await group(there.topic, there.topic.proposals[0], "de")
    with counting() as many:
        await there.bench()
    assert len(many) <= len(few) + 6  # what has no rows yet has no rows below it to be asked for
