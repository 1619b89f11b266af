"""What follows when an expert is anonymised: affinities tell of publications."""

from sqlalchemy import delete

from app.experts.affinity.models import Affinity
from app.experts.models import Expert
from app.workflow.run import Act


async def forget_affinities(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`."""
    await act.session.execute(delete(Affinity).where(Affinity.expert_id == expert.id))
