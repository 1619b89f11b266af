"""The checks of a proposal: what its last sealed version and its partners give to the rules."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from app.calls.chosen import form_of, rules_of
from app.calls.rule_parts import Funding
from app.calls.rules import LAST_SECOND
from app.consortia.budget.rules import FIGURES, Body, Part, contributed, line_of, share
from app.consortia.eligibility import on_partners, outside_industry
from app.consortia.organisations.models import Organisation
from app.consortia.rules import Finding
from app.proposals.answers import gaps as gaps_of
from app.proposals.disclosure import Searched
from app.proposals.disclosure import finding as disclosure
from app.proposals.models import Proposal
from app.proposals.rules import added, electronic, excess, in_time, readable
from app.proposals.sealing import money


def findings(proposal: Proposal, searched: Searched) -> Iterator[Finding]:
    """What every rule says (M-01 to M-05; E-02, E-03 or E-04; E-06, E-08; of short proposals E-09; V-25 where
    the stage is blind).

    Partners are those of the last sealed version; country and control are what the office knows of them now,
    the countries' standing that of the day of the deadline. `searched`: what was found in its documents.
    """
    part = proposal.topic_stage
    form, last = form_of(part), proposal.versions[-1]
    sealed = last.manifest
    yield in_time(last.received_at, part.stage.closes_at + LAST_SECOND)
    yield electronic(last.number, last.digest)
    gaps = list(
        gaps_of(
            form,
            sealed["title"],
            sealed["abstract"],
            {s["key"] for s in sealed["sections"] if s["characters"]},
            last.answers,
            {d["key"] for d in sealed["documents"]},
        )
    )
    told = " ".join(gap.text for gap in gaps) or "Every required part is there."
    yield Finding("M-03", not gaps, told, {"missing": [gap.code for gap in gaps]})
    pages = {d["key"]: d["pages"] for d in sealed["documents"]}
    beyond = {one.key: over for one in form.documents if (over := excess(pages.get(one.key), one.pages))}
    found = readable(sealed["documents"])
    yield replace(found, inputs=found.inputs | {"beyond_limit": beyond})
    yield from added(form.documents, {d["key"] for d in sealed["documents"]})
    yield from disclosure(proposal, searched)
    organisations = list(_taking_part(proposal, sealed))
    yield from on_partners(part, organisations)
    named = {member.organisation_id for member in proposal.industry}
    if (industry := outside_industry(part, organisations, named)) is not None:
        yield industry
    yield from _contributions(proposal, sealed, rules_of(part.stage.call).funding)


def _contributions(proposal: Proposal, sealed: dict[str, Any], funding: Funding | None) -> Iterator[Finding]:
    """E-08: industry brings enough, by the sealed figures and by who is a member of its side now.

    Not asked of short proposals, which industry joins later (C-06), nor of what was sealed without figures.
    """
    part = proposal.topic_stage
    if funding is None or part.stage.kind != "full" or not all("personnel" in p for p in sealed["partners"]):
        return
    known = _known(proposal)
    lines = [
        line_of(funding, part.action_type, _part(one, known[one["organisation_id"]]))
        for one in sealed["partners"]
    ]
    if (found := share(funding, lines)) is not None:
        yield contributed(found)


def _part(sealed: dict[str, Any], organisation: Organisation) -> Part:
    figures = {name: money(sealed[name]) for name in FIGURES}
    return Part(
        sealed["id"], sealed["legal_name"], figures, Body(industry_member=organisation.industry_member)
    )


def _taking_part(proposal: Proposal, sealed: dict[str, Any]) -> Iterable[Organisation]:
    """Each organisation that was handed in, once; one that was merged since is the one that stays."""
    known = _known(proposal)
    return dict.fromkeys(known[part["organisation_id"]] for part in sealed["partners"])


def _known(proposal: Proposal) -> dict[str, Organisation]:
    """The organisations of all partners there were, by every id that they have had."""
    present = [partner.organisation for partner in proposal.consortium.partners]
    return {str(was.id): one for one in present for was in (one, *one.merged_from)}
