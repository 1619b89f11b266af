"""The acts of a walk, each by the people who may do it; what they choose is drawn."""

from collections.abc import Callable, Sequence
from typing import Any

import httpx2

from tests.build import Actor
from tests.decisions.walk.ground import Ground
from tests.evaluation.build import Handed, Topic

Pick = Callable[[Sequence[Any]], Any]
ALLOWED = {200, 201, 202, 403, 404, 409}
"""What a well-formed act may be answered: done, asked for a second officer, or refused with the reason."""
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
