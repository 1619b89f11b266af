"""Who sees a notice of partner search: its author, and while the stage is open those on its side (C-09)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from app.calls.models import LEFT, Call, Stage, TopicStage
from app.calls.rules import LAST_SECOND
from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.models import LIVE, Partner, Person
from app.consortia.organisations.models import Organisation, OrganisationName
from app.consortia.organisations.rules import FORMS
from app.consortia.search.models import PartnerSearch, PartnerSearchState
from app.people.access import office
from app.topics.models import Topic
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

# Once each: an alias made anew for each request takes longer than its statement.
_own, _spoken = aliased(PartnerSearch), aliased(PartnerSearch)
_partner, _person = aliased(Partner), aliased(Person)
_LEGAL_FORM = f"( ({'|'.join(sorted(FORMS))}))+$"


def _plain(name: Any) -> Any:
    """A name as it is compared here: its words alone, in small letters, without the legal form."""
    plain = func.replace(func.lower(name), ".", "")
    words = func.btrim(func.regexp_replace(plain, "[^[:alnum:]]+", " ", "g"))
    return func.regexp_replace(words, _LEGAL_FORM, "")


_members = select(Organisation.id).where(Organisation.industry_member.is_not(None))
_beside = IndustryMember.state == IndustryMemberState.NAMED
_placed = select(IndustryMember.organisation_id, IndustryMember.topic_id).where(_beside)
_acting = select(IndustryMember.account_id, IndustryMember.topic_id)
_acting = _acting.where(_beside, IndustryMember.account_id.is_not(None))
"""Those that the office has named in a topic's industry consortium, and who acts for them."""
_companies = (
    select(
        Topic.id.label("topic_id"), _plain(func.jsonb_object_keys(Topic.industry_consortium)).label("name")
    )
    .where(Topic.id.in_(select(_own.topic_id)))
    .subquery()
)
"""The companies that topics name as their industry consortium."""


def _named(organisations: Select[Any]) -> Select[Any]:
    """Of these organisations, those that a topic names, each with the topic."""
    named = select(OrganisationName.organisation_id.label("organisation_id"), _companies.c.topic_id)
    named = named.join(_companies, _plain(OrganisationName.name) == _companies.c.name)
    return named.where(OrganisationName.organisation_id.in_(organisations))


# No select here looks at the row that is read, so that each is asked once per statement.
def _industry(organisation_id: Any, topic_id: Any) -> ColumnElement[bool]:
    """An organisation with a notice, on the industry side of a topic: named by it or beside it, or a member
    of that side.

    Names differ from text to text: a member that the topic writes otherwise is kept apart all the same.
    """
    named, here = _named(select(_spoken.organisation_id)), tuple_(organisation_id, topic_id)
    return or_(organisation_id.in_(_members), here.in_(named), here.in_(_placed))


def _of_industry(account_id: Any, these: ColumnElement[bool]) -> ColumnElement[bool]:
    """Somebody acts for such an organisation: in the topic's industry consortium, in any consortium at
    present, or in a notice on this topic.

    `these` are the people that may be meant.
    """
    present = and_(_person.account_id.is_not(None), _person.until.is_(None), _partner.state.in_(LIVE), these)
    acting = select(_person.account_id).join(_partner, _partner.id == _person.partner_id).where(present)
    theirs = acting.with_only_columns(_partner.organisation_id, maintain_column_froms=True)
    named = _named(theirs).subquery()
    for_named = acting.add_columns(named.c.topic_id).join(
        named, named.c.organisation_id == _partner.organisation_id
    )
    speaking = select(_own.account_id, _own.topic_id).where(_industry(_own.organisation_id, _own.topic_id))
    here = tuple_(account_id, PartnerSearch.topic_id)
    return or_(
        account_id.in_(acting.where(_partner.organisation_id.in_(_members))),
        here.in_(for_named),
        here.in_(speaking),
        here.in_(_acting),
    )


def _on_the_same_side(actor: Actor) -> ColumnElement[bool]:
    """C-09: before the first results of two stages, applicants and the topic's industry do not meet."""
    authors = _of_industry(PartnerSearch.account_id, _person.account_id.in_(select(_own.account_id)))
    its = or_(_industry(PartnerSearch.organisation_id, PartnerSearch.topic_id), authors)
    return its == _of_industry(actor.id, _person.account_id == actor.id)


def _readable(actor: Actor) -> ColumnElement[bool]:
    stage = (
        select(TopicStage.id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .join(Call, Call.id == Stage.call_id)
        .where(TopicStage.id == PartnerSearch.topic_stage_id, TopicStage.state.not_in(LEFT))
        .where(Stage.opens_at <= actor.at, Stage.closes_at + LAST_SECOND > actor.at)
    )
    apart = and_(Call.kind == "two_stage", Stage.number == 1)
    here = stage.where(or_(~apart, _on_the_same_side(actor)))
    return and_(PartnerSearch.state == PartnerSearchState.PUBLISHED, here.correlate(PartnerSearch).exists())


author = relation("author", "who published it", lambda actor: PartnerSearch.account_id == actor.id, own=True)
reader = relation(
    "reader", "anyone signed in, while its stage is open; in the first of two not the other side", _readable,
    own=True,
)  # fmt: skip

SIGHTS = {PartnerSearch: Sight((author, reader, office), topic=PartnerSearch.topic_id)}
