"""What is known of people who may come to judge, as the finder of conflicts reads it."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.models import Call, Stage, TopicStage
from app.calls.periods import day_of
from app.committee.models import Ballot, Body, Mandate, MandateState, Motion
from app.consortia.industry.models import IndustryMember, IndustryMemberState
from app.consortia.organisations.models import Organisation, OrganisationState
from app.consortia.organisations.rules import folded
from app.experts.conflicts.applicants import names_of
from app.experts.conflicts.rules import name_key
from app.experts.conflicts.ties import Fact, Seat, Who
from app.experts.facts.models import Collaboration, Employment, FactState
from app.experts.models import Expert, Publication
from app.experts.queries import APART
from app.people.access import roles_of
from app.people.models import Account, AccountState
from app.topics.models import Topic
from app.topics.opinions.models import TopicOpinion


class Known(NamedTuple):
    """Somebody, with the roles held and the employer of the present."""

    who: Who
    roles: Sequence[str]
    employer: Organisation | None


async def people_of(session: AsyncSession, accounts: Collection[UUID], now: datetime) -> list[Known]:
    """These people. An address is confirmed by the account that was opened with it."""
    wanted = (
        select(Account, Expert.id, Organisation, roles_of(Account.id, now))
        .outerjoin(Expert, Expert.account_id == Account.id)
        .outerjoin(Organisation, Organisation.id == Expert.organisation_id)
        .where(Account.id.in_(accounts))
    )
    return [
        Known(
            Who(one.id, expert_id, one.name, one.email, one.state != AccountState.INVITED),
            sorted(roles or ()),
            employer,
        )
        for one, expert_id, employer, roles in await session.execute(wanted)
    ]


Told = list[tuple[Fact, Organisation | None]]
Source = Callable[[AsyncSession, Sequence[Known], datetime], Awaitable[Told]]
"""Where ties to organisations and people come from; each asks once for everybody."""


async def _employers(session: AsyncSession, people: Sequence[Known], now: datetime) -> Told:
    return [
        (Fact(one.who.account_id, "employer", "employer", "employed by"), one.employer)
        for one in people
        if one.employer is not None
    ]


async def _employments(session: AsyncSession, people: Sequence[Known], now: datetime) -> Told:
    rows = await session.execute(_stated(Employment, people))
    return [
        (
            Fact(
                account_id,
                "employer" if _goes_on(one, now) else "employment",
                f"employment:{one.id}",
                f"employed{_ended(one, now)} by",
                names=_named(one),
                until=one.until,
            ),
            organisation,
        )
        for one, account_id, organisation in rows
    ]


async def _collaborations(session: AsyncSession, people: Sequence[Known], now: datetime) -> Told:
    rows = await session.execute(_stated(Collaboration, people))
    return [
        (
            Fact(
                account_id,
                "collaboration",
                f"collaboration:{one.id}",
                f"a collaboration ({one.kind}){_ended(one, now)} with",
                names=_named(one),
                person=one.person_name or "",
                email=one.person_email or "",
                until=one.until,
            ),
            organisation,
        )
        for one, account_id, organisation in rows
    ]


async def _co_authors(session: AsyncSession, people: Sequence[Known], now: datetime) -> Told:
    """Everybody named beside the expert; a publication counts until the end of its year.

    The key is that of the paper and the name, since the list is given anew whenever it changes.
    """
    experts = {one.who.expert_id: one.who for one in people if one.who.expert_id is not None}
    wanted = select(Publication).where(Publication.expert_id.in_(experts))
    return [
        (
            Fact(
                experts[one.expert_id].account_id,
                "collaboration",
                f"publication:{one.doi or folded(one.title)}/{name_key(author)}",
                f"a publication in common{f' ({one.year})' if one.year else ''} with",
                person=author,
                until=date(one.year, 12, 31) if one.year else None,
            ),
            None,
        )
        for one in await session.scalars(wanted.order_by(Publication.expert_id, Publication.number))
        for author in one.authors
        if name_key(author) != name_key(experts[one.expert_id].name)
    ]


SOURCES: tuple[Source, ...] = (_employers, _employments, _collaborations, _co_authors)


def _stated(model: Any, people: Sequence[Known]) -> Any:
    experts = [one.who.expert_id for one in people if one.who.expert_id is not None]
    return (
        select(model, Expert.account_id, Organisation)
        .join(Expert, Expert.id == model.expert_id)
        .outerjoin(Organisation, Organisation.id == model.organisation_id)
        .where(model.expert_id.in_(experts), model.state == FactState.STATED)
        .order_by(model.created_at, model.id)
    )


def _goes_on(fact: Employment | Collaboration, now: datetime) -> bool:
    return fact.until is None or fact.until >= day_of(now)


def _ended(fact: Employment | Collaboration, now: datetime) -> str:
    return "" if fact.until is None or _goes_on(fact, now) else f" until {fact.until:%Y-%m}"


def _named(fact: Employment | Collaboration) -> tuple[str, ...]:
    name = folded(fact.organisation_name or "")
    return (name,) if name else ()


async def facts_of(session: AsyncSession, people: Sequence[Known], now: datetime) -> list[Fact]:
    """What ties these people to organisations and persons; one that was merged is read as the other."""
    told = [one for source in SOURCES for one in await source(session, people, now)]
    names = await names_of(session, {organisation.id for _, organisation in told if organisation is not None})
    return [
        fact if organisation is None else _at(fact, organisation, names.get(organisation.id, set()))
        for fact, organisation in told
    ]


def _at(fact: Fact, organisation: Organisation, names: set[str]) -> Fact:
    return Fact(
        fact.account_id, fact.tie, fact.key, fact.says,
        organisation.merged_into_id or organisation.id, organisation.legal_name, organisation.control_group,
        tuple(sorted({*names, folded(organisation.legal_name)} - {""})),
        organisation.state == OrganisationState.VALIDATED, fact.person, fact.email, fact.until,
    )  # fmt: skip


async def seats_of(session: AsyncSession, people: Sequence[Known], calls: Collection[UUID]) -> list[Seat]:
    """Seats of experts in bodies and offices (D8), parts they had in making a call (D6), and places in the
    industry consortium of a topic (D9)."""
    experts = [one for one in people if one.who.expert_id is not None]
    held = [
        Seat(one.who.account_id, "seat", f"role:{role}", f"holds the role “{role}”")
        for one in experts
        for role in one.roles
        if role in APART
    ]
    accounts = [one.who.account_id for one in experts]
    found = await _advised(session, accounts, calls) + await _voted(session, accounts, calls)
    return held + found + await _for_industry(session, [one.who.account_id for one in people])


async def _advised(session: AsyncSession, accounts: Collection[UUID], calls: Collection[UUID]) -> list[Seat]:
    """Whoever sat in a body when it gave an opinion on a topic of the call."""
    wanted = (
        select(Mandate.account_id, Body.id, Body.name, Topic.reference, Stage.call_id)
        .distinct()
        .join(Body, Body.id == Mandate.body_id)
        .join(TopicOpinion, TopicOpinion.body_id == Body.id)
        .join(Topic, Topic.id == TopicOpinion.topic_id)
        .join(TopicStage, TopicStage.topic_id == Topic.id)
        .join(Stage, Stage.id == TopicStage.stage_id)
        .where(Mandate.account_id.in_(accounts), Stage.call_id.in_(calls))
        .where(Mandate.state != MandateState.PROPOSED, Mandate.starts_at <= TopicOpinion.given_at)
        .where(or_(Mandate.ends_at.is_(None), Mandate.ends_at > TopicOpinion.given_at))
        .order_by(Body.name, Topic.reference)
    )
    return [
        Seat(
            account_id,
            "adviser",
            f"body:{body_id}/{topic}",
            f"a member of {name} when it advised on {topic}",
            call_id,
        )
        for account_id, body_id, name, topic, call_id in await session.execute(wanted)
    ]


async def _for_industry(session: AsyncSession, accounts: Collection[UUID]) -> list[Seat]:
    """Whoever acts for a member of a topic's industry consortium, which joins one of the proposals (A-15)."""
    same_mail = func.lower(IndustryMember.email) == func.lower(Account.email)
    wanted = (
        select(Account.id, IndustryMember.id, IndustryMember.topic_id, Organisation.legal_name)
        .join(IndustryMember, or_(IndustryMember.account_id == Account.id, same_mail))
        .join(Organisation, Organisation.id == IndustryMember.organisation_id)
        .where(Account.id.in_(accounts), IndustryMember.state == IndustryMemberState.NAMED)
        .order_by(Organisation.legal_name, IndustryMember.id)
    )
    return [
        Seat(
            account_id,
            "rival",
            f"industry_member:{key}",
            f"a person of {name} in the topic's industry consortium",
            topic_id=topic_id,
        )
        for account_id, key, topic_id, name in await session.execute(wanted)
    ]


async def _voted(session: AsyncSession, accounts: Collection[UUID], calls: Collection[UUID]) -> list[Seat]:
    """Whoever has voted on a topic of the call, or on the call."""
    parts = select(Stage.call_id, TopicStage.topic_id.label("subject"), Topic.reference)
    parts = parts.join(TopicStage, TopicStage.stage_id == Stage.id).join(
        Topic, Topic.id == TopicStage.topic_id
    )
    itself = select(Call.id, Call.id.label("subject"), Call.reference).where(Call.id.in_(calls))
    of_call = parts.where(Stage.call_id.in_(calls)).union(itself).subquery()
    wanted = (
        select(Ballot.account_id, of_call.c.reference, of_call.c.call_id)
        .distinct()
        .join(Motion, Motion.id == Ballot.motion_id)
        .join(of_call, of_call.c.subject == Motion.subject_id)
        .where(Ballot.account_id.in_(accounts), Ballot.cast_at.is_not(None))
        .order_by(of_call.c.reference)
    )
    return [
        Seat(account_id, "adviser", f"vote:{reference}", f"voted on {reference}", call_id)
        for account_id, reference, call_id in await session.execute(wanted)
    ]
