"""What the problem list says of money: of a partner's figures only to whoever reads these."""

import pytest

from tests.build import Actor
from tests.conftest import World
from tests.consortia.budget.test_budget import euro, open_to_all, says
from tests.consortia.build import signed
from tests.consortia.test_coordination import part_of
from tests.proposals.build import Applied, ready

pytestmark = pytest.mark.anyio


async def told(actor: Actor, applied: Applied) -> list[tuple[str, str, str]]:
    """What of the list is of money and signatures: rule, code and path."""
    found = (await actor.get(applied.path)).json()["problems"]
    return [(e["rule"], e["code"], e["path"]) for e in found if e["code"] != "exploitation_plan-left-out"]


async def over_the_rate(world: World) -> tuple[Applied, Actor, Actor, str]:
    """A complete draft; its first fellow asks for more than the rules pay, by the second's figures unseen."""
    applied = await ready(world)
    pat, other = applied.fellows
    mine = await part_of(pat, applied)
    await says(pat, mine, personnel="10.00", requested="20.00")
    return applied, pat, other, mine


async def test_limits_the_request_and_missing_signatures_stand_in_one_list(world: World) -> None:
    applied, pat, other, mine = await over_the_rate(world)
    over = ("F-05", "over-funding-rate", f"/partners/{mine}/requested")
    differs = ("F-05", "request-differs", "/requested")
    for actor, reads in ((applied.lead, True), (pat, True), (other, False)):
        seen = await told(actor, applied)
        assert (over in seen) is reads
        assert differs in seen
        assert [code for _, code, _ in seen].count("not-signed") == 3
    await signed(pat, mine)
    assert [code for _, code, _ in await told(other, applied)].count("not-signed") == 2
    await open_to_all(applied.lead, applied.consortium)
    assert over in await told(other, applied)
    asks = {"requested": euro("20.00")}
    version = (await applied.lead.get(applied.path)).json()["version"]
    assert (await applied.lead.patch(applied.path, asks, version)).status_code == 200
    assert differs not in await told(pat, applied)
    done = await applied.lead.make(f"{applied.path}/submit")
    assert done["state"] == "submitted"
    assert over in [(e["rule"], e["code"], e["path"]) for e in done["problems"]]
    await applied.lead.make(f"/partners/{mine}/remove")
    assert over not in await told(applied.lead, applied)
