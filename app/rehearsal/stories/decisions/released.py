"""The release, by the digest of what was looked at; then what of the sessions is public."""

from typing import Any

from app.rehearsal.acts import committee
from app.rehearsal.acts.consortia import GUEST
from app.rehearsal.cast import MINUTE, Cast, at
from app.rehearsal.driver import Person, expect
from app.rehearsal.stories.decisions.parts import entry, out, state

WITHDRAWS = "IVY"
TOLD, MINUTES = "The release", "Who reads what of the sessions"


async def keep_apart(cast: Cast) -> None:
    """Before the release who is out reads neither list nor vote; nobody reads minutes outside the body."""
    apart = out(cast)
    with cast.theatre.step("Who is out of the list reads nothing of it"):
        paths = [f"/panels/{cast.fields[0].panel}", f"/decisions/{cast.fields[0].decision}"]
        for path in paths:
            await cast.theatre.ask("GET", path, 200, cast.members[1].token)
            await cast.theatre.ask("GET", path, 404, apart.token)
        expect(await apart.all("/what_ifs") == [], f"{apart.name} reads no other envelope of it any more")
        for member in (cast.members[1], apart, cast.members[GUEST]):
            read = await _motions(cast, member)
            cast.tell(MINUTES, "before the release", member.name, _said(read))
        session = cast.found["session"]
        await cast.theatre.ask("GET", f"{session}/minutes", 404, entry(cast, "ALDER").coordinator.token)
        told = await cast.office.refused(f"{session}/publish_minutes")
        expect(told == ["under-embargo"], f"minutes wait for what they tell; told is {told}")


async def _motions(cast: Cast, who: Person) -> list[dict[str, Any]]:
    return list((await who.get(f"{cast.found['session']}/minutes"))["motions"])


def _said(motions: list[dict[str, Any]]) -> str:
    """What minutes tell: of which motions, and of which with the votes."""
    told = [f"{one['purpose']}{' with votes' if one.get('votes') else ''}" for one in motions]
    return ", ".join(told) or "nothing"


async def release(cast: Cast) -> None:
    """Somebody withdraws between two looks: what was looked at first is released by nobody."""
    here = f"/decisions/{cast.fields[0].decision}"
    with cast.theatre.step("Results are released by the digest of the preview"):
        await cast.theatre.clock(at(cast.wall("released_on")))
        first = await cast.office.get(f"{here}/preview")
        await cast.office.act(f"{here}/release", 202, digest=first["digest"])
        gone = entry(cast, WITHDRAWS)
        text = "The coordinating institute has lost its laboratory."
        await gone.coordinator.act(f"/proposals/{gone.proposal}/request_withdrawal", text=text)
        refused = await cast.second.refused(f"{here}/release", digest=first["digest"])
        expect(refused == ["preview-changed"], f"what has changed is not released; told is {refused}")
        cast.tell(TOLD, "the first digest", "refused", f"{WITHDRAWS} has withdrawn")
        seen = await cast.second.get(f"{here}/preview")
        expect(seen["digest"] != first["digest"], "another preview has another digest")
        await cast.office.both(f"{here}/release", cast.second, digest=seen["digest"])
        await cast.theatre.clock(at(cast.wall("released_on")) + 5 * MINUTE)
        counts = ", ".join(f"{number} {outcome}" for outcome, number in seen["counts"].items())
        cast.tell(TOLD, "the second digest", "released", counts)
        found = await state(cast, WITHDRAWS)
        expect(found == "withdrawn", f"who withdrew is told no outcome; it is {found}")


async def publish_minutes(cast: Cast) -> None:
    """Two officers publish them: who was out stands in them, nobody's vote and no reason does."""
    with cast.theatre.step("The minutes are published"):
        session = cast.found["session"]
        await committee.publish_minutes(cast, session)
        await committee.publish_minutes(cast, cast.found["last session"])
        read = await cast.theatre.ask("GET", f"{session}/minutes", 200)
        expect(read["present"] is None, "who was there is not public")
        for motion in read["motions"]:
            shown = motion["votes"] or motion["count"] or any(one["reason"] for one in motion["out"])
            expect(not shown, f"neither votes nor reasons are public; read is {motion}")
            absent = ", ".join(sorted(one["name"] for one in motion["out"])) or "nobody"
            cast.tell(MINUTES, "public", motion["purpose"], f"{motion['result']}; out: {absent}")
        cast.tell(MINUTES, "published", out(cast).name, _said(await _motions(cast, out(cast))))
