"""The tables of people: account, appointment."""

from collections.abc import Iterable

from app.core.reason import Reason
from app.people import effects
from app.people.access import admin, appointee, office, oneself, signatory
from app.people.models import Account, AccountState, Appointment, AppointmentState
from app.people.schemas import ChooseNotices, EditAccount, Invite, Propose
from app.workflow.run import fill
from app.workflow.table import Ask, Transition, Workflow
from app.workflow.who import named, system

Why = Iterable[Reason]
INVITED, ACTIVE, CLOSED = AccountState.INVITED, AccountState.ACTIVE, AccountState.CLOSED
PROPOSED, IN_FORCE, ENDED = AppointmentState.PROPOSED, AppointmentState.ACTIVE, AppointmentState.ENDED

link_holder = named("link_holder", "whoever has followed the link")


def for_another_person(account: Account, ask: Ask) -> Why:
    if account.id == ask.actor.id:
        yield Reason("own-role", "Nobody appoints themselves.", who="another administrator")


def account_not_closed(account: Account, ask: Ask) -> Why:
    if account.state == CLOSED:
        yield Reason("account-closed", "The account is closed.")


def ends_after_it_starts(account: Account, ask: Ask) -> Why:
    if ask.data is None:
        return
    if ask.data.role == "auditor" and ask.data.ends_at is None:
        yield Reason("end-needed", "An auditor is appointed until a given date.", "/body/ends_at", "sender")
    if ask.data.ends_at is not None and ask.data.ends_at <= max(ask.now, ask.data.starts_at or ask.now):
        yield Reason(
            "ends-too-early", "It must end after it starts, and later than now.", "/body/ends_at", "sender"
        )


def for_a_call_as_auditor(account: Account, ask: Ask) -> Why:
    if ask.data is not None and ask.data.call_id is not None and ask.data.role != "auditor":
        yield Reason(
            "role-for-no-call", "Only an auditor is appointed for one call.", "/body/call_id", "sender"
        )


def by_another_person(appointment: Appointment, ask: Ask) -> Why:
    if ask.actor.id in (appointment.proposed_by, appointment.account_id):
        yield Reason("second-person", "Somebody who neither proposed it nor is appointed must confirm it.")


ACCOUNT = Workflow(
    "account",
    AccountState,
    final={CLOSED},
    transitions=(
        Transition("invite", set(), INVITED, office | admin,
                   "Make an account and mail the link that activates it.",
                   effects=(fill, effects.send_invitation), data=Invite),
        Transition("introduce", set(), INVITED, system, "Make an account for whom another act invites.",
                   effects=(fill,)),
        Transition("register", set(), ACTIVE, link_holder, "Make one's own account, the address being shown.",
                   effects=(fill,), custom_route=True),
        Transition("activate", {INVITED}, ACTIVE, link_holder, "Choose a name and a password.",
                   effects=(fill,), custom_route=True),
        Transition("invite_again", {INVITED}, None, office | admin, "Mail another link.",
                   effects=(effects.send_invitation,)),
        Transition("edit", {ACTIVE}, None, oneself, "Change one's name or language.",
                   effects=(fill,), data=EditAccount),
        Transition("change_password", {ACTIVE}, None, oneself, "Choose another password; all sign-ins end.",
                   effects=(fill, effects.end_sign_ins), custom_route=True),
        Transition("reset_password", {ACTIVE}, None, link_holder, "Choose a new password; all sign-ins end.",
                   effects=(fill, effects.end_sign_ins), custom_route=True),
        Transition("choose_notices", {ACTIVE}, None, oneself, "Choose how to be told of what, by kind.",
                   effects=(effects.keep_choice,), data=ChooseNotices, custom_route=True),
        Transition("close", {INVITED, ACTIVE}, CLOSED, oneself | admin, "Close it; all sign-ins end.",
                   effects=(effects.end_sign_ins,)),
        Transition("forget", {INVITED, ACTIVE, CLOSED}, CLOSED, system,
                   "Close it and forget the person: nothing needs the name any more.",
                   effects=(effects.end_sign_ins, effects.forget_person)),
    ),
)  # fmt: skip

APPOINTMENT = Workflow(
    "appointment",
    AppointmentState,
    final={ENDED},
    transitions=(
        Transition("propose", set(), PROPOSED, admin, "Propose a person for a role.",
                   guards=(for_another_person, account_not_closed, ends_after_it_starts,
                           for_a_call_as_auditor),
                   effects=(effects.appoint, effects.let_later_stages_refuse), data=Propose, under="account"),
        Transition("institute", set(), IN_FORCE, system, "Appoint the people whom a new system starts with.",
                   effects=(effects.appoint, effects.date_confirmation)),
        Transition("confirm", {PROPOSED}, IN_FORCE, admin | signatory,
                   "Confirm an appointment, as a second person.",
                   guards=(by_another_person,), effects=(effects.date_confirmation,)),
        Transition("end", {PROPOSED, IN_FORCE}, ENDED, admin | appointee,
                   "End an appointment at once, or refuse it.", effects=(effects.end_now,)),
    ),
)  # fmt: skip
