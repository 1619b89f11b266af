"""How accounts and appointments stand on the wire."""

from uuid import UUID

from app.people.access import admin, appointee, office, oneself, signatory
from app.people.models import Account, Appointment
from app.people.schemas import AccountItem, AccountRead, AppointmentItem, AppointmentRead
from app.people.workflow import ACCOUNT, APPOINTMENT
from app.workflow.mounted import Filter, Mounted

ACCOUNTS = Mounted(
    ACCOUNT,
    Account,
    "accounts",
    views=((oneself | office | admin, AccountRead),),
    items=((oneself | office | admin, AccountItem),),
)
APPOINTMENTS = Mounted(
    APPOINTMENT,
    Appointment,
    "appointments",
    views=((appointee | office | admin | signatory, AppointmentRead),),
    items=((appointee | office | admin | signatory, AppointmentItem),),
    filters={
        "role": Filter(str, lambda actor, role: Appointment.role == role),
        "call_id": Filter(UUID, lambda actor, call: Appointment.call_id == call),
    },
)
