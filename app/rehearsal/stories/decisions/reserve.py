"""Money becomes free: the first of the reserve is promoted, nobody out of turn; the rest expires."""

from datetime import datetime
from typing import Any

from app.rehearsal.cast import HOUR, Cast, at
from app.rehearsal.driver import expect
from app.rehearsal.stories.decisions.parts import entry, names

LEAVES = "ELM"
FREED = "2020-07-27T10:00"
TOLD = "The reserve list"


async def promote(cast: Cast) -> None:
    """A selected one withdraws while its grant is prepared; a cheaper one is not taken before the first."""
    gone = entry(cast, LEAVES)
    with cast.theatre.step("Money is free, and the first of the reserve is promoted"):
        await cast.theatre.clock(at(FREED))
        reserve = await _reserve(cast)
        cast.tell(TOLD, "waits", _order(cast, reserve), f"{reserve['free']['amount']} euro are free")
        made = await cast.office.make(
            f"/proposals/{gone.proposal}/grants", number="999000900", starts_on="2020-09-01", months=24
        )
        text = "Two partners have left, and nobody takes their place."
        await gone.coordinator.act(f"/proposals/{gone.proposal}/request_withdrawal", text=text)
        fallen = await cast.office.get(f"/grants/{made['id']}")
        expect(fallen["state"] == "failed", f"nothing is left to sign: {fallen['state']}")
        reserve, here = await _reserve(cast), f"/reserve_lists/{reserve['id']}/promote"
        free = reserve["free"]["amount"]
        cast.tell(TOLD, f"{LEAVES} withdraws", "its grant falls", f"{free} euro are free")
        await _refuse(cast, here, "HAZEL", ["not-the-first"], "it is cheaper, and its turn is later")
        first = {"proposal_ids": [one["proposal_id"] for one in reserve["first"]]}
        await cast.office.both(here, cast.second, **first)
        reserve = await _reserve(cast)
        (promoted,) = reserve["promotions"]
        free = reserve["free"]["amount"]
        cast.tell(TOLD, "promoted", names(cast, [promoted["reference"]]), f"{free} euro are free")
        await _refuse(
            cast, here, "HAZEL", ["money-missing", "not-the-first"], "the money is for the next in rank"
        )


async def _refuse(cast: Cast, path: str, name: str, wanted: list[str], why: str) -> None:
    told = await cast.office.refused(path, proposal_ids=[entry(cast, name).proposal])
    expect(told == wanted, f"{name} is not promoted, {why}; told is {told}")
    cast.tell(TOLD, f"{name} is not promoted", ", ".join(told), why)


async def _reserve(cast: Cast) -> dict[str, Any]:
    (one,) = await cast.office.all("/reserve_lists", topic_stage_id=cast.fields[0].part)
    found: dict[str, Any] = await cast.office.get(f"/reserve_lists/{one['id']}")
    return found


def _order(cast: Cast, reserve: dict[str, Any]) -> str:
    return names(cast, (one["reference"] for one in reserve["waiting"]))


async def expire(cast: Cast) -> None:
    """A year from the release the list ends by the clock; who still waits is rejected, and told."""
    with cast.theatre.step("The reserve list expires"):
        reserve = await _reserve(cast)
        waiting = reserve["waiting"]
        until = datetime.fromisoformat(reserve["until"])
        await cast.theatre.clock(until)
        expect((await _reserve(cast))["state"] == "open", "it is in force until its last second")
        await cast.theatre.clock(until + HOUR)
        over = await _reserve(cast)
        expect(over["state"] == "ended" and over["waiting"] == [], f"nobody waits any more: {over}")
        for one in waiting:
            found = await cast.office.get(f"/proposals/{one['proposal_id']}")
            expect(found["state"] == "rejected", f"who waited is rejected: {found['state']}")
            sent = await cast.office.all("/letters", proposal_id=one["proposal_id"])
            last = max(sent, key=lambda letter: str(letter["written_at"]))
            expect(last["kind"] == "outcome", f"and told so: {last['kind']}")
            cast.tell(
                TOLD, f"expired {reserve['until'][:10]}", names(cast, [one["reference"]]), found["reason"]
            )
