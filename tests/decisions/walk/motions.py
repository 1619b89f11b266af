"""The acts of a walk on motions: put, voted on by both members, closed, or ended."""

from decimal import Decimal
from typing import Any

from tests.decisions.money import euro
from tests.decisions.votes import RETURN
from tests.decisions.walk.acts import MOVES, Acts
from tests.evaluation.build import Topic

YES, SPLIT, NO = ("yes", "yes"), ("yes", "no"), ("no", "abstain")
ENDS = {"reason": "It came to nothing."}
MONEY = ("raise_envelope", "move_budget")


def _moved(was: dict[str, Decimal], motion: dict[str, Any]) -> dict[str, Decimal]:
    """What each topic has once a motion on its money is adopted."""
    about, target, amount = motion["subject_id"], motion["target_id"], Decimal(motion["amount"]["amount"])
    if target is None:
        return was | {about: amount}
    return was | {about: was[about] - amount, target: was[target] + amount}


class Motions(Acts):
    """Motions on lists and on their money, by the one open session."""

    async def put(self, topic: Topic, far: int | None = None, purpose: str | None = None) -> None:
        """A motion is prepared, perhaps voted on, perhaps closed."""
        told = (await self.part(topic))["state"] == "released"
        purposes = (*MONEY, "move_budget") if told else (*MONEY, "adopt_list", "return_list")
        purpose = purpose or self.pick(purposes)
        asked: dict[str, Any] = {"purpose": purpose, "subject_id": topic.topic_stage, "text": "It is needed."}
        if purpose == "return_list":
            asked = RETURN | {"subject_id": topic.topic_stage}
        elif purpose in MONEY:
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
            was = await self._budgets()
            done = await self.send(self.there.office, f"{path}/adopt")
            if done.status_code == 409:
                await self.send(self.there.office, f"{path}/reject")
            elif purpose in MONEY:
                assert await self._budgets() == _moved(was, found), "to the cent, as it was voted on (K-04)"

    async def _budgets(self) -> dict[str, Decimal]:
        parts = [await self.part(topic) for topic in self.there.topics]
        return {str(one["id"]): Decimal(one["budget"]["amount"]) for one in parts}
