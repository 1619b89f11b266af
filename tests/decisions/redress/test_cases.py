"""Whoever took part in what is disputed audits no case about it, and is not forgotten while it is open."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from app.committee.models import Ballot, Motion
from app.core.clock import machine_now
from app.decisions.redress.models import Redress, RedressMember, RedressState
from app.decisions.redress.re_evaluation.models import ReEvaluation, ReEvaluationSeat, ReEvaluationState
from app.evaluation.consensus.meeting import Moderator
from app.evaluation.consensus.models import Consensus, ConsensusState
from app.evaluation.ethics.models import EthicsScreening, EthicsSeat, EthicsSeatState, EthicsState
from app.evaluation.observer.models import Observation, ObservationState
from app.evaluation.panel.models import Panel
from app.evaluation.panel.room.models import PanelSeat, PanelSeatState
from app.experts.models import Assignment, AssignmentState, Contract, ContractState, Expert, ExpertState
from tests.build import LONG_AGO, Actor, fresh, person
from tests.conftest import World
from tests.decisions.redress.build import Contested, codes, contested
from tests.proposals.test_external_cases import CASE, END

pytestmark = pytest.mark.anyio
MONEY = ("30000000.00", "20000000.00")
"""The second is what is disputed."""


class Part:
    """Somebody of the pool, under a contract that ended long ago, and a place to write what they did."""

    def __init__(self, here: Contested, session: Any, who: Actor, contract: Contract) -> None:
        self.here, self.session, self.who, self.contract = here, session, who, contract
        self.about: dict[str, Any] = {"proposal_id": here.one(1).id}
        self.topic = {"topic_id": UUID(here.there.made["topic"]["id"])}
        self.call = UUID(here.there.made["call"]["id"])

    async def panel(self) -> Panel:
        part = UUID(self.here.there.topic_stage)
        found: Panel = (await self.session.scalars(select(Panel).where(Panel.topic_stage_id == part))).one()
        return found

    async def redress(self) -> Redress:
        found: Redress | None = await self.session.scalar(select(Redress))
        if found is None:
            found = fresh(Redress, RedressState.FILED, **self.about, **self.topic, criteria=[])
            found.topic_stage_id = UUID(self.here.there.topic_stage)
            found.consortium_id, found.filed_by = (
                self.here.one(1).consortium_id,
                self.here.one(1).coordinator.id,
            )
            found.grounds, found.text, found.shares_rank = ["factual_error"], "Text.", False
            found.answer_due, found.state = machine_now().date(), RedressState.WITHDRAWN
            self.session.add(found)
            await self.session.flush()
        return found


def evaluates(state: AssignmentState, declared: bool) -> Callable[[Part], Awaitable[None]]:
    async def act(one: Part) -> None:
        label = {"label": f"Expert {one.who.email}", "declared_at": LONG_AGO if declared else None}
        seat = fresh(Assignment, state, contract=one.contract, expert=one.contract.expert, **label)
        seat.proposal_id, seat.topic_id = one.about["proposal_id"], one.topic["topic_id"]
        one.session.add(seat)

    return act


async def screens(one: Part) -> None:
    panel = await one.panel()
    made = {"panel_id": panel.id, "consortium_id": one.here.one(1).consortium_id}
    screening = fresh(EthicsScreening, EthicsState.CLEARED, **made, **one.about, **one.topic)
    screening.concluded_at = LONG_AGO
    seat = fresh(EthicsSeat, EthicsSeatState.ENDED, screening=screening, declared_at=LONG_AGO)
    seat.contract, seat.expert = one.contract, one.contract.expert
    seat.proposal_id, seat.topic_id = one.about["proposal_id"], one.topic["topic_id"]
    one.session.add(seat)


async def moderates(one: Part) -> None:
    consensus = fresh(Consensus, ConsensusState.FINAL, **one.about, **one.topic, final_at=LONG_AGO)
    consensus.rapporteur_id = await one.session.scalar(select(Assignment.id).limit(1))
    one.session.add(consensus)
    await one.session.flush()
    held = {"since": LONG_AGO, "contract_id": one.contract.id}
    one.session.add(Moderator(id=uuid4(), consensus_id=consensus.id, **held))


def sits(part: str) -> Callable[[Part], Awaitable[None]]:
    async def act(one: Part) -> None:
        made = {"panel_id": (await one.panel()).id, "account_id": one.who.id, "part": part}
        seat = fresh(PanelSeat, PanelSeatState.LEFT, **made, **one.topic)
        if part == "member":
            seat.contract, seat.declared_at = one.contract, LONG_AGO
        one.session.add(seat)

    return act


async def observes(one: Part) -> None:
    watched = {"call_id": one.call, "account_id": one.who.id, "declared_at": LONG_AGO}
    watched |= {"starts_at": LONG_AGO, "ends_at": machine_now()}
    one.session.add(fresh(Observation, ObservationState.ENDED, **watched))


async def decides(one: Part) -> None:
    """A ballot of the vote on the list is theirs."""
    on_list = select(Motion.id).where(Motion.subject_id == UUID(one.here.there.topic_stage))
    mine = select(Ballot.id).where(Ballot.motion_id.in_(on_list)).limit(1).scalar_subquery()
    await one.session.execute(update(Ballot).where(Ballot.id == mine).values(account_id=one.who.id))


def weighs(declared: bool) -> Callable[[Part], Awaitable[None]]:
    async def act(one: Part) -> None:
        made = {"redress": await one.redress(), "account_id": one.who.id, "named_at": LONG_AGO}
        one.session.add(RedressMember(id=uuid4(), **made, declared_at=LONG_AGO if declared else None))

    return act


async def evaluates_anew(one: Part) -> None:
    redress = await one.redress()
    again = fresh(ReEvaluation, ReEvaluationState.VOID, redress=redress, **one.about, **one.topic)
    again.criteria, again.old, again.agreed, again.scores, again.round = ["impact"], {}, {}, {}, 0
    again.above = False
    seat = ReEvaluationSeat(id=uuid4(), re_evaluation=again, label="Expert A", declared_at=LONG_AGO)
    seat.contract, seat.named_at = one.contract, LONG_AGO
    one.session.add(seat)


PARTS: Mapping[str, Callable[[Part], Awaitable[None]]] = {
    "evaluated": evaluates(AssignmentState.REPORTED, True),
    "screened its ethics": screens,
    "moderated": moderates,
    "sat on the panel": sits("member"),
    "moderated the panel": sits("moderator"),
    "watched the panel": sits("observer"),
    "observed the call": observes,
    "decided": decides,
    "weighed the review": weighs(True),
    "evaluated anew": evaluates_anew,
}
NAMED: Mapping[str, Callable[[Part], Awaitable[None]]] = {
    "was asked to evaluate": evaluates(AssignmentState.DECLINED, False),
    "was named to the review": weighs(False),
}
"""They have seen nothing of it; but that they were asked is part of the file."""


async def nothing(one: Part) -> None:
    """Under contract for the call, and no more."""


async def everybody(world: World) -> tuple[Contested, dict[str, tuple[Actor, str]]]:
    """A released list, and everybody who took part in it; with the keys of the experts that they are."""
    here = await contested(world, *MONEY)
    found = {}
    for number, (what, does) in enumerate({**PARTS, **NAMED, "nothing": nothing}.items()):
        who = await person(world, f"part{number}")
        async with world.sessions() as session, session.begin():
            expert = fresh(Expert, ExpertState.ACTIVE, account_id=who.id)
            over = {"signed_at": LONG_AGO, "briefed_at": LONG_AGO, "ended_at": LONG_AGO, "days": 5}
            contract = fresh(Contract, ContractState.ENDED, expert=expert, **over)
            contract.call_id = UUID(here.there.made["call"]["id"])
            session.add(contract)
            await session.flush()
            await does(Part(here, session, who, contract))
        found[what] = who, str(expert.id)
    return here, found


async def forgotten(here: Contested, key: str) -> Any:
    """Both officers ask that an expert is forgotten; what the second is told."""
    act = f"/experts/{key}/anonymise"
    first = await here.office.post(act)
    assert first.status_code in (202, 409), first.text
    return await here.there.second.post(act)


async def test_nobody_who_took_part_is_named_to_a_case(world: World) -> None:
    here, parts = await world.prepared(everybody)
    path = f"/proposals/{here.one(1).id}/external_cases"
    for what in PARTS:
        refused = await here.office.post(path, CASE | {"auditor_id": str(parts[what][0].id)})
        assert (what, codes(refused)) == (what, ["auditor-took-part"])
    assert (await here.office.get("/external_cases")).json()["items"] == []
    second = CASE | {"auditor_id": str(here.there.second.id)}
    assert codes(await here.office.post(path, second)) == ["auditor-took-part"]
    free, _ = parts["nothing"]
    assert (await here.office.post(path, CASE | {"auditor_id": str(free.id)})).status_code == 201


async def test_who_takes_part_before_the_case_is_confirmed_is_not_let_in(world: World) -> None:
    here = await contested(world, *MONEY)
    path = await here.admitted(1)
    who = await person(world, "named")
    sent = CASE | {"auditor_id": str(who.id)}
    case = await here.office.make(f"/proposals/{here.one(1).id}/external_cases", sent)
    await here.office.make(f"{path}/name_member", {"account_id": str(who.id)})
    await who.make(f"{path}/declare_free")
    confirm = f"/external_cases/{case['id']}/confirm"
    assert codes(await here.there.second.post(confirm)) == ["auditor-took-part"]
    read = (await here.office.get(f"/external_cases/{case['id']}")).json()
    assert read["state"] == "noted"


async def test_who_was_let_in_to_the_file_by_a_case_weighs_no_review_of_it(world: World) -> None:
    here = await contested(world, *MONEY)
    path, who = await here.admitted(1), await person(world, "named")
    sent = CASE | {"auditor_id": str(who.id)}
    case = await here.office.make(f"/proposals/{here.one(1).id}/external_cases", sent)
    await here.there.second.make(f"/external_cases/{case['id']}/confirm")
    named = {"account_id": str(who.id)}
    assert codes(await here.office.post(f"{path}/name_member", named)) == ["took-part"]
    for officer, status in ((here.office, 202), (here.there.second, 200)):
        closed = await officer.post(f"/external_cases/{case['id']}/close", END)
        assert closed.status_code == status, closed.text
    assert codes(await here.office.post(f"{path}/name_member", named)) == ["took-part"]


async def test_nobody_who_took_part_is_forgotten_while_a_case_is_open(world: World) -> None:
    here, parts = await world.prepared(everybody)
    case = await here.office.make(f"/proposals/{here.one(1).id}/external_cases", CASE)
    for what in (*PARTS, *NAMED):
        assert (what, codes(await forgotten(here, parts[what][1]))) == (what, ["case-open"])
    assert (await forgotten(here, parts["nothing"][1])).status_code == 200
    await here.office.post(f"/external_cases/{case['id']}/close", END)
    await here.there.second.make(f"/external_cases/{case['id']}/close", END)
    for what in (*PARTS, *NAMED):
        assert (what, (await forgotten(here, parts[what][1])).status_code) == (what, 200)


@pytest.mark.parametrize(
    ("state", "remedy", "kept"),
    [
        (RedressState.FILED, None, True),
        (RedressState.SETTLED, "vote", True),
        (RedressState.SETTLED, "none", False),
        (RedressState.WITHDRAWN, None, False),
    ],
)
async def test_nobody_who_took_part_is_forgotten_while_a_review_is_open(
    world: World, state: RedressState, remedy: str | None, kept: bool
) -> None:
    here, parts = await world.prepared(everybody)
    ended: dict[str, Any] = {"state": state, "remedy": remedy}
    if state == RedressState.SETTLED:
        ended |= {"outcome": "kept", "decided_at": machine_now(), "decided_by": here.signatory.id}
        ended |= {"prepared_by": here.office.id, "settled_by": here.signatory.id}
    async with world.sessions() as session, session.begin():
        await session.execute(update(Redress).values(**ended))
    for what in (*PARTS, *NAMED):
        answer = await forgotten(here, parts[what][1])
        assert (what, answer.status_code) == (what, 409 if kept else 200)
        if kept:
            assert codes(answer) == ["review-open"]
    assert (await forgotten(here, parts["nothing"][1])).status_code == 200
