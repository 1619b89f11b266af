"""Whether a proposal of a blind stage says whose it is: its own names in what experts read of it (V-25)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.calls.chosen import blind_of
from app.calls.form import PLAIN
from app.calls.rule_parts import Blind
from app.consortia.models import LIVE, Partner
from app.consortia.problems import Entry
from app.consortia.rules import Finding
from app.core.disclosure import Found, found
from app.proposals.models import Proposal
from app.topics.programme import programme

Texts = Mapping[str, str]
"""What experts read, by the place where it stands."""
RULE = "V-25"
CLEAN = "No name of the applicants stands in what was searched of what experts read."


class Searched(NamedTuple):
    """What was found in documents, and what of them has no text to search: for the office to look at."""

    found: Sequence[tuple[str, Found]]
    unread: Sequence[str]


NOTHING = Searched((), ())


def names_of(partners: Iterable[Partner]) -> set[str]:
    """What partners and their people are known by: legal, short and other names, their own mail domains."""
    names: set[str] = set()
    for partner in partners:
        organisation = partner.organisation
        names |= {organisation.legal_name, organisation.short_name, *organisation.aliases}
        for person in partner.people:
            names |= {*ways_of(person.name)}
            domain = person.email.rpartition("@")[2].lower()
            if not programme().conflicts.shared(domain):
                names.add(domain)
    return names - {""}


def ways_of(name: str) -> Iterator[str]:
    """How a person is named in a text: in full, family name first, by the first letter and family name."""
    yield name
    *first, family = name.split() or [""]
    if first:
        yield f"{family}, {' '.join(first)}"
        yield f"{first[0][0]}. {family}"


def words_in(answers: Mapping[str, Any]) -> str:
    """All that is written in answers, those in tables too."""
    rows = [row for one in answers.values() if isinstance(one, list) for row in one]
    inside = [*answers.values(), *(cell for row in rows for cell in row.values())]
    return "\n".join(one for one in inside if isinstance(one, str))


def disclosed(texts: Texts, names: Iterable[str]) -> list[tuple[str, Found]]:
    """Where a name stands, and which."""
    known = [*names]
    return [(path, one) for path, text in texts.items() for one in found(text, known)]


def drafted_names(proposal: Proposal) -> set[str]:
    """What a draft's applicants are known by."""
    partners = (partner for partner in proposal.consortium.partners if partner.state in LIVE)
    return {*names_of(partners), proposal.acronym}


def sealed_names(proposal: Proposal) -> set[str]:
    """What its applicants are known by, and were when it was handed in last."""
    sealed = proposal.versions[-1].manifest
    names = {*names_of(proposal.consortium.partners), sealed["acronym"]}
    for partner in sealed["partners"]:
        names.add(partner["legal_name"])
        names |= {way for person in partner["people"] for way in ways_of(person["name"])}
    return names


def warnings(proposal: Proposal, searched: Searched) -> Iterator[Entry]:
    """While it is written: what of the draft says whose it is. It warns, and is judged after closing."""
    terms = blind_of(proposal.topic_stage)
    if terms is None:
        return
    written = {section.key: section.answers for section in proposal.sections}
    texts = _read(terms, proposal.title, proposal.abstract, written)
    for path, one in (*disclosed(texts, drafted_names(proposal)), *searched.found):
        told = f"“{one.name}” stands here, and experts are not to learn whose the proposal is: {one.passage}"
        yield Entry("names-applicants", told, path, "coordinator", RULE)


def finding(proposal: Proposal, searched: Searched) -> Iterator[Finding]:
    """After closing: the same of the last sealed version, whose texts and answers must be loaded."""
    terms, last = blind_of(proposal.topic_stage), proposal.versions[-1]
    if terms is None:
        return
    sealed = last.manifest
    written = {key: {PLAIN: text} for key, text in last.texts.items()} | last.answers
    texts = _read(terms, sealed["title"], sealed["abstract"], written)
    hits = [*disclosed(texts, sealed_names(proposal)), *searched.found]
    told = "; ".join(f"{path}: “{one.name}” in “{one.passage}”" for path, one in hits)
    said = f"It names its applicants. {told}." if hits else CLEAN
    if searched.unread:
        said += f" Not searched, since there is no text to be read: {'; '.join(searched.unread)}."
    inputs = {"found": [{"path": path, **one._asdict()} for path, one in hits], "unread": [*searched.unread]}
    yield Finding(RULE, not hits, said, inputs)


def _read(terms: Blind, title: str, abstract: str, written: Mapping[str, Mapping[str, Any]]) -> Texts:
    answers = {f"/sections/{key}": words_in(written[key]) for key in terms.sections if key in written}
    return {"/title": title, "/abstract": abstract, **answers}
