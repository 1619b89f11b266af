"""The acts of a walk on requests for a review: each is taken a step further by whoever may."""

from typing import Any

from tests.decisions.redress.build import ASKED, BECAUSE, CRITERIA, marks
from tests.decisions.walk.acts import MOVES, Pick
from tests.decisions.walk.ground import Ground
from tests.decisions.walk.lists import Lists
from tests.evaluation.build import Handed, Topic

REVIEWED = ("rejected", "reserve", "ineligible")
RESULTS = (("5", "5", "5"), ("5", "5", "5"), ("4.5", "4.5", "4.5"), ("4", "3.5", "3.5"), ("2", "3", "3"))
WAYS = ("raise_envelope", "move_budget", "reserve_first", "next_call")
UPHELD = {"text": "The error may have changed the outcome."}
WRONG = {"grounds": ["wrong_eligibility"], "text": "There are three countries, and not two."}


class Reviews(Lists):
    """Requests for a review, beside all else; `asked`: who has filed one."""

    def __init__(self, there: Ground, pick: Pick) -> None:
        super().__init__(there, pick)
        self.asked: set[str] = set()

    async def begin(self, topic: Topic, far: int) -> None:
        """How far a topic has come when the walk begins: its list is adopted, its results are out.

        At the most the first who is below the line has asked for a review, which goes as far as it may.
        """
        drawn, self.pick = self.pick, lambda some: some[0]
        if far > 0:
            await self.put(topic, 3, "adopt_list")
        if far > 1:
            await self.release(topic)
        if far > 2:
            states = [(await self.read(f"/proposals/{one.id}"))["state"] for one in topic.proposals]
            below = [one for one, state in zip(topic.proposals, states, strict=True) if state in REVIEWED]
            await self._further(below[0], topic, 6)
        self.pick = drawn

    async def review(self, topic: Topic) -> None:
        """A request is filed, or one that is there goes on, by one step or by several."""
        known = [one for one in topic.proposals if one.id in self.asked]
        one = self.pick(known) if known and self.pick((True, True, False)) else self.one(topic, *REVIEWED)
        await self._further(one, topic, self.pick((2, 6, 9)))

    async def _further(self, one: Handed, topic: Topic, steps: int) -> None:
        """So many steps, or until one is refused."""
        for _ in range(steps):
            found = (await self.read("/redresses", proposal_id=one.id))["items"]
            if found:
                await self._next(f"/redresses/{found[0]['id']}", one, topic)
            else:
                await self._file(one)
            if not self.answers or self.answers[-1].status_code >= 400:
                return

    async def _file(self, one: Handed) -> None:
        state = (await self.read(f"/proposals/{one.id}"))["state"]
        asked = WRONG if state == "ineligible" else ASKED
        if (await self.send(one.coordinator, f"/proposals/{one.id}/redresses", asked)).status_code == 201:
            self.asked.add(one.id)

    async def _next(self, path: str, one: Handed, topic: Topic) -> None:
        request = await self.read(path)
        match request["state"]:
            case "filed":
                await self._judge(path, one)
            case "admitted":
                await self._weigh(path, one)
            case "recommended":
                act = self.pick(("uphold", "uphold", "uphold", "reinstate", "reject"))
                self.may.append((one.id, {("ineligible", "evaluated"), ("ineligible", "in_evaluation")}))
                await self.send(self.there.signatory, f"{path}/{act}", UPHELD)
            case "re_evaluation":
                await self._evaluate(path, one)
            case "settled" if request["remedy"] == "vote":
                await self._propose(path, topic)

    async def _judge(self, path: str, one: Handed) -> None:
        match self.pick(("admit", "admit", "admit", "admit", "dismiss", "withdraw")):
            case "admit":
                await self.send(self.there.office, f"{path}/admit", BECAUSE)
            case "dismiss":
                await self.both(f"{path}/dismiss", BECAUSE)
            case _:
                await self.send(one.coordinator, f"{path}/withdraw")

    async def _weigh(self, path: str, one: Handed) -> None:
        for judge in self.there.judges:
            await self.send(self.there.office, f"{path}/name_member", {"account_id": str(judge.id)})
            await self.send(judge, f"{path}/declare_free")
        found = (await self.read(f"/proposals/{one.id}"))["state"] == "ineligible"
        said: dict[str, Any] = {
            "advice": "reinstate" if found else "re_evaluate",
            "text": "It was overlooked.",
        }
        said |= {} if found else {"criteria": list(CRITERIA)}
        await self.send(self.there.judges[-1], f"{path}/recommend", said)

    async def _evaluate(self, path: str, one: Handed) -> None:
        """Three who took no part agree on new scores; then it is settled by them."""
        (listed,) = (await self.read("/re_evaluations", proposal_id=one.id))["items"]
        again = f"/re_evaluations/{listed['id']}"
        if listed["state"] == "final":
            self.may.append((one.id, MOVES["settle"]))
            await self.send(self.there.signatory, f"{path}/settle")
            return
        given = marks(dict(zip(CRITERIA, self.pick(RESULTS), strict=True)))
        for who, contract in self.there.experts:
            await self.send(self.there.office, f"{again}/seat_expert", {"contract_id": contract})
            await self.send(who, f"{again}/declare_free")
            await self.send(who, f"{again}/seal_marks", given)
        await self.send(self.there.experts[0][0], f"{again}/draft", given)
        for who, _ in self.there.experts[1:]:
            await self.send(who, f"{again}/approve")

    async def _propose(self, path: str, topic: Topic) -> None:
        """The office proposes a way, and the committee votes on it; or the vote goes on."""
        for open_ in self.motions:
            if path.endswith(open_[2]) and (await self.read(open_[0]))["state"] in ("prepared", "voting"):
                await self._on(open_)
                return
        way: dict[str, Any] = {"way": self.pick(WAYS)}
        if way["way"] == "move_budget":
            other = next(each for each in self.there.topics if each is not topic)
            way["source_id"] = other.topic_stage
        await self.send(self.there.office, f"{path}/propose_way", way)
        about = {"subject_id": path.rpartition("/")[2], "text": "The review has shown it."}
        await self._carry(about | {"purpose": "fund_redress"})
