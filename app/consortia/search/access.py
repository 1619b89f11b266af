"""Who sees a notice of partner search: its author, and while the stage is open those on its side (C-09)."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.calls.models import LEFT, Call, Stage, TopicStage
from app.calls.rules import LAST_SECOND
from app.consortia.models import LIVE, Partner, Person
from app.consortia.organisations.models import Organisation, OrganisationName
from app.consortia.organisations.rules import FORMS
from app.consortia.search.models import PartnerSearch, PartnerSearchState
from app.people.access import office
from app.topics.models import Topic
from app.workflow.sight import Sight, relation
from app.workflow.who import Actor

# Once each: an alias made anew for each request takes longer than its statement.
_own, _partner, _person = aliased(PartnerSearch), aliased(Partner), aliased(Person)
_LEGAL_FORM = f"( ({'|'.join(sorted(FORMS))}))+$"


def _plain(name: Any) -> Any:
    """A name as it is compared here: its words alone, in small letters, without the legal form."""
    plain = func.replace(func.lower(name), ".", "")
    words = func.btrim(func.regexp_replace(plain, "[^[:alnum:]]+", " ", "g"))
    return func.regexp_replace(words, _LEGAL_FORM, "")


_companies = select(_plain(func.jsonb_object_keys(Topic.industry_consortium))).where(
    Topic.id == PartnerSearch.topic_id
)
"""The companies that the topic of the notice names as its industry consortium."""
_named = exists().where(
    OrganisationName.organisation_id == Organisation.id,
    _plain(OrganisationName.name).in_(_companies.correlate(PartnerSearch)),
)
_industry = or_(Organisation.industry_member.is_not(None), _named)
"""An organisation on the industry side of the notice's topic: named by it, or a member of that side at all.

Names differ from text to text: a member that the topic writes otherwise is kept apart all the same.
"""


def _of_industry(account_id: Any) -> ColumnElement[bool]:
    """Somebody acts for such an organisation: in a consortium at present, or in a notice on this topic."""
    acts = (
        select(_person.id)
        .join(_partner, _partner.id == _person.partner_id)
        .join(Organisation, Organisation.id == _partner.organisation_id)
        .where(_person.account_id == account_id, _person.until.is_(None), _partner.state.in_(LIVE), _industry)
    )
    speaks = (
        select(_own.id)
        .join(Organisation, Organisation.id == _own.organisation_id)
        .where(_own.account_id == account_id, _own.topic_id == PartnerSearch.topic_id, _industry)
    )
    return or_(acts.correlate(PartnerSearch).exists(), speaks.correlate(PartnerSearch).exists())


def _on_the_same_side(actor: Actor) -> ColumnElement[bool]:
    """C-09: before the first results of two stages, applicants and the topic's industry do not meet."""
    its = exists().where(Organisation.id == PartnerSearch.organisation_id, _industry)
    theirs = or_(its.correlate(PartnerSearch), _of_industry(PartnerSearch.account_id))
    return theirs == _of_industry(actor.id)


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
