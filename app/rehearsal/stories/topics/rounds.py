"""Two rounds of consultation on both topics; what is said is answered, and reported (T-05)."""

from app.rehearsal.acts.topics import ANSWERS, BODIES, WHY, consult
from app.rehearsal.cast import DAY, MINUTE, Cast, Field, at
from app.rehearsal.driver import expect
from app.rehearsal.paper import pdf

PASSER_BY = "Pia Public"
CHANGED = {"impact": "Fewer fall ill, and those who do are treated sooner and close to home."}
CLOSES = (45, 66)
"""Days after the beginning on which the rounds close; each is open for two weeks."""


async def first(cast: Cast) -> None:
    """Each required kind of body comments, one with an attachment; a round is not closed early."""
    with cast.theatre.step("The first round of consultation"):
        speakers = [await cast.theatre.enter(speaker) for _, speaker, *_ in BODIES]
        rounds = [await _opened(cast, field, CLOSES[0]) for field in cast.fields]
        for here in rounds:
            await consult(cast, here, speakers)
        given = await speakers[0].all("/comments", consultation_id=rounds[0])
        await speakers[0].upload(f"/comments/{given[0]['id']}/attachment", pdf("What patients say"), 204)
        codes = await cast.office.refused(f"/consultations/{rounds[0]}/close")
        expect("comment-unanswered" in codes, "a round is not closed before every comment has its answer")
        await _conclude(cast, rounds, CLOSES[0])
        for field in cast.fields:
            await cast.office.act(f"/topics/{field.topic}/redraft")
            await cast.office.change(f"/topics/{field.topic}", **CHANGED)


async def second(cast: Cast) -> None:
    """Anyone may comment now; of the invited bodies one comments and one declines."""
    with cast.theatre.step("The second round of consultation"):
        passer_by = await cast.theatre.enter(PASSER_BY)
        rounds = [await _opened(cast, field, CLOSES[1], public=True) for field in cast.fields]
        for here in rounds:
            await passer_by.make(
                f"/consultations/{here}/comments", about="scope", text="Name children too.", anonymous=True
            )
            for number, (kind, speaker, name, about, _) in enumerate(BODIES[:2]):
                who = cast.theatre.people[speaker]
                asked = {"account_id": await who.id(), "kind": kind, "name": name}
                body = await cast.office.make(f"/consultations/{here}/consulted_bodies", **asked)
                if number:
                    await who.act(f"/consulted_bodies/{body['id']}/decline", reason="It is well now.")
                else:
                    await who.make(f"/consultations/{here}/comments", about=about, text="Better. Go on.")
        await _conclude(cast, rounds, CLOSES[1])


async def _opened(cast: Cast, field: Field, day: int, *, public: bool = False) -> str:
    closes = at(cast.wall("begins_on")) + day * DAY
    await cast.theatre.clock(closes - 14 * DAY)
    opened = await cast.office.make(
        f"/topics/{field.topic}/consultations", closes_at=closes.isoformat(), public=public
    )
    return str(opened["id"])


async def _conclude(cast: Cast, rounds: list[str], day: int) -> None:
    await cast.theatre.clock(at(cast.wall("begins_on")) + day * DAY + MINUTE)
    for here in rounds:
        given = await cast.office.all("/comments", consultation_id=here)
        for comment, response in zip(given, ANSWERS, strict=False):
            await cast.office.act(f"/comments/{comment['id']}/answer", response=response, reason=WHY)
            cast.note("comments answered")
        await cast.office.act(f"/consultations/{here}/close")
