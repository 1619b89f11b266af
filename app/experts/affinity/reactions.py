"""What follows when an expert is anonymised: affinities and vectors tell of publications."""

from sqlalchemy import delete

from app.experts.affinity.models import Affinity, Embedding
from app.experts.models import Expert
from app.workflow.run import Act


async def forget_affinities(expert: Expert, act: Act) -> None:
    """Reaction to an expert's `anonymise`."""
    await act.session.execute(delete(Affinity).where(Affinity.expert_id == expert.id))
    await act.session.execute(delete(Embedding).where(Embedding.expert_id == expert.id))
