"""The grants' routes."""

import app.proposals.routes  # noqa: F401  # grants are prepared under a proposal
from app.core.pages import Order
from app.core.schema import Line
from app.grants.models import Grant
from app.grants.schemas import GrantForConsortium, GrantItem, GrantRead
from app.grants.times.routes import router as times
from app.grants.workflow import GRANT
from app.people.access import auditor, office, signatory
from app.proposals.access import consortium
from app.proposals.models import Proposal
from app.workflow.http import mount
from app.workflow.mounted import Filter, Mounted
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["grants"])
staff = office | signatory | auditor

mount(
    router,
    Mounted(
        GRANT,
        Grant,
        "grants",
        views=((staff, GrantRead), (consortium, GrantForConsortium)),
        items=((staff | consortium, GrantItem),),
        needs=("proposal.consortium.partners.organisation", "screening.requirements"),
        root=(Proposal, Grant.proposal_id),
        orders={"number": Order(Grant.number)},
        filters={"number": Filter(Line, lambda actor, value: Grant.number == value)},
    ),
)
router.include_router(times)
