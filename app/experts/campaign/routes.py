"""Taking in a table of people, and answering an invitation by its link, without an account."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Request, Response
from sqlalchemy import select

from app.core.errors import NotFound
from app.core.reason import Reason
from app.experts.campaign.models import ExpertInvitation, InvitationState
from app.experts.campaign.mounts import CAMPAIGNS, EXPERT_INVITATIONS
from app.experts.campaign.queries import not_to_invite, topics_of
from app.experts.campaign.reactions import NEEDS
from app.experts.campaign.reading import people_in
from app.experts.campaign.schemas import Answered, CallSummary, Import, ImportRead, InvitationShown, LineFault
from app.experts.campaign.workflow import CAMPAIGN, EXPERT_INVITATION
from app.experts.contract.schemas import Load
from app.experts.schemas import Because
from app.people.families import hash_of
from app.workflow.acts import Key, once
from app.workflow.asked import Asked, Asking
from app.workflow.http import mount
from app.workflow.route import documented, loaded_for, refusals
from app.workflow.rows import lock_all
from app.workflow.run import create_all, fire, refuse

router = APIRouter()
mount(router, CAMPAIGNS)
mount(router, EXPERT_INVITATIONS)
HELD = frozenset({"bearer"})
Token = Annotated[str, Path(max_length=100)]
WORDS = {
    "accepted": "Thank you. A mail is on its way with what to do to read and sign the contract.",
    "declined": "Thank you for your answer.",
}


@router.post(
    "/campaigns/{id}/import",
    response_model=ImportRead,
    responses=refusals(401, 403, 404, 409),
    **documented(CAMPAIGNS, CAMPAIGN.rows("import")),
)
async def read_people(
    loaded: loaded_for(CAMPAIGNS, ["import"]),  # type: ignore[valid-type]
    request: Request,
    data: Annotated[Import, Body()],
    key: Key = None,
) -> Response:
    asked, campaign, held = loaded
    act = asked.act(held, data)

    async def done() -> ImportRead:
        people, faults = people_in(data.csv)
        lines = {listed.email.lower(): line for line, listed in people}
        barred = await not_to_invite(asked.session, campaign.call_id, list(lines), asked.now)
        faults += [LineFault(line=lines[a], code=code, text=text) for a, (code, text) in barred.items()]
        faults.sort(key=lambda fault: (fault.line, fault.code))
        if not data.dry_run:
            if faults:
                at = "/body/csv/lines"
                told = [Reason(f.code, f.text, f"{at}/{f.line}", "sender") for f in faults]
                raise refuse(CAMPAIGN, "import", campaign, act, told)
            act.note(people=len(people))
            event = await fire(CAMPAIGN, "import", campaign, act)
            assert event is not None  # one officer is enough
            invitations = [ExpertInvitation(email=one.email, name=one.name, links=[]) for _, one in people]
            await create_all(
                EXPERT_INVITATION, "list", invitations, act.as_system(event).given(None, campaign)
            )
        return ImportRead(dry_run=data.dry_run, people=len(people), faults=faults)

    return await once(asked, request, key, done, 200)


async def _invited(asked: Asked, token: str) -> ExpertInvitation:
    """The locked invitation that a link is for. Raises NotFound for one that is unknown, used or over."""
    good = (
        ExpertInvitation.links.contains([hash_of(token)]),
        ExpertInvitation.state == InvitationState.SENT,
    )
    keys = await asked.session.scalars(select(ExpertInvitation.id).where(*good))
    found: ExpertInvitation
    for found in await lock_all(asked.session, ExpertInvitation, keys, NEEDS):
        if found.state == InvitationState.SENT:
            return found
    raise NotFound


@router.get(
    "/expert_answers/{token}",
    summary="Read an invitation as an expert",
    description="Who: the bearer of the invitation. What is public of the call, and nothing of a proposal.",
    responses=refusals(404),
    operation_id="expert_invitation_by_link",
)
async def read_invitation(asked: Asking, token: Token) -> InvitationShown:
    invitation = await _invited(asked, token)
    campaign, call = invitation.campaign, invitation.campaign.call
    assert campaign.answer_until is not None  # it is sent
    topics = await topics_of(asked.session, call)
    return InvitationShown(
        name=invitation.name,
        text=campaign.text,
        call=CallSummary(reference=call.reference, title=call.title, topics=topics),
        days=campaign.days,
        place=campaign.place,
        answer_until=campaign.answer_until,
    )


@router.post(
    "/expert_answers/{token}/accept",
    responses=refusals(404, 409),
    **documented(EXPERT_INVITATIONS, EXPERT_INVITATION.rows("accept")),
)
async def accept(asked: Asking, token: Token, data: Load) -> Answered:
    return await _answer(asked, token, "accept", data)


@router.post(
    "/expert_answers/{token}/decline",
    responses=refusals(404, 409),
    **documented(EXPERT_INVITATIONS, EXPERT_INVITATION.rows("decline")),
)
async def decline(asked: Asking, token: Token, data: Because) -> Answered:
    return await _answer(asked, token, "decline", data)


async def _answer(asked: Asked, token: str, row: str, data: Load | Because) -> Answered:
    invitation = await _invited(asked, token)
    await fire(EXPERT_INVITATION, row, invitation, asked.act(HELD, data))
    return Answered(state=invitation.state.value, message=WORDS[invitation.state])
