"""What the rows of accounts and appointments bring about."""

from collections.abc import Iterable

from sqlalchemy import delete, func, update

from app.core import outbox
from app.people import families, letters
from app.people.links import new_link
from app.people.models import Account, Appointment, DigestItem, Family, Link
from app.workflow.run import Act
from app.workflow.table import Effect

_frames: list[Effect] = []


def install_frames(frames: Iterable[Effect]) -> None:
    """Hand over, once, what later stages ask of an appointment to something of theirs."""
    _frames[:] = frames


async def send_invitation(account: Account, act: Act) -> None:
    """Mail the link that activates the account."""
    text = letters.INVITATION.format(name=account.name, link=new_link(act.session, "activate", account.email))
    await outbox.write(
        act.session,
        to=account.email,
        kind="invitation",
        subject="Your invitation",
        text=text,
        at=act.now,
        entity="account",
        entity_id=account.id,
    )


async def keep_choice(account: Account, act: Act) -> None:
    """How the person wants to be told, by kind."""
    account.notices = account.notices | act.data.model_dump(exclude_none=True)


async def end_sign_ins(account: Account, act: Act) -> None:
    """Every sign-in of the account ends here."""
    await families.revoke(act.session, Family.account_id == account.id)


async def forget_person(account: Account, act: Act) -> None:
    """No name and no address is left, in the account or in what was mailed to it."""
    theirs = func.lower(outbox.Mail.recipient) == account.email.lower()
    blank = {"recipient": "", "subject": "", "text": ""}
    await act.session.execute(update(outbox.Mail).where(theirs).values(blank))
    await act.session.execute(delete(Link).where(Link.email == account.email.lower()))
    await act.session.execute(delete(DigestItem).where(DigestItem.account_id == account.id))
    account.name, account.email = "Somebody", f"{account.id}@nobody.invalid"
    account.password, account.notices = None, {}


async def appoint(appointment: Appointment, act: Act) -> None:
    """Say who is to hold which role, for which call if one is named, from when, and who proposed it; nobody
    did if the system does."""
    appointment.account, appointment.call_id = act.parent, act.data.call_id
    appointment.role, appointment.appointing_act = act.data.role, act.data.appointing_act
    appointment.starts_at, appointment.ends_at = act.data.starts_at or act.now, act.data.ends_at
    appointment.proposed_by = act.actor.id


async def let_later_stages_refuse(appointment: Appointment, act: Act) -> None:
    """Let the stage of what it is for refuse it, before it is written."""
    for frame in _frames:
        await frame(appointment, act)


async def date_confirmation(appointment: Appointment, act: Act) -> None:
    appointment.confirmed_by, appointment.confirmed_at = act.actor.id, act.now


async def end_now(appointment: Appointment, act: Act) -> None:
    if appointment.starts_at < act.now:
        appointment.ends_at = min(act.now, appointment.ends_at or act.now)
