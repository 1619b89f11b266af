"""The acts of a walk on what is decided: releases, who leaves, the reserve, grants."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core.clock import machine_now
from app.decisions.reserve.reactions import expire_lists
from app.evaluation.ethics.models import EthicsScreening, EthicsState
from app.experts.models import Assignment
from app.workflow.run import system_act
from tests.build import fresh
from tests.decisions.walk.acts import MOVES
from tests.decisions.walk.motions import Motions
from tests.evaluation.build import Topic
from tests.grants.build import ENTRY

FAULT = {"fault": "late_conflict", "text": "An employer came to light."}
UNKNOWN = {"unidentified_reason": "Its number is on its way."}


class Lists(Motions):
    """A topic from its closed list to its grants."""

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
