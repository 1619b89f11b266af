"""Any acts in any order: nobody ever reads a report, or what a group works on, who may not."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import machine_now
from app.experts.models import Assignment, AssignmentState
from tests.build import Actor, fresh
from tests.conftest import World
from tests.evaluation.build import Expert, Topic, draft, expert, in_evaluation, mark

pytestmark = pytest.mark.anyio
EXPERTS = ("ada", "bob", "cas")
ACTS = (
    "report", "seal", "declare_conflict", "void", "open", "put", "approve", "object", "discuss",
    "no_consensus", "moderate", "read_across", "begin_as_reader", "conflict_of_reader", "end_moderation",
)  # fmt: skip
WALK = st.lists(st.tuples(st.sampled_from(ACTS), st.sampled_from(EXPERTS)), min_size=1, max_size=12)
VIEWS = {"majority_view": "Good.", "minority_view": "Thin."}


@dataclass
class Walk:
    """One proposal, and in plain words who has done what: the rule of sight is told without the tables."""

    topic: Topic
    people: dict[str, Expert]
    seats: dict[str, str]
    standing: set[str] = field(default_factory=set)
    reports: dict[str, str] = field(default_factory=dict)
    sealed: set[str] = field(default_factory=set)
    consensus: str = ""
    moderator: str = ""
    reads: bool = False

    @property
    def group(self) -> set[str]:
        return self.sealed & self.standing

    def may_read_report(self, who: str, author: str) -> bool:
        if who == author:
            return who in self.standing
        return who in self.group and author in self.group

    def may_read_bench(self, who: str) -> bool:
        return who in self.group or who == self.moderator or (who == "dora" and self.reads)

    async def do(self, act: str, name: str) -> bool:
        """Try it as whoever it is for; whether it was done."""
        who, office, path = self.people[name].actor, self.topic.office, f"/consensus_reports/{self.consensus}"
        dora, proposal = self.people["dora"], self.topic.proposals[0].id
        match act:
            case "report":
                answer = await who.post(f"/assignments/{self.seats[name]}/reports")
                if answer.status_code == 201:
                    self.reports[name] = answer.json()["id"]
            case "seal":
                return await self.seal(name)
            case "declare_conflict":
                said = {"situation": "D2", "text": "I found out today."}
                answer = await who.post(f"/assignments/{self.seats[name]}/declare_conflict", said)
                self.standing -= {name} if answer.status_code == 200 else set()
            case "void":
                answer = await office.post(f"/assignments/{self.seats[name]}/void", {"reason": "So it is."})
                self.standing -= {name} if answer.status_code == 200 else set()
            case "open":
                asked = {"rapporteur_id": self.seats[name]}
                answer = await office.post(f"/proposals/{proposal}/consensus_reports", asked)
                if answer.status_code == 201:
                    self.consensus, self.moderator = answer.json()["id"], ""
            case _ if not self.consensus:
                return False
            case "put":
                points = (await office.get(path)).json()["points"]
                if points[0]["version"] == 1 and (await who.get(path)).status_code == 200:
                    await self.write(who, path)
                answer = await who.post(f"{path}/put_to_approval")
            case "approve":
                read = (await office.get(path)).json()
                answer = await who.post(f"{path}/approve", {"round": max(1, read["round"])})
            case "object":
                answer = await who.post(f"{path}/object", {"reason": "Thin."})
            case "discuss":
                answer = await who.post(f"{path}/discuss", {"criterion": "impact", "text": "Hm."})
            case "no_consensus":
                answer = await office.post(f"{path}/no_consensus", VIEWS)
            case "moderate":
                chosen = self.people["mona"]
                answer = await office.post(f"{path}/name_moderator", {"contract_id": chosen.contract})
                self.moderator = "mona" if answer.status_code == 200 else self.moderator
            case "end_moderation":
                answer = await office.post(f"{path}/name_moderator", {})
                self.moderator = "" if answer.status_code == 200 else self.moderator
            case "read_across":
                answer = await office.post(f"{path}/invite_reader", {"assignment_id": self.seats["dora"]})
                self.reads = self.reads or answer.status_code == 200
            case "begin_as_reader":
                answer = await dora.actor.post(f"/assignments/{self.seats['dora']}/reports")
                if answer.status_code == 201:
                    self.reports["dora"] = answer.json()["id"]
            case "conflict_of_reader":
                said = {"situation": "D2", "text": "I found out today."}
                answer = await dora.actor.post(f"/assignments/{self.seats['dora']}/declare_conflict", said)
                if answer.status_code == 200:
                    self.reads, self.standing = False, self.standing - {"dora"}
        assert answer.status_code in (200, 201, 204, 403, 404, 409), (act, answer.text)
        return bool(answer.status_code < 300)

    async def write(self, who: Actor, path: str) -> None:
        if "draft" not in str((await who.get(path)).json()["state"]):
            return
        said = await who.patch(f"{path}/points/impact", {"range_reason": ""}, 1)
        if said.status_code == 200:  # the rapporteur
            await draft(who, f"{path}/points", version=2, criteria=("impact",))
            await draft(who, f"{path}/points", criteria=("excellence", "implementation"))

    async def seal(self, name: str) -> bool:
        who, report = self.people[name].actor, self.reports.get(name)
        if report is None or name in self.sealed or name not in self.standing:
            return False
        await mark(who, f"/reports/{report}/marks")
        await who.make(f"/reports/{report}/seal")
        self.sealed.add(name)
        return True

    async def look(self) -> None:
        """Everybody reads exactly what the rule says; applicants, and the committee, nothing at all."""
        strangers = {f"applicant {n}": one.coordinator for n, one in enumerate(self.topic.proposals)}
        strangers |= {"member": self.topic.members[0]}
        everybody = {name: one.actor for name, one in self.people.items()} | strangers
        for name, who in everybody.items():
            expected = {self.reports[a] for a in self.reports if self.may_read_report(name, a)}
            found = {
                key for key in self.reports.values() if (await who.get(f"/reports/{key}")).status_code == 200
            }
            listed = {item["id"] for item in (await who.get("/reports")).json()["items"]}
            assert (name, found, listed) == (name, expected, expected)
            if self.consensus:
                read = await who.get(f"/consensus_reports/{self.consensus}/workbench")
                assert (name, read.status_code) == (name, 200 if self.may_read_bench(name) else 404)
                self.shows_no_more(read.json())

    def shows_no_more(self, read: Any) -> None:
        shown = [mark["label"] for one in read.get("criteria", []) for mark in one["marks"]]
        assert len(set(shown)) in (0, len(self.group))


async def begin(world: World, reported: set[str]) -> Walk:
    topic = await in_evaluation(world, 2)
    people = {name: await expert(topic, name) for name in (*EXPERTS, "dora", "mona")}
    seated = (*EXPERTS, "dora")
    async with world.sessions() as session, session.begin():
        seats = {name: _seat(topic, people[name], name) for name in seated}
        session.add_all(seats.values())
    walk = Walk(topic, people, {name: str(seat.id) for name, seat in seats.items()}, set(seated))
    for name in sorted(reported):
        await walk.do("report", name)
        await walk.seal(name)
    if len(reported) == len(EXPERTS):
        await walk.do("open", "ada")
    return walk


def _seat(topic: Topic, who: Expert, name: str) -> Assignment:
    ids = {"proposal_id": UUID(topic.proposals[0].id), "topic_id": topic.id}
    seat = fresh(
        Assignment, AssignmentState.ACCEPTED, **ids, declared_at=machine_now(), label=f"Expert {name}"
    )
    seat.contract_id, seat.expert_id = UUID(who.contract), UUID(who.id)
    return seat  # type: ignore[no-any-return]


@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(walk=WALK, reported=st.sampled_from([*((set(EXPERTS),) * 3), {"ada", "bob"}, {"cas"}, set()]))
async def test_no_sequence_of_acts_shows_a_report_to_somebody_who_may_not_see_it(
    world: World, walk: list[tuple[str, str]], reported: set[str]
) -> None:
    there = await begin(world, reported)
    await there.look()
    for act, name in walk:
        if await there.do(act, name):
            await there.look()


async def test_the_walk_comes_to_what_is_to_be_seen(world: World) -> None:
    """Otherwise it would prove nothing: a group at work, its moderator, a reader, and one who leaves."""
    there = await begin(world, set(EXPERTS))
    steps = ["moderate", "read_across", "put", "discuss", "approve", "declare_conflict", "conflict_of_reader"]
    done = [await there.do(act, "ada" if act == "put" else "bob") for act in steps]
    assert done == [True] * len(steps)
    assert (there.moderator, there.reads, there.group) == ("mona", False, {"ada", "cas"})
    await there.look()
