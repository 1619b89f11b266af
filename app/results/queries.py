"""The grants that anybody may know of: the signed ones, written once for pages, files and feeds."""

from sqlalchemy import Select, select

from app.grants.models import Grant, GrantState
from app.workflow.rows import loading

PUBLIC = (
    "proposal.topic_stage.topic",
    "proposal.topic_stage.stage.call",
    "proposal.consortium.partners.organisation",
)


SIGNED = Grant.state == GrantState.SIGNED


def signed_grants() -> Select[Grant]:
    """Signed grants with what is public about them."""
    return select(Grant).where(SIGNED).options(*loading(Grant, PUBLIC))
