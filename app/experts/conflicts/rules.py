"""Conflicts that data show, each with the path that explains it; and what data leave open (pure).

People and proposals are matched by what they have in common, never pair by pair: all of a call at once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from app.calls.periods import years_later
from app.consortia.organisations.rules import folded, pieces, same_name
from app.core.reason import Reason
from app.experts.conflicts.ties import (
    Applicant,
    Asked,
    Fact,
    Findings,
    Found,
    Named,
    Open,
    Seat,
    Settled,
    Situations,
    Who,
)

ALIKE = 0.4
"""The share of both names' pieces that two must have in common to be compared word by word."""
With = tuple[Applicant, Named]
"""A partner and one of its people."""


def name_key(name: str) -> str:
    """A person's name as it is compared: whatever comes first, and however it is accented."""
    return " ".join(sorted(folded(name).split()))


def domain_of(email: str) -> str:
    return email.rpartition("@")[2].lower()


def find(
    whom: Sequence[Who],
    facts: Iterable[Fact],
    seats: Iterable[Seat],
    applicants: Sequence[Applicant],
    asked: Sequence[Asked],
    rules: Situations,
    settled: Settled,
) -> Findings:
    """What ties these people to these proposals; `applicants` are all who apply in their topics."""
    return _Search(applicants, asked, rules, settled).of(whom, facts, seats)


class _Search:
    def __init__(
        self, applicants: Sequence[Applicant], asked: Sequence[Asked], rules: Situations, settled: Settled
    ) -> None:
        self.asked, self.rules, self.settled, self.findings = asked, rules, settled, Findings()
        self.in_topic: dict[UUID, list[Asked]] = defaultdict(list)
        self.of_consortium = {one.consortium_id: one for one in asked}
        for one in asked:
            self.in_topic[one.topic_id].append(one)
        self.by_account: dict[UUID, list[With]] = defaultdict(list)
        self.by_mail: dict[str, list[With]] = defaultdict(list)
        self.by_name: dict[str, list[With]] = defaultdict(list)
        self.by_person: dict[UUID, With] = {}
        self.by_organisation: dict[UUID, list[Applicant]] = defaultdict(list)
        self.by_group: dict[str, list[Applicant]] = defaultdict(list)
        self.by_domain: dict[str, dict[UUID, Applicant]] = defaultdict(dict)
        self.by_piece: dict[str, set[str]] = defaultdict(set)
        self.named: dict[str, list[Applicant]] = defaultdict(list)
        self.size: dict[str, int] = {}
        self.loose: set[str] = set()
        self.similar: dict[tuple[str, bool], list[str]] = {}
        self.opened: set[tuple[UUID, str, UUID, UUID]] = set()
        self.people: dict[UUID | None, dict[UUID, bool]] = defaultdict(dict)
        self.names: dict[tuple[UUID | None, str], set[UUID]] = defaultdict(set)
        for (expert_id, person_id), same in settled.people.items():
            self.people[expert_id][person_id] = same
        for (expert_id, name, organisation_id), same in settled.names.items():
            if same:
                self.names[expert_id, name].add(organisation_id)
        for applicant in applicants:
            self._know(applicant)

    def _know(self, applicant: Applicant) -> None:
        for person in applicant.people:
            pair = (applicant, person)
            self.by_person[person.person_id] = pair
            if person.account_id is not None:
                self.by_account[person.account_id].append(pair)
            self.by_mail[person.email.lower()].append(pair)
            if key := name_key(person.name):
                self.by_name[key].append(pair)
        if applicant.number is None or applicant.consortium_id not in self.of_consortium:
            return
        self.by_organisation[applicant.organisation_id].append(applicant)
        if applicant.group:
            self.by_group[applicant.group].append(applicant)
        for person in applicant.people:
            parts = domain_of(person.email).split(".")
            for start in range(len(parts) - 1):
                self.by_domain[".".join(parts[start:])][applicant.partner_id] = applicant
        for name in applicant.names:
            self.named[name].append(applicant)
            self.size[name] = len(pieces(name))
            if not applicant.settled:
                self.loose.add(name)
            for piece in pieces(name):
                self.by_piece[piece].add(name)

    def of(self, whom: Sequence[Who], facts: Iterable[Fact], seats: Iterable[Seat]) -> Findings:
        known = {who.account_id: who for who in whom}
        tied: dict[UUID, set[UUID]] = defaultdict(set)
        for who in whom:
            self._as_person(who, tied[who.account_id])
        for fact in facts:
            self._by_fact(known[fact.account_id], fact, tied[fact.account_id])
        for seat in seats:
            for one in self.asked:
                if seat.call_id in (None, one.call_id) and seat.topic_id in (None, one.topic_id):
                    self._add(seat.account_id, one, seat.tie, seat.key, seat.says)
        for who in whom:
            self._by_domain(who, tied[who.account_id])
        return self.findings

    def _add(self, account_id: UUID, one: Asked, tie: str, key: str, path: str) -> None:
        found = Found(self.rules.by_tie[tie].code, key, path)
        already = self.findings.found[account_id, one.proposal_id]
        if found not in already:
            already.append(found)

    def _as_person(self, who: Who, tied: set[UUID]) -> None:
        """By account, by mail, or as the office has settled; a name in common is open, and so is a mail
        that nobody has confirmed."""
        said = self.people.get(who.expert_id, {})
        mine = {person.person_id for _, person in self.by_account.get(who.account_id, ())}
        mine |= {key for key, same in said.items() if same and key in self.by_person}
        by_mail = self.by_mail.get(who.email.lower(), ())
        if who.confirmed:
            mine |= {person.person_id for _, person in by_mail if said.get(person.person_id) is not False}
        for person_id in mine:
            self._takes_part(who, *self.by_person[person_id], tied)
        by_name = self.by_name.get(name_key(who.name), ())
        told = set(mine | said.keys())
        for kind, alike in (("unconfirmed_mail", by_mail), ("same_name", by_name)):
            for applicant, person in alike:
                if person.person_id not in told:
                    told.add(person.person_id)
                    self._leave_open(kind, who, applicant, person)

    def _takes_part(self, who: Who, applicant: Applicant, person: Named, tied: set[UUID]) -> None:
        tied.add(applicant.partner_id)
        key = f"partner:{applicant.partner_id}"
        for one in self.in_topic.get(applicant.topic_id, ()):
            if one.consortium_id == applicant.consortium_id:
                path = f"{person.name}, a person of {applicant.here}"
                self._add(who.account_id, one, "person", key, path)
            else:
                path = f"{person.name}, a person of {applicant.organisation} in another consortium"
                self._add(who.account_id, one, "rival", key, path)

    def _leave_open(self, kind: str, who: Who, applicant: Applicant, person: Named) -> None:
        barred = tuple(one.proposal_id for one in self.in_topic.get(applicant.topic_id, ()))
        if who.expert_id is None or not barred:
            return
        whom = f"{person.name} of {applicant.organisation}"
        told = f"{who.name} has the name of {whom}."
        if kind == "unconfirmed_mail":
            told = f"{who.name} has the mail address of {whom}, and nobody has confirmed that it is theirs."
        one = Open(kind, who.account_id, who.expert_id, barred, told, person_id=person.person_id)
        self.findings.open.append(one)

    def _by_fact(self, who: Who, fact: Fact, tied: set[UUID]) -> None:
        for applicant in self._same_organisation(who, fact):
            if self._count(fact, fact.tie, applicant, applicant.here):
                tied.add(applicant.partner_id)
        if fact.group and fact.organisation_id is not None:
            for applicant in self.by_group.get(fact.group, ()):
                if applicant.organisation_id != fact.organisation_id:
                    tie = "control_group" if fact.tie == "employer" else fact.tie
                    told = f"{fact.organisation}, of one control group with {applicant.here}"
                    if self._count(fact, tie, applicant, told):
                        tied.add(applicant.partner_id)
        if fact.person or fact.email:
            self._by_partner_in_work(fact)
        self._open_names(who, fact)

    def _same_organisation(self, who: Who, fact: Fact) -> Iterator[Applicant]:
        same = {fact.organisation_id} if fact.organisation_id is not None else set()
        for name in fact.names:
            same |= self.names.get((who.expert_id, name), set())
        for organisation_id in same:
            yield from self.by_organisation.get(organisation_id, ())

    def _by_partner_in_work(self, fact: Fact) -> None:
        seen: set[UUID] = set()
        alike = [*self.by_mail.get(fact.email.lower(), ())] if fact.email else []
        alike += self.by_name.get(name_key(fact.person), ()) if fact.person else []
        for applicant, person in alike:
            if person.person_id not in seen:
                seen.add(person.person_id)
                self._count(fact, fact.tie, applicant, f"{person.name}, a person of {applicant.here}")

    def _count(self, fact: Fact, tie: str, applicant: Applicant, whom: str) -> bool:
        """Whether it has not ended too long before the deadline: to the day, it still counts (P1, P2)."""
        one = self.of_consortium.get(applicant.consortium_id)
        years = self.rules.by_tie[tie].years
        if one is None:
            return False
        if years is not None and fact.until is not None and fact.until < years_later(one.day, -years):
            return False
        self._add(fact.account_id, one, tie, f"{fact.key}/{applicant.partner_id}", f"{fact.says} {whom}")
        return True

    def _open_names(self, who: Who, fact: Fact) -> None:
        """Organisations of nearly the same name; two that are both validated are known to be two."""
        validated = fact.organisation_id is not None and fact.settled
        for name in fact.names if who.expert_id is not None else ():
            for applicant in (one for alike in self._similar(name, validated) for one in self.named[alike]):
                same = applicant.organisation_id == fact.organisation_id
                if not same and not (validated and applicant.settled):
                    self._open_name(who, fact.organisation or name, name, applicant)

    def _open_name(self, who: Who, shown: str, name: str, applicant: Applicant) -> None:
        one = self.of_consortium[applicant.consortium_id]
        assert who.expert_id is not None
        key = (who.expert_id, name, applicant.organisation_id)
        if key in self.settled.names or (*key, one.proposal_id) in self.opened:
            return
        self.opened.add((*key, one.proposal_id))
        told = f"{who.name}: “{shown}” may be {applicant.here}."
        self.findings.open.append(
            Open(
                "similar_organisation", who.account_id, who.expert_id, (one.proposal_id,), told,
                name=name, organisation_id=applicant.organisation_id,
            )
        )  # fmt: skip

    def _similar(self, name: str, validated: bool) -> list[str]:
        """Names of applicants nearly like it; to one that is validated, those that are not."""
        if (name, validated) not in self.similar:
            mine = pieces(name)
            shared = Counter(other for piece in mine for other in self.by_piece.get(piece, ()))
            self.similar[name, validated] = [
                other
                for other, both in shared.items()
                if (other in self.loose or not validated)
                and both / (len(mine) + self.size[other] - both) >= ALIKE
                and same_name(name, other)
            ]
        return self.similar[name, validated]

    def _by_domain(self, who: Who, tied: set[UUID]) -> None:
        """A mail domain in common, or one below the other's; not where it is known already why."""
        domain = domain_of(who.email)
        if self.rules.shared(domain):
            return
        parts = domain.split(".")
        own = {".".join(parts[start:]) for start in range(len(parts) - 1)}
        for shared in own & self.by_domain.keys():
            for applicant in self.by_domain[shared].values():
                whose = {domain_of(person.email) for person in applicant.people}
                if applicant.partner_id in tied or not (shared == domain or shared in whose):
                    continue
                one = self.of_consortium[applicant.consortium_id]
                path = f"a mail address at {shared}, as people of {applicant.here}"
                self._add(who.account_id, one, "mail_domain", f"domain:{shared}/{applicant.partner_id}", path)


def conflicting(says: str, situation: str, path: str) -> Reason:
    """Why this expert cannot have this proposal: the situation, and how it was found."""
    return Reason(situation, f"The expert {says} ({situation}): {path}.", "/proposal_id", "office")


def unsettled(one: Open) -> Reason:
    """Why nobody is asked yet: it is not known whether two are one."""
    return Reason("unresolved-identity", f"{one.says} The office is to settle it.", "/proposal_id", "office")
