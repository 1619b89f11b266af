"""Who reads the vocabulary: anyone signed in."""

from sqlalchemy import true

from app.people.access import office
from app.topics.focus.models import FocusArea
from app.workflow.sight import Sight, relation

anyone_signed_in = relation("signed_in", "anyone signed in", lambda actor: true(), own=True)

SIGHTS = {FocusArea: Sight((anyone_signed_in, office))}
