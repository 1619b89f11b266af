"""Builders: a topic whose proposals are judged blind, each with names that no expert is to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.calls.models import Call, Stage
from app.consortia.models import Consortium, Partner, PartnerState, Person
from app.consortia.organisations.models import Organisation, OrganisationState
from app.core.uploads import files
from app.proposals.document_texts import keep_text
from app.proposals.models import Proposal, SealedVersion
from app.proposals.sealing import digest_of
from tests.build import fresh
from tests.conftest import World
from tests.evaluation.build import Handed, Topic, in_evaluation
from tests.proposals.build import pdf

BLIND = {
    "stages": ["short"],
    "sections": ["excellence"],
    "documents": ["part_b"],
    "text": "The abstract and part B name nobody: no names, acronyms, logos or staff.",
}


@dataclass(frozen=True)
class Names:
    """What would tell whose a proposal is."""

    acronym: str
    organisation: str
    short: str
    person: str
    mail: str
    file: str

    @property
    def all(self) -> tuple[str, ...]:
        return (self.acronym, self.organisation, self.short, self.person, self.mail.split("@")[1], self.file)


ONE = Names("QUARZUM", "Sapphire Institute", "SAPPH", "Wilma Quill", "quill@sapphire.example", "sapphire-b")
OTHER = Names("OPALIUM", "Topaz University", "TOPAZ", "Ivo Umber", "umber@topaz.example", "topaz-plan")


async def blind(world: World, names: Sequence[Names] = (ONE, OTHER)) -> Topic:
    """A topic in evaluation in a blind stage; each proposal has a second partner with people of its own."""
    topic = await in_evaluation(world, len(names))
    async with world.sessions() as session, session.begin():
        call = await session.get_one(Call, UUID(topic.call))
        call.rules = call.rules | {"blind": BLIND}
        stage = (await session.scalars(select(Stage).where(Stage.call_id == call.id))).one()
        stage.kind = "short"
        for proposal, own in zip(topic.proposals, names, strict=True):
            where = {"consortium_id": UUID(proposal.consortium), "state": PartnerState.SIGNED}
            organisation = fresh(Organisation, OrganisationState.VALIDATED, legal_name=own.organisation)
            organisation.kind, organisation.country, organisation.short_name = "research", "SE", own.short
            organisation.aliases = []
            partner = fresh(Partner, where.pop("state"), **where, organisation=organisation)
            person = Person(id=uuid4(), partner=partner, email=own.mail, name=own.person, part="contact")
            session.add_all([organisation, partner, person])
    return topic


async def name(topic: Topic, names: Sequence[Names] = (ONE, OTHER)) -> None:
    """Let the proposals have been handed in again, under these names; the register stays as it is."""
    async with topic.world.sessions() as session, session.begin():
        register = {
            one.legal_name: one
            for one in await session.scalars(
                select(Organisation).where(Organisation.legal_name.in_([own.organisation for own in names]))
            )
        }
        for proposal, own in zip(topic.proposals, names, strict=True):
            await _name(session, topic, proposal, own, register[own.organisation])


async def _name(session: Any, topic: Topic, handed: Handed, own: Names, organisation: Organisation) -> None:
    proposal = await session.get_one(Proposal, UUID(handed.id))
    await session.refresh(proposal, ["versions"])
    (before,) = proposal.versions
    second = select(Partner).where(Partner.consortium_id == proposal.consortium_id, ~Partner.coordinates)
    partner = (await session.scalars(second)).one()
    person = (await session.scalars(select(Person).where(Person.partner_id == partner.id))).one()
    group = await session.get_one(Consortium, proposal.consortium_id)
    group.name = own.acronym
    partner.organisation_id, person.name, person.email = organisation.id, own.person, own.mail
    proposal.acronym = own.acronym
    proposal.handed_in = proposal.handed_in | {"acronym": own.acronym}
    proposal.requested = Decimal(1)
    part_b = await _kept(topic.world, pdf(1, own.file))
    plan = await _kept(topic.world, pdf(1, f"{own.file} plan"))
    for digest in (part_b, plan):
        await keep_text(session, digest, f"{own.organisation} leads it.")
    version = SealedVersion(id=uuid4(), number=2, received_at=before.received_at, receipt=before.receipt)
    version.texts = {"excellence": "It is excellent.", "implementation": f"{own.organisation} leads it."}
    version.manifest = before.manifest | {
        "acronym": own.acronym,
        "sections": [
            {"key": key, "version": 1, "characters": len(text), "digest": sha256(text.encode()).hexdigest()}
            for key, text in version.texts.items()
        ],
        "documents": [
            {"key": key, "digest": digest, "size": 900, "pages": 1, "fault": None, "limit": None, "excess": 0}
            for key, digest in (("part_b", part_b), ("exploitation_plan", plan))
        ],
        "partners": [
            {
                "id": str(partner.id),
                "organisation_id": str(organisation.id),
                "legal_name": own.organisation,
                "country": "SE",
                "coordinates": True,
                "requested": {"amount": "1.00", "currency": "EUR"},
                "people": [{"name": own.person, "part": "contact"}],
            }
        ],
    }
    version.digest, version.proposal, proposal.sealed = digest_of(version.manifest), proposal, 2
    session.add(version)


async def _kept(world: World, body: bytes) -> str:
    async def chunks() -> Any:
        yield body

    stored = await files(world.settings).store(chunks(), len(body))
    return stored.digest
