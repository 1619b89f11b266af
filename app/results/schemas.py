"""Projects on the wire: what anybody may read of a signed grant, and nothing else."""

from datetime import date

from app.consortia.models import LIVE, Partner
from app.core.schema import Euro, Read
from app.grants.models import Grant


class OrganisationRead(Read):
    """An organisation of the consortium; `country` is an ISO 3166 code."""

    name: str
    country: str

    @classmethod
    def of(cls, partner: Partner) -> "OrganisationRead":
        return cls(name=partner.organisation.legal_name, country=partner.organisation.country)


class ProjectRead(Read):
    """A project with a signed grant. `amount` in euro, `months` its duration from `starts_on`.

    `trail_url` leads to its topic, and from there back to the ideas, for whoever may read of them.
    """

    number: str
    acronym: str
    title: str
    abstract: str
    call: str
    topic: str
    trail_url: str
    starts_on: date
    months: int
    coordinator: OrganisationRead
    partners: list[OrganisationRead]
    amount: Euro

    @classmethod
    def of(cls, grant: Grant) -> "ProjectRead":
        proposal = grant.proposal
        parties = [partner for partner in proposal.consortium.partners if partner.state in LIVE]
        return cls.model_validate(
            {
                "number": grant.number,
                "acronym": proposal.acronym,
                "title": proposal.title,
                "abstract": proposal.abstract,
                "call": proposal.topic_stage.stage.call.reference,
                "topic": proposal.topic_stage.topic.reference,
                "trail_url": f"/v1/topics/{proposal.topic_stage.topic_id}/trail",
                "starts_on": grant.starts_on,
                "months": grant.months,
                "coordinator": next(OrganisationRead.of(p) for p in parties if p.coordinates),
                "partners": [OrganisationRead.of(p) for p in parties if not p.coordinates],
                "amount": grant.amount,
            }
        )


class ProjectPage(Read):
    items: list[ProjectRead]
    next_page_token: str | None = None
