"""Signed grants in the columns of CORDIS; what is not recorded here stays empty."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, date, timedelta

from app.calls.rules import BRUSSELS
from app.consortia.models import LIVE
from app.exchange.table import Row
from app.grants.models import Grant

PROJECT = (
    "id", "acronym", "status", "title", "startDate", "endDate", "totalCost", "ecMaxContribution",
    "legalBasis", "topics", "ecSignatureDate", "frameworkProgramme", "masterCall", "fundingScheme",
    "objective", "grantDoi",
)  # fmt: skip
ORGANIZATION = (
    "projectID", "organisationID", "vatNumber", "name", "shortName", "SME", "activityType", "street",
    "postCode", "city", "country", "nutsCode", "role", "ecContribution", "netEcContribution", "totalCost",
)  # fmt: skip
ACTIVITY = {
    "higher_education": "HES",
    "research": "REC",
    "sme": "PRC",
    "mid_cap": "PRC",
    "large_company": "PRC",
    "regulator": "PUB",
}
COUNTRY = {"GR": "EL", "GB": "UK"}
"""Where CORDIS departs from ISO 3166."""


def last_day(starts_on: date, months: int) -> date:
    """The last day of a project of so many months; one that starts on the 31st ends with a shorter month.

    The calendar ends with the year 9999: a stored date that runs beyond it takes no other line with it.
    """
    years, month = divmod(starts_on.month - 1 + months, 12)
    if starts_on.year + years > MAXYEAR:
        return date.max
    first = date(starts_on.year + years, month + 1, 1)
    ends = first.replace(day=monthrange(first.year, first.month)[1])
    return min(first + timedelta(days=starts_on.day - 2), ends)


def projects(grant: Grant) -> Iterator[Row]:
    """The line of a project."""
    proposal, part = grant.proposal, grant.proposal.topic_stage
    assert grant.starts_on is not None
    assert grant.months is not None
    assert grant.signed_at is not None
    yield _row(
        PROJECT,
        id=grant.number,
        acronym=proposal.acronym,
        status="SIGNED",
        title=proposal.title,
        startDate=grant.starts_on,
        endDate=last_day(grant.starts_on, grant.months),
        ecMaxContribution=grant.amount,
        topics=part.topic.reference,
        ecSignatureDate=grant.signed_at.astimezone(BRUSSELS).date(),
        masterCall=part.stage.call.reference,
        fundingScheme=part.topic.action_type,
        objective=proposal.abstract,
    )


def organizations(grant: Grant) -> Iterator[Row]:
    """The lines of a project's organisations, the coordinator first."""
    parties = (partner for partner in grant.proposal.consortium.partners if partner.state in LIVE)
    for partner in sorted(parties, key=lambda p: (not p.coordinates, p.organisation.legal_name)):
        held = partner.organisation
        yield _row(
            ORGANIZATION,
            projectID=grant.number,
            organisationID=held.pic,
            name=held.legal_name,
            shortName=held.short_name,
            SME="true" if held.kind == "sme" else "false",
            activityType=ACTIVITY.get(held.kind, "OTH"),
            country=COUNTRY.get(held.country, held.country),
            role="coordinator" if partner.coordinates else "participant",
        )


def _row(columns: tuple[str, ...], **known: object) -> Row:
    return [known.get(column) for column in columns]
