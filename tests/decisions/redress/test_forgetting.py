"""Experts of a new evaluation who are forgotten: not while a case is open, and without what stood between."""

from uuid import UUID

import pytest
from sqlalchemy import select, update

from app.core.audit import AuditDetail, AuditEvent
from app.decisions.redress.re_evaluation.models import ReEvaluationSeat
from app.experts.models import Contract, ContractState
from tests.build import LONG_AGO
from tests.conftest import World
from tests.decisions.redress.build import codes, contested
from tests.decisions.reserves import closed, withdrawn
from tests.proposals.test_external_cases import CASE, END

pytestmark = pytest.mark.anyio
BETWEEN = "The coordinator is my brother-in-law."


async def test_nobody_is_forgotten_while_there_is_a_case_and_then_without_a_trace(world: World) -> None:
    here = await contested(world, "30000000.00", "20000000.00")
    _, again = await here.upheld(1)
    who, contract = await here.expert("forgotten")
    await here.office.make(f"{again}/seat_expert", {"contract_id": contract})
    await who.make(f"{again}/declare_free")
    await who.post(f"{again}/declare_conflict", {"reason": BETWEEN})
    async with world.sessions() as session, session.begin():
        over = {"signed_at": LONG_AGO, "briefed_at": LONG_AGO, "ended_at": LONG_AGO}
        ended = update(Contract).where(Contract.id == UUID(contract)).returning(Contract.expert_id)
        key = (await session.scalars(ended.values(state=ContractState.ENDED, **over))).one()
    office, second = here.office, here.there.second
    case = await office.make(f"/proposals/{here.one(1).id}/external_cases", CASE)
    act = f"/experts/{key}/anonymise"
    assert (await office.post(act)).status_code == 202
    assert codes(await second.post(act)) == ["case-open", "review-open"]
    assert await told(world) == [BETWEEN]
    await second.make(f"/external_cases/{case['id']}/confirm")
    await office.post(f"/external_cases/{case['id']}/close", END)
    await second.make(f"/external_cases/{case['id']}/close", END)
    assert codes(await second.post(act)) == ["review-open"]
    await closed(world, here.there)
    await withdrawn(here.there, 1)
    assert (await second.post(act)).status_code in (200, 204)
    assert await told(world) == []
    async with world.sessions() as session:
        seat = (await session.scalars(select(ReEvaluationSeat))).one()
        assert (seat.out_for, str(seat.contract_id)) == ("", contract)


async def told(world: World) -> list[str]:
    """What the trail says of conflicts that were declared in a new evaluation."""
    async with world.sessions() as session:
        wanted = select(AuditDetail.detail["reason"].astext).join(
            AuditEvent, AuditEvent.id == AuditDetail.event_id
        )
        here = (AuditEvent.entity == "re_evaluation", AuditEvent.act == "declare_conflict")
        return list((await session.scalars(wanted.where(*here))).all())
