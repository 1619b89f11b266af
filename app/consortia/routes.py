"""The consortia's routes."""

import app.calls.routes  # consortia are formed under a topic stage
import app.topics.routes  # noqa: F401  # and an industry consortium is named under a topic
from app.consortia import invitations, judging
from app.consortia.budget import routes as budget
from app.consortia.industry.mounts import INDUSTRY_MEMBERS
from app.consortia.mounts import CONSORTIA, PARTNERS
from app.consortia.organisations import suggestions
from app.consortia.organisations.mounts import ORGANISATIONS
from app.consortia.people import links
from app.consortia.search.mounts import PARTNER_SEARCHES
from app.workflow.http import mount
from app.workflow.stage_router import StageRouter

router = StageRouter(prefix="/v1", tags=["consortia"])
router.include_router(suggestions.router)  # before an organisation's id could be read in its name
mount(router, ORGANISATIONS)
mount(router, CONSORTIA)
mount(router, PARTNERS)
mount(router, PARTNER_SEARCHES)
mount(router, INDUSTRY_MEMBERS)
router.include_router(budget.router)
router.include_router(judging.router)
router.include_router(invitations.router)
router.include_router(links.router)
