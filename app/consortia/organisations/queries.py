"""Finding organisations: as one types, those that may be the same, the one that stands."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    Text,
    and_,
    any_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.consortia.organisations.models import Organisation, OrganisationName, OrganisationState
from app.consortia.organisations.rules import pieces, same_name
from app.core.errors import Malformed, Unmet
from app.core.reason import Reason
from app.workflow.sight import parameters, visible_to
from app.workflow.who import Actor

AT_MOST = 10
ALIKE = 0.6
"""The share of what was typed that a name must have to be found by its likeness alone."""
WORTH_COMPARING = 0.4
"""The share of both names' pieces that two must have in common to be compared word by word."""
COMPARED = 100
"""How many pairs of names at most."""
CODES = ("same_pic", "same_ror", "same_vat")
WORDS = 8
"""How many words that were typed are looked for as beginnings; the likeness counts them all."""
STANDS = Organisation.state != OrganisationState.MERGED
# Once: an alias made anew for each request takes longer than its statement.
_other, _mine = aliased(OrganisationName), aliased(OrganisationName)
_there = aliased(Organisation)


async def standing(session: AsyncSession, key: UUID, path: str, *, change: bool = False) -> Organisation:
    """The organisation of this id, held as it is until the act is done, so that nobody merges it meanwhile.

    Raises Malformed for none, Unmet for one that was merged into another.
    """
    here = Organisation.id == key
    await session.execute(
        select(Organisation.id).where(here).with_for_update(read=not change, key_share=change)
    )
    # Asked again once it is held: what was joined to a row before it was waited for is as it was then.
    wanted = select(Organisation).where(here).options(joinedload(Organisation.merged_into))
    wanted = wanted.options(selectinload(Organisation.names)) if change else wanted
    found = await session.scalars(wanted, execution_options={"populate_existing": True})
    if (organisation := found.one_or_none()) is None:
        told = "There is no such organisation; register it first."
        raise Malformed(reasons=[Reason("no-such-organisation", told, path, "sender")])
    if organisation.merged_into is not None:
        told = f"It was merged into {organisation.merged_into.legal_name}; name that one."
        raise Unmet(reasons=[Reason("merged-organisation", told, path, "sender")])
    return organisation


def suggested(
    plain: str, digits: str, readable: ColumnElement[bool], country: str | None, most: int
) -> Select[Any]:
    """The organisations that somebody typing `plain` (folded) may mean, best first, each by its best name.

    A PIC before a whole name, that before one that begins so, before words that begin so, before likeness.
    """
    name, typed = OrganisationName, pieces(plain, unfinished=True)
    these = literal(typed, ARRAY(Text))
    likeness = cast(_shared(name.pieces, these), Float) / max(1, len(typed))
    spaced = literal(" ").concat(name.folded)
    words = and_(*(spaced.contains(f" {word}") for word in plain.split()[:WORDS]))
    rank = case((name.folded == plain, 4), (name.folded.startswith(plain), 3), (words, 2), else_=1)
    by_name = select(
        name.organisation_id.label("key"), name.name.label("name"), rank.label("rank"), likeness.label("like")
    ).where(name.pieces.overlap(these), or_(words, likeness >= ALIKE))
    by_code = select(Organisation.id, Organisation.legal_name, literal(5), literal(1.0, Float)).where(
        Organisation.pic.startswith(digits) if digits else false()
    )
    hits = union_all(by_name if typed else by_name.where(false()), by_code).subquery()
    best = (
        select(hits)
        .ext(distinct_on(hits.c.key))
        .order_by(hits.c.key, hits.c.rank.desc(), hits.c.like.desc(), func.length(hits.c.name))
        .subquery()
    )
    here = Organisation.country == country if country else STANDS
    return (
        select(Organisation, best.c.name)
        .join(best, best.c.key == Organisation.id)
        .where(STANDS, here, readable)
        .order_by(best.c.rank.desc(), best.c.like.desc(), func.length(best.c.name), Organisation.legal_name)
        .order_by(Organisation.id)
        .limit(most)
    )


Alike = tuple[Organisation, list[str]]


async def like(session: AsyncSession, one: Organisation, actor: Actor) -> list[Alike]:
    """The others that may be the same, and why: by a code, then by nearly the same name in its country."""
    found: dict[Organisation, list[str]] = {}
    statement = _like(one).where(visible_to(actor, Organisation))
    for other, *same, mine, theirs in await session.execute(statement, parameters(actor)):
        why = found.setdefault(other, [word for word, so in zip(CODES, same, strict=True) if so])
        if "similar_name" not in why and mine is not None and same_name(mine, theirs):
            why.append("similar_name")
    return [(other, why) for other, why in found.items() if why][:AT_MOST]


def _like(one: Organisation) -> Select[Any]:
    """Those with a code in common, then those in its country that have most pieces of a name in common."""
    codes = ((Organisation.pic, one.pic), (Organisation.ror, one.ror), (Organisation.vat, one.vat))
    same: list[Any] = [code == given if given else false() for code, given in codes]
    shared = cast(_shared(_other.pieces, _mine.pieces), Float)
    both = func.cardinality(_other.pieces) + func.cardinality(_mine.pieces) - shared
    pairs = (
        select(_other.organisation_id.label("key"), _mine.folded.label("mine"), _other.folded.label("theirs"))
        .add_columns((shared / both).label("like"))
        .join(_there, _there.id == _other.organisation_id)
        .join(_mine, _mine.organisation_id == one.id)
        .where(_there.country == one.country, _there.id != one.id)
        .where(_other.pieces.overlap(_mine.pieces))  # said by the share as well, but not to the index
        .subquery()
    )
    near = pairs.c.like >= WORTH_COMPARING
    return (
        select(Organisation, *same, pairs.c.mine, pairs.c.theirs)
        .outerjoin(pairs, and_(pairs.c.key == Organisation.id, near))
        .where(or_(*same, near), Organisation.id != one.id, STANDS)
        .order_by(case((or_(*same), 0), else_=1), pairs.c.like.desc(), Organisation.id)
        .limit(COMPARED)
    )


def _shared(some: Any, others: Any) -> ColumnElement[int]:
    """How many pieces two lists have in common."""
    piece = func.unnest(some).column_valued("piece")
    return select(func.count(piece)).where(piece == any_(others)).scalar_subquery()
