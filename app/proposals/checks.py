"""The checks of a proposal: what its last sealed version and its partners give to the rules."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.calls.chosen import form_of
from app.calls.rule_set import pinned
from app.calls.rules import BRUSSELS
from app.consortia.organisations.models import Organisation
from app.proposals.answers import gaps as gaps_of
from app.proposals.models import Proposal
from app.proposals.rules import (
    Entity,
    Finding,
    added,
    apart_from_industry,
    by_country,
    independent,
    readable,
    standings,
)


def findings(proposal: Proposal) -> Iterator[Finding]:
    """What every rule says (M-03 to M-05, E-02 or E-03, E-06; of short proposals E-09).

    Partners are those of the last sealed version; country and control are what the office knows of them now,
    the countries' standing that of the day of the deadline.
    """
    stage = proposal.topic_stage.stage
    rules, form = pinned(stage.call), form_of(proposal.topic_stage)
    sealed = proposal.versions[-1].manifest
    gaps = list(
        gaps_of(
            form,
            sealed["title"],
            sealed["abstract"],
            {s["key"] for s in sealed["sections"] if s["characters"]},
            proposal.versions[-1].answers,
            {d["key"] for d in sealed["documents"]},
        )
    )
    told = " ".join(gap.text for gap in gaps) or "Every required part is there."
    yield Finding("M-03", not gaps, told, {"missing": [gap.code for gap in gaps]})
    yield readable(sealed["documents"])
    yield from added(form.documents, {d["key"] for d in sealed["documents"]})
    taking_part = list(_taking_part(proposal, sealed))
    entities = [_entity(organisation) for organisation in taking_part]
    day = stage.closes_at.astimezone(BRUSSELS).date()
    standing = standings(rules.countries, day)
    yield by_country(rules.eligibility, entities, standing)
    yield independent(rules.eligibility, entities, standing)
    if stage.kind == "short":
        industry = {member.organisation_id for member in proposal.industry}
        yield apart_from_industry([one.legal_name for one in taking_part if one.id in industry])


def _taking_part(proposal: Proposal, sealed: dict[str, Any]) -> Iterable[Organisation]:
    """Each organisation that was handed in, once; one that was merged since is the one that stays."""
    present = [partner.organisation for partner in proposal.consortium.partners]
    known = {str(was.id): one for one in present for was in (one, *one.merged_from)}
    return dict.fromkeys(known[part["organisation_id"]] for part in sealed["partners"])


def _entity(organisation: Organisation) -> Entity:
    return Entity(organisation.legal_name, organisation.country, organisation.control_group)
