"""Builders: a released topic with a selected proposal, and its grant."""

from dataclasses import dataclass
from typing import Any

from tests.build import Actor, person
from tests.conftest import World
from tests.decisions.build import Ranked, ranked, released

ENTRY = {"number": "101005077", "starts_on": "2050-05-01", "months": 24}


@dataclass
class Granted:
    """A released decision, the first proposal's grant in preparation, and who signs."""

    there: Ranked
    grant: dict[str, Any]
    signatory: Actor

    @property
    def path(self) -> str:
        return f"/grants/{self.grant['id']}"


async def prepared(world: World, *requested: str, by_vote: bool = False, **entry: Any) -> Granted:
    there = await ranked(world, *(requested or ("30000000.00",)), by_vote=by_vote)
    await released(there)
    grant = await there.office.make(f"/proposals/{there.proposals[0].id}/grants", ENTRY | entry)
    return Granted(there, grant, await person(world, "signatory", "signatory"))


async def signed(world: World, *requested: str, by_vote: bool = False, **entry: Any) -> Granted:
    found = await prepared(world, *requested, by_vote=by_vote, **entry)
    await found.signatory.make(f"{found.path}/sign")
    return found
