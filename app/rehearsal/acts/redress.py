"""A review is asked for, weighed by people who took no part, decided, and evaluated anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.rehearsal.cast import Cast, Entry, Expert
from app.rehearsal.driver import Person, expect

ADMITTED = "It was filed in time, by the coordinator, on a ground that is reviewed."
UPHELD = "What the committee has found may have changed the outcome."


def asked(ground: str, text: str) -> dict[str, Any]:
    """What a coordinator sends."""
    return {"grounds": [ground], "text": text}


async def file(about: Entry, ground: str, text: str) -> str:
    """A coordinator asks for a review; its path."""
    here = f"/proposals/{about.proposal}/redresses"
    return f"/redresses/{(await about.coordinator.make(here, **asked(ground, text)))['id']}"


async def admit(cast: Cast, path: str) -> None:
    """The office finds it admissible, and prepares it."""
    await cast.office.act(f"{path}/admit", text=ADMITTED)


async def uphold(
    cast: Cast, path: str, people: Sequence[Person], advice: str, text: str, criteria: Sequence[str] = ()
) -> str:
    """Weighed by these people, and upheld by the signatory: the path of the new evaluation."""
    assert cast.signatory is not None
    for person in people:
        await cast.office.act(f"{path}/name_member", account_id=await person.id())
        read = await person.get(path)
        expect("text" not in read, "whoever has not declared reads nothing of the request")
        await person.act(f"{path}/declare_free")
    more = {"criteria": list(criteria)} if criteria else {}
    await people[0].act(f"{path}/recommend", advice=advice, text=text, **more)
    decided = await cast.signatory.act(f"{path}/uphold", text=UPHELD)
    (anew,) = await cast.office.all("/re_evaluations", proposal_id=decided["proposal_id"])
    return f"/re_evaluations/{anew['id']}"


async def evaluate_anew(cast: Cast, path: str, experts: Sequence[Expert], scores: Mapping[str, str]) -> Any:
    """These experts judge it alone, and agree; the new evaluation afterwards, as the office reads it."""
    for one in experts:
        await cast.office.act(f"{path}/seat_expert", contract_id=one.contract)
        await one.person.act(f"{path}/declare_free")
    comments = "Synthetic comment on {}, on what was overlooked."
    marks = {code: {"score": score, "comment": comments.format(code)} for code, score in scores.items()}
    for one in experts:
        await one.person.act(f"{path}/seal_marks", marks=marks)
    first, *others = experts
    await first.person.act(f"{path}/draft", marks=marks)
    for one in others:
        await one.person.act(f"{path}/approve")
    return await cast.office.get(path)


async def settle(cast: Cast, path: str) -> Any:
    """The signatory settles it by the result; the request afterwards."""
    assert cast.signatory is not None
    return await cast.signatory.act(f"{path}/settle")
