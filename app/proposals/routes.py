"""The proposals' routes."""

from fastapi import APIRouter

import app.consortia.routes  # noqa: F401  # proposals are started under a consortium
from app.proposals import documents, sealed
from app.proposals.mounts import PROPOSALS
from app.workflow.http import mount

router = APIRouter(prefix="/v1", tags=["proposals"])
mount(router, PROPOSALS)
router.include_router(documents.router)
router.include_router(sealed.router)
