"""The committee votes: without its quorum, on more money, on the list, on its return, and on it again."""

from typing import Any

from app.rehearsal.acts import committee, evaluation
from app.rehearsal.acts.committee import Vote
from app.rehearsal.cast import Cast, at, euro
from app.rehearsal.driver import expect
from app.rehearsal.stories.decisions import seats
from app.rehearsal.stories.decisions.parts import entry, names, out

LATER, RETURNED = "2020-05-13T10:00", "2020-05-18T10:00"
"""When the first session goes on, and when the list goes back."""
AGAIN, ANEW = "2020-05-20T10:00", "2020-05-25T10:00"
"""When the list is closed again, and when it is decided on again."""
FEW = 2
"""How many members have come to the first session."""
ABSENT = "Too few members have come."
INTEREST = "A close relative works for one of the applicants."
FAULT: dict[str, Any] = {
    "fault": "unequal_treatment",
    "text": "The same shortcoming costs one proposal more than it costs the others.",
}
SAME_WORK: dict[str, Any] = {
    "reason": "SAME_WORK_FUNDED",
    "text": "The platform that it would build is being built with other money of the Union.",
}
TOLD, LISTS = "The committee's votes", "Lists and decisions"


async def meet(cast: Cast) -> None:
    """The first vote on the list has no quorum; the session is adjourned to a day, and goes on then."""
    field, day = cast.fields[0], at(cast.wall("decided_on"))
    until = at(LATER).isoformat()
    with cast.theatre.step("The committee meets, and is too few"):
        await cast.theatre.clock(day)
        session = await committee.call(cast, "Call 21 made small", cast.wall("decided_on"))
        cast.found["session"] = session
        listed = await committee.prepare(cast, session, "adopt_list", field.part, "Adopt the ranked list")
        raised = field.plan.topic.raised_to
        text = f"Raise the envelope of {field.reference} to {raised} euro"
        money = await committee.prepare(
            cast, session, "raise_envelope", field.part, text, amount=euro(raised)
        )
        cast.found["money"] = money
        order = [path.rpartition("/")[2] for path in (money, listed)]
        await cast.office.act(f"{session}/order_agenda", motion_ids=order)
        present = cast.members[:FEW]
        for member in present:
            await member.act(f"{session}/attend")
        asked = await committee.put(cast, session, listed)
        for member in present:
            await member.act(f"{listed}/vote", choice="yes")
        refused = await cast.chair.refused(f"{listed}/adopt", reason=committee.WHY)
        expect(refused == ["no-quorum"], f"two of {len(asked.entitled)} are no quorum; told is {refused}")
        ended = await cast.chair.act(f"{listed}/adjourn", reason=ABSENT, until=until)
        expect(ended["adjourned_for"] == "no_quorum", f"it is adjourned for its quorum: {ended}")
        cast.tell(TOLD, "the list", "no quorum", f"{FEW} of {len(asked.entitled)} have voted")
        await cast.chair.act(f"{session}/adjourn", reason=ABSENT, until=until)
        early = await cast.chair.refused(f"{session}/resume")
        expect(early == ["too-early"], f"members were told of a day; told is {early}")
        cast.tell(TOLD, "the session", "adjourned", until[:10])


async def go_on(cast: Cast) -> None:
    """The envelope is raised while the list is voted on: that vote falls, and the list is put again.

    One member does not come, and an alternate votes for that seat.
    """
    session, money = cast.found["session"], cast.found["money"]
    with cast.theatre.step("The committee goes on"):
        await cast.theatre.clock(at(LATER))
        await cast.chair.act(f"{session}/resume")
        await seats.come(cast, session)
        fallen = await _on_list(cast, session)
        seats.stood_in(cast, fallen)
        await committee.leave(fallen, out(cast), INTEREST)
        await committee.all_vote(cast, fallen)
        raised = await committee.put(cast, session, money)
        await committee.all_vote(cast, raised)
        await cast.chair.act(f"{money}/adopt", reason=committee.WHY)
        fell = await cast.office.get(fallen.motion)
        told = (fell["state"], fell["adjourned_for"])
        expect(told == ("adjourned", "moot"), f"the vote on the list falls with the money: {told}")
        cast.tell(TOLD, "the money", "adopted", raised_to(cast))
        cast.tell(TOLD, "the list", "has fallen", fell["outcome_reason"])
        await _adopt(cast, session)
        await cast.chair.act(f"{session}/close")


def raised_to(cast: Cast) -> str:
    return f"{cast.fields[0].plan.topic.raised_to} euro"


async def _on_list(cast: Cast, session: str, **more: Any) -> Vote:
    part = cast.fields[0].part
    motion = await committee.prepare(cast, session, "adopt_list", part, "Adopt the ranked list", **more)
    return await committee.put(cast, session, motion)


async def _adopt(cast: Cast, session: str, **more: Any) -> None:
    """The list is put and adopted; who was out of a vote on it is out of this one."""
    asked = await _on_list(cast, session, **more)
    expect(out(cast) not in asked.entitled, f"{out(cast).name} is out of every vote on the list")
    await cast.theatre.ask("GET", asked.motion, 404, out(cast).token)
    await committee.all_vote(cast, asked)
    await cast.chair.act(f"{asked.motion}/adopt", reason=committee.WHY)
    cast.tell(TOLD, "the list", "adopted", f"{len(asked.entitled)} of {len(cast.members)} vote")
    decision = (await _decisions(cast))[-1]
    cast.fields[0].decision = decision["id"]
    for outcome in ("selected", "reserve", "rejected"):
        lines = sorted((o for o in decision["lines"] if o["rank"] and o["outcome"] == outcome), key=_rank)
        cast.tell(LISTS, f"decision {len(await _decisions(cast))}", outcome, names(cast, map(_name, lines)))


def _rank(line: dict[str, Any]) -> int:
    return int(line["rank"])


def _name(line: dict[str, Any]) -> str:
    return str(line["reference"])


async def _decisions(cast: Cast) -> list[dict[str, Any]]:
    """All decisions on the list, the superseded one first."""
    found = await cast.office.all("/decisions", topic_stage_id=cast.fields[0].part)
    whole = [await cast.office.get(f"/decisions/{one['id']}") for one in found]
    return sorted(whole, key=lambda one: one["superseded_at"] is None)


async def give_back(cast: Cast) -> None:
    """What was decided is taken back, for a fault of procedure that the motion names (A-01)."""
    field = cast.fields[0]
    with cast.theatre.step("The committee gives the list back"):
        await cast.theatre.clock(at(RETURNED))
        await committee.vote(cast, "return_list", field.part, FAULT["text"], RETURNED, fault=FAULT["fault"])
        (decision,) = await _decisions(cast)
        expect(decision["state"] == "superseded", f"the decision counts no more: {decision['state']}")
        expect(decision["returned_by_id"] is not None, "it says by which motion")
        cast.tell(TOLD, "its return", "adopted", FAULT["text"])


async def close_again(cast: Cast) -> None:
    """The panel looks at one proposal again, and closes the next version of its list."""
    field = cast.fields[0]
    with cast.theatre.step("The panel closes the next version"):
        await cast.theatre.clock(at(AGAIN))
        here = f"/panels/{field.panel}"
        await cast.office.act(f"{here}/plan")
        for item in await cast.office.all("/panel_items", panel_id=field.panel):
            at_item = f"/panel_items/{item['id']}"
            await cast.office.act(f"{at_item}/take_up")
            if item["proposal_id"] == entry(cast, "GINKGO").proposal:
                better = {"criterion": cast.criteria[1], "score": "4", "comment": "As with the others."}
                reason = "The missing dates cost the others nothing, and cost this one nothing now."
                await cast.office.act(f"{at_item}/change", reason=reason, changes=[better])
            else:
                await cast.office.act(f"{at_item}/keep")
        await evaluation.close_list(cast, field)
        for version in (await cast.office.get(here))["lists"]:
            ranked = sorted((one for one in version["places"] if one["rank"]), key=_rank)
            order = names(cast, map(_name, ranked))
            cast.tell(
                LISTS,
                f"list {version['number']}",
                "taken back" if version["reopened_at"] else "counts",
                order,
            )


async def decide_again(cast: Cast) -> None:
    """The next version is adopted, and passes over a proposal whose work is funded already (K-03)."""
    passed = {"proposal_id": entry(cast, "CEDAR").proposal, **SAME_WORK}
    with cast.theatre.step("The committee decides on the next version"):
        await cast.theatre.clock(at(ANEW))
        session = await committee.call(cast, "The list, made anew", ANEW)
        cast.found["last session"] = session
        wrong = {**passed, "proposal_id": entry(cast, "LARCH").proposal}
        asked = {"purpose": "adopt_list", "subject_id": cast.fields[0].part, "text": "Adopt the ranked list"}
        refused = await cast.office.refused(f"{session}/motions", passed_over=[wrong], **asked)
        expect(refused == ["no-rank"], f"who has no rank is not passed over; told is {refused}")
        await _adopt(cast, session, passed_over=[passed])
        await cast.chair.act(f"{session}/close")
        first, second = await _decisions(cast)
        states = (first["state"], second["state"])
        expect(states == ("superseded", "adopted"), f"both decisions are there; they are {states}")
