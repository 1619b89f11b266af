"""The checks of a proposal: what its last sealed version and its partners give to the rules."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from app.calls.chosen import form_of
from app.calls.rules import LAST_SECOND
from app.consortia.eligibility import on_partners, outside_industry
from app.consortia.organisations.models import Organisation
from app.consortia.rules import Finding
from app.proposals.answers import gaps as gaps_of
from app.proposals.models import Proposal
from app.proposals.rules import added, electronic, excess, in_time, readable


def findings(proposal: Proposal) -> Iterator[Finding]:
    """What every rule says (M-01 to M-05; E-02, E-03 or E-04; E-06, E-09).

    Partners are those of the last sealed version; country and control are what the office knows of them now,
    the countries' standing that of the day of the deadline.
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
    organisations = list(_taking_part(proposal, sealed))
    yield from on_partners(part, organisations)
    if (industry := outside_industry(part, organisations)) is not None:
        yield industry


def _taking_part(proposal: Proposal, sealed: dict[str, Any]) -> Iterable[Organisation]:
    """Each organisation that was handed in, once; one that was merged since is the one that stays."""
    present = [partner.organisation for partner in proposal.consortium.partners]
    known = {str(was.id): one for one in present for was in (one, *one.merged_from)}
    return dict.fromkeys(known[part["organisation_id"]] for part in sealed["partners"])
