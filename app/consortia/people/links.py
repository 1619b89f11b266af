"""Answering by the link, without an account, whether one acts for a partner."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from sqlalchemy import select

from app.consortia.models import LIVE, AskedPerson, Partner
from app.consortia.mounts import PARTNERS
from app.consortia.people.schemas import PersonAnswered, PersonAsking
from app.consortia.queries import coordinating
from app.consortia.workflow import MAIL, PARTNER
from app.core.errors import NotFound
from app.people.families import hash_of
from app.workflow.asked import Asked, Asking
from app.workflow.route import documented, refusals
from app.workflow.rows import loading
from app.workflow.run import fire

router = APIRouter(prefix="/person_invitations/{token}")
HELD = frozenset({"bearer"})
JOINED = "Thank you. With an account of your mail address you can work with the consortium."
TURNED_DOWN = "Thank you; your address is forgotten."


async def asked_by_link(
    asked: Asking, token: Annotated[str, Path(max_length=100)]
) -> tuple[Asked, Partner, AskedPerson]:
    """The locked partner, and who is asked. Raises NotFound for a link that is unknown, used or lapsed."""
    good = (AskedPerson.link == hash_of(token), AskedPerson.until > asked.now)
    found = select(AskedPerson.partner_id).where(*good).scalar_subquery()
    here = (Partner.id == found, Partner.state.in_(LIVE))
    lock = select(Partner.id).where(*here).with_for_update(of=Partner, key_share=True)
    if (key := await asked.session.scalar(lock)) is None:
        raise NotFound
    # Asked again once it is held: the link may have been used, or the partner removed, meanwhile.
    wanted = select(Partner).where(Partner.id == key, Partner.state.in_(LIVE))
    wanted = wanted.options(*loading(Partner, (*MAIL, "asked")))
    again = {"populate_existing": True}
    partner = (await asked.session.scalars(wanted, execution_options=again)).unique().one_or_none()
    mine = [one for one in partner.asked if one.link == hash_of(token)] if partner is not None else []
    if partner is None or not mine:
        raise NotFound
    return asked, partner, mine[0]


AskedByLink = Annotated[tuple[Asked, Partner, AskedPerson], Depends(asked_by_link, scope="function")]


@router.get(
    "",
    summary="Read what you are asked to do for a partner",
    description="Who: the bearer of the invitation.",
    responses=refusals(404),
    operation_id="person_invitation_read",
)
async def read_asking(found: AskedByLink) -> PersonAsking:
    asked, partner, person = found
    consortium = partner.consortium
    topic = consortium.topic_stage.topic
    return PersonAsking(
        topic=topic.reference,
        topic_title=topic.title,
        consortium=consortium.name,
        coordinator=await asked.session.scalar(coordinating(consortium.id)),
        organisation=partner.organisation.legal_name,
        name=person.name,
        part=person.part,
        until=person.until,
    )


@router.post("/accept", responses=refusals(404, 409), **documented(PARTNERS, PARTNER.rows("join")))
async def accept(found: AskedByLink) -> PersonAnswered:
    asked, partner, person = found
    await fire(PARTNER, "join", partner, asked.act(HELD, parent=person))
    return PersonAnswered(answer="joined", message=JOINED)


@router.post("/decline", responses=refusals(404, 409), **documented(PARTNERS, PARTNER.rows("turn_down")))
async def decline(found: AskedByLink) -> PersonAnswered:
    asked, partner, person = found
    await fire(PARTNER, "turn_down", partner, asked.act(HELD, parent=person))
    return PersonAnswered(answer="turned_down", message=TURNED_DOWN)
