"""Answering an invitation by its link, without an account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy import select

from app.consortia.models import Partner, PartnerState
from app.consortia.mounts import PARTNERS
from app.consortia.queries import coordinating
from app.consortia.schemas import Answered, InvitationRead
from app.consortia.workflow import MAIL, PARTNER
from app.core.errors import NotFound
from app.people.families import hash_of
from app.workflow.asked import Asked, Asking
from app.workflow.route import documented, refusals
from app.workflow.rows import loading
from app.workflow.run import fire

router = APIRouter(prefix="/partner_invitations/{token}")
HELD = frozenset({"bearer"})
WORDS = {
    "accepted": "Thank you. With an account of your mail address you can work on the proposal.",
    "declined": "Thank you; the coordinator sees it.",
}


async def invited(asked: Asking, token: Annotated[str, Path(max_length=100)]) -> tuple[Asked, Partner]:
    """The locked partner whom a link is for. Raises NotFound for one that is unknown, used or lapsed."""
    good = (
        Partner.invitation == hash_of(token),
        Partner.state == PartnerState.INVITED,
        Partner.invited_until > asked.now,
    )
    lock = select(Partner.id).where(*good).with_for_update(of=Partner, key_share=True)
    if (key := await asked.session.scalar(lock)) is None:
        raise NotFound
    wanted = select(Partner).where(Partner.id == key).options(*loading(Partner, MAIL))
    found = await asked.session.scalars(wanted, execution_options={"populate_existing": True})
    return asked, found.unique().one()


Invited = Annotated[tuple[Asked, Partner], Depends(invited, scope="function")]


@router.get(
    "",
    summary="Read an invitation",
    description="Who: the bearer of the invitation.",
    responses=refusals(404),
    operation_id="partner_invitation_read",
)
async def read_invitation(invited: Invited) -> InvitationRead:
    asked, partner = invited
    consortium = partner.consortium
    topic, stage = consortium.topic_stage.topic, consortium.topic_stage.stage
    assert partner.invited_until is not None  # an invited partner has a link that lapses
    return InvitationRead(
        topic=topic.reference,
        topic_title=topic.title,
        consortium=consortium.name,
        coordinator=await asked.session.scalar(coordinating(consortium.id)),
        organisation=partner.organisation.legal_name,
        name=partner.people[0].name,
        invited_until=partner.invited_until,
        closes_at=stage.closes_at,
    )


async def _answer(invited: tuple[Asked, Partner], row: str) -> Answered:
    asked, partner = invited
    await fire(PARTNER, row, partner, asked.act(HELD))
    return Answered(state=partner.state.value, message=WORDS[partner.state])


@router.post("/accept", responses=refusals(404, 409), **documented(PARTNERS, PARTNER.rows("accept")))
async def accept(invited: Invited) -> Answered:
    return await _answer(invited, "accept")


@router.post("/decline", responses=refusals(404, 409), **documented(PARTNERS, PARTNER.rows("decline")))
async def decline(invited: Invited) -> Answered:
    return await _answer(invited, "decline")
