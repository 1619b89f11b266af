"""What the rows of an organisation bring about."""

from uuid import uuid4

from app.consortia.organisations.models import Organisation, OrganisationName
from app.consortia.organisations.queries import standing
from app.consortia.organisations.rules import folded, pieces
from app.workflow.run import Act


async def find_by_name(organisation: Organisation, act: Act) -> None:
    """Keep each of its names, once, as it is searched for."""
    found: dict[str, str] = {}
    for name in (organisation.legal_name, organisation.short_name, *organisation.aliases):
        if plain := folded(name):
            found.setdefault(plain, name)
    if found != {each.folded: each.name for each in organisation.names}:
        organisation.names = [
            OrganisationName(id=uuid4(), name=name, folded=plain, pieces=pieces(plain))
            for plain, name in found.items()
        ]


async def stand_for_it(organisation: Organisation, act: Act) -> None:
    organisation.validated_by_id, organisation.validated_at = act.actor.id, act.now


async def take_it_back(organisation: Organisation, act: Act) -> None:
    organisation.validated_by_id = organisation.validated_at = None


async def point_to_the_other(organisation: Organisation, act: Act) -> None:
    """From now on it is read as the other, and found by none of its names."""
    organisation.merged_into = await standing(act.session, act.data.into_id, "/body/into_id", change=True)
    organisation.names = []


async def take_the_names(organisation: Organisation, act: Act) -> None:
    """The names of the one that was merged into it, as aliases; those that came to that one, too."""
    merged: Organisation = act.parent
    known = {folded(name) for name in (organisation.legal_name, organisation.short_name)}
    kept = []
    for name in (*organisation.aliases, merged.legal_name, merged.short_name, *merged.aliases):
        if (plain := folded(name)) and plain not in known:
            known.add(plain)
            kept.append(name)
    organisation.aliases = kept
    organisation.version += 1
    act.note(merged=str(merged.id))


async def follow(organisation: Organisation, act: Act) -> None:
    """What was merged into the merged one points to the one that stays."""
    organisation.merged_into = act.parent
