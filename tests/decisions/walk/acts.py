"""The acts of a walk, each by the people who may do it; what they choose is drawn."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import select

from app.core.clock import machine_now
from app.decisions.reserve.reactions import expire_lists
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.experts.models import Assignment
from app.workflow.run import system_act
from tests.build import Actor, fresh
from tests.decisions.money import euro
from tests.decisions.votes import RETURN
from tests.decisions.walk.ground import Ground
from tests.evaluation.build import Handed, Topic
from tests.grants.build import ENTRY

Pick = Callable[[Sequence[Any]], Any]
ALLOWED = {200, 201, 202, 403, 404, 409}
"""What a well-formed act may be answered: done, asked for a second officer, or refused with the reason."""
YES, SPLIT, NO = ("yes", "yes"), ("yes", "no"), ("no", "abstain")
ENDS = {"reason": "It came to nothing."}
FAULT = {"fault": "late_conflict", "text": "An employer came to light."}
UNKNOWN = {"unidentified_reason": "Its number is on its way."}
MOVES = {
    "promote": {("reserve", "selected")},
    "over": {("reserve", "rejected")},
    "withdraw": {(state, "withdrawn") for state in ("selected", "reserve", "rejected")},
    "settle": {
        ("rejected", "selected"), ("reserve", "selected"), ("ineligible", "selected"),
        ("rejected", "reserve"), ("ineligible", "reserve"), ("reserve", "rejected"),
    },
    "fund": {("reserve", "selected"), ("rejected", "selected"), ("ineligible", "selected")},
    "fail": {("selected", "rejected")},
}  # fmt: skip
"""Which outcomes that were told an act may change, and into what."""


class Acts:
    """What may be done on the ground; `may`: whose outcome the present step may change, by proposal."""

    def __init__(self, there: Ground, pick: Pick) -> None:
        self.there, self.pick = there, pick
        self.motions: list[tuple[str, str, str]] = []
        self.grants: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.answers: list[httpx2.Response] = []
        self.may: list[tuple[str | None, set[tuple[str, str]]]] = []

    async def send(self, who: Actor, path: str, body: Any = None) -> httpx2.Response:
        answer = await who.post(path, body)
        assert answer.status_code in ALLOWED, f"{path} {body}: {answer.status_code} {answer.text}"
        self.answers.append(answer)
        return answer

    async def both(self, path: str, body: Any = None) -> httpx2.Response:
        """Two officers; what the second is answered, or the first if that is refused."""
        first = await self.send(self.there.office, path, body)
        return first if first.status_code != 202 else await self.send(self.there.second, path, body)

    async def read(self, path: str, **asked: Any) -> Any:
        answer = await self.there.office.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def topic(self) -> Topic:
        return self.pick((self.there.topics[0], *self.there.topics))  # type: ignore[no-any-return]

    def one(self, topic: Topic, *states: str) -> Handed:
        """A proposal of a topic, mostly in one of these states."""
        fit = [one for one in topic.proposals if self.states.get(one.id) in states]
        return self.pick(fit if fit and self.pick((True, True, True, False)) else topic.proposals)  # type: ignore[no-any-return]

    async def part(self, topic: Topic) -> Any:
        return await self.read(f"/topic_stages/{topic.topic_stage}")

    async def begin(self, topic: Topic, far: int) -> None:
        """How far a topic has come when the walk begins: its list is adopted, its results are out."""
        drawn, self.pick = self.pick, lambda some: some[0]
        if far > 0:
            await self.put(topic, 3, "adopt_list")
        if far > 1:
            await self.release(topic)
        self.pick = drawn

    # Motions

    async def put(self, topic: Topic, far: int | None = None, purpose: str | None = None) -> None:
        """A motion is prepared, perhaps voted on, perhaps closed."""
        purpose = purpose or self.pick(("adopt_list", "raise_envelope", "move_budget", "return_list"))
        asked: dict[str, Any] = {"purpose": purpose, "subject_id": topic.topic_stage, "text": "It is needed."}
        if purpose == "return_list":
            asked = RETURN | {"subject_id": topic.topic_stage}
        elif purpose in ("raise_envelope", "move_budget"):
            asked |= await self._money(topic, purpose)
        elif purpose == "adopt_list" and self.pick((False, False, True)):
            reason = self.pick(("INSUFFICIENT_BUDGET", "SAME_WORK_FUNDED"))
            asked["passed_over"] = [
                {"proposal_id": self.one(topic).id, "reason": reason, "text": "As we have found."}
            ]
        await self._carry(asked, far)

    async def _money(self, topic: Topic, purpose: str) -> dict[str, Any]:
        budget = Decimal((await self.part(topic))["budget"]["amount"])
        wants = [
            Decimal(one["requested"]["amount"])
            for one in [await self.read(f"/proposals/{each.id}") for each in topic.proposals[:2]]
        ]
        cent = Decimal("0.01")
        if purpose == "raise_envelope":
            return {
                "amount": euro(f"{budget + self.pick((cent, wants[1], wants[1] - cent, sum(wants))):.2f}")
            }
        given = self.pick((cent, wants[0], wants[1], budget - wants[0], budget - cent, budget / 2))
        other = next(each for each in self.there.topics if each is not topic)
        return {"amount": euro(f"{max(given, cent):.2f}"), "target_id": other.topic_stage}

    async def _carry(self, asked: dict[str, Any], far: int | None = None) -> None:
        made = await self.send(self.there.office, f"{self.there.session}/motions", asked)
        if made.status_code == 201:
            one = (f"/motions/{made.json()['id']}", str(asked["purpose"]), str(asked["subject_id"]))
            self.motions.append(one)
            for _ in range(self.pick((3, 3, 3, 2, 1, 0)) if far is None else far):
                await self._on(one)

    async def go_on(self, topic: Topic) -> None:
        """The next step of a motion that is open, or its end."""
        if self.motions:
            one = self.pick(self.motions)
            if self.pick((True, True, False)):
                await self._on(one)
            else:
                await self.send(self.there.office, f"{one[0]}/adjourn", ENDS)

    async def _on(self, one: tuple[str, str, str]) -> None:
        path, purpose, about = one
        found = await self.read(path)
        if found["state"] == "prepared":
            await self.send(self.there.office, f"{path}/put_to_vote")
        elif found["state"] == "voting" and not any(each["cast"] for each in found["ballots"]):
            for member, choice in zip(self.there.members, self.pick((YES, YES, YES, SPLIT, NO)), strict=True):
                await self.send(member, f"{path}/vote", {"choice": choice})
        elif found["state"] == "voting":
            if purpose == "fund_redress":
                of = (await self.read(f"/redresses/{about}"))["proposal_id"]
                self.may.append((of, MOVES["fund"]))
            done = await self.send(self.there.office, f"{path}/adopt")
            if done.status_code == 409:
                await self.send(self.there.office, f"{path}/reject")

    # The decision and its list

    async def release(self, topic: Topic) -> None:
        found = (await self.read("/decisions", topic_stage_id=topic.topic_stage))["items"]
        for one in found:
            path = f"/decisions/{one['id']}"
            seen = await self.there.office.get(f"{path}/preview")
            given = {"digest": seen.json().get("digest", "0" * 64)}
            people = (self.there.office, self.there.second)
            for who in self.pick((people, people, people[:1], people[1:])):
                await self.send(who, f"{path}/release", given)

    async def tell_findings(self, topic: Topic) -> None:
        await self.both(f"/topic_stages/{topic.topic_stage}/release_findings")

    async def withdraw(self, topic: Topic) -> None:
        one = self.one(topic, "selected", "evaluated")
        self.may.append((one.id, MOVES["withdraw"]))
        await self.send(
            one.coordinator, f"/proposals/{one.id}/request_withdrawal", {"text": "We cannot go on."}
        )

    async def find_ineligible(self, topic: Topic) -> None:
        wrong = {"rule": "E-01", "text": "It asks for something else than the topic."}
        await self.both(f"/proposals/{self.one(topic).id}/find_ineligible", wrong)

    async def void_report(self, topic: Topic) -> None:
        async with self.there.world.sessions() as session:
            mine = select(Assignment.id).where(Assignment.proposal_id == UUID(self.one(topic).id))
            seats = (await session.scalars(mine.order_by(Assignment.label))).all()
        await self.send(self.there.office, f"/assignments/{seats[0]}/void", {"reason": "It was misled."})

    async def refuse_ethics(self, topic: Topic) -> None:
        """The ethics of a proposal is found to stand against it."""
        one = self.one(topic)
        panel = UUID(self.there.panels[self.there.topics.index(topic)].rpartition("/")[2])
        async with self.there.world.sessions() as session, session.begin():
            if await session.scalar(
                select(EthicsScreening.id).where(EthicsScreening.proposal_id == UUID(one.id))
            ):
                return
            found = fresh(EthicsScreening, EthicsState.NOT_CLEARED, proposal_id=UUID(one.id))
            found.panel_id, found.topic_id, found.consortium_id = panel, topic.id, UUID(one.consortium)
            found.concluded_at, found.refused_for = machine_now(), "The risk is too high."
            session.add(found)

    async def reopen(self, topic: Topic) -> None:
        await self.both(f"{self.there.panels[self.there.topics.index(topic)]}/reopen", FAULT)

    async def close_list(self, topic: Topic) -> None:
        path = self.there.panels[self.there.topics.index(topic)]
        for act in ("rank", "close"):
            await self.send(self.there.office, f"{path}/{act}")

    # The reserve and grants

    async def promote(self, topic: Topic) -> None:
        for one in (await self.read("/reserve_lists", topic_stage_id=topic.topic_stage))["items"]:
            path = f"/reserve_lists/{one['id']}"
            first = [each["proposal_id"] for each in (await self.read(path))["first"]]
            named = self.pick((first, first, [self.one(topic).id])) or [self.one(topic).id]
            self.may.extend((key, MOVES["promote"]) for key in named)
            await self.both(f"{path}/promote", {"proposal_ids": named})

    async def make_room(self, topic: Topic) -> None:
        """Somebody who is selected leaves, and the next is promoted."""
        await self.withdraw(topic)
        await self.promote(topic)

    async def end(self, topic: Topic) -> None:
        for one in (await self.read("/reserve_lists", topic_stage_id=topic.topic_stage))["items"]:
            self.may.append((None, MOVES["over"]))
            await self.both(f"/reserve_lists/{one['id']}/end")

    async def expire(self, topic: Topic) -> None:
        """The last day of every reserve list is over."""
        self.may.append((None, MOVES["over"]))
        async with self.there.world.sessions() as session, session.begin():
            later = machine_now() + timedelta(days=4000)
            await expire_lists(timedelta(seconds=120))(system_act(session, later))

    async def grant(self, topic: Topic) -> None:
        """A grant is prepared, or the next step of one."""
        one = self.one(topic, "selected")
        if one.id not in self.grants:
            entry = ENTRY | UNKNOWN | {"number": f"{101000000 + len(self.grants)}"}
            made = await self.send(self.there.office, f"/proposals/{one.id}/grants", entry)
            if made.status_code == 201:
                self.grants[one.id] = f"/grants/{made.json()['id']}"
            return
        path = self.grants[one.id]
        if self.pick((True, False)):
            await self.send(self.there.signatory, f"{path}/sign")
        else:
            self.may.append((one.id, MOVES["fail"]))
            await self.both(f"{path}/fail", {"reason": "ETHICS", "text": "It is not cleared."})
