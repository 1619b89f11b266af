"""Who reads of organisations: whoever has signed in."""

from sqlalchemy import true

from app.consortia.organisations.models import Organisation
from app.people.access import office
from app.workflow.sight import Sight, relation

anyone_signed_in = relation("signed_in", "anyone signed in", lambda actor: true(), own=True)

SIGHTS = {Organisation: Sight((anyone_signed_in, office))}
