"""Whether a proposal of a blind stage tells whose it is: names or addresses in what experts read (V-25)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from app.calls.chosen import blind_of
from app.calls.form import PLAIN
from app.calls.rule_parts import Blind
from app.consortia.disclosure import Told, Watch, told_in
from app.consortia.models import LIVE, Partner
from app.consortia.problems import Entry
from app.consortia.rules import Finding
from app.proposals.models import Proposal
from app.topics.programme import programme

Texts = Mapping[str, str]
"""What experts read, by the place where it stands."""
RULE = "V-25"
CLEAN = "What was searched of what experts read names no applicant and no address."
REMEMBERED = 64  # sets of applicants: their problem list is asked for after every change


class Applicants(NamedTuple):
    """What applicants are known by: people, organisations, and acronym and mail domains as references."""

    people: frozenset[str]
    organisations: frozenset[str]
    references: frozenset[str]


class Searched(NamedTuple):
    """What was found in documents, and what of them has no text to search: for the office to look at."""

    found: Sequence[Told]
    unread: Sequence[str]


NOTHING = Searched((), ())


def _known(acronym: str, partners: Iterable[Partner], sealed: Iterable[Mapping[str, Any]] = ()) -> Applicants:
    people, organisations, references = set[str](), set[str](), {acronym}
    for partner in partners:
        organisation = partner.organisation
        organisations |= {organisation.legal_name, organisation.short_name, *organisation.aliases}
        people |= {person.name for person in partner.people}
        domains = {person.email.rpartition("@")[2].lower() for person in partner.people}
        references |= {domain for domain in domains if not programme().conflicts.shared(domain)}
    for one in sealed:
        organisations.add(one["legal_name"])
        people |= {person["name"] for person in one["people"]}
    return Applicants(*map(frozenset, (people, organisations, references)))


def words_in(answers: Mapping[str, Any]) -> str:
    """All that is written in answers, those in tables too."""
    rows = [row for one in answers.values() if isinstance(one, list) for row in one]
    inside = [*answers.values(), *(cell for row in rows for cell in row.values())]
    return "\n".join(one for one in inside if isinstance(one, str))


def drafting(proposal: Proposal) -> Applicants:
    """Those of a draft."""
    partners = (partner for partner in proposal.consortium.partners if partner.state in LIVE)
    return _known(proposal.acronym, partners)


def handed_in_by(proposal: Proposal) -> Applicants:
    """Those of the last sealed version, as they are known now and as they were then."""
    sealed = proposal.versions[-1].manifest
    return _known(sealed["acronym"], proposal.consortium.partners, sealed["partners"])


@lru_cache(REMEMBERED)
def watch_for(applicants: Applicants) -> Watch:
    """Made ready once for many texts."""
    return Watch(*applicants)


def warnings(proposal: Proposal, searched: Searched) -> Iterator[Entry]:
    """While it is written: what of the draft says whose it is. It warns, and is judged after closing."""
    terms = blind_of(proposal.topic_stage)
    if terms is None:
        return
    written = {section.key: section.answers for section in proposal.sections}
    watch = watch_for(drafting(proposal))
    for one in (*told_in(_read(terms, proposal.title, proposal.abstract, written), watch), *searched.found):
        told = (
            f"“{one.passage}” stands here, and experts are not to learn whose the proposal is: {one.around}"
        )
        yield Entry("names-applicants", told, one.place, "coordinator", RULE)


def finding(proposal: Proposal, searched: Searched) -> Iterator[Finding]:
    """After closing: the same of the last sealed version, whose texts and answers must be loaded."""
    terms, last = blind_of(proposal.topic_stage), proposal.versions[-1]
    if terms is None:
        return
    sealed = last.manifest
    watch = watch_for(handed_in_by(proposal))
    written = {key: {PLAIN: text} for key, text in last.texts.items()} | last.answers
    hits = [*told_in(_read(terms, sealed["title"], sealed["abstract"], written), watch), *searched.found]
    told = "; ".join(f"{one.place}: “{one.passage}” in “{one.around}”" for one in hits)
    said = f"It tells who applies. {told}." if hits else CLEAN
    if searched.unread:
        said += f" Not searched, since there is no text to be read: {'; '.join(searched.unread)}."
    found = [{"path": one.place, "name": one.passage, "passage": one.around} for one in hits]
    yield Finding(RULE, not hits, said, {"found": found, "unread": [*searched.unread]})


def _read(terms: Blind, title: str, abstract: str, written: Mapping[str, Mapping[str, Any]]) -> Texts:
    answers = {f"/sections/{key}": words_in(written[key]) for key in terms.sections if key in written}
    return {"/title": title, "/abstract": abstract, **answers}
